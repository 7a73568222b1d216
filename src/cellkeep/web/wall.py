"""The wall of the laboratory as tiles: one for each channel that is asked for, with all that is written on it."""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, Self

from markupsafe import Markup
from starlette.datastructures import QueryParams

from cellkeep.domain.lab import (
    ChannelState,
    FlatChannel,
    LabChannel,
    LabCycler,
    LabMeasurementSummary,
    LabSite,
    flattened,
)
from cellkeep.domain.records import now
from cellkeep.services.lab_wall import ProjectLab
from cellkeep.web.words import plainly, quantity

STATES: Final = {
    ChannelState.stale: ("!", "stale"),
    ChannelState.occupied: ("●", "occupied"),
    ChannelState.free: ("○", "free"),
    ChannelState.out_of_commission: ("\u00d7", "out"),
}
"""Sign and word of each state, in the order of how much they ask for a look."""

_QUIET_SHOWN = 8
_LENGTHS: Final = (("d", 86_400), ("h", 3_600), ("min", 60))


@dataclass(frozen=True)
class Asked:
    """Which channels are asked for.

    Attributes:
        states: only in these; in any where it is empty.
        site: only at the site of this id.
        text: only where this is found in the names of its place (`Rack 2 15`), or in a name of what runs on it.
        watched: only with a test that the viewer watches.
        small: whether the tiles are to be small.
    """

    states: frozenset[ChannelState] = frozenset()
    site: str = ""
    text: str = ""
    watched: bool = False
    small: bool = False

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """What an address asks for; a state that there is not is passed over."""
        return cls(
            states=frozenset(state for state in ChannelState if state.value in query.getlist("state")),
            site=query.get("site", ""),
            text=" ".join(query.get("q", "").casefold().split()),
            watched="watched" in query,
            small=query.get("tiles") == "small",
        )

    @property
    def is_all(self) -> bool:
        return not (self.states or self.site or self.text or self.watched)

    def fits(self, found: FlatChannel) -> bool:
        """Whether a channel is asked for, whatever its state."""
        test = found.channel.measurement
        if (self.site and found.site_id != self.site) or (self.watched and not (test and test.watched)):
            return False
        return not self.text or self.text in _text(found)


class Tile(NamedTuple):
    """What is written on the tile of a channel."""

    id: str
    name: str
    state: str
    sign: str
    word: str
    cell_id: str = ""
    cell: str = ""
    test_id: str = ""
    test: str = ""
    protocol: str = ""
    watched: bool = False
    note: str = ""
    since: datetime | None = None
    """Since when it is as it is: since it runs, was silent, or is out."""
    until: datetime | None = None
    """When that should end; of a free channel, when it is reserved from."""
    is_due: bool = False
    """Whether that has passed."""

    @property
    def version(self) -> str:
        """Changes with what is written on the tile, and not with the mere passing of time."""
        return f"{zlib.crc32(repr(self).encode()):x}"


class CyclerTiles(NamedTuple):
    cycler: LabCycler
    tiles: Sequence[Tile]


class SiteTiles(NamedTuple):
    site: LabSite
    cyclers: Sequence[CyclerTiles]


class Quiet(NamedTuple):
    """A channel whose test has been silent."""

    place: FlatChannel
    since: datetime


@dataclass(frozen=True)
class Wall:
    """All that is shown.

    Attributes:
        asked: what was asked for.
        labs: the laboratories of projects, each with its sites and their tiles.
        sites: id and name of each site that there is.
        counts: of the channels that are asked for in each state, whatever states are asked for.
        quiet: the stale ones among them that have been silent for the longest.
        moment: when it was so.
    """

    asked: Asked
    labs: Sequence[tuple[ProjectLab, Sequence[SiteTiles]]]
    sites: Mapping[str, str]
    counts: Mapping[ChannelState, int]
    quiet: Sequence[Quiet]
    moment: datetime

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def percent(self) -> int:
        """Share of the channels that are in use."""
        busy = self.counts[ChannelState.occupied] + self.counts[ChannelState.stale]
        return round(100 * busy / self.total) if self.total else 0

    def age(self, moment: datetime) -> Markup:
        """How long ago or ahead a moment lies, which the script of the page keeps up with."""
        text = length((self.moment - moment).total_seconds())
        return Markup(f'<span data-t="{moment.timestamp():.0f}">{text}</span>')  # noqa: S704  numbers alone

    @property
    def n_shown(self) -> int:
        return sum(len(each.tiles) for each in self._cyclers())

    @property
    def version(self) -> str:
        """Changes with anything that is shown, and not with the mere passing of time."""
        tiles = [tile.version for each in self._cyclers() for tile in each.tiles]
        names = [
            (each.cycler.id, each.cycler.name, each.cycler.manufacturer, each.cycler.model) for each in self._cyclers()
        ]
        return f"{zlib.crc32(repr((tiles, names, self.sites, sorted(self.counts.items()))).encode()):x}"

    def _cyclers(self) -> Iterator[CyclerTiles]:
        return (each for _, sites in self.labs for site in sites for each in site.cyclers)


def wall_of(labs: Sequence[ProjectLab], asked: Asked) -> Wall:
    """The channels of laboratories that are asked for, as tiles."""
    moment = now()
    everything = [found for lab in labs for found in flattened(lab.status)]
    fitting = everything if asked.is_all else [found for found in everything if asked.fits(found)]
    shown = {found.channel.id for found in fitting if not asked.states or found.channel.state in asked.states}
    return Wall(
        asked=asked,
        labs=[(lab, list(_sites(lab, shown, asked, moment))) for lab in labs],
        sites={site.id: site.name for lab in labs for site in lab.status.sites},
        counts=Counter(found.channel.state for found in fitting),
        quiet=_quiet(fitting),
        moment=moment,
    )


def _sites(lab: ProjectLab, shown: set[str], asked: Asked, moment: datetime) -> Iterator[SiteTiles]:
    for site in lab.status.sites:
        cyclers = [
            CyclerTiles(each, [_tile(lab, channel, moment) for channel in each.channels if channel.id in shown])
            for each in site.cyclers
        ]
        kept = cyclers if asked.is_all else [each for each in cyclers if each.tiles]
        if kept:
            yield SiteTiles(site, kept)


def _quiet(fitting: Iterable[FlatChannel]) -> list[Quiet]:
    silent = [
        Quiet(found, found.channel.measurement.updated_at)
        for found in fitting
        if found.channel.state == ChannelState.stale and found.channel.measurement
    ]
    return sorted(silent, key=lambda each: each.since)[:_QUIET_SHOWN]


def _tile(lab: ProjectLab, channel: LabChannel, moment: datetime) -> Tile:
    sign, word = STATES[channel.state]
    bare = Tile(channel.id, channel.name, channel.state.value, sign, word)
    if (test := channel.measurement) is not None:
        since = test.updated_at if channel.state == ChannelState.stale else test.start_time
        tile = bare._replace(since=since, until=test.estimated_end_time, **_run(test))
    elif (outage := lab.outages.get(channel.id)) is not None:
        note = ": ".join(filter(None, (plainly(outage.category), outage.notes)))
        tile = bare._replace(note=note, since=outage.started_at, until=outage.service_scheduled_until)
    else:
        kept = lab.reservations.get(channel.id)
        tile = bare._replace(note=rating(channel), until=kept.planned_start_time if kept else None)
    return tile._replace(is_due=True) if tile.until is not None and tile.until < moment else tile


def _run(test: LabMeasurementSummary) -> dict[str, Any]:
    return {
        "cell_id": test.cell_instance_id,
        "cell": test.cell_instance_name or "",
        "test_id": test.id,
        "test": test.name,
        "protocol": test.protocol_name or "",
        "watched": test.watched,
    }


def rating(channel: LabChannel) -> str:
    """What a channel is good for, as `6 A, 0 to 5 V`."""
    amps = quantity({"value": channel.max_amps, "unit": "A"}) if channel.max_amps is not None else ""
    low, high = channel.min_volts, channel.max_volts
    if low is None and high is None:
        return amps
    bounds = [f"{each:g}" for each in (low, high) if each is not None]
    volts = f"{'to ' if low is None else 'from ' if high is None else ''}{' to '.join(bounds)} V"
    return ", ".join(filter(None, (amps, volts)))


def length(seconds: float) -> str:
    """A length of time in short, in its largest unit that fits.

    >>> length(90), length(5400), length(-200_000), length(26_000_000)
    ('1 min', '1.5 h', '2.3 d', '300 d')
    """
    unit, size = next(((name, size) for name, size in _LENGTHS if abs(seconds) >= size), _LENGTHS[-1])
    count = abs(seconds) / size
    return f"{count:.0f} {unit}" if count >= 9.95 or unit == "min" else f"{count:.1f} {unit}".replace(".0", "")


def _text(found: FlatChannel) -> str:
    test = found.channel.measurement
    named = (test.name, test.cell_instance_name, test.cell_specification_name, test.protocol_name) if test else ()
    place = f"{found.site_name} {found.cycler_name} {found.channel.name}"
    return "\n".join(filter(None, (place, *named))).casefold()

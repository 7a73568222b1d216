"""What a laboratory looks like at this moment, and who watches what."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from cellkeep.domain.lab import ChannelState, LabChannel, LabCycler, LabMeasurementSummary, LabSite, LabStatus
from cellkeep.domain.people import Caller
from cellkeep.domain.records import now
from cellkeep.settings import LAB_STALE_AFTER_S
from cellkeep.storage.lab import ChannelFacts, Place, Test
from cellkeep.storage.store import UnitOfWork

_NUMBER = re.compile(r"(\d+)")


def status(work: UnitOfWork, caller: Caller, project_id: str) -> LabStatus:
    """Sites, cyclers and channels of a project, with what runs on them; by name, `2` before `10`."""
    work.projects.row(project_id)
    quiet_since = now() - timedelta(seconds=LAB_STALE_AFTER_S)
    watched = frozenset(work.watches.of_user(project_id, caller.user_id))
    tests = {test.channel_id: test for test in work.lab.tests(project_id)}  # of several, the newest
    channels = defaultdict(list)
    for facts in sorted(work.lab.channels(project_id), key=by_name):
        channels[facts.cycler_id].append(_channel(facts, tests.get(facts.id), watched, quiet_since))
    cyclers = defaultdict(list)
    for place in sorted(work.lab.places(project_id), key=by_name):
        cyclers[place.site_id, place.site_name].append(_cycler(place, channels[place.id]))
    sites = [
        LabSite(id=site_id, name=name, cyclers=below, channel_count=_total(below), **_sum(below))
        for (site_id, name), below in sorted(cyclers.items(), key=lambda site: _natural(site[0][1]))
    ]
    return LabStatus(sites=sites, **_sum(sites))


def watched(work: UnitOfWork, caller: Caller, project_id: str) -> list[str]:
    """Ids of the measurements of a project that the caller watches, also of those that have ended."""
    work.projects.row(project_id)
    return list(work.watches.of_user(project_id, caller.user_id))


def watch(work: UnitOfWork, caller: Caller, measurement_id: str) -> None:
    work.measurements.row(measurement_id)
    work.watches.add(measurement_id, caller.user_id)


def unwatch(work: UnitOfWork, caller: Caller, measurement_id: str) -> None:
    work.measurements.row(measurement_id)
    work.watches.remove(measurement_id, caller.user_id)


def _channel(facts: ChannelFacts, test: Test | None, watched_ids: frozenset[str], quiet_since: datetime) -> LabChannel:
    if facts.out_of_commission:
        state = ChannelState.out_of_commission
    elif test is None:
        state = ChannelState.free
    else:
        state = ChannelState.occupied if test.updated_at >= quiet_since else ChannelState.stale
    busy = state in {ChannelState.occupied, ChannelState.stale}
    return LabChannel(
        id=facts.id,
        name=facts.name,
        state=state,
        measurement=_summary(test, watched_ids) if busy and test else None,
        notes=facts.notes,
        out_of_commission=facts.out_of_commission,
        max_amps=facts.max_amps,
        min_volts=facts.min_volts,
        max_volts=facts.max_volts,
    )


def _summary(test: Test, watched_ids: frozenset[str]) -> LabMeasurementSummary:
    said = test._asdict()
    del said["channel_id"]
    protocol = said.pop("protocol_name")
    return LabMeasurementSummary(
        **said, protocol_name=None if protocol is None else str(protocol), watched=test.id in watched_ids
    )


def _cycler(place: Place, channels: list[LabChannel]) -> LabCycler:
    counts = Counter(channel.state.value for channel in channels)
    return LabCycler(
        id=place.id,
        name=place.name,
        manufacturer=place.manufacturer,
        model=place.model,
        channel_count=len(channels),
        channels=channels,
        **{state.value: counts[state.value] for state in ChannelState},
    )


def _sum(below: Iterable[LabCycler | LabSite]) -> dict[str, int]:
    found = list(below)
    return {state.value: sum(getattr(part, state.value) for part in found) for state in ChannelState}


def _total(cyclers: Iterable[LabCycler]) -> int:
    return sum(cycler.channel_count for cycler in cyclers)


def by_name(found: ChannelFacts | Place) -> tuple[list[tuple[int, str]], str]:
    """Order of sites, cyclers and channels: `2` before `10`."""
    return _natural(found.name), found.id


def _natural(name: str) -> list[tuple[int, str]]:
    """A key that puts `Channel 2` before `Channel 10`."""
    parts = _NUMBER.split(name.casefold())
    return [(int(part), "") if index % 2 else (-1, part) for index, part in enumerate(parts)]

"""Which measurement has which colour, and by what they are grouped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from cellkeep import plots
from cellkeep.domain.errors import BadRequestError
from cellkeep.plots import palette
from cellkeep.plots.colouring import of_labels
from cellkeep.web.comparing.asked import BY, CYCLE_PLOTS
from cellkeep.web.comparing.listed import Comparison, Listed

_NEAREST_DEGC = 5
_NOTHING = "not said"
_NUMBER = "Number in the list"


@dataclass(frozen=True)
class Colours:
    """How lines are coloured, by label.

    Attributes:
        given: colours of their own, or of what they belong to.
        values: numbers that colour them instead.
        value_name: what these numbers are.
        key: colours of what lines belong to, where they share them.
        dark: the page.
    """

    given: Mapping[str, str] | None = None
    values: Mapping[str, float] | None = None
    value_name: str = ""
    key: Mapping[str, str] | None = None
    dark: bool = False

    def options(self, labels: Sequence[str]) -> dict[str, Any]:
        """As functions of `cellkeep.plots` take them, for these lines; one alone is told what it has on a ramp, too."""
        if self.values is not None and len(labels) == 1:
            return {"colours": {labels[0]: palette.told_apart(self.dark)[0]}}
        if self.values is not None:
            values = {label: self.values[label] for label in labels if label in self.values}
            return {"values": values, "value_name": self.value_name}
        return {"colours": {label: self.given[label] for label in labels}} if self.given is not None else {}

    def chips(self, labels: Sequence[str], dark: bool) -> dict[str, str]:
        """The colour that each line gets."""
        return dict(zip(labels, of_labels(labels, dark, **self.options(labels)).colours, strict=True))

    def explained(self, figure: go.Figure) -> go.Figure:
        """The figure, with a legend of what the colours stand for where lines share them."""
        return plots.with_key(figure, self.key) if self.key is not None else figure


def colours(comparison: Comparison, dark: bool) -> Colours:
    """The colours that the address asks for.

    Raises:
        BadRequestError: it names no property of these measurements.
    """
    by, listed = comparison.view.colour, comparison.listed
    if by == "measurement":
        return _own(listed, dark)
    if by == "temperature":
        known = {each.label: each.temperature for each in listed if each.temperature is not None}
        return Colours(values=known, value_name="Mean temperature [degC]", dark=dark)
    if by not in BY and (numbers := _side(comparison, by).numbers):
        return Colours(values=numbers, value_name=named(by, _side(comparison, by).unit), dark=dark)
    return _shared(belongs(comparison, by), dark)


def of_curves(comparison: Comparison, dark: bool) -> Colours:
    """The same for curves of cycles and spectra; those of one that has nothing beside it are told apart by these.

    Raises:
        BadRequestError: as `colours`.
    """
    found = colours(comparison, dark)
    return found if len(comparison.shown) > 1 else Colours(dark=dark)


def belongs(comparison: Comparison, by: str) -> dict[str, str]:
    """What each measurement belongs to, by label."""
    if by in BY:
        common = _common_tags(comparison.listed)
        return {each.label: _of(each, by, common) for each in comparison.listed}
    side = _side(comparison, by)
    told = side.values.items()
    words = {label: f"{value:.4g} {side.unit}".strip() if isinstance(value, float) else value for label, value in told}
    return {each.label: words.get(each.label, _NOTHING) for each in comparison.listed}


def chips(comparison: Comparison, dark: bool) -> dict[str, str]:
    """The colour of each measurement that is shown, by id; as far as all of them can be drawn.

    Raises:
        BadRequestError: as `colours`.
    """
    view, seen = comparison.view, [each for each in comparison.shown if each.subject.record]
    if view.group and view.plot in CYCLE_PLOTS:
        groups = belongs(comparison, view.group)
        painted = group_colours([groups[each.label] for each in seen], dark)
        return {each.id: painted[groups[each.label]] for each in seen}
    found = colours(comparison, dark).chips([each.label for each in seen], dark)
    return {each.id: found[each.label] for each in seen}


def group_colours(groups: Sequence[str], dark: bool) -> dict[str, str]:
    """A colour for each of these, in their order."""
    names = list(dict.fromkeys(groups))
    if len(names) <= palette.MOST_TOLD_APART:
        return dict(zip(names, palette.told_apart(dark), strict=False))
    last = len(names) - 1
    return dict(zip(names, palette.ramp([place / last for place in range(len(names))], dark), strict=True))


def _own(listed: Sequence[Listed], dark: bool) -> Colours:
    """Up to eight keep the place that they have in the palette; more are on a ramp, in the order of the list."""
    if len(listed) > palette.MOST_TOLD_APART:
        places = {each.label: float(place) for place, each in enumerate(listed, 1)}
        return Colours(values=places, value_name=_NUMBER, dark=dark)
    own = zip((each.label for each in listed), _places(listed), strict=True)
    return Colours({label: palette.told_apart(dark)[place] for label, place in own})


def _places(listed: Sequence[Listed]) -> list[int]:
    """The place of each in the palette: that which it asks for, else the first that is free."""
    taken: set[int] = set()
    found: list[int | None] = []
    for each in listed:
        wanted = each.entry.colour
        free = wanted is not None and wanted < palette.MOST_TOLD_APART and wanted not in taken
        found.append(wanted if free else None)
        taken |= {wanted} if free and wanted is not None else set()
    rest = iter([place for place in range(palette.MOST_TOLD_APART) if place not in taken])
    return [next(rest) if place is None else place for place in found]


def _shared(groups: Mapping[str, str], dark: bool) -> Colours:
    of_group = group_colours(list(groups.values()), dark)
    given = {label: of_group[group] for label, group in groups.items()}
    return Colours(given, key=of_group if len(of_group) <= palette.MOST_TOLD_APART else None)


def _side(comparison: Comparison, key: str) -> Any:
    side = comparison.side(key)
    if comparison.listed and not side.values:
        raise BadRequestError(f"None of these measurements says anything of '{key[:100]}'.")
    return side


def _of(each: Listed, by: str, common: frozenset[str]) -> str:
    subject = each.subject
    if by == "temperature":
        return _NOTHING if each.temperature is None else f"about {_rounded(each.temperature)} degC"
    if by == "tag":
        tags = [tag for tag in (subject.record.tags if subject.record else []) if tag not in common]
        return ", ".join(tags) or "no tag of its own"
    return {
        "measurement": each.label,
        "cell": subject.cell,
        "spec": subject.spec,
        "batch": subject.batch or "no batch",
    }[by] or _NOTHING


def _rounded(degc: float) -> int:
    return round(degc / _NEAREST_DEGC) * _NEAREST_DEGC


def _common_tags(listed: Sequence[Listed]) -> frozenset[str]:
    """Tags that all have, and which tell nothing apart."""
    sets = [frozenset(each.subject.record.tags) for each in listed if each.subject.record]
    return frozenset.intersection(*sets) if len(sets) > 1 else frozenset()


def named(key: str, unit: str = "") -> str:
    """A property as an axis names it.

    >>> named("cell:cathode.loading", "mg.cm-2")
    'Cathode loading [mg.cm-2]'
    """
    path = key.partition(":")[2] or key
    text = path.replace(".", " ").replace("_", " ").strip()
    return f"{text[:1].upper()}{text[1:]}{f' [{unit}]' if unit else ''}"

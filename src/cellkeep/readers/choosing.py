"""Which column of a file becomes which column of the data format."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.domain.findings import Repair
from cellkeep.readers.clock import are_clocks
from cellkeep.readers.format import RECORD, STEP_TIME, TIMESTAMP, Format, Match, Source, wanted_unit
from cellkeep.readers.units import AS_IT_IS, Heading, Unit, folded, unit_in

_TARGETS = frozenset({
    *columns.NUMERIC,
    columns.Z_MOD,
    columns.Z_PHASE,
    columns.STATUS,
    columns.AMBIENT_TEMPERATURE,
    TIMESTAMP,
})  # fmt: skip
_CLOCK_TEXTS = frozenset({columns.TIME, STEP_TIME})
"""Targets that may be clock texts in place of numbers."""
TEXTS = frozenset({TIMESTAMP, columns.STATUS})
_SIGNS = ("+", "-", "\u2212")


@dataclass(frozen=True)
class Chosen:
    """The column of the file that a target is taken from.

    Attributes:
        at: its position.
        title: its heading as written.
        unit: makes its values those of the target.
        negated: whether the series has its values with the other sign.
        partly: whether that is so in some rows alone, as where a status says the direction.
        told: whether the heading names the unit.
        signed: whether a person said which direction is positive.
    """

    at: int
    title: str
    unit: Unit = AS_IT_IS
    negated: bool = False
    partly: bool = False
    told: bool = True
    signed: bool = False


@dataclass(frozen=True)
class Choice:
    """What was chosen, by target; what is to be told of it; and the headings that were left."""

    by_target: Mapping[str, Chosen]
    repairs: Sequence[Repair]
    unused: Sequence[str] = ()

    def __contains__(self, target: str) -> bool:
        return target in self.by_target

    def turned(self, targets: Collection[str], *, partly: bool = False) -> "Choice":
        """The same of a series in which the sign of these targets was turned around, or turned in some rows."""
        done = {
            target: replace(each, negated=each.negated ^ (not partly and not each.partly), partly=each.partly or partly)
            for target, each in self.by_target.items()
            if target in targets
        }
        return replace(self, by_target={**self.by_target, **done})

    def unit_is_open(self, target: str) -> bool:
        """Whether the unit of a target is not told by the file."""
        return target in self.by_target and not self.by_target[target].told

    def is_milli(self, target: str) -> bool:
        """Whether a target is in thousandths of its unit."""
        return target in self.by_target and self.by_target[target].unit.factor == 1e-3


NOTHING_CHOSEN = Choice({}, ())
"""Where no table was looked at."""


def choose(fmt: Format, match: Match, mapping: Mapping[str, str]) -> Choice:
    """Choose a column for each target.

    Args:
        fmt: what the columns of the format are.
        match: where the table stands.
        mapping: headings of the file, and the columns of the data format that they are; they come before all others.
            A column may be named in a unit of its own, and with a sign: `-Current [mA]`.

    Raises:
        InvalidError: the mapping names a heading that is not there.
    """
    headings, titles = match.grid.headings(match.place), match.grid.titles(match.place)
    by_target = _mapped(titles, mapping)
    sample = match.grid.sample(match.place)
    taken = {each.at for each in by_target.values()}
    repairs = []
    for source in fmt.columns:
        for at, name in _fitting(source, headings):
            if at in taken:
                continue
            cells = [row[at] for row in sample if at < len(row)]
            unit = _unit(source, headings[at], cells)
            if unit is None:
                continue
            target = TIMESTAMP if source.target == columns.TIME and _has_moments(cells) else source.target
            if target in by_target:
                repairs += _second(target, by_target[target].title, titles[at], name)
                break
            by_target[target] = Chosen(at, titles[at], unit, source.negated, told=bool(headings[at].unit))
            taken.add(at)
            if source.assumed and not headings[at].unit:
                repairs.append(_assumed(titles[at], source.unit))
            break
    unused = [title for at, title in enumerate(titles) if title and at not in taken]
    return Choice(by_target, repairs, unused)


def require_enough(choice: Choice, match: Match, fmt: Format) -> None:
    """Refuse a table that lacks what a measurement needs.

    Raises:
        UnusableDataError: says what is missing, what there is, and how to name it.
    """
    titles = [title for title in match.grid.titles(match.place) if title]
    has = choice.by_target
    impedance = {columns.Z_RE, columns.Z_IM, columns.Z_MOD, columns.Z_PHASE} & set(has)
    if impedance and columns.FREQUENCY not in has:
        missing = [columns.FREQUENCY]
    elif columns.FREQUENCY in has and (fmt.data_type == "eis" or columns.VOLTAGE not in has):
        both = {columns.Z_RE, columns.Z_IM} <= set(has) or {columns.Z_MOD, columns.Z_PHASE} <= set(has)
        missing = [] if both else [columns.Z_RE, columns.Z_IM]
    else:
        clock = {columns.TIME, TIMESTAMP, STEP_TIME} & set(has)
        current = {columns.CURRENT, columns.AREAL_CURRENT} & set(has)
        missing = [columns.TIME] * (not clock) + [columns.VOLTAGE] * (columns.VOLTAGE not in has)
        missing += [columns.CURRENT] * (not current)
    if missing:
        raise UnusableDataError(
            f"A file of {fmt.title} needs {columns.quoted(missing)}, and none of its headings says so: "
            f"{columns.quoted(titles)}. If one of them is it, say which: columns={{'HEADING': '{missing[0]}'}}, or "
            f"--column 'HEADING={missing[0]}'.",
            detail={"reader": fmt.name, "missing": missing, "headings": titles[:200]},
        )


def _mapped(titles: Sequence[str], mapping: Mapping[str, str]) -> dict[str, Chosen]:
    by_target: dict[str, Chosen] = {}
    meant = {title: _meant(said) for title, said in mapping.items()}
    plain = [folded(title) for title in titles]
    for title, (target, unit, sign) in meant.items():
        if title not in titles and folded(title) not in plain:
            raise InvalidError(
                f"The mapping names '{title}', and the headings of the file are {columns.quoted(titles)}."
            )
        if target in by_target:
            raise InvalidError(f"The mapping names two headings for '{target}': say which one it is.")
        at = titles.index(title) if title in titles else plain.index(folded(title))
        by_target[target] = Chosen(at, titles[at], unit, sign == "-", signed=bool(sign))
    return by_target


def _meant(said: str) -> tuple[str, Unit, str]:
    """The target that a person names, the unit of the values, and their sign: `-Current [mA]`."""
    sign = said[:1].replace("\u2212", "-") if said[:1] in _SIGNS else ""
    plain = said.removeprefix(said[:1]).strip() if sign else said
    if found := _in_its_unit(plain):
        return (*found, sign)
    if "[" not in said:
        known = columns.quoted(sorted(_TARGETS - {TIMESTAMP}))
        raise InvalidError(
            f"There is no column '{said}' in the data format. Columns are {known}; one of your own has its unit "
            "in brackets, as 'Pressure [Pa]'."
        )
    return said, AS_IT_IS, ""


def _in_its_unit(name: str) -> tuple[str, Unit] | None:
    """The target of that name, which may have another unit of the same kind: of `Voltage [mV]` it is `Voltage [V]`."""
    if name in _TARGETS:
        return name, AS_IT_IS
    quantity, _, unit = name.rstrip("]").partition(" [")
    for target in sorted(_TARGETS) if unit else ():
        if target.partition(" [")[0] == quantity and (found := unit_in(unit, wanted_unit(target))):
            return target, found
    return None


def _fitting(source: Source, headings: Sequence[Heading]) -> list[tuple[int, str]]:
    """The columns that a source may be, best first."""
    found = []
    for name in source.names:
        for at, each in enumerate(headings):
            if each.name == name or (name.endswith("*") and each.name.startswith(name[:-1])):
                found.append((at, name))
    return found


def _unit(source: Source, heading: Heading, cells: Sequence[str]) -> Unit | None:
    wanted = wanted_unit(source.target)
    if source.target in TEXTS:
        return AS_IT_IS
    if not wanted:
        return None if unit_in(heading.unit, "s") else AS_IT_IS  # `Step (Sec)` is no number of a step
    if source.target in _CLOCK_TEXTS and are_clocks(cells):
        return AS_IT_IS
    written = "" if heading.unit.lower() in source.not_units else heading.unit.partition(" vs")[0]
    if source.with_unit and not written:
        return None
    return unit_in(written or source.unit, wanted)


def _has_moments(cells: Sequence[str]) -> bool:
    """Whether a column of times holds dates: `11/20/2024 11:38:41`."""
    filled = [cell for cell in cells if cell.strip()]
    return sum(":" in cell for cell in filled) > len(filled) / 2 and not are_clocks(filled)


def _second(target: str, kept: str, other: str, name: str) -> list[Repair]:
    """Two columns for one target are told, unless one is a mere wildcard such as a second thermometer."""
    if target in TEXTS or name.endswith("*") or target in {STEP_TIME, RECORD}:
        return []
    message = f"'{target}' was taken from '{kept}', and '{other}' was not used."
    return [Repair(action="column_chosen", message=message, payload={"kept": kept, "not_used": other})]


def _assumed(title: str, unit: str) -> Repair:
    message = f"The heading '{title}' names no unit; its values were taken to be in {unit}."
    return Repair(action="unit_assumed", message=message, payload={"column": title, "unit": unit})

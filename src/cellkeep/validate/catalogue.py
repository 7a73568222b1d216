"""The table of all checks, for the page that explains them: made from the checks themselves."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from cellkeep.domain.findings import OWN_CODES, TIMING_CODES, Code
from cellkeep.validate import step_table, timing
from cellkeep.validate.checking import ALL_CHECKS, COLUMN_DIRECTION, FULL_STEPS, STEP_CAPACITY

_OF_STEPS: tuple[tuple[Callable[..., Any], str, tuple[Code, ...]], ...] = (
    (
        step_table.column_direction,
        COLUMN_DIRECTION,
        (Code.CHARGE_DISCHARGE_CAPACITY_COLUMNS_SWAPPED, Code.CHARGE_DISCHARGE_ENERGY_COLUMNS_SWAPPED),
    ),
    (step_table.consecutive_full_steps, FULL_STEPS, (Code.CONSECUTIVE_SAME_DIRECTION_FULL_STEPS,)),
    (step_table.step_capacity, STEP_CAPACITY, (Code.STEP_CAPACITY_EXCEEDS_RATED,)),
)


class Entry(NamedTuple):
    """One line of the table: what a check may find, how grave it is, what runs the check, and what has to hold."""

    code: Code
    severity: str
    runs: str
    holds: str


def entries() -> Iterator[Entry]:
    """All findings, in the order of the checks: those of the field's client first, then our own."""
    told: set[Code] = set()
    for entry in _all():
        if entry.code not in told and entry.code not in OWN_CODES:
            told.add(entry.code)
            yield entry
    for entry in _all():
        if entry.code not in told:
            told.add(entry.code)
            yield entry


def table() -> str:
    """The table in Markdown."""
    lines = ["| code | severity | runs | what has to hold |", "|---|---|---|---|"]
    lines += [f"| [`{each.code}`](#{each.code}) | {each.severity} | {each.runs} | {each.holds} |" for each in entries()]
    return "\n".join(lines)


def _all() -> Iterator[Entry]:
    for check in ALL_CHECKS:
        for code in check.codes:
            yield _entry(code, check.name, check)
    for function, name, codes in _OF_STEPS:
        for code in codes:
            yield _entry(code, name, function)
    for code in filter(TIMING_CODES.__contains__, Code):
        yield _entry(code, None, timing.timing_findings)


def _entry(code: Code, name: str | None, source: Any) -> Entry:
    first_line = (inspect.getdoc(source) or "").partition("\n")[0]
    return Entry(code, code.severity, f"strict: `{name}`" if name else "always", first_line)

"""The Battery Data Format of the Battery Data Alliance, by its labels and by its machine names, old and new."""

from cellkeep.domain import bdf
from cellkeep.domain import columns as c
from cellkeep.readers.format import TIMESTAMP, Format, Source, source
from cellkeep.readers.grid import Grid, Place
from cellkeep.readers.units import heading

_REQUIRED = {quantity.name for quantity in bdf.QUANTITIES if quantity.required}
_SPELLINGS = {
    spelling: quantity.name
    for quantity in bdf.QUANTITIES
    for spelling in (quantity.label, quantity.name, *(each.name for each in quantity.older))
}
"""As they are written; a heading such as `current_A` is one of many."""
_OTHERWISE = {
    "unix_time_second": TIMESTAMP,
    "cycle_count": c.CYCLE_FROM_CYCLER,
    "step_record_index": c.STEP_FROM_CYCLER,
}
"""What is taken otherwise than it is written: a count of cycles may begin anywhere, and the older names of the step
record index were mostly given to the number of the step in the schedule."""


def _find(grid: Grid) -> Place | None:
    for at, row in enumerate(grid.rows[:_FIRST_ROWS]):
        if {_SPELLINGS.get(cell.strip().strip('"')) for cell in row} >= _REQUIRED:
            return grid.place(at)
    return None


def _sources() -> tuple[Source, ...]:
    made = []
    for quantity in bdf.QUANTITIES:
        if target := _OTHERWISE.get(quantity.name) or (quantity.columns[0] if quantity.columns else None):
            spellings = (quantity.label, quantity.name, *(each.name for each in quantity.older))
            names = dict.fromkeys(heading(each).name for each in spellings)
            made.append(source(target, *names, with_unit="[" in target))
    return tuple(made)


_FIRST_ROWS = 200

BDF = Format(
    name="bdf",
    title="Battery Data Format",
    instrument=False,
    find=_find,
    positive="charge",
    doubtful=True,  # the convention is younger than many files
    columns=_sources(),
)

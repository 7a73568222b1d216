"""The cycle table as figures."""

from collections.abc import Mapping
from typing import Final

from cellkeep import plots
from cellkeep.domain import columns
from cellkeep.domain.errors import NotFoundError
from cellkeep.plots.cycling import notes
from cellkeep.summarise.areal import areal, tells
from cellkeep.web.figures.drawn import Drawn, Wanted, call
from cellkeep.web.figures.reference import reference_of

FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "capacity": (columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY),
    "efficiency": ("Coulombic efficiency", "Energy efficiency"),
    "retention": ("Capacity retention",),
    "voltage": ("Min voltage [V]", "Max voltage [V]", "Mean discharge voltage [V]", "Mean charge voltage [V]"),
    "energy": (columns.DISCHARGE_ENERGY, columns.CHARGE_ENERGY),
}
"""Columns that are shown together, by the word that chooses them."""
USUAL: Final = ("capacity", "efficiency", "retention")


def cycles(wanted: Wanted) -> Drawn:
    asked = wanted.asked
    reference = reference_of(wanted.table("cycles"), wanted.record, asked.whole("reference"))
    table = reference.table
    shown = [name for word in asked.texts("show") or USUAL for name in FAMILIES.get(word, ())]
    names = list(dict.fromkeys(name for each in shown for name in (each, areal(each)) if tells(table, name)))
    if not names:
        raise NotFoundError("The cycle table has none of these quantities: choose others.")
    figure = plots.cycles(table, y=names, dark=asked.dark)
    read = call("client.cell_measurement.cycles", repr(wanted.record.id), reference_cycle=reference.asked)
    lines = f"cycles = {read}\n{call('plots.cycles', 'cycles', y=names)}.show()"
    return Drawn(figure, lines, " ".join(filter(None, [reference.told, notes([table])])))

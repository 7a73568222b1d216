"""Names of the columns that only derived tables have, and the two kinds of unit that they come in."""

from collections.abc import Collection
from dataclasses import dataclass

from cellkeep.summarise import capacity
from cellkeep.summarise.areal import areal, tells_by_area
from cellkeep.summarise.capacity import Quantity

NET_CAPACITY = "Net capacity"
NET_CAPACITY_OF_STEP = "Step net capacity"
DIRECTION = "Direction"

DISCHARGE = "discharge"
CHARGE = "charge"


def _by_area(quantity: Quantity) -> Quantity:
    """The same quantity of a square centimetre of the electrode."""
    return Quantity(
        areal(quantity.discharge),
        areal(quantity.charge),
        areal(quantity.single),
        areal(quantity.driver),
        quantity.rule,
    )


@dataclass(frozen=True)
class Units:
    """Where charge and energy are found, and the unit of charge: of the whole cell, or of a square centimetre.

    Attributes:
        charge: the columns that may tell the charge.
        energy: the columns that may tell the energy.
        unit: of charge.
        inverse: one over `unit`.
    """

    charge: Quantity
    energy: Quantity
    unit: str
    inverse: str

    @property
    def net_capacity(self) -> str:
        return f"{NET_CAPACITY} [{self.unit}]"

    @property
    def net_capacity_of_step(self) -> str:
        return f"{NET_CAPACITY_OF_STEP} [{self.unit}]"


TOTAL = Units(capacity.CHARGE, capacity.ENERGY, "A.h", "A-1.h-1")
AREAL = Units(_by_area(capacity.CHARGE), _by_area(capacity.ENERGY), "mA.h.cm-2", "mA-1.h-1.cm2")


def units_of(names: Collection[str]) -> Units:
    """By area where the series tells current by area, and nothing in total."""
    return AREAL if tells_by_area(names) else TOTAL

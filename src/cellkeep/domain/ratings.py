"""What a specification asks of a channel."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from cellkeep.domain.quantities import in_unit


class Demand(NamedTuple):
    """Current and voltages that a channel must reach; None where the specification does not say."""

    amps: float | None = None
    min_volts: float | None = None
    max_volts: float | None = None

    def suits(self, max_amps: float | None, min_volts: float | None, max_volts: float | None) -> bool:
        """Whether a channel of these ratings will do. What either side does not know is no reason against it."""
        return (
            _at_most(self.amps, max_amps)
            and _at_most(min_volts, self.min_volts)
            and _at_most(self.max_volts, max_volts)
        )

    def __str__(self) -> str:
        parts = [
            f"{value:g} {unit} ({name})"
            for value, unit, name in (
                (self.amps, "A", "max_amps"),
                (self.min_volts, "V", "min_volts"),
                (self.max_volts, "V", "max_volts"),
            )
            if value is not None
        ]
        return ", ".join(parts)


def demand_of(ratings: Mapping[str, Any]) -> Demand:
    """What follows from ratings: the voltage window, and the larger of the two greatest currents.

    `max_discharge_rate` and `max_charge_rate` may be currents, or C-rates of the rated capacity.
    """
    capacity = in_unit(ratings.get("capacity"), "A.h")
    currents = [_current(ratings.get(key), capacity) for key in ("max_discharge_rate", "max_charge_rate")]
    return Demand(
        max((abs(current) for current in currents if current is not None), default=None),
        in_unit(ratings.get("voltage_min"), "V"),
        in_unit(ratings.get("voltage_max"), "V"),
    )


class Limits(NamedTuple):
    """What checks compare a series with; None where the specification does not say, or not in a unit of its kind."""

    rated_capacity: float | None
    """[A.h]"""
    voltage_window: tuple[float, float] | None
    """[V]"""


def limits_of(ratings: Mapping[str, Any]) -> Limits:
    """The rated capacity, and the window from `voltage_min` to `voltage_max`."""
    low, high = in_unit(ratings.get("voltage_min"), "V"), in_unit(ratings.get("voltage_max"), "V")
    window = None if low is None or high is None or low >= high else (low, high)
    return Limits(in_unit(ratings.get("capacity"), "A.h"), window)


def _current(rate: Any, capacity: float | None) -> float | None:
    if (amps := in_unit(rate, "A")) is not None:
        return amps
    c_rate = in_unit(rate, "C")
    return None if c_rate is None or capacity is None else c_rate * capacity


def _at_most(low: float | None, high: float | None) -> bool:
    return low is None or high is None or low <= high

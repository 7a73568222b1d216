"""A series that both sides summarise, and the names of its columns."""

from typing import Any, NamedTuple

import polars as pl

TIME, VOLTAGE, CURRENT, POWER = "Time [s]", "Voltage [V]", "Current [A]", "Power [W]"
AREAL_CURRENT = "Current [mA.cm-2]"
FREQUENCY, TEMPERATURE = "Frequency [Hz]", "Temperature [degC]"
STEP_COUNT, CYCLE_COUNT = "Step count", "Cycle count"
CYCLE_FROM_CYCLER = "Cycle from cycler"
COUNTED = (
    ("Discharge capacity [A.h]", "Charge capacity [A.h]", "Capacity [A.h]"),
    ("Discharge energy [W.h]", "Charge energy [W.h]", "Energy [W.h]"),
)
"""Columns of charge and of energy: by direction, and both in one."""
COUNTERS = ("Step from cycler", CYCLE_FROM_CYCLER, "Frame")


class Case(NamedTuple):
    """A series, and what is known besides it."""

    series: pl.DataFrame
    rated_capacity_ah: float | None = None
    data_type: str | None = None

    @property
    def known(self) -> dict[str, Any]:
        """What is known besides the series, as `summarise` takes it."""
        return {"rated_capacity_ah": self.rated_capacity_ah, "data_type": self.data_type}

"""Series that are not of a cycler, or lack what others have."""

from typing import Any

import numpy as np
import polars as pl
from oracle.case import AREAL_CURRENT, CURRENT, FREQUENCY, STEP_COUNT, VOLTAGE, Case
from oracle.generated import sampled
from oracle.protocols import KINDS, Cell


def _spectrum(**columns: Any) -> pl.DataFrame:
    """Impedance at 20 frequencies, with further columns."""
    frequency = np.geomspace(1e4, 0.1, 20)
    impedance = {"Z_Re [Ohm]": 0.02 + 0.01 / frequency, "Z_Im [Ohm]": -0.01 / frequency}
    return pl.DataFrame({FREQUENCY: frequency, **impedance, **columns})


def _potential_curve(axis: str, voltage: Any) -> pl.DataFrame:
    """Open-circuit potential over 20 points of this axis, in two steps."""
    return pl.DataFrame({axis: np.linspace(0, 1, 20), VOLTAGE: voltage, STEP_COUNT: [0] * 10 + [1] * 10})


def _full_cycle(seed: int) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    return sampled(random, [KINDS["full cycle"](random, Cell(2.0, 1e-4))])


def _areal(seed: int) -> pl.DataFrame:
    return _full_cycle(seed).rename({CURRENT: AREAL_CURRENT})


SPECIAL = {
    "spectrum": Case(_spectrum(), data_type="eis"),
    "spectrum in steps": Case(_spectrum(**{STEP_COUNT: [0] * 10 + [1] * 10}), data_type="eis"),
    "spectrum with a voltage": Case(_spectrum(**{STEP_COUNT: [0] * 20, VOLTAGE: [3.7] * 20}), data_type="eis"),
    "potential by capacity": Case(_potential_curve("Capacity [A.h]", np.linspace(4.2, 3, 20)), data_type="ocp"),
    "potential by SOC": Case(_potential_curve("SOC", np.linspace(3, 4.2, 20))),
    "flat potential": Case(_potential_curve("Stoichiometry", [3.4] * 20), rated_capacity_ah=2.0),
    "no current": Case(_full_cycle(3).drop(CURRENT)),
    "areal current": Case(_areal(4)),
    "areal current, rated": Case(_areal(5), rated_capacity_ah=2.0),
    "a frequency that is NaN": Case(_full_cycle(6).with_columns(pl.lit(float("nan")).alias(FREQUENCY))),
}
"""By name."""

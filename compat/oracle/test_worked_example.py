"""The figures of a series that was worked out once, to the digits that were written down."""

from collections.abc import Mapping

import polars as pl
import pytest
from oracle.agreement import assert_agree
from oracle.case import Case
from oracle.reference import Tables, as_it_is

STEPS = {
    "Duration [s]": [3600.0, 1800.0, 600.0, 4200.0],
    "Charge capacity [A.h]": [1.0, 0.13036711792344466, 0.0, 0.0],
    "Discharge capacity [A.h]": [0.0, 0.0, 0.0, 1.1666666666666667],
    "Step type": ["Constant current charge", "Constant voltage charge", "Rest", "Constant current discharge"],
}
CYCLES = {
    "Charge capacity [A.h]": [1.1303671179] * 2,
    "Discharge energy [W.h]": [4.1708333333] * 2,
    "Charge energy [W.h]": [4.1475418953] * 2,
    "Coulombic efficiency": [1.0321130615] * 2,
    "Energy efficiency": [1.0056157210] * 2,
    "Cycle duration [s]": [10200.0] * 2,
    "Start time [s]": [0.0, 10440.0],
    "Mean charge current [A]": [-0.7562772683] * 2,
    "Charge duration [s]": [5400.0] * 2,
    "Capacity throughput [A.h]": [2.2970337846, 4.5940675692],
}


def test_the_worked_example_comes_out(cases: Mapping[str, Case], ours: Mapping[str, Tables]) -> None:
    """Both sides give the figures that were written down, and agree on all others."""
    case, found = cases["worked example"], ours["worked example"]
    assert_agree(case, found)
    for tables in (found, as_it_is(case)):
        assert isinstance(tables.steps, pl.DataFrame)
        assert isinstance(tables.cycles, pl.DataFrame)
        for name, values in STEPS.items():
            expected = values * 2 if isinstance(values[0], str) else pytest.approx(values * 2, rel=1e-10)
            assert tables.steps[name].to_list() == expected, name
        assert tables.steps["Std current [A]"][1] == pytest.approx(0.24462448791550, rel=1e-10)
        for name, figures in CYCLES.items():
            assert tables.cycles[name].to_list() == pytest.approx(figures, rel=1e-10), name

"""Incremental capacity: how much charge moves at each voltage."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise import steps as steps_of
from cellkeep.summarise.derived import incremental_capacity
from summarise.series import broken_series, cycling

quick = settings(max_examples=50, deadline=None)

DQDV = "dQ/dV [A.h.V-1]"


def step(volts: np.ndarray, moved_ah: np.ndarray | float, count: int = 0) -> pl.DataFrame:
    """Rows of one step: what was charged up to each (discharged, where negative), or what moves from row to row."""
    charged = np.arange(volts.size) * moved_ah if isinstance(moved_ah, float) else moved_ah
    return pl.DataFrame(
        {
            "Voltage [V]": volts,
            "Discharge capacity [A.h]": np.maximum(-charged, 0.0),
            "Charge capacity [A.h]": np.maximum(charged, 0.0),
            "Step count": np.full(volts.size, count),
        }
    )


def areas(curves: pl.DataFrame, resolution_v: float = 0.002) -> list[float]:
    return (curves.group_by("Step count", maintain_order=True).agg(pl.col(DQDV).sum())[DQDV] * resolution_v).to_list()


def test_a_straight_line() -> None:
    """1 A.h over 1 V is 1 A.h/V in each bin, at the middle of the bins, with or without smoothing."""
    for smoothing in (0.0, 0.02):
        found = incremental_capacity(
            step(np.linspace(3.0, 4.0, 301), 1 / 300), resolution_v=0.01, smoothing_v=smoothing
        )
        assert found["Voltage [V]"].to_numpy() == pytest.approx(3.005 + 0.01 * np.arange(100), abs=1e-12)
        assert found[DQDV].to_numpy() == pytest.approx(np.ones(100), rel=1e-9)


def test_the_mean_of_the_derivative_over_the_bin() -> None:
    """Without smoothing a bin has the change of Q over it; of Q = tanh that is known."""
    volts = np.linspace(3.5, 3.9, 801)
    charged = np.tanh((volts - 3.7) / 0.03) - np.tanh(-0.2 / 0.03)
    found = incremental_capacity(step(volts, charged), smoothing_v=0.0)
    edges = 3.5 + 0.002 * np.arange(201)
    expected = np.diff(np.tanh((edges - 3.7) / 0.03)) / 0.002
    assert found[DQDV].to_numpy() == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_a_peak_is_widened_and_keeps_its_area() -> None:
    """A normal peak of width 10 mV, smoothed by 10 mV, has the width sqrt(2) * 10 mV, its place and its area."""
    volts = np.linspace(3.5, 3.9, 4001)
    charged = np.array([0.5 * (1 + math.erf((v - 3.7001) / 0.01 / math.sqrt(2))) for v in volts])
    found = incremental_capacity(step(volts, charged), resolution_v=0.001, smoothing_v=0.01)
    middle, density = found["Voltage [V]"].to_numpy(), found[DQDV].to_numpy()
    width = 0.01 * math.sqrt(2)
    expected = np.exp(-0.5 * ((middle - 3.7001) / width) ** 2) / width / math.sqrt(2 * math.pi)
    assert np.abs(density - expected).max() < 2e-3 * expected.max()
    assert areas(found, 0.001) == [pytest.approx(1.0, abs=1e-12)]


def test_charge_up_and_discharge_down() -> None:
    """dQ/dV is positive on charge and negative on discharge, and the area is what the step moved."""
    curves, table = incremental_capacity(cycling(2)), steps_of(cycling(2))
    assert curves["Step count"].unique(maintain_order=True).to_list() == [0, 3, 4, 7]
    moved = (table["Charge capacity [A.h]"] - table["Discharge capacity [A.h]"])[[0, 3, 4, 7]].to_list()
    assert areas(curves) == pytest.approx(moved, rel=1e-12)
    assert curves[DQDV].to_numpy() == pytest.approx(
        np.where(curves["Step count"].is_in([0, 4]), 1 / 1.2, -1 / (1.15 * 6 / 7)), rel=1e-6
    )


def test_one_grid_for_all_steps() -> None:
    """Bins of steps that start at different voltages lie on one grid, by rising voltage."""
    frame = pl.concat([step(np.linspace(3.0013, 3.9, 50), 0.02), step(np.linspace(4.1, 3.2007, 77), -0.01, 1)])
    found = incremental_capacity(frame, resolution_v=0.01)
    in_bins = found["Voltage [V]"].to_numpy() / 0.01 - 0.5
    assert in_bins == pytest.approx(np.round(in_bins), abs=1e-9)
    for part in found.partition_by("Step count"):
        assert np.diff(part["Voltage [V]"]) == pytest.approx(0.01)


def test_noise_changes_no_area_and_little_of_the_curve() -> None:
    """With 1 mV of noise on a line, the smoothed curve stays within a few percent away from the ends."""
    rng = np.random.default_rng(3)
    volts = np.linspace(3.0, 4.0, 20_000) + 1e-3 * rng.normal(size=20_000)
    found = incremental_capacity(step(volts, 1 / 19_999))
    assert areas(found) == [pytest.approx(1.0, rel=1e-9)]
    inner = found.filter(pl.col("Voltage [V]").is_between(3.02, 3.98))[DQDV]
    assert inner.to_numpy() == pytest.approx(np.ones(inner.len()), abs=0.05)


def test_repeated_voltages() -> None:
    """Charge that moves at one voltage lies in its bin, of voltages on an edge in the one above: none is lost."""
    volts = np.round(np.linspace(3.0, 4.0, 1001), 2)
    found = incremental_capacity(step(volts, 0.001), resolution_v=0.05, smoothing_v=0.0)
    assert areas(found, 0.05) == [pytest.approx(1.0, rel=1e-12)]
    assert found[DQDV][1:-1].to_numpy() == pytest.approx(np.ones(18), abs=0.021)  # 9 and 11 rows in turn


@quick
@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(-1, 1)), min_size=2, max_size=60),
    st.sampled_from([0.001, 0.0021, 0.05, 0.3]),
    st.sampled_from([0.0, 0.004, 0.5]),
)
def test_the_area_is_the_net_charge(rows: list[tuple[float, float]], resolution: float, smoothing: float) -> None:
    """Whatever the voltage does and in whatever direction charge moves, none is lost and none made."""
    volts, moved = np.array(rows).T
    charge, discharge = np.cumsum(np.maximum(moved, 0.0)), np.cumsum(np.maximum(-moved, 0.0))
    frame = pl.DataFrame(
        {
            "Voltage [V]": volts,
            "Charge capacity [A.h]": charge,
            "Discharge capacity [A.h]": discharge,
            "Step count": np.zeros(volts.size, np.int64),
        }
    )
    found = incremental_capacity(frame, resolution_v=resolution, smoothing_v=smoothing)
    if found.height:
        gross = np.abs(moved).sum()
        assert areas(found, resolution) == [pytest.approx(moved[1:].sum(), abs=1e-9 * gross)]


@quick
@given(broken_series())
def test_missing_values(frame: pl.DataFrame) -> None:
    """Rows without voltage or charge are stepped over, and nothing but numbers comes out."""
    found = incremental_capacity(frame, resolution_v=0.01)
    assert found[DQDV].is_finite().all()
    assert found.null_count().sum_horizontal().item() == 0


def test_steps_without_a_curve() -> None:
    """A rest, a hold, a single row and steps that know nothing have no rows; the columns are there all the same."""
    hold, rest = step(np.full(9, 4.2), 0.01), step(np.linspace(4.0, 4.1, 9), 0.0, 1)
    unknown = step(np.array([np.nan, 3.0, np.nan]), 0.1, 2)
    found = incremental_capacity(pl.concat([hold, rest, unknown, step(np.array([3.0]), 0.1, 3)]))
    assert found.schema == {"Step count": pl.Int64, "Voltage [V]": pl.Float64, DQDV: pl.Float64}
    assert not found.height
    assert incremental_capacity(hold.clear()).schema == found.schema


def test_chosen_steps() -> None:
    """Only they have rows; a step that is not there is refused."""
    for steps in ([3], 3):
        assert incremental_capacity(cycling(2), steps=steps)["Step count"].unique().to_list() == [3]
    with pytest.raises(InvalidError, match="no step 9; its step counts go from 0 to 7"):
        incremental_capacity(cycling(2), steps=[3, 9])


def test_areal_charge() -> None:
    """Of a current per area, dQ/dV is per area."""
    frame = cycling(1).rename({"Current [A]": "Current [mA.cm-2]"})
    assert incremental_capacity(frame).columns[-1] == "dQ/dV [mA.h.cm-2.V-1]"


@pytest.mark.parametrize(
    ("resolution", "smoothing"), [(0.0, 0.01), (-1.0, 0.01), (math.nan, 0.0), (0.01, -0.1), (0.01, math.inf)]
)
def test_widths_that_are_none(resolution: float, smoothing: float) -> None:
    """They are refused before anything is computed."""
    with pytest.raises(InvalidError, match="resolution"):
        incremental_capacity(cycling(1), resolution_v=resolution, smoothing_v=smoothing)


def test_a_voltage_in_another_unit() -> None:
    """A grid that would fill the memory is refused."""
    with pytest.raises(InvalidError, match="another unit"):
        incremental_capacity(step(np.linspace(0, 1e7, 100), 0.1))


def test_missing_columns() -> None:
    """It is said which."""
    for name in ("Voltage [V]", "Step count", "Current [A]"):
        with pytest.raises(UnusableDataError, match=name.split()[0]):
            incremental_capacity(cycling(1).drop(name))

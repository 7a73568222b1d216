"""Charge, energy and power at each row."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellkeep.domain.errors import UnusableDataError
from cellkeep.summarise import steps
from cellkeep.summarise.derived import with_capacity
from summarise.series import broken_series, cycling, one_step

AH = ["Discharge capacity [A.h]", "Charge capacity [A.h]"]
WH = ["Discharge energy [W.h]", "Charge energy [W.h]"]

quick = settings(max_examples=50, deadline=None)


def counters(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """With counters of both directions that are never reset, and miss some values."""
    rng = np.random.default_rng(seed)
    added = [pl.Series(name, np.cumsum(rng.exponential(size=frame.height))) for name in (*AH, *WH)]
    return frame.with_columns(added).with_columns(
        pl.when(pl.Series(rng.uniform(size=frame.height) < 0.2)).then(None).otherwise(pl.col(name)).alias(name)
        for name in (*AH, *WH)
    )


def assert_last_rows_equal_the_step_table(frame: pl.DataFrame) -> None:
    """The last known value of each run of `Step count` is that of the step table, to 1e-12 of it."""
    rows = with_capacity(frame).with_columns(pl.col("Step count").rle_id().alias("run"))
    table = steps(frame)
    for name in (*AH, *WH):
        last = rows.group_by("run", maintain_order=True).agg(pl.col(name).drop_nulls().last())[name]
        for found, expected in zip(last, table[name], strict=True):
            assert (found is None) == (expected is None)
            assert found is None or math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-300)


def test_integral() -> None:
    """The clipped current is integrated by trapezoids, each direction for itself, and begins anew at each step."""
    frame = pl.DataFrame(
        {
            "Time [s]": [0.0, 3600.0, 7200.0, 7201.0, 10801.0],
            "Voltage [V]": [3.0, 3.0, 4.0, 4.0, 4.0],
            "Current [A]": [2.0, 4.0, -4.0, -1.0, -1.0],
            "Step count": [0, 0, 0, 1, 1],
        }
    )
    found = with_capacity(frame)
    assert found["Discharge capacity [A.h]"].to_list() == [0.0, 3.0, 5.0, 0.0, 0.0]
    assert found["Charge capacity [A.h]"].to_list() == [0.0, 0.0, 2.0, 0.0, 1.0]
    assert found["Discharge energy [W.h]"].to_list() == [0.0, 9.0, 15.0, 0.0, 0.0]
    assert found["Charge energy [W.h]"].to_list() == [0.0, 0.0, 8.0, 0.0, 4.0]
    assert found["Power [W]"].to_list() == [6.0, 12.0, -16.0, -4.0, -4.0]
    assert found.columns == [*frame.columns, *AH, *WH, "Power [W]"]


def test_the_known_cycles() -> None:
    """Two cycles of CC, CV, rest and discharge move at each row what a closed form says."""
    found = with_capacity(cycling(2)).filter(pl.col("Step count") == 4)
    k = np.arange(61)
    assert found["Charge capacity [A.h]"].to_numpy() == pytest.approx(k / 60, rel=1e-14)
    volts = 3.0 + 0.02 * k  # the integral of a line is exact
    assert found["Charge energy [W.h]"].to_numpy() == pytest.approx((3.0 + volts) / 2 * k / 60, rel=1e-13)
    held = with_capacity(cycling(2)).filter(pl.col("Step count") == 5)["Charge capacity [A.h]"]
    # the trapezoids of exp(-k/8) form a geometric sum
    q = math.exp(-1 / 8)
    assert held[-1] == pytest.approx((1 + q) / 2 * (1 - q**30) / (1 - q) / 60, rel=1e-14)
    assert held[-1] == pytest.approx(0.1303671179234, abs=1e-12)


def test_directional_columns() -> None:
    """Both directional columns are counted from the first known row of the step, and are never negative."""
    frame = one_step(current=[1.0] * 5).with_columns(
        pl.Series(AH[0], [5.0, 5.5, None, 7.0, 8.0]), pl.Series(AH[1], [None, -1.0, -2.0, float("nan"), -5.0])
    )
    found = with_capacity(frame)
    assert found[AH[0]].to_list() == [0.0, 0.5, None, 2.0, 3.0]
    assert found[AH[1]].to_list() == [None, 0.0, 1.0, None, 4.0]


def test_single_columns() -> None:
    """Increments go to the direction of the later row, those against a discharge taking off; the single columns go."""
    frame = one_step(current=[-1.0, -1.0, 1.0, 0.0, 1.0]).with_columns(
        pl.Series("Capacity [A.h]", [7.0, 8.0, 6.0, 1.0, 1.5]), pl.Series("Energy [W.h]", [0.0, 3.0, 5.0, 5.0, 4.0])
    )
    found = with_capacity(frame)
    assert found[AH[0]].to_list() == [0.0, 0.0, 2.0, 2.0, 1.5]
    assert found[AH[1]].to_list() == [0.0, 1.0, 1.0, 1.0, 1.0]
    assert found[WH[0]].to_list() == [0.0, 0.0, 2.0, 2.0, 1.0]
    assert found[WH[1]].to_list() == [0.0, 3.0, 3.0, 3.0, 3.0]
    assert {"Capacity [A.h]", "Energy [W.h]"}.isdisjoint(found.columns)


def test_one_direction_alone_is_replaced() -> None:
    """A directional column without the other is not used, and both are computed."""
    frame = one_step(current=[1.0, 1.0], time=[0.0, 3600.0]).with_columns(pl.Series(AH[0], [0.0, 9.0]))
    assert with_capacity(frame).select(AH).rows() == [(0.0, 0.0), (1.0, 0.0)]


def test_an_untimed_sweep_poisons_nothing() -> None:
    """Rows without a time get null, and the rows after them count on as if they were not there."""
    frame = one_step(current=[1.0, 1.0, None, float("nan"), 1.0], time=[0.0, 1800.0, None, 2000.0, 3600.0])
    found = with_capacity(frame)
    assert found[AH[0]].to_list() == [0.0, 0.5, None, None, 1.0]
    assert found[AH[1]].to_list() == [0.0, 0.0, None, None, 0.0]
    assert found["Power [W]"].to_list() == [3.7, 3.7, None, None, 3.7]


def test_infinite_values_are_no_values() -> None:
    """An infinite current costs its own row alone."""
    found = with_capacity(one_step(current=[1.0, math.inf, 1.0], time=[0.0, 1800.0, 3600.0]))
    assert found[AH[0]].to_list() == [0.0, None, 1.0]


def test_a_power_of_the_cycler_is_kept() -> None:
    """`Power [W]` of the series is integrated and stays as it is."""
    frame = one_step(current=[1.0, 1.0], time=[0.0, 3600.0]).with_columns(pl.Series("Power [W]", [5.0, 5.0]))
    found = with_capacity(frame)
    assert found["Power [W]"].to_list() == [5.0, 5.0]
    assert found[WH[0]].to_list() == [0.0, 5.0]


def test_without_voltage_there_is_no_energy() -> None:
    """What no rule tells is not added."""
    found = with_capacity(one_step(current=[1.0, 1.0]).drop("Voltage [V]"))
    assert found.columns == ["Time [s]", "Current [A]", "Step count", *AH]


def test_areal_current() -> None:
    """Of a current per area come mA.h and mW.h per area, by the same rules, and nothing in A.h."""
    frame = one_step(current=[2.0, 2.0, -2.0], time=[0.0, 3600.0, 7200.0], voltage=[3.0, 3.0, 3.0])
    found = with_capacity(frame.rename({"Current [A]": "Current [mA.cm-2]"}))
    assert found["Discharge capacity [mA.h.cm-2]"].to_list() == [0.0, 2.0, 3.0]
    assert found["Charge capacity [mA.h.cm-2]"].to_list() == [0.0, 0.0, 1.0]
    assert found["Discharge energy [mW.h.cm-2]"].to_list() == [0.0, 6.0, 9.0]
    assert found["Charge energy [mW.h.cm-2]"].to_list() == [0.0, 0.0, 3.0]
    assert found["Power [mW.cm-2]"].to_list() == [6.0, 6.0, -6.0]
    assert not any("[A.h]" in name or "W]" in name for name in found.columns)


def test_the_total_current_goes_before_the_areal_one() -> None:
    """Where both are there, charge is in A.h."""
    frame = one_step(current=[1.0, 1.0]).with_columns(pl.Series("Current [mA.cm-2]", [9.0, 9.0]))
    assert set(AH) < set(with_capacity(frame).columns)


@quick
@given(broken_series(), st.integers(0, 2**32), st.sampled_from(["integral", "counters", "single"]))
def test_the_step_table_tells_the_same(frame: pl.DataFrame, seed: int, rule: str) -> None:
    """By each rule, the last known row of a step has what the step table has, whatever values are missing."""
    if rule == "counters":
        frame = counters(frame, seed)
    elif rule == "single":
        frame = counters(frame, seed).rename({AH[0]: "Capacity [A.h]", WH[0]: "Energy [W.h]"}).drop(AH[1], WH[1])
    assert_last_rows_equal_the_step_table(frame)


@quick
@given(broken_series())
def test_nothing_falls_within_a_step(frame: pl.DataFrame) -> None:
    """Integrals are 0 at the first known row of a step, never negative, and never fall."""
    found = with_capacity(frame).with_columns(pl.col("Step count").rle_id().alias("run"))
    for name in (*AH, *WH):
        for part in found.partition_by("run"):
            values = part[name].drop_nulls().to_numpy()
            assert not values.size or values[0] == 0.0
            assert (np.diff(values) >= 0).all()


@quick
@given(broken_series())
def test_twice_is_as_once(frame: pl.DataFrame) -> None:
    """A frame that has the columns gets the same ones."""
    once = with_capacity(frame)
    assert with_capacity(once).equals(once)


@quick
@given(broken_series())
def test_the_cells_halves_add_up(frame: pl.DataFrame) -> None:
    """Discharge and charge of the reversed current change places."""
    turned = with_capacity(frame.with_columns(-pl.col("Current [A]")))
    assert (
        turned.select(AH)
        .rename(dict(zip(AH, AH[::-1], strict=True)))
        .equals(with_capacity(frame).select(AH[::-1]), null_equal=True)
    )


@pytest.mark.parametrize("rows", [10, 16_384, 16_385, 100_000])
def test_a_small_step_after_a_large_one_keeps_its_digits(rows: int) -> None:
    """1 nA is summed to 1e-12 of itself between discharges of 100 A, over any number of rows."""
    lengths = [rows, 50, rows, 7]
    current = np.repeat([100.0, 1e-9, 100.0 / 3, 3e-9], lengths)
    frame = pl.DataFrame(
        {
            "Time [s]": 0.1 * np.arange(sum(lengths)),
            "Current [A]": current,
            "Step count": np.repeat(np.arange(4), lengths),
        }
    )
    last = with_capacity(frame).group_by("Step count", maintain_order=True).last()[AH[0]]
    for found, amps, count in zip(last, [100.0, 1e-9, 100.0 / 3, 3e-9], lengths, strict=True):
        assert found == pytest.approx(amps * 0.1 * (count - 1) / 3600, rel=2e-12)


def test_a_step_longer_than_many_blocks() -> None:
    """A million rows of one step, with gaps and both signs, add up to the exactly rounded sum."""
    rng = np.random.default_rng(7)
    time = np.cumsum(rng.exponential(size=1_000_000))
    current = rng.normal(size=time.size)
    current[rng.integers(0, time.size, 1000)] = np.nan
    known = ~np.isnan(current)
    positive = np.maximum(current[known], 0.0)
    expected = math.fsum((positive[1:] + positive[:-1]) / 2 * np.diff(time[known]) / 3600)
    frame = pl.DataFrame({"Time [s]": time, "Current [A]": current, "Step count": np.zeros(time.size, np.int32)})
    assert with_capacity(frame)[AH[0]].drop_nulls()[-1] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("huge", [1e30, 1e308])
def test_a_step_of_nonsense_spoils_no_other(huge: float) -> None:
    """Beside a step that moves 1e30 A.h, or more than a number holds, the others are right to the last digit."""
    frame = pl.DataFrame(
        {
            "Time [s]": 3600.0 * np.arange(7),
            "Current [A]": [0.1, 0.1, huge, huge, 0.1, 0.1, 0.1],
            "Step count": [0, 0, 1, 1, 2, 2, 2],
        }
    )
    found = with_capacity(frame)[AH[0]].to_list()
    assert found[:3] == [0.0, 0.1, 0.0]
    assert found[4:] == [0.0, 0.1, 0.2]


def test_no_rows() -> None:
    """A frame without rows gets the columns and no rows; one row moved nothing; all null tells nothing."""
    frame = one_step(current=[1.0, 1.0])
    assert with_capacity(frame.clear()).schema == with_capacity(frame).schema
    assert with_capacity(frame[:1]).select(*AH, *WH).row(0) == (0.0,) * 4
    nothing = one_step(current=[None, None], time=[None, None], voltage=[None, None])
    assert with_capacity(nothing).select(*AH, *WH, "Power [W]").rows() == [(None,) * 5] * 2


def test_a_step_count_that_comes_back() -> None:
    """Two runs of one step count are two steps."""
    frame = one_step(current=[3600.0] * 6, time=[0.0, 1, 2, 3, 4, 5])
    found = with_capacity(frame.with_columns(pl.Series("Step count", [0, 0, 1, 1, 0, 0])))
    assert found[AH[0]].to_list() == [0.0, 1.0] * 3


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (one_step(current=[1.0]).drop("Step count"), "with_step_count"),
        (one_step(current=[1.0]).drop("Current [A]"), "'Current \\[A\\]' with 'Time \\[s\\]'"),
        (one_step(current=[1.0]).drop("Time [s]"), "Nothing tells the charge"),
        (one_step(current=["no"]), "'Current \\[A\\]' must hold numbers"),
        (one_step(current=[1.0]).with_columns(pl.Series("Step count", [None], pl.Int64)), "whole number"),
        (pl.DataFrame(), "Step count"),
    ],
)
def test_what_can_not_be_used(frame: pl.DataFrame, message: str) -> None:
    """It is said which column is missing or broken, and what to do."""
    with pytest.raises(UnusableDataError, match=message):
        with_capacity(frame)


def test_an_open_circuit_curve_moved_no_charge() -> None:
    """The capacity of such a curve is its axis, so there is nothing to add."""
    frame = one_step(current=[1.0, 1.0]).drop("Time [s]").with_columns(pl.Series("Capacity [A.h]", [0.0, 1.0]))
    assert with_capacity(frame)[AH[0]].to_list() == [0.0, 1.0]
    with pytest.raises(UnusableDataError):
        with_capacity(frame, data_type="ocp")

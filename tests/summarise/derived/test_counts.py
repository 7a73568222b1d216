"""Step and cycle counts, where the series has none."""

import math
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise.derived import with_cycle_count, with_step_count

SWEEP = [None, None, 10.0, 5.0, 1.0, None, 0.0]
"""Frequencies [Hz]: three impedance rows between others."""


def step_counts(source: str | None = None, **columns: list[object]) -> list[int]:
    names = {"cycler": "Step from cycler", "current": "Current [A]", "frequency": "Frequency [Hz]"}
    frame = pl.DataFrame({names.get(name, name): values for name, values in columns.items()}, strict=False)
    return with_step_count(frame, source=source)["Step count"].to_list()  # type: ignore[arg-type]


def cycle_counts(*numbers: int | None) -> list[int]:
    return with_cycle_count(pl.DataFrame({"Cycle from cycler": numbers}))["Cycle count"].to_list()


def test_a_number_that_comes_back_is_another_step() -> None:
    """Each run of the cycler's step number is a step."""
    assert step_counts(cycler=[1, 1, 2, 2, 1, 1]) == [0, 0, 1, 1, 2, 2]


def test_the_sign_of_the_current() -> None:
    """Without a step number, steps change with the sign, and 1 % of the largest current counts as none."""
    assert step_counts(current=[0, 0, 1, 1, 0.005, -1, -1, 0, 0]) == [0, 0, 1, 1, 2, 3, 3, 4, 4]
    assert step_counts(current=[0, 0.01, 1, 0.0101, 0.01]) == [0, 0, 1, 1, 2]
    assert step_counts(current=[0.0, 0.0]) == [0, 0]


def test_rows_without_a_value_go_on() -> None:
    """A missing number, current or status begins no step, and ends none."""
    assert step_counts(cycler=[None, 1, None, 1, 2, None]) == [0, 0, 0, 0, 1, 1]
    assert step_counts(cycler=[1.0, math.nan, 2.0, math.nan]) == [0, 0, 1, 1]
    assert step_counts(current=[0.0, None, 1.0, math.nan, math.inf, 1.0, -1.0]) == [0, 0, 1, 1, 1, 1, 2]
    assert step_counts(Status=["R", None, "R", "D", None]) == [0, 0, 0, 1, 1]


def test_the_status() -> None:
    """The status text tells the steps if it is named, or if nothing else is there."""
    status = ["rest", "rest", "CHA", "DCH", "DCH", "rest"]
    assert step_counts(Status=status) == [0, 0, 1, 2, 2, 3]
    assert step_counts(source="status", Status=status, cycler=[1] * 6) == [0, 0, 1, 2, 2, 3]


def test_the_frame_of_the_procedure() -> None:
    """A step begins too where the sub-procedure changes."""
    assert step_counts(cycler=[1, 1, 2, 2, 1, 1], Frame=[0, 1, 1, 1, 1, 0]) == [0, 1, 2, 2, 3, 4]


@pytest.mark.parametrize("source", ["cycler", "current", "status"])
def test_an_impedance_sweep_is_one_step(source: str) -> None:
    """A sweep is one step whatever else changes in it, and one begins before and after it even if nothing does."""
    changing = {"cycler": [1, 1, 2, 3, 4, 1, 1], "current": [1, 1, -1, 1, -1, 1, 1], "status": list("aabcdaa")}
    steady = {"cycler": [1] * 7, "current": [1] * 7, "status": ["a"] * 7}
    for values in (changing, steady):
        named = {"Status" if source == "status" else source: values[source]}
        assert step_counts(source=source, frequency=SWEEP, **named) == [0, 0, 1, 1, 1, 2, 2]


def test_a_sweep_at_the_start() -> None:
    """A series that begins with impedance begins with step 0."""
    assert step_counts(cycler=[1, 2, 3], frequency=[1e4, 1e3, None]) == [0, 0, 1]


def test_the_areal_current_tells_steps_too() -> None:
    """Current per area serves where there is no other."""
    frame = pl.DataFrame({"Current [mA.cm-2]": [0.0, 1.0, -1.0]})
    assert with_step_count(frame)["Step count"].to_list() == [0, 1, 2]


def test_a_count_that_is_there_is_kept() -> None:
    """It is counted anew only if a source is named."""
    frame = pl.DataFrame({"Step count": [0, 0, 7], "Step from cycler": [1, 2, 3]})
    assert with_step_count(frame) is frame
    assert with_step_count(frame, source="cycler")["Step count"].to_list() == [0, 1, 2]


def test_nothing_to_tell_steps_by() -> None:
    """It is said what would tell them."""
    with pytest.raises(UnusableDataError, match="'Step from cycler', 'Current \\[A\\]', 'Status'"):
        step_counts(other=[1])
    with pytest.raises(UnusableDataError, match="'Status'"):
        step_counts(source="status", cycler=[1])
    with pytest.raises(InvalidError, match="'stepp'"):
        step_counts(source="stepp", cycler=[1])


@given(st.lists(st.integers(-2, 2)))
def test_counts_rise_by_one(numbers: list[int]) -> None:
    """A count starts at 0, rises by 0 or 1, and says where the number of the cycler changed."""
    counts = step_counts(cycler=list(numbers)) if numbers else []
    assert counts[:1] == [0][: len(numbers)]
    changes = [now != before for before, now in pairwise(numbers)]
    assert [now - before for before, now in pairwise(counts)] == changes


def test_cycles() -> None:
    """A cycle begins with each change of the cycler's number; rows without one go on."""
    assert cycle_counts(1, 1, 2, 2, 1) == [0, 0, 1, 1, 2]
    assert cycle_counts(None, 3, None, 3, 4, None) == [0, 0, 0, 0, 1, 1]


def test_cycles_that_nobody_counted() -> None:
    """Without a number of the cycler all is cycle 0; a count that is there is kept."""
    assert with_cycle_count(pl.DataFrame({"a": [1, 2]}))["Cycle count"].to_list() == [0, 0]
    frame = pl.DataFrame({"Cycle count": [5], "Cycle from cycler": [1]})
    assert with_cycle_count(frame) is frame


def swings(**more: object) -> pl.DataFrame:
    """A short discharge, and then three charges and discharges with a rest and a pulse among them."""
    amounts = [0.1, -1.0, 0.6, 0.0, -0.02, 0.4, -1.0, 1.0, -0.9, 0.9]
    return pl.DataFrame(
        {
            "Time [s]": [3600.0 * step + row * 3599.0 for step in range(len(amounts)) for row in (0, 1)],
            "Voltage [V]": [3.7 - 0.5 * np.sign(amount) for amount in amounts for _ in (0, 1)],
            "Current [A]": [amount for amount in amounts for _ in (0, 1)],
            "Step count": [step for step in range(len(amounts)) for _ in (0, 1)],
            **more,
        }
    )


def test_cycles_by_the_current() -> None:
    """Each begins with the step in which a full swing begins in the direction of the first one, here a charge."""
    for more in ({}, {"Cycle count": [7] * 20}, {"Cycle from cycler": [1] * 20}):
        counted = with_cycle_count(swings(**more), source="current")
        assert counted["Cycle count"].to_list() == [0] * 12 + [1] * 4 + [2] * 4
    counted = with_cycle_count(swings(**{"Cycle count": [7] * 20, "Cycle from cycler": range(20)}), source="cycler")
    assert counted["Cycle count"].to_list() == list(range(20))
    assert with_cycle_count(swings().drop("Voltage [V]"), source="current")["Cycle count"][-1] == 2
    areal = swings().rename({"Current [A]": "Current [mA.cm-2]"})
    assert with_cycle_count(areal, source="current")["Cycle count"][-1] == 2


def test_cycles_by_a_current_that_never_flows() -> None:
    """All is one cycle, and so it is where there are no rows."""
    idle = swings().with_columns(pl.lit(0.0).alias("Current [A]"))
    assert set(with_cycle_count(idle, source="current")["Cycle count"]) == {0}
    assert with_cycle_count(idle.clear(), source="current").schema["Cycle count"] == pl.Int64


def test_cycles_need_what_tells_them() -> None:
    """A source that is named has to be there."""
    for missing in ("Time [s]", "Current [A]", "Step count"):
        with pytest.raises(UnusableDataError, match="not found"):
            with_cycle_count(swings().drop(missing), source="current")
    with pytest.raises(UnusableDataError, match="'Cycle from cycler' not found"):
        with_cycle_count(swings(), source="cycler")
    with pytest.raises(InvalidError, match="not by 'status'"):
        with_cycle_count(swings(), source="status")


def test_no_rows() -> None:
    """No rows have no steps and no cycles."""
    empty = pl.DataFrame(
        schema={"Current [A]": pl.Float64, "Cycle from cycler": pl.Int64, "Frequency [Hz]": pl.Float64}
    )
    found = with_cycle_count(with_step_count(empty))
    assert found.schema["Step count"] == found.schema["Cycle count"] == pl.Int64
    assert not found.height


@pytest.mark.parametrize("name", ["Step", "Step_Index", "step count", "Ns"])
def test_a_step_number_under_another_name_is_not_passed_over(name: str) -> None:
    """Counting by the current instead is refused unless it is asked for."""
    frame = pl.DataFrame({"Current [A]": [1.0, 1.0, -1.0], name: [1, 2, 3]})
    with pytest.raises(UnusableDataError, match=f"'{name}' looks like the step number of a cycler"):
        with_step_count(frame)
    assert with_step_count(frame, source="current")["Step count"].to_list() == [0, 0, 1]
    renamed = frame.rename({name: "Step from cycler"})
    assert with_step_count(renamed)["Step count"].to_list() == [0, 1, 2]

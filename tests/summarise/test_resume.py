"""A series that goes on: its tables from the step table so far and the new rows."""

import json
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cellkeep.summarise import OpenEnd, Summary, SummaryRules, resume, summarise
from summarise.series import broken_series, cycling

RULES = SummaryRules(charge_between_steps="include", longest_gap_s=60)
quick = settings(max_examples=60, deadline=None)


def in_pieces(frame: pl.DataFrame, places: list[int], **options: Any) -> Summary:
    """Made of the first piece, and resumed with each of the others; what is kept between goes through JSON."""
    edges = [0, *sorted({1 + place % frame.height for place in places}), frame.height]
    pieces = [frame.slice(start, stop - start) for start, stop in pairwise(edges)]
    found = summarise([pieces[0]], **options)
    for piece in pieces[1:]:
        assert found.open_end is not None
        end = OpenEnd.model_validate(json.loads(found.open_end.model_dump_json()))
        found = resume(found.steps, end, [piece], **options)
    return found


def assert_same(one: Summary, other: Summary) -> None:
    assert_frame_equal(one.steps, other.steps, rel_tol=1e-9, abs_tol=1e-11)
    assert_frame_equal(one.cycles, other.cycles, rel_tol=1e-9, abs_tol=1e-11)
    assert one.n_rows == other.n_rows


@quick
@given(frame=broken_series(), places=st.lists(st.integers(0, 400), max_size=6))
def test_any_pieces(frame: pl.DataFrame, places: list[int]) -> None:
    """A series that came in pieces has the tables of one that came at once."""
    assert_same(in_pieces(frame, places), summarise([frame]))


@quick
@given(
    frame=broken_series(),
    places=st.lists(st.integers(0, 400), max_size=6),
    data=st.data(),
    rules=st.sampled_from([RULES, SummaryRules(reference_cycle=1)]),
)
def test_any_columns(frame: pl.DataFrame, places: list[int], data: st.DataObject, rules: SummaryRules) -> None:
    """So it is with reported capacities, impedance, cycles that are told here and there, and other rules."""
    numbers = st.one_of(st.none(), st.integers(0, 3))
    told = data.draw(st.lists(numbers, min_size=frame.height, max_size=frame.height))
    frame = frame.with_columns(
        pl.col("Temperature [degC]").alias("Discharge capacity [A.h]"),
        pl.col("Voltage [V]").alias("Charge capacity [A.h]"),
        pl.col("Temperature [degC]").alias("Frequency [Hz]"),
        pl.Series("Cycle from cycler", told, pl.Int64),
        pl.col("Step count").cast(pl.UInt8).alias("Frame"),
        pl.col("Step count").cast(pl.Int16).alias("Step from cycler"),
    )
    if data.draw(st.booleans()):
        frame = frame.with_columns(pl.Series("Cycle count", told, pl.Int64))
    options = {"rules": rules, "rated_capacity_ah": 1.5}
    assert_same(in_pieces(frame, places, **options), summarise([frame], **options))


def test_by_area() -> None:
    """A series by electrode area goes on like any other."""
    frame = cycling(3).rename({"Current [A]": "Current [mA.cm-2]"})
    assert_same(in_pieces(frame, [100, 101, 300, 400]), summarise([frame]))


def test_cycles_told_late() -> None:
    """Steps whose cycle nothing told yet take the first that is told, even after they were finished."""
    told = pl.Series("Cycle count", [None] * 174 + [4] * 174, pl.Int64)
    frame = cycling().drop("Cycle count").with_columns(told)
    found = in_pieces(frame, [150])
    assert_same(found, summarise([frame]))
    assert set(found.steps["Cycle count"]) == {4}


def test_new_rated_capacity() -> None:
    """A rated capacity that was learnt later holds for the finished steps too."""
    frame = cycling()
    before = summarise([frame[:200]])
    assert before.open_end
    after = resume(before.steps, before.open_end, [frame[200:]], rated_capacity_ah=1000.0)
    assert_same(after, summarise([frame], rated_capacity_ah=1000.0))


def test_no_new_rows() -> None:
    """A series that is only said to go on keeps its tables."""
    found = summarise([cycling()])
    assert found.open_end
    assert_same(resume(found.steps, found.open_end, [cycling().clear()]), found)


def test_other_columns() -> None:
    """Rows with a column that the figures know nothing of are not taken for rows of this series."""
    found = summarise([cycling()])
    assert found.open_end
    with pytest.raises(KeyError):
        resume(found.steps, found.open_end, [cycling().with_columns(pl.lit(25.0).alias("Temperature [degC]"))])


def test_no_rows_no_end() -> None:
    """A series without rows has no end from which it could go on."""
    assert summarise([cycling().clear()]).open_end is None

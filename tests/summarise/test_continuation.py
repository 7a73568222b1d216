"""Rows carry a series on, or are refused with the row that does not."""

from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.domain.errors import UnusableDataError
from cellkeep.summarise import Continuation, End

AFTER = End(time=10.0, step=3.0)


def rows(time: list[Any], step: list[Any]) -> pl.DataFrame:
    return pl.DataFrame({"Time [s]": time, "Step count": step}, strict=False)


def refused(frame: pl.DataFrame, after: End = AFTER) -> UnusableDataError:
    with pytest.raises(UnusableDataError) as found:
        Continuation(after).add(frame)
    return found.value


@pytest.mark.parametrize(
    ("time", "step"),
    [
        ([10.5, 11.0], [3, 3]),
        ([10.5, 11.0], [4, 5]),
        ([11, 11], [3, 4]),
        ([11.0, 11.0 - 1e-13], [3, 3]),
        ([None, float("nan"), 12.0], [3.0, 4.0, 4.0]),
        ([None, None], [4, 4]),
    ],
)
def test_rows_that_carry_on_are_taken(time: list[Any], step: list[Any]) -> None:
    """Time goes on from the end, equal times and untimed rows included, and steps stay or rise by one."""
    Continuation(AFTER).add(rows(time, step))


@pytest.mark.parametrize(
    ("time", "step", "said", "row"),
    [
        ([10.0, 11.0], [3, 3], "is 10 s, but the stored series ends at 10 s", 0),
        ([None, 9.0], [3, 3], "is 9 s, but the stored series ends at 10 s", 1),
        ([11.0, 12.0, 11.5], [3, 3, 3], "falls from 12 s to 11.5 s", 2),
        ([11.0, None, 10.5], [3, 3, 3], "falls from 11 s to 10.5 s", 2),
        ([11.0, float("inf")], [3, 3], "is infinite", 1),
        ([11.0], [0], "is 0, but the stored series ends with 3", 0),
        ([11.0], [5], "is 5, but the stored series ends with 3", 0),
        ([11.0, 12.0], [4, 3], "is 3, but the row before has 4", 1),
        ([11.0, 12.0], [4, 6], "is 6, but the row before has 4", 1),
        ([11.0], [3.5], "must be a whole number", 0),
        ([11.0, 12.0], [3, None], "must be a whole number", 1),
        ([11.0], [2.0**60], "must be a whole number", 0),
    ],
)
def test_rows_that_do_not_are_refused(time: list[Any], step: list[Any], said: str, row: int) -> None:
    """The refusal says what is wrong and names the row."""
    error = refused(rows(time, step))
    assert said in error.message
    assert error.detail["row"] == row


def test_a_refusal_tells_where_the_series_ends() -> None:
    """Whoever cuts the rows to append finds the end of the series in the error."""
    assert refused(rows([1.0], [3])).detail == {"column": "Time [s]", "row": 0, "stored_end": 10.0}
    assert refused(rows([11.0], [7])).detail == {"column": "Step count", "row": 0, "stored_end": 3.0}


def test_text_is_no_time() -> None:
    """A column of text is refused by its name, and one without a single value is taken."""
    assert refused(rows(["11"], [3])).detail == {"not_numeric": ["Time [s]"]}
    Continuation(AFTER).add(rows([None], [3]))


def test_without_anything_before_any_beginning_is_taken() -> None:
    """Rows that follow nothing may begin at any time and any step."""
    Continuation().add(rows([-5.0, 7.0], [8, 9]))


@given(st.data())
def test_how_the_rows_are_cut_does_not_matter(data: st.DataObject) -> None:
    """In pieces, rows are taken or refused exactly as they are in one, with the same words."""
    number = st.one_of(st.none(), st.sampled_from([9.0, 10.0, 11.0, 12.0, 12.5, 13.0]))
    time = data.draw(st.lists(number, min_size=1, max_size=8))
    step = data.draw(st.lists(st.sampled_from([3, 3, 3, 4, 4, 5]), min_size=len(time), max_size=len(time)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(time)), max_size=3)))
    frame = rows(time, step).cast({"Time [s]": pl.Float64})

    def said(*pieces: pl.DataFrame) -> set[str]:
        """What is refused; in one piece, time is looked at before steps."""
        refusals = set()
        for names in (("Time [s]",), ("Step count",)):
            following = Continuation(AFTER)
            steady = {"Time [s]": pl.lit(None, pl.Float64), "Step count": pl.lit(3)}
            try:
                for piece in pieces:
                    others = {name: value for name, value in steady.items() if name not in names}
                    following.add(piece.with_columns(**others))
            except UnusableDataError as error:
                refusals.add(error.message)
        return refusals

    places = [0, *cuts, len(time)]
    assert said(*(frame[a:b] for a, b in pairwise(places))) == said(frame)

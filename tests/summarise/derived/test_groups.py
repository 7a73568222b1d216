"""Several cells as one line."""

import math

import polars as pl
import pytest

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise.derived import bands

X, Y = "Cycle count", "Discharge capacity [A.h]"


def table(*capacities: float | None, first: int = 0) -> pl.DataFrame:
    return pl.DataFrame({X: range(first, first + len(capacities)), Y: pl.Series(capacities, dtype=pl.Float64)})


def test_equal_cycles_are_taken_together() -> None:
    """Of each cycle the mean, the ends and the number of the cells that have it; groups in their first order."""
    tables = {"a": table(5.0, 4.0), "b": table(2.0), "c": table(3.0, None, 1.0), "d": table(8.0, first=7)}
    found = bands(tables, {"a": "warm", "b": "cold", "c": "warm", "d": "cold"}, X, Y)
    assert found.rows() == [
        ("warm", 0.0, 4.0, 3.0, 5.0, 2), ("warm", 1.0, 4.0, 4.0, 4.0, 1), ("warm", 2.0, 1.0, 1.0, 1.0, 1),
        ("cold", 0.0, 2.0, 2.0, 2.0, 1), ("cold", 7.0, 8.0, 8.0, 8.0, 1),
    ]  # fmt: skip


def test_the_deviation_is_that_of_a_sample() -> None:
    """Of 3, 4 and 8 it is the root of (4 + 1 + 9) / 2 to either side; one cell has none."""
    found = bands(
        {"a": table(3.0, 1.0), "b": table(4.0), "c": table(8.0)}, dict.fromkeys("abc", "g"), X, Y, spread="deviation"
    )
    assert found["Low"].to_list() == pytest.approx([5 - math.sqrt(7), None])
    assert found["High"].to_list() == pytest.approx([5 + math.sqrt(7), None])


def test_lines_over_another_axis_are_interpolated_between_their_own_ends() -> None:
    """Of a line from 0 to 2 and one from 1 to 3 both count in the middle alone."""
    lines = {
        "a": pl.DataFrame({"t": [0.0, 2.0], Y: [0.0, 2.0]}),
        "b": pl.DataFrame({"t": [3.0, 1.0], Y: [6.0, 2.0]}),
    }
    found = bands(lines, {"a": "g", "b": "g"}, "t", Y)
    assert found.height == 200
    assert found.row(0)[2:] == (0.0, 0.0, 0.0, 1)
    assert found.row(-1)[2:] == (6.0, 6.0, 6.0, 1)
    middle = found.filter(pl.col("t").is_between(1.001, 1.999))
    assert middle["Number"].unique().to_list() == [2]
    assert middle["Mean"].to_list() == pytest.approx((1.5 * middle["t"]).to_list())


def test_what_can_not_be_grouped_is_told() -> None:
    """A label without a group, a spread of another kind and a table without the column; nothing gives nothing."""
    with pytest.raises(InvalidError, match="'a' belongs"):
        bands({"a": table(1.0)}, {}, X, Y)
    with pytest.raises(InvalidError, match="spread"):
        bands({"a": table(1.0)}, {"a": "g"}, X, Y, spread="all")  # type: ignore[arg-type]
    with pytest.raises(UnusableDataError, match="group"):
        bands({"a": table(1.0).drop(Y)}, {"a": "g"}, X, Y)
    assert bands({"a": table(None)}, {"a": "g"}, X, Y).is_empty()

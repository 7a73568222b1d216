"""What is read, and what is refused."""

from decimal import Decimal

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep.domain.errors import UnusableDataError
from cellkeep.summarise import steps, summarise
from summarise.series import cycling, one_step


def test_other_columns() -> None:
    """Columns that are not read change nothing."""
    frame = cycling().with_columns(pl.lit("x").alias("Note"), pl.lit(value=True).alias("Flag"))
    assert_frame_equal(steps(frame), steps(cycling()))


@pytest.mark.parametrize("hole", [None, float("nan"), 0.5, float("inf")])
def test_broken_step_count(hole: float | None) -> None:
    """A row without a whole step count is refused by its place in the series, not in the chunk."""
    frame = cycling().with_columns(pl.col("Step count").cast(pl.Float64))
    broken = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 200).then(hole).otherwise("Step count").alias("Step count")
    )
    with pytest.raises(UnusableDataError, match=r"'Step count'.*row 200") as caught:
        summarise([broken.head(150), broken.tail(-150)])
    assert caught.value.detail == {"column": "Step count", "row": 200}


@pytest.mark.parametrize("name", ["Step count", "Voltage [V]", "Cycle from cycler"])
@pytest.mark.parametrize("value", ["3,7", True])
def test_column_without_numbers(name: str, value: object) -> None:
    """A known column without numbers is refused; the first row with a value is named."""
    frame = cycling().with_columns(pl.Series(name, [None, value] + [None] * 172 + [value] * 174))
    with pytest.raises(UnusableDataError, match=f"{name.split(maxsplit=1)[0]}.*row 1\\."):
        steps(frame)


def test_no_step_count() -> None:
    """Cycler data without a step count are refused by name."""
    with pytest.raises(UnusableDataError, match="'Step count'"):
        steps(cycling().drop("Step count"))


def test_columns_that_change() -> None:
    """A later chunk that lacks a column of the first is refused by name and row."""
    frame = cycling()
    with pytest.raises(UnusableDataError, match=r"'Current \[A\]'.*row 100"):
        summarise([frame.head(100), frame.tail(-100).drop("Current [A]")])


@pytest.mark.parametrize("kind", [pl.Int32, pl.UInt16, pl.Float32, pl.Float64, pl.Decimal(10, 2)])
def test_number_types(kind: pl.DataType) -> None:
    """Integers, floats and decimals are all numbers."""
    frame = one_step(voltage=[3.0, 4.0]).with_columns(pl.all().cast(kind))
    table = steps(frame)
    assert table["Mean voltage [V]"].item() == 3.5
    assert table.schema == steps(one_step(voltage=[3.0, 4.0])).schema


def test_decimal_values() -> None:
    """Decimals are read for their value."""
    frame = one_step(voltage=[3.0, 4.0]).with_columns(pl.Series("Voltage [V]", [Decimal("3.25"), Decimal("3.75")]))
    assert steps(frame)["Mean voltage [V]"].item() == 3.5


def test_column_of_nulls() -> None:
    """A chunk that knows nothing of a column may type it as null."""
    frame = cycling().with_columns(pl.lit(3).alias("Step from cycler"))
    silent = frame.head(10).with_columns(pl.lit(None).alias("Step from cycler"), pl.lit(None).alias("Voltage [V]"))
    table = summarise([silent, frame.tail(-10)]).steps
    assert table.schema["Step from cycler"] == pl.Int32
    assert table["Step from cycler"][:2].to_list() == [None, 3]
    assert table["Max voltage [V]"][0] == 4.2


def test_spectrum() -> None:
    """An impedance spectrum without steps is one step of type EIS."""
    frame = pl.DataFrame({"Frequency [Hz]": [1e4, 1e2, 1.0], "Z_Re [Ohm]": [1.0] * 3, "Z_Im [Ohm]": [-0.1] * 3})
    table = summarise([frame.head(1), frame.tail(2)], data_type="eis").steps
    row = table.row(0, named=True)
    assert table.height == 1
    assert (row["Start index"], row["End index"], row["Step count"], row["Cycle count"]) == (0, 2, 0, 0)
    assert (row["Step type"], row["Max frequency [Hz]"]) == ("EIS", 1e4)
    assert {row[name] for name in ("Duration [s]", "Mean voltage [V]", "Mean current [A]", "Charge energy [W.h]")} == {
        None
    }
    assert_frame_equal(steps(frame), table)

"""The step table as a whole."""

import polars as pl
import pytest

from cellkeep.domain.errors import UnusableDataError
from cellkeep.summarise import steps, summarise
from summarise.series import cycling, one_step

STATISTICS = [
    f"{word} {name}"
    for name in ("voltage [V]", "current [A]", "power [W]", "frequency [Hz]")
    for word in ("Min", "Max", "Std", "Mean")
]
COLUMNS = [
    "Start index", "End index", "Start time [s]", "End time [s]", "Start voltage [V]", "End voltage [V]",
    "Discharge capacity [A.h]", "Charge capacity [A.h]", "Discharge energy [W.h]", "Charge energy [W.h]",
    *STATISTICS,
    "Step count", "Step from cycler", "Cycle count", "Cycle from cycler", "Duration [s]", "Step type",
    "Cycle charge capacity [A.h]", "Cycle discharge capacity [A.h]",
    "Cycle charge energy [W.h]", "Cycle discharge energy [W.h]",
    "Label", "Group number", "Capacity rule", "Energy rule",
]  # fmt: skip


def test_columns() -> None:
    """The columns are those of the format, in its order and with its types."""
    schema = steps(cycling()).schema
    assert list(schema) == COLUMNS
    integers = {
        "Start index",
        "End index",
        "Step count",
        "Step from cycler",
        "Cycle count",
        "Cycle from cycler",
        "Group number",
    }
    texts = {"Step type", "Label", "Capacity rule", "Energy rule"}
    assert {name for name, kind in schema.items() if kind == pl.Int64} == integers
    assert {name for name, kind in schema.items() if kind == pl.String} == texts
    assert {name for name, kind in schema.items() if kind == pl.Float64} == {*COLUMNS} - integers - texts


def test_optional_columns() -> None:
    """Frame stands before the duration and temperature at the end, where the series has them."""
    frame = cycling().with_columns(pl.lit(2, pl.UInt8).alias("Frame"), pl.lit(25.0).alias("Temperature [degC]"))
    table = steps(frame)
    place = COLUMNS.index("Duration [s]")
    temperature = [f"{word} temperature [degC]" for word in ("Min", "Max", "Mean")]
    assert table.columns == [*COLUMNS[:place], "Frame", *COLUMNS[place:-4], *temperature, *COLUMNS[-4:]]
    assert table.schema["Frame"] == pl.UInt8
    assert table.select(temperature).row(0) == pytest.approx((25.0, 25.0, 25.0))


def test_oracle() -> None:
    """Two cycles of known steps have the durations, types and capacities worked out for them."""
    table = summarise([cycling()]).steps
    types = ["Constant current charge", "Constant voltage charge", "Rest", "Constant current discharge"]
    assert table["Step type"].to_list() == types * 2
    assert table["Duration [s]"].to_list() == [3600.0, 1800.0, 600.0, 4200.0] * 2
    assert table["Charge capacity [A.h]"].to_list() == pytest.approx([1.0, 0.130367117923444, 0.0, 0.0] * 2, rel=1e-12)
    assert table["Discharge capacity [A.h]"].to_list() == pytest.approx([0.0, 0.0, 0.0, 1.1666666666666667] * 2)
    assert table["Std current [A]"][1] == pytest.approx(0.24462448791550, rel=1e-13)
    assert table["Start index"].to_list() == [0, 61, 92, 103, 174, 235, 266, 277]
    assert table["End index"].to_list() == [60, 91, 102, 173, 234, 265, 276, 347]
    assert table["Cycle charge capacity [A.h]"].to_list() == pytest.approx([1.1303671179] * 8, rel=1e-9)


def test_recurring_step_count() -> None:
    """A step count that comes back later is another step."""
    table = steps(one_step(voltage=[1.0, 2.0, 3.0]).with_columns(pl.Series("Step count", [0, 1, 0])))
    assert table["Step count"].to_list() == [0, 1, 0]
    assert table["End index"].to_list() == [0, 1, 2]


def test_ends_are_rows() -> None:
    """Start and end are the values of the first and last row, missing or not."""
    row = steps(one_step(voltage=[None, 3.0, 3.5], time=[0.0, 1.0, None])).row(0, named=True)
    assert (row["Start voltage [V]"], row["End voltage [V]"]) == (None, 3.5)
    assert (row["Start time [s]"], row["End time [s]"], row["Duration [s]"]) == (0.0, None, None)


def with_steps(**columns: list[int | None]) -> pl.DataFrame:
    frame = one_step(voltage=[3.0] * 6).with_columns(pl.Series("Step count", [0, 0, 1, 1, 2, 2]))
    return frame.with_columns(pl.Series(name.replace("_", " "), values) for name, values in columns.items())


def test_own_cycle_count_wins() -> None:
    """The series' own cycle count is used before the cycler's."""
    frame = with_steps(Cycle_count=[5, 5, 5, 5, 6, 6], Cycle_from_cycler=[1, 1, 2, 2, 3, 3])
    assert steps(frame)["Cycle count"].to_list() == [5, 5, 6]


def test_counted_cycles() -> None:
    """Changes of the cycler's cycle are counted over rows, also those inside a step and those back."""
    assert steps(with_steps(Cycle_from_cycler=[1, 2, 2, 2, 1, 1]))["Cycle count"].to_list() == [0, 1, 2]
    assert steps(with_steps(Cycle_from_cycler=[7, 7, 7, 7, 9, 9]))["Cycle count"].to_list() == [0, 0, 1]


def test_step_without_a_cycle() -> None:
    """A step that tells no cycle is in the cycle of the step before it; the first in that of the next."""
    assert steps(with_steps(Cycle_count=[4, 4, None, None, 5, 5]))["Cycle count"].to_list() == [4, 4, 5]
    assert steps(with_steps(Cycle_from_cycler=[None, None, 1, 1, 2, 2]))["Cycle count"].to_list() == [0, 0, 1]


def test_impossible_cycle_count() -> None:
    """A cycle count that is no whole number is refused by its row."""
    for count in (1.5, 1e300):
        frame = with_steps().with_columns(pl.Series("Cycle count", [0.0, None, 0.0, count, 1.0, 1.0]))
        with pytest.raises(UnusableDataError, match=r"'Cycle count'.*row 3"):
            steps(frame)


def test_no_cycle_at_all() -> None:
    """Without any cycle column everything is cycle 0, and the cycler's columns are null."""
    table = steps(with_steps())
    assert table["Cycle count"].to_list() == [0, 0, 0]
    assert table["Cycle from cycler"].to_list() == [None] * 3


def test_cycler_columns_keep_their_type() -> None:
    """What the cycler counted is passed on in its own type, null where the first row has none."""
    frame = with_steps(Step_from_cycler=[4, 4, None, 5, 6, 6]).with_columns(pl.col("Step from cycler").cast(pl.Int16))
    table = steps(frame)
    assert table.schema["Step from cycler"] == pl.Int16
    assert table["Step from cycler"].to_list() == [4, None, 6]


def test_untimed_sweep_between_cycles() -> None:
    """An impedance sweep without clock, voltage or current leaves the sums of its cycle as they are."""
    frame = with_steps(Cycle_count=[0] * 6).with_columns(
        pl.Series("Time [s]", [0.0, 3600.0, None, None, 3600.0, 7200.0]),
        pl.Series("Voltage [V]", [3.0, 3.0, None, None, 3.0, 3.0]),
        pl.Series("Current [A]", [1.0, 1.0, None, None, 1.0, 1.0]),
        pl.Series("Frequency [Hz]", [None, None, 10.0, 1.0, None, None]),
    )
    table = steps(frame)
    assert table["Step type"].to_list() == ["Constant current discharge", "EIS", "Constant current discharge"]
    assert table["Discharge capacity [A.h]"].to_list() == [1.0, None, 1.0]
    assert table["Cycle discharge capacity [A.h]"].to_list() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize("dtype", [pl.UInt8, pl.Int16, pl.UInt64, pl.Int64, pl.Float32, pl.Decimal(10, 2)])
def test_cycle_difference_of_any_type(dtype: pl.DataType) -> None:
    """Whatever type the numbers of the cycler have, the difference is one that every reader of parquet knows."""
    frame = with_steps(Cycle_from_cycler=[1, 1, 2, 2, 3, 3]).with_columns(pl.col("Cycle from cycler").cast(dtype))
    table = steps(frame)
    assert table.schema["Cycle difference"] in {pl.Int64, pl.Float64}
    assert table["Cycle difference"].to_list() == [1, 1, 1]

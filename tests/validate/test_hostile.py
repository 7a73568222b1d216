"""Tables that nobody should make, and somebody does: each gives findings, or an error that says what is wrong."""

import json
import math
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from cellkeep.domain.columns import NUMERIC
from cellkeep.domain.errors import CellkeepError, UnusableDataError
from cellkeep.domain.findings import Code, Finding, StoredFinding
from cellkeep.validate import findings
from validate.series import CURRENT, STEPS, STRICT, TIME, TRANSFERS, VOLTAGE, is_plain
from validate.vectors import base

NAN, INF = math.nan, math.inf
KINDS: list[Any] = [None, "eis", "ocp"]

STEP_TABLE = pl.DataFrame(
    {
        STEPS: [0, 1],
        "Step type": ["CC discharge", "CC charge"],
        "Mean current [A]": [1.0, -1.0],
        "Min current [A]": [1.0, -1.0],
        "Max current [A]": [1.0, -1.0],
        "Std current [A]": [0.0, 0.0],
        "Duration [s]": [3600.0, 3600.0],
        **{name: [1.0, 0.0] for name in TRANSFERS},
    }
)


def full(rows: int = 10) -> pl.DataFrame:
    """All columns of the data format."""
    whole = base(rows)
    return whole.with_columns(pl.lit(0.0).alias(name) for name in NUMERIC if name not in whole.columns)


def looked_at(frame: pl.DataFrame, **asked: Any) -> list[Finding]:
    """What is found in a frame; its payloads are plain, and can be written and kept."""
    found = findings(frame, **{**STRICT, "start_time": "2024-01-01", "end_time": "2024-01-02", **asked})
    for each in found:
        assert is_plain(each.payload)
        assert each.message
        assert each.code in set(Code)
        json.dumps(each.payload)
        json.dumps(StoredFinding(**each.model_dump()).payload, allow_nan=False)
    return found


NO_NUMBERS: dict[str, Any] = {
    "text": ["1"] * 10,
    "boolean": [True] * 10,
    "date": [date(2024, 1, 1)] * 10,
    "datetime": [datetime(2024, 1, 1, tzinfo=UTC)] * 10,
    "duration": [timedelta(seconds=1)] * 10,
    "time of day": [time(12)] * 10,
    "binary": [b"1"] * 10,
    "list": [[1.0]] * 10,
    "struct": [{"a": 1.0}] * 10,
    "category": pl.Series(["1"] * 10, dtype=pl.Categorical),
    "choice": pl.Series(["1"] * 10, dtype=pl.Enum(["1"])),
    "array": pl.Series([[1.0]] * 10, dtype=pl.Array(pl.Float64, 1)),
    "object": pl.Series([object()] * 10, dtype=pl.Object),
}


@pytest.mark.parametrize("values", NO_NUMBERS.values(), ids=NO_NUMBERS)
@pytest.mark.parametrize("name", [TIME, CURRENT, STEPS, TRANSFERS[0]])
def test_columns_of_the_data_format_that_hold_no_numbers(name: str, values: Any) -> None:
    """They are refused by name."""
    with pytest.raises(UnusableDataError) as error:
        looked_at(full().with_columns(pl.Series(name, values)))
    assert error.value.detail == {"not_numeric": [name]}


@pytest.mark.parametrize("values", NO_NUMBERS.values(), ids=NO_NUMBERS)
@pytest.mark.parametrize("name", ["note", "Cycle number", "Time stamp"])
def test_columns_of_ones_own(name: str, values: Any) -> None:
    """They may hold anything, and have any name."""
    assert looked_at(base().with_columns(pl.Series(name, values)), end_time="2024-01-01") == []


@pytest.mark.parametrize(
    "dtype",
    [
        pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Int128, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64, pl.Float32,
        pl.Decimal(20, 4), pl.Decimal(38, 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_any_kind(dtype: Any, kind: Any) -> None:
    """They are as good as any."""
    frame = full().with_columns((pl.int_range(pl.len()) // 5).alias(name) for name in NUMERIC)
    found = looked_at(frame.cast(dtype), data_type=kind)
    assert [each.code for each in found] == [each.code for each in looked_at(frame.cast(pl.Float64), data_type=kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_columns_without_a_type(kind: Any) -> None:
    """They have no values, and lack nothing else."""
    frame = pl.DataFrame({name: [None] * 10 for name in NUMERIC})
    assert set(frame.dtypes) == {pl.Null}
    found = [each.code for each in looked_at(frame, data_type=kind)]
    assert ("time_missing_on_non_eis_row" in found) is (kind is None)


@pytest.mark.parametrize("values", [[1, 0, 1], [2, 1, 0]])
def test_unsigned_numbers_that_fall(values: list[int]) -> None:
    """They fall, and do not wrap around."""
    frame = pl.DataFrame({name: pl.Series(values, dtype=pl.UInt8) for name in (TIME, STEPS, *TRANSFERS)})
    found = {each.code: each.payload for each in looked_at(frame)}
    assert found["time_not_monotonic"]["current_time"] == values[1] or values[0] == 1
    assert found["step_count_non_sequential"]["examples"][0]["diff"] == -1


@pytest.mark.parametrize("value", [None, NAN])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_missing_values(value: float | None, kind: Any) -> None:
    """Null and NaN are told alike."""
    frame = full().with_columns(pl.lit(value, pl.Float64).alias(name) for name in NUMERIC)
    found = [each.code for each in looked_at(frame, data_type=kind)]
    assert ("time_missing_on_non_eis_row" in found) is (kind is None)
    assert ("step_count_non_sequential" in found) is (kind != "eis")


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([INF] * 10, id="infinite"),
        pytest.param([-INF] * 10, id="negative infinite"),
        pytest.param([INF, -INF] * 5, id="both infinities"),
        pytest.param([0.0, INF, NAN, -INF, 0.0] * 2, id="all that is odd"),
        pytest.param([1e308] * 10, id="huge"),
        pytest.param([1e308, -1e308] * 5, id="huge of both signs"),
        pytest.param([1.7976931348623157e308, -1.7976931348623157e308] * 5, id="the largest there are"),
        pytest.param([5e-324, -5e-324] * 5, id="the smallest there are"),
        pytest.param([-0.0] * 10, id="negative zero"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("counted", [True, False])
def test_the_same_odd_values_everywhere(values: list[float], kind: Any, counted: bool) -> None:
    """Whatever is found can be written, and infinite values are told of each column."""
    frame = full().with_columns(pl.Series(name, values) for name in NUMERIC)
    frame = frame if counted else frame.drop(STEPS)
    found = looked_at(frame, data_type=kind)
    infinite = [each.payload["column"] for each in found if each.code == "value_infinite"]
    assert infinite == ([name for name in NUMERIC if name in frame.columns] if INF in values or -INF in values else [])


@pytest.mark.parametrize("value", [-INF, None, 1e308])
@pytest.mark.parametrize("name", NUMERIC)
def test_one_odd_value(name: str, value: float | None) -> None:
    """In each column, in the midst of a series that is right."""
    at = pl.int_range(pl.len())
    frame = full().with_columns(pl.when(at == 5).then(value).otherwise(pl.col(name).cast(pl.Float64)).alias(name))
    looked_at(frame)
    looked_at(frame.drop(STEPS))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [0, 1])
def test_hardly_any_rows(kind: Any, rows: int) -> None:
    """Of typed columns without rows nothing is found, and of one row only that its step is short."""
    found = [each.code for each in looked_at(full(rows), data_type=kind, end_time="2024-01-01")]
    assert found == (["step_too_few_points"] if rows and kind is None else [])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "frame", [pl.DataFrame(), pl.DataFrame({"": []}), pl.DataFrame({"a": []}), pl.DataFrame({"a": [1]})]
)
def test_tables_of_nothing(kind: Any, frame: pl.DataFrame) -> None:
    """Columns are missed, and nothing else."""
    found = [each.code for each in looked_at(frame, data_type=kind)]
    assert (
        found
        == {
            None: ["step_count_missing"],
            "eis": ["eis_columns_missing"],
            "ocp": ["ocp_voltage_column_missing", "ocp_x_axis_column_missing", "step_count_missing"],
        }[kind]
    )


def test_a_hundred_thousand_columns() -> None:
    """They are looked through like few, and neither the message nor the payload lists them all."""
    many = pl.DataFrame([pl.Series(f"column {number}", [0.0]) for number in range(100_000)])
    (found,) = findings(many.hstack(base(1).drop(STEPS)), **STRICT)
    assert found.code == "step_count_missing"
    assert len(found.message) < 2000
    assert len(found.payload["available_columns"]) == 1000


def test_rows_in_any_order() -> None:
    """Times, steps and values that were shuffled."""
    order = np.random.default_rng(7).permutation(200)
    frame = base(200, **{STEPS: [row // 20 for row in range(200)]})[order]
    found = [each.code for each in looked_at(frame)]
    assert {"time_not_monotonic", "step_count_non_sequential"} <= set(found)


@pytest.mark.parametrize("rechunk", [True, False])
def test_columns_in_pieces(rechunk: bool) -> None:
    """How a frame lies in memory does not matter."""
    parts = [base(7, -1.0), base(5, -1.0), base(0), base(1)]
    frame = pl.concat(parts, rechunk=rechunk)
    assert frame.n_chunks() == (1 if rechunk else 3)
    found = looked_at(frame)
    assert [each.payload for each in found] == [each.payload for each in looked_at(pl.concat(parts, rechunk=True))]
    assert "time_not_monotonic" in {each.code for each in found}


def test_columns_in_different_pieces() -> None:
    """One column may be whole where another is not."""
    frame = pl.concat([base(6, -1.0), base(4, -1.0)], rechunk=False)
    ragged = frame.with_columns(pl.Series(VOLTAGE, [4.2 - 0.01 * row for row in range(10)]))
    assert [each.code for each in looked_at(ragged)] == [each.code for each in looked_at(ragged.rechunk())]


def test_a_frame_that_is_part_of_another() -> None:
    """Slices, and rows taken backwards, are frames as any."""
    frame = base(30, -1.0)
    assert looked_at(frame[10:20]) == looked_at(pl.DataFrame(frame[10:20].to_dict(as_series=False)))
    assert "time_not_monotonic" in {each.code for each in looked_at(frame[::-1])}


@pytest.mark.parametrize(
    "counts",
    [
        [2**62, 2**62 + 1],
        [-(2**63), 2**63 - 1],
        [0.1, 0.2],
        [1e-320, 1.0],
    ],
)
def test_odd_counts_of_steps(counts: list[float]) -> None:
    """Whatever they are, they are told as they are, or as floats have them."""
    found = {each.code: each.payload for each in looked_at(base(2, **{STEPS: counts}))}
    assert found["step_count_does_not_start_at_zero"]["observed_first"] == counts[0]


@pytest.mark.parametrize("values", NO_NUMBERS.values(), ids=NO_NUMBERS)
@pytest.mark.parametrize("name", ["Step type", "Mean current [A]", TRANSFERS[0]])
def test_step_tables_that_hold_no_numbers(name: str, values: Any) -> None:
    """What can not be read tells nothing."""
    column = pl.Series(name, values)[:2]
    looked_at(base(), steps=STEP_TABLE.with_columns(column))


@pytest.mark.parametrize("value", [None])
@pytest.mark.parametrize("name", [name for name in STEP_TABLE.columns if name != "Step type"])
def test_step_tables_that_lack_values(name: str, value: float | None) -> None:
    """What is missing tells nothing."""
    looked_at(base(), steps=STEP_TABLE.with_columns(pl.lit(value, pl.Float64).alias(name)))


@pytest.mark.parametrize("value", [INF, -1e308])
@pytest.mark.parametrize("name", [name for name in STEP_TABLE.columns if name != "Step type"])
def test_step_tables_with_odd_values(name: str, value: float) -> None:
    """They are looked at like any."""
    looked_at(base(), steps=STEP_TABLE.with_columns(pl.lit(value).alias(name)))


@pytest.mark.parametrize("rated", [0.0, -1.0, NAN, INF, 5e-324, 1e308])
@pytest.mark.parametrize("kind", [None, "eis"])
def test_odd_rated_capacities(rated: float, kind: Any) -> None:
    """Nothing is divided by them that can not be."""
    frame = full().with_columns(pl.lit(0.02).alias("Z_Re [Ohm]"))
    looked_at(frame, data_type=kind, steps=STEP_TABLE, rated_capacity=rated)


@pytest.mark.parametrize("window", [(0.0, 0.0), (5.0, -5.0), (NAN, NAN), (-INF, INF), (0.0, 5e-324), [0, 1]])
def test_odd_windows(window: Any) -> None:
    """A voltage jumps by more than nothing, or by less than everything."""
    looked_at(base(10, 0.0, **{VOLTAGE: [0.0, 1.0] * 5}), voltage_window=window)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "never",
        "2024-13-45",
        "0000-00-00",
        "9999-12-31T23:59:59.999999+23:59",
        "\0",
        "\u0662\u0660\u0662\u0664-01-01",
        "2024-W01",
        "1e5",
    ],
)
def test_odd_starts_and_ends(said: str) -> None:
    """What can not be read is passed over."""
    for asked in ({"start_time": said}, {"end_time": said}, {"start_time": said, "end_time": said}):
        looked_at(full(), **asked)


@pytest.mark.parametrize(
    "name", ["Time [s] ", "time [s]", "Voltage(V)", "\0", "\0steps", "日本", "a" * 10_000, "{}", "%s"]
)
def test_odd_names_of_columns(name: str) -> None:
    """Only exact names are known, and others are nobody's."""
    frame = base().drop(STEPS).with_columns(pl.lit("x").alias(name))
    found = [each.code for each in looked_at(frame, end_time="2024-01-01")]
    assert found == ["step_count_missing"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_refusal_has_a_name(kind: Any) -> None:
    """What is no series is refused by an error of cellkeep, and what is no check by a ValueError."""
    with pytest.raises(CellkeepError):
        findings(pl.DataFrame({TIME: ["x"]}), data_type=kind)
    with pytest.raises(ValueError, match="skip_checks"):
        findings(pl.DataFrame(), skip_checks=["\0"])

"""Checks of single values."""

import math
from typing import Any

import polars as pl
import pytest

from cellkeep.domain.columns import NUMERIC
from cellkeep.validate import findings
from validate.series import CURRENT, TIME, VOLTAGE, codes, payloads
from validate.vectors import base, spectrum

NAN, INF = math.nan, math.inf
MISSING, INFINITE = "value_missing", "value_infinite"


def test_values_that_are_missing() -> None:
    """Null and NaN of voltage and current are counted in rows with a time, and the first row is told."""
    frame = base(5, **{VOLTAGE: [3.9, None, NAN, 3.8, None], CURRENT: [1.0, 1.0, 1.0, NAN, 1.0]})
    assert payloads(MISSING, frame) == [
        {"column": VOLTAGE, "row_index": 1, "num_rows": 3},
        {"column": CURRENT, "row_index": 3, "num_rows": 1},
    ]


def test_rows_without_a_time_need_no_values() -> None:
    """They are those of an impedance sweep."""
    sweep = {TIME: [0.0, None, NAN, 1.0], VOLTAGE: [3.9, None, NAN, 3.8], "Frequency [Hz]": [None, 1.0, 2.0, None]}
    assert codes(base(4, **sweep)) == []


def test_without_a_clock_each_row_needs_its_values() -> None:
    """Of a curve, a voltage that is missing is told."""
    frame = pl.DataFrame({"SOC": [0.0, 0.5], VOLTAGE: [3.0, None], "Step count": [0, 0]})
    assert payloads(MISSING, frame) == [{"column": VOLTAGE, "row_index": 1, "num_rows": 1}]


@pytest.mark.parametrize("name", [name for name in NUMERIC if name not in {VOLTAGE, CURRENT}])
def test_other_columns_may_lack_values(name: str) -> None:
    """A temperature is not read in each row."""
    frame = base(3).with_columns(pl.Series(name, [None, None, None], dtype=pl.Float64))
    assert MISSING not in codes(frame)


@pytest.mark.parametrize("name", [name for name in NUMERIC if name != "Step count"])
def test_infinite_values(name: str) -> None:
    """In each column of the data format they are counted, and the first row is told."""
    frame = base(5).with_columns(pl.Series(name, [0.0, 1.0, INF, INF, NAN]))
    assert payloads(INFINITE, frame) == [{"column": name, "row_index": 2, "num_rows": 2}]


def test_columns_of_ones_own_may_be_infinite() -> None:
    """They are nobody else's."""
    assert codes(base(2, mine=[INF, -1.0])) == []


def test_all_of_it_warns() -> None:
    """No series is refused for it."""
    found = findings(base(5, **{VOLTAGE: [3.9, None, 3.8, 3.8, INF]}))
    assert [(each.code, each.severity) for each in found] == [(MISSING, "warning"), (INFINITE, "warning")]


@pytest.mark.parametrize("data_type", ["eis", "ocp"])
def test_series_of_every_kind_are_looked_at(data_type: str) -> None:
    """A spectrum and a curve have values too."""
    frame = spectrum().with_columns(pl.lit(INF).alias("Temperature [degC]"))
    assert codes(frame, data_type=data_type)[-1] == INFINITE


@pytest.mark.parametrize("dtype", [pl.Int64, pl.UInt8, pl.Decimal(6, 2), pl.Null])
def test_kinds_of_numbers_without_infinity(dtype: Any) -> None:
    """They may still be missing."""
    frame = base(3).with_columns(pl.Series(CURRENT, [None, None, None], dtype=dtype))
    assert payloads(MISSING, frame) == [{"column": CURRENT, "row_index": 0, "num_rows": 3}]
    assert codes(base(3, 0.0).cast({CURRENT: pl.Int8})) == []


def test_a_sum_that_is_too_large_is_no_infinite_value() -> None:
    """Values are looked at one by one where their sum is not finite."""
    frame = base(5, 0.0, **{VOLTAGE: [3.9, 3.9, INF, 3.9, 3.9], "Power [W]": [NAN, 0.0, 0.0, 0.0, 0.0]})
    assert [each["column"] for each in payloads(INFINITE, frame)] == [VOLTAGE]


@pytest.mark.parametrize("rows", [0, 1])
def test_hardly_any_rows(rows: int) -> None:
    """Of none nothing is told, and of one what there is."""
    frame = base(rows, **{VOLTAGE: pl.Series([None] * rows, dtype=pl.Float64)})
    assert payloads(MISSING, frame) == [{"column": VOLTAGE, "row_index": 0, "num_rows": 1}] * rows

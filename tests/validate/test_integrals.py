"""Checks of capacities and energies against what flowed."""

import math

import numpy as np
import polars as pl
import pytest

from validate.series import CURRENT, STEPS, STRICT, TIME, TRANSFERS, VOLTAGE, codes, payloads
from validate.vectors import base

NAN, INF = math.nan, math.inf
DISCHARGE, CHARGE, DISCHARGE_ENERGY, CHARGE_ENERGY = TRANSFERS
MISMATCH = "_integral_mismatch"
CAPACITY = f"discharge_capacity{MISMATCH}"


def flowing(rows: int = 11, current: float = 1.0, share: float = 1.0, column: str = DISCHARGE) -> pl.DataFrame:
    """An hour at a constant current and 4 V, with a column that has a share of what flowed."""
    hours = np.linspace(0.0, 1.0, rows)
    return base(
        rows,
        current,
        **{TIME: 3600.0 * hours, VOLTAGE: [4.0] * rows, column: share * hours * abs(current)},
    )


def code_of(column: str) -> str:
    """The code of a column that differs."""
    return column.partition(" [")[0].lower().replace(" ", "_") + MISMATCH


@pytest.mark.parametrize(
    ("column", "current", "source", "unit", "whole"),
    [
        (DISCHARGE, 1.0, CURRENT, "A.h", 1.0),
        (CHARGE, -1.0, CURRENT, "A.h", 1.0),
        (DISCHARGE_ENERGY, 1.0, "Voltage [V] * Current [A]", "W.h", 4.0),
        (CHARGE_ENERGY, -1.0, "Voltage [V] * Current [A]", "W.h", 4.0),
    ],
)
def test_a_column_that_differs(column: str, current: float, source: str, unit: str, whole: float) -> None:
    """It is told with the row of the largest difference, both values there, and the error relative to the larger."""
    code = code_of(column)
    (found,) = payloads(code, flowing(current=current, share=2.0 * whole, column=column), strict=True)
    assert found == {
        "column": column,
        "source_column": source,
        "unit": unit,
        "worst_row_index": 10,
        "reported_at_worst": pytest.approx(2 * whole),
        "integrated_at_worst": pytest.approx(whole),
        "max_scale": pytest.approx(2 * whole),
        "relative_error": pytest.approx(0.5),
        "tolerance": 0.10,
    }


def test_power_has_the_say_where_it_has_a_column() -> None:
    """Energy is then the integral of that, whatever voltage and current are."""
    frame = flowing(column=DISCHARGE_ENERGY).with_columns(pl.lit(3.0).alias("Power [W]"))
    (found,) = payloads(f"discharge_energy{MISMATCH}", frame, strict=True)
    assert found["source_column"] == "Power [W]"
    assert found["integrated_at_worst"] == pytest.approx(3.0)


@pytest.mark.parametrize(("share", "differs"), [(0.91, False), (1.0, False), (1.11, False), (0.89, True), (1.12, True)])
def test_a_tenth_is_tolerated(share: float, differs: bool) -> None:
    """The error is that of the larger of both."""
    assert (CAPACITY in codes(flowing(share=share), strict=True)) is differs


def test_each_step_begins_at_zero() -> None:
    """What was counted before a step, or flowed between two, is in neither."""
    frame = base(6, 3600.0, **{STEPS: [0, 0, 0, 1, 1, 1], DISCHARGE: [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]})
    assert CAPACITY not in codes(frame, strict=True)
    (found,) = payloads(CAPACITY, frame.with_columns(pl.lit(0).alias(STEPS)), strict=True)
    assert (found["worst_row_index"], found["integrated_at_worst"]) == (3, pytest.approx(3.0))


def test_the_other_direction_counts_nothing() -> None:
    """A column of the direction in which nothing flows stays at 0, and then there is nothing to compare."""
    assert codes(flowing(share=0.0, column=CHARGE), strict=True) == []
    (found,) = payloads(f"charge_capacity{MISMATCH}", flowing(column=CHARGE), strict=True)
    assert (found["integrated_at_worst"], found["relative_error"]) == (0.0, 1.0)


def test_rows_are_numbered_among_those_with_a_time() -> None:
    """As with the field's client."""
    frame = flowing(share=2.0).with_columns(pl.when(pl.int_range(pl.len()) != 3).then(TIME).alias(TIME))
    assert payloads(CAPACITY, frame, strict=True)[0]["worst_row_index"] == 9


@pytest.mark.parametrize("value", [None, NAN])
def test_a_missing_current_ends_the_comparison(value: float | None) -> None:
    """Behind it the integral over the series is not known; before it all is as it was."""
    at = pl.int_range(pl.len())
    frame = flowing(share=2.0).with_columns(pl.when(at == 5).then(value).otherwise(CURRENT).alias(CURRENT))
    (found,) = payloads(CAPACITY, frame, strict=True)
    assert (found["worst_row_index"], found["integrated_at_worst"]) == (4, pytest.approx(0.4))
    assert found["max_scale"] == pytest.approx(2.0)


def test_a_missing_first_current_leaves_one_row() -> None:
    """In the first row of all the integral is 0, whatever flows."""
    at = pl.int_range(pl.len())
    frame = flowing(share=2.0).with_columns(pl.when(at > 0).then(CURRENT).alias(CURRENT))
    assert CAPACITY not in codes(frame, strict=True)


def test_missing_values_of_the_column_are_passed_over() -> None:
    """The others are compared."""
    at = pl.int_range(pl.len())
    frame = flowing(share=2.0).with_columns(pl.when(at != 10).then(DISCHARGE).alias(DISCHARGE))
    assert payloads(CAPACITY, frame, strict=True)[0]["worst_row_index"] == 9
    nothing = frame.with_columns(pl.lit(None, pl.Float64).alias(DISCHARGE))
    assert CAPACITY not in codes(nothing, strict=True)


def test_an_infinite_value_is_compared_with_nothing() -> None:
    """It is told as infinite instead, as with the field's client."""
    at = pl.int_range(pl.len())
    frame = flowing().with_columns(pl.when(at == 10).then(INF).otherwise(DISCHARGE).alias(DISCHARGE))
    assert codes(frame, strict=True) == ["value_infinite"]


@pytest.mark.parametrize("column", [TIME, STEPS, CURRENT])
def test_without_its_columns_nothing_is_compared(column: str) -> None:
    """An integral needs time, steps and what flows."""
    assert CAPACITY not in codes(flowing(share=2.0).drop(column), strict=True)


@pytest.mark.parametrize("rows", [0, 1])
def test_one_row_is_no_integral(rows: int) -> None:
    """Two rows with a time are needed, whatever is reported."""
    frame = base(rows, **{name: [5.0] * rows for name in TRANSFERS})
    assert not any(code.endswith(MISMATCH) for code in codes(frame, strict=True))


def test_only_strict_checks_compare() -> None:
    """And they can be told not to."""
    frame = flowing(share=2.0)
    assert codes(frame) == []
    assert codes(frame, strict=True, skip_checks=["capacity_energy_from_current_power"]) == []


def test_order_of_findings() -> None:
    """Capacities before energies, and discharge before charge."""
    frame = base(10, 3600.0, **{name: [0.0, *[100.0] * 9] for name in reversed(TRANSFERS)})
    found = [code for code in codes(frame, **STRICT) if code.endswith(MISMATCH)]
    assert found == [code_of(name) for name in TRANSFERS]


def test_alternating_currents_are_integrated_by_direction() -> None:
    """Between a row that discharges and one that charges, each direction counts from its part to 0."""
    hours = np.arange(4.0)
    columns = {DISCHARGE: [0.0, 0.5, 1.0, 1.5], CHARGE: [0.0, 0.5, 1.0, 1.5]}
    frame = base(4, **{TIME: 3600.0 * hours, CURRENT: [1.0, -1.0, 1.0, -1.0], **columns})
    assert not any(code.endswith(MISMATCH) for code in codes(frame, strict=True))

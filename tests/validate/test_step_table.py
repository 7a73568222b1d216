"""Checks of a step table."""

import math
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from cellkeep.validate import findings
from validate.series import TRANSFERS, codes, is_plain, messages, payloads
from validate.vectors import base, spectrum

NAN, INF = math.nan, math.inf
DISCHARGE, CHARGE, DISCHARGE_ENERGY, CHARGE_ENERGY = TRANSFERS
SWAPPED, SWAPPED_ENERGY = "charge_discharge_capacity_columns_swapped", "charge_discharge_energy_columns_swapped"
FULL, EXCEEDS = "consecutive_same_direction_full_steps", "step_capacity_exceeds_rated"


def table(rows: int = 1, /, **columns: Any) -> pl.DataFrame:
    """Discharging steps of an hour at 1 A, of which the capacity is in the wrong column; columns are replaced."""
    whole = {
        "Step count": list(range(rows)),
        "Mean current [A]": 1.0,
        "Min current [A]": 1.0,
        "Max current [A]": 1.0,
        "Std current [A]": 0.0,
        "Duration [s]": 3600.0,
        DISCHARGE: 0.0,
        CHARGE: 1.0,
        **columns,
    }
    return pl.DataFrame({name: it if isinstance(it, list) else [it] * rows for name, it in whole.items()}, strict=False)


def swapped(steps: pl.DataFrame) -> list[dict[str, Any]]:
    return payloads(SWAPPED, base(), strict=True, steps=steps)


def test_capacities_in_the_wrong_columns() -> None:
    """All clear steps are weighed by what they moved, and five of the wrong ones are named by their count."""
    steps = table(8, **{"Step count": list(range(10, 18)), DISCHARGE: [0.0] * 7 + [1.0], CHARGE: [1.0] * 7 + [0.0]})
    assert swapped(steps) == [
        {
            "discharge_column": DISCHARGE,
            "charge_column": CHARGE,
            "swapped_fraction": 0.875,
            "n_steps_considered": 8,
            "n_steps_swapped": 7,
            "example_steps": [10, 11, 12, 13, 14],
            "threshold": 0.75,
        }
    ]


def test_energies_in_the_wrong_columns() -> None:
    """They are looked at for themselves, after the capacities."""
    steps = table(**{DISCHARGE_ENERGY: 0.0, CHARGE_ENERGY: 4.0})
    assert codes(base(), strict=True, steps=steps) == [SWAPPED, SWAPPED_ENERGY]
    (found,) = payloads(SWAPPED_ENERGY, base(), strict=True, steps=steps.drop(DISCHARGE))
    assert (found["discharge_column"], found["charge_column"]) == (DISCHARGE_ENERGY, CHARGE_ENERGY)


@pytest.mark.parametrize(("wrong", "told"), [(3.0, True), (2.99, False)])
def test_three_quarters_of_what_was_moved(wrong: float, told: bool) -> None:
    """So much of it has to be in the wrong columns."""
    assert bool(swapped(table(2, **{DISCHARGE: [0.0, 1.0], CHARGE: [wrong, 0.0]}))) is told


def test_a_charging_step() -> None:
    """It is wrong where the discharge column has more."""
    steps = table(**{"Mean current [A]": -1.0, "Min current [A]": -1.0, "Max current [A]": -1.0})
    assert swapped(steps) == []
    assert len(swapped(steps.rename({DISCHARGE: CHARGE, CHARGE: DISCHARGE}))) == 1


@pytest.mark.parametrize(
    ("column", "value", "votes"),
    [
        ("Mean current [A]", 1e-3, True),
        ("Mean current [A]", 9e-4, False),
        ("Mean current [A]", None, False),
        ("Mean current [A]", INF, False),
        ("Duration [s]", 60.0, True),
        ("Duration [s]", 59.9, False),
        ("Duration [s]", None, False),
        ("Duration [s]", NAN, False),
        (DISCHARGE, 0.25, True),
        (DISCHARGE, 0.26, False),
        (DISCHARGE, -0.25, True),
        (DISCHARGE, NAN, True),
        (CHARGE, 0.0, False),
        (CHARGE, None, False),
        (CHARGE, -1.0, True),
    ],
)
def test_which_steps_vote(column: str, value: float | None, votes: bool) -> None:
    """Those of a minute or longer, with a current, and with four times as much in one column as in the other."""
    assert bool(swapped(table(**{column: value}))) is votes


@pytest.mark.parametrize(
    ("low", "high", "spread", "votes"),
    [
        (1.0, 1.0, 9.0, True),
        (-1e-3, 5.0, 9.0, True),
        (-2e-3, 5.0, 9.0, False),
        (-5.0, 5.0, 0.5, True),
        (-5.0, 5.0, 0.51, False),
        (None, 5.0, 0.0, True),
        (1.0, INF, 9.0, False),
        (NAN, NAN, NAN, False),
        (-INF, 5.0, 0.0, True),
    ],
)
def test_the_current_has_one_sign(low: float | None, high: float, spread: float, votes: bool) -> None:
    """By its smallest and largest value, or by how little it spreads."""
    steps = table(**{"Min current [A]": low, "Max current [A]": high, "Std current [A]": spread})
    assert bool(swapped(steps)) is votes


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        (["Mean current [A]"], False),
        ([DISCHARGE], False),
        ([CHARGE], False),
        (["Duration [s]"], True),
        (["Step count"], True),
        (["Std current [A]"], True),
        (["Min current [A]"], True),
        (["Max current [A]", "Std current [A]"], False),
    ],
)
def test_columns_of_the_table_that_are_missing(missing: list[str], told: bool) -> None:
    """A step without a duration may be long enough, and one without a count is named by its place."""
    found = swapped(table().drop(missing))
    assert bool(found) is told
    assert all(each["example_steps"] == [0] for each in found)


def of_kinds(*steps: tuple[str | None, float, float], counts: Sequence[int] | None = None) -> pl.DataFrame:
    """Steps by their type, with discharge and charge capacity."""
    return pl.DataFrame(
        {
            "Step count": list(counts or range(len(steps))),
            "Step type": pl.Series([kind for kind, _, _ in steps], dtype=pl.String),
            DISCHARGE: [discharge for _, discharge, _ in steps],
            CHARGE: [charge for _, _, charge in steps],
        }
    )


def full(steps: pl.DataFrame, rated: float = 1.0) -> list[tuple[Any, Any]]:
    found = payloads(FULL, base(), strict=True, steps=steps, rated_capacity=rated)
    return [(each["previous_step"], each["current_step"]) for each in found]


def test_two_full_steps_of_one_direction() -> None:
    """They are named by their counts, with the direction and the threshold."""
    steps = of_kinds(("CC discharge", 3.0, 0.0), ("CC discharge", 3.0, 0.0), counts=[4, 7])
    assert payloads(FULL, base(), strict=True, steps=steps, rated_capacity=1.25) == [
        {
            "direction": "discharge",
            "previous_step": 4,
            "current_step": 7,
            "threshold_capacity": 2.5,
            "rated_capacity": 1.25,
        }
    ]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([("CC charge", 0.0, 3.0), ("CV charge", 0.0, 3.0)], [(0, 1)]),
        ([("CC charge", 0.0, -3.0), ("CV Charge", 0.0, 3.0)], [(0, 1)]),
        ([("DISCHARGE", 3.0, 0.0), ("gcd discharge", 3.0, 0.0), ("discharge", 3.0, 0.0)], [(0, 1), (1, 2)]),
        ([("CC charge", 0.0, 3.0), ("CC discharge", 3.0, 0.0), ("CC charge", 0.0, 3.0)], []),
        ([("CC charge", 0.0, 3.0), ("CC discharge", 2.0, 0.0), ("CC charge", 0.0, 3.0)], [(0, 2)]),
        ([("Rest", 3.0, 3.0), (None, 3.0, 3.0), ("EIS", 3.0, 3.0)], []),
        ([("CC charge", 3.0, 0.0), ("CC charge", 3.0, 0.0)], []),
        ([("CC charge", 0.0, NAN), ("CC charge", 0.0, 3.0)], []),
        ([("CC charge", 0.0, 3.0)], []),
    ],
)
def test_the_last_full_step_counts(steps: list[tuple[str | None, float, float]], told: list[tuple[int, int]]) -> None:
    """What is not full is passed over, of whatever direction; so is what neither charges nor discharges."""
    assert full(of_kinds(*steps)) == told


@pytest.mark.parametrize("missing", ["Step type", DISCHARGE, CHARGE])
def test_without_its_columns_no_step_is_full(missing: str) -> None:
    """Type and both capacities are needed; a count is not."""
    steps = of_kinds(("charge", 0.0, 3.0), ("charge", 0.0, 3.0))
    assert full(steps.drop(missing)) == []
    assert full(steps.drop("Step count")) == [(0, 1)]


def test_very_many_full_steps() -> None:
    """A thousand are told, and the last of them says how many more there are."""
    steps = of_kinds(*[("discharge", 3.0, 0.0)] * 1501)
    assert full(steps) == [(step, step + 1) for step in range(1000)]
    said = messages(FULL, base(), strict=True, steps=steps, rated_capacity=1.0)
    assert said[-1].endswith("(So it is 500 more times.)")
    assert "more times" not in said[-2]


def test_a_step_that_moves_too_much() -> None:
    """One finding names the first, in the discharge column before the charge column, and counts all."""
    steps = of_kinds(("a", 1.0, 7.0), ("b", -6.0, 0.0), ("c", 5.0, 5.1), counts=[3, 4, 5])
    (found,) = [each for each in findings(base(), strict=True, steps=steps, rated_capacity=1.0) if each.code == EXCEEDS]
    assert found.severity == "warning"
    assert found.payload == {
        "total_count": 3,
        "first_step": 4,
        "first_column": DISCHARGE,
        "first_value": 6.0,
        "threshold_capacity": 5.0,
        "rated_capacity": 1.0,
    }


def test_only_the_charge_column() -> None:
    """It is enough."""
    steps = of_kinds(("a", 1.0, 7.0)).drop(DISCHARGE)
    assert payloads(EXCEEDS, base(), strict=True, steps=steps, rated_capacity=1.0)[0]["first_column"] == CHARGE
    assert "(5 A.h)" in messages(EXCEEDS, base(), strict=True, steps=steps, rated_capacity=1.0)[0]


@pytest.mark.parametrize("rated", [None, 0.0, -1.0, NAN])
def test_without_a_rated_capacity(rated: float | None) -> None:
    """Nothing is compared with it; the columns are looked at nevertheless."""
    steps = table(2, **{"Step type": "discharge", DISCHARGE: 100.0, CHARGE: 0.0})
    assert codes(base(), strict=True, steps=steps, rated_capacity=rated) == []
    assert codes(base(), strict=True, steps=table(), rated_capacity=rated) == [SWAPPED]


def test_order_and_names() -> None:
    """Each of the three can be skipped by its name, and none runs unless strict."""
    steps = table(2, **{"Step type": "discharge", DISCHARGE: [9.0, 9.0], CHARGE: [99.0, 99.0]})
    asked: dict[str, Any] = {"steps": steps, "rated_capacity": 1.0}
    assert codes(base(), strict=True, **asked) == [SWAPPED, FULL, EXCEEDS]
    assert codes(base(), **asked) == []
    for name, left in (
        ("charge_discharge_column_direction", [FULL, EXCEEDS]),
        ("consecutive_same_direction_full_steps", [SWAPPED, EXCEEDS]),
        ("step_capacity_within_rated", [SWAPPED, FULL]),
    ):
        assert codes(base(), strict=True, skip_checks=name, **asked) == left


@pytest.mark.parametrize("data_type", ["ocp", "eis"])
def test_steps_of_other_series(data_type: str) -> None:
    """Curves and spectra have no step that moves anything."""
    frame = spectrum().with_columns(pl.lit(3.7).alias("Voltage [V]"), pl.lit(0.5).alias("SOC"))
    steps = table(1, **{DISCHARGE: 9.0, CHARGE: 99.0})
    found = codes(frame, data_type=data_type, strict=True, steps=steps, rated_capacity=1.0)
    assert {SWAPPED, FULL, EXCEEDS}.isdisjoint(found)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(pl.DataFrame(), id="no columns"),
        pytest.param(table().clear(), id="no rows"),
        pytest.param(table(3, **dict.fromkeys(table().columns, "x")), id="text"),
        pytest.param(table(3).select(pl.lit(None, pl.Float64).alias(name) for name in table().columns), id="nulls"),
        pytest.param(table(3).select(pl.Series(name, [None] * 3) for name in table().columns), id="untyped nulls"),
        pytest.param(table(3).select(pl.lit(NAN).alias(name) for name in table().columns), id="NaN"),
        pytest.param(table(3).cast({DISCHARGE: pl.Int64, CHARGE: pl.Decimal(10, 2)}), id="kinds of numbers"),
    ],
)
def test_any_table_will_do(steps: pl.DataFrame) -> None:
    """What can not be read tells nothing, and no table stops the other checks."""
    kinds = steps.with_columns(pl.lit("discharge").alias("Step type"))
    found = findings(base(), strict=True, steps=kinds, rated_capacity=1.0)
    assert all(is_plain(each.payload) for each in found)

"""What a person calls: findings and repairs of any kind of table, and what is refused before it is sent."""

import math
import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cellkeep
from cellkeep.client.checking import Wanted, found_in, refuse, require_clean
from cellkeep.domain.errors import CellkeepError, InvalidError, MeasurementValidationError, UnusableDataError
from cellkeep.domain.findings import Code, Finding, found
from validate.series import CURRENT, STEPS, TIME, TRANSFERS, VOLTAGE, WINDOW
from validate.vectors import VECTORS, Vector, base, spectrum

REVERSED = base(10, -1.0)


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(REVERSED, id="polars"),
        pytest.param(REVERSED.lazy(), id="lazy"),
        pytest.param(REVERSED.to_pandas(), id="pandas"),
        pytest.param(REVERSED.to_pandas().set_index(pd.Index(range(10, 20))), id="pandas with an index"),
        pytest.param(REVERSED.to_dict(as_series=False), id="lists"),
        pytest.param({name: REVERSED[name].to_numpy() for name in REVERSED.columns}, id="arrays"),
    ],
)
def test_any_kind_of_table(table: Any) -> None:
    """The same is found in all of them, and mended in all of them."""
    listed = cellkeep.findings(table)
    assert [each.code for each in listed] == ["current_sign_reversed"]
    mended = cellkeep.mend(table, listed)
    assert cellkeep.findings(mended.frame) == []
    assert [repair.action for repair in mended.repairs] == ["current_negated"]
    assert isinstance(mended.frame, pd.DataFrame if isinstance(table, pd.DataFrame) else pl.DataFrame)


def test_a_pandas_frame_is_not_changed() -> None:
    """Neither by looking at it nor by mending it."""
    frame = REVERSED.to_pandas()
    before = frame.copy(deep=True)
    mended = cellkeep.mend(frame, cellkeep.findings(frame))
    pd.testing.assert_frame_equal(frame, before)
    assert mended.frame[CURRENT].tolist() == [1.0] * 10


@pytest.mark.parametrize("vector", [vector for vector in VECTORS if vector.record or vector.steps is not None])
def test_vectors_as_a_person_checks_them(vector: Vector) -> None:
    """What is said of a measurement, and how it is to be checked, reaches the checks."""
    listed = cellkeep.findings(vector.frame, steps=vector.steps, **vector.record, **vector.options)
    codes = [each.code for each in listed if each.code in {code for code, _ in vector.expected}]
    assert codes == [code for code, _ in vector.expected]
    again = found_in(vector.frame, vector.record, vector.steps, Wanted(**vector.options))
    assert [each.model_dump_json() for each in again] == [each.model_dump_json() for each in listed]


@pytest.mark.parametrize("kind", ["EIS", "Ocp", "cycling", None, 5, ["eis"]])
def test_other_kinds_are_cycler_data(kind: Any) -> None:
    """A kind is exact; one that nobody knows is as good as none."""
    if isinstance(kind, list):
        kind = tuple(kind)
    assert [each.code for each in found_in(REVERSED, {"data_type": kind}, None, Wanted())] == ["current_sign_reversed"]
    assert found_in(REVERSED, {"data_type": "eis"}, None, Wanted())[0].code == "eis_columns_missing"


@pytest.mark.parametrize("table", [None, 5, "a,b", [1, 2], {"a": [1], "b": [1, 2]}, {"a": [object()]}])
def test_what_is_no_table(table: Any) -> None:
    """It is refused by what it is."""
    with pytest.raises(InvalidError):
        cellkeep.findings(table)
    with pytest.raises(InvalidError):
        cellkeep.mend(table, [])
    with pytest.raises(InvalidError):
        cellkeep.findings(base(), steps=table if table is not None else 7)


def test_text_where_numbers_belong() -> None:
    """A series with it is refused; a step table tells nothing by it."""
    with pytest.raises(UnusableDataError):
        cellkeep.findings({TIME: ["0"], STEPS: [0]})
    assert cellkeep.findings(base(), steps={"Mean current [A]": ["1"]}, strict=True) == []


@pytest.mark.parametrize(
    "window",
    [(2.5,), (2.5, 3.0, 4.2), 4.2, "24", ("2.5", "4.2"), (2.5, None), (False, True), {2.5: 4.2}, np.array([2.5, 4.2])],
)
def test_windows_that_are_none(window: Any) -> None:
    """A window is two numbers, in a list or tuple."""
    with pytest.raises(InvalidError, match="voltage_window is"):
        Wanted(voltage_window=window)
    with pytest.raises(InvalidError):
        cellkeep.findings(base(), voltage_window=window)


@pytest.mark.parametrize("rated", ["5", "5 Ah", True, {"value": 5, "unit": "A.h"}, [5.0], 5j])
def test_capacities_that_are_none(rated: Any) -> None:
    """A rated capacity is a number of ampere hours."""
    with pytest.raises(InvalidError, match="rated_capacity is a number"):
        Wanted(rated_capacity=rated)


@pytest.mark.parametrize("rated_capacity", [5, np.float64(5), np.int64(5), Fraction(1, 2)])
def test_capacities_that_are_numbers(rated_capacity: Any) -> None:
    """Whole ones, fractions and those of numpy are taken."""
    assert Wanted(rated_capacity=rated_capacity).rated_capacity == rated_capacity


@pytest.mark.parametrize(
    "limits",
    [
        {"rated_capacity": 0},
        {"rated_capacity": -1.0},
        {"rated_capacity": math.nan},
        {"voltage_window": (4.2, 2.5)},
        {"voltage_window": (4.2, 4.2)},
        {"voltage_window": (math.nan, 4.2)},
    ],
)
def test_limits_that_bound_nothing(limits: dict[str, Any]) -> None:
    """It is told that the checks which need them are left out, as the field's client leaves them out."""
    with pytest.warns(UserWarning, match="left out"):
        assert cellkeep.findings(base(), strict=True, **limits) == []


def test_an_error_that_was_looked_at() -> None:
    """With its code in `despite` it is told like a warning, and other errors are raised; no code of any is refused."""
    frame = base(10, -1.0)
    with pytest.warns(UserWarning, match="Positive current charges"):
        require_clean(frame, {}, None, Wanted(despite="current_sign_reversed"))
    with (
        pytest.warns(UserWarning, match="Positive current charges"),
        pytest.raises(MeasurementValidationError) as caught,
    ):
        require_clean(frame.with_columns(pl.col(TIME) + 5), {}, None, Wanted(despite=["current_sign_reversed"]))
    assert [each.code for each in caught.value.errors] == ["time_does_not_start_at_zero"]
    with pytest.raises(ValueError, match="no_such_code"):
        Wanted(despite=["no_such_code"])


def test_steps_that_will_be_made_are_looked_at() -> None:
    """Strict checks of the step table warn where none is given; not strict, nothing is said."""
    frame = base(10, 3600.0).with_columns(pl.col(TIME) * 3600)
    with pytest.warns(UserWarning, match="times the rated capacity"):
        require_clean(frame, {}, None, Wanted(strict=True, rated_capacity=1.0, skip_checks=["time_gaps"]))
    require_clean(frame, {}, None, Wanted(rated_capacity=1.0))


def test_mending_twice_is_mending_once() -> None:
    """Findings that are not true any more are passed over."""
    frame = base(10, -1.0)
    found = cellkeep.findings(frame)
    once = cellkeep.mend(frame, found)
    twice = cellkeep.mend(once.frame, found)
    assert twice.frame.equals(once.frame)
    assert twice.repairs == []


@pytest.mark.parametrize("names", ["time_gap", ["nope"], [None], {"voltage": 1}])
@pytest.mark.parametrize("strict", [True, False])
def test_names_of_no_check(names: Any, strict: bool) -> None:
    """They are refused, strict or not."""
    with pytest.raises(ValueError, match="skip_checks names"):
        Wanted(strict=strict, skip_checks=names)


RATINGS = {
    "capacity": {"value": 5000, "unit": "mA.h"},
    "voltage_min": {"value": 2.5, "unit": "V"},
    "voltage_max": {"value": 4200, "unit": "mV"},
}


@pytest.mark.parametrize(
    ("said", "ratings", "rated", "window"),
    [
        ({}, RATINGS, 5.0, (2.5, 4.2)),
        ({"rated_capacity": 1.0}, RATINGS, 1.0, (2.5, 4.2)),
        ({"voltage_window": (0.0, 1.0)}, RATINGS, 5.0, (0.0, 1.0)),
        ({}, {}, None, None),
        ({}, {"voltage_min": RATINGS["voltage_min"]}, None, None),
        ({}, RATINGS | {"voltage_min": RATINGS["voltage_max"]}, 5.0, None),
        ({}, RATINGS | {"capacity": {"value": 5, "unit": "kg"}}, None, (2.5, 4.2)),
    ],
)
def test_limits_of_the_specification(
    said: dict[str, Any], ratings: dict[str, Any], rated: float | None, window: tuple[float, float] | None
) -> None:
    """They stand where nothing was said, converted to A.h and V; and what else was said stays."""
    filled = Wanted(strict=True, skip_checks=["time_gaps"], **said).filled(ratings)
    assert filled.rated_capacity == pytest.approx(rated)
    assert filled.voltage_window == (None if window is None else pytest.approx(window))
    assert (filled.strict, filled.skip_checks) == (True, {"time_gaps"})


@pytest.mark.parametrize(
    ("said", "needs"),
    [
        ({"strict": True}, True),
        ({"strict": True, "rated_capacity": 5.0}, True),
        ({"strict": True, "voltage_window": WINDOW}, True),
        ({"strict": True, "voltage_window": WINDOW, "rated_capacity": 5.0}, False),
        ({}, False),
        ({"voltage_window": WINDOW}, False),
    ],
)
def test_when_limits_are_needed(said: dict[str, Any], needs: bool) -> None:
    """Only strict checks use them, where one of them was not said."""
    assert Wanted(**said).needs_ratings is needs


ERROR = found(Code.TIME_NOT_MONOTONIC, "It falls.", row_index=3)
OTHER = found(Code.STEP_COUNT_MISSING, "It is not there.")
WARNING = found(Code.TIME_REPEATED, "It repeats.")


def test_errors_are_raised_together() -> None:
    """One error lists all of them, each with its code and payload, and says that nothing was sent."""
    with pytest.raises(MeasurementValidationError) as raised:
        refuse([ERROR, OTHER])
    assert raised.value.errors == [ERROR, OTHER]
    assert raised.value.has_code("time_not_monotonic")
    assert not raised.value.has_code("time_repeated")
    assert isinstance(raised.value, CellkeepError)
    assert str(raised.value) == (
        "The checks found 2 error(s). Nothing was sent.\n"
        "  - It falls. [time_not_monotonic]\n"
        "  - It is not there. [step_count_missing]"
    )


def test_of_many_errors_some_are_said() -> None:
    """All of them are listed."""
    with pytest.raises(MeasurementValidationError, match="and 1,005 more; see `errors`") as raised:
        refuse([ERROR] * 1025)
    assert len(raised.value.errors) == 1025
    assert len(str(raised.value).splitlines()) == 22


def test_warnings_are_told_where_cellkeep_was_called() -> None:
    """They point at the line of the caller, and refuse nothing."""
    with pytest.warns(UserWarning, match=r"^It repeats\.$") as told:
        refuse([WARNING])
    assert [warning.filename for warning in told] == [__file__]


def test_warnings_are_told_beside_errors() -> None:
    """Errors do not list them."""
    with pytest.warns(UserWarning, match="repeats"), pytest.raises(MeasurementValidationError) as raised:
        refuse(iter([WARNING, ERROR, WARNING]))
    assert raised.value.errors == [ERROR]


def test_nothing_to_refuse() -> None:
    """A series without findings is passed in silence."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refuse([])
        require_clean(base(), {"name": "a test"}, None, Wanted(strict=True, voltage_window=WINDOW))


def test_a_series_is_refused_by_what_is_said_of_it() -> None:
    """Its record and step table are looked at, too."""
    steps = pl.DataFrame({TRANSFERS[0]: [50.0]})
    strict = Wanted(strict=True, rated_capacity=1.0)
    with pytest.warns(UserWarning, match="5 times the rated capacity"):
        require_clean(base(), {}, steps, strict)
    with pytest.warns(UserWarning, match="lies in the future"):
        require_clean(base(), {"start_time": "2199-01-01T00:00:00Z"}, None, Wanted())
    with pytest.raises(MeasurementValidationError, match="eis_columns_missing"):
        require_clean(base(), {"data_type": "eis"}, None, Wanted())


def test_errors_can_be_mended_as_they_come() -> None:
    """The exception itself, or what it lists, is taken."""
    frame = REVERSED.with_columns(pl.col(TIME) + 5)
    with pytest.raises(MeasurementValidationError) as raised:
        require_clean(frame, {}, None, Wanted())
    for given in (raised.value, raised.value.errors, tuple(raised.value.errors), iter(raised.value.errors)):
        mended = cellkeep.mend(frame, given)
        assert [repair.action for repair in mended.repairs] == ["time_shifted", "current_negated"]
        assert mended.frame.equals(base())


@pytest.mark.parametrize("given", [None, 5, "time_gaps", ["time_not_monotonic"], [None], [{"code": "x"}], {"a": ERROR}])
def test_what_are_no_findings(given: Any) -> None:
    """They are refused."""
    with pytest.raises(InvalidError, match="mend takes findings"):
        cellkeep.mend(REVERSED, given)


def test_nothing_to_mend() -> None:
    """Without findings the frame comes back as it is, in the kind it was given."""
    assert cellkeep.mend(REVERSED, []).repairs == []
    assert cellkeep.mend(REVERSED, ()).frame is REVERSED
    mended = cellkeep.mend(spectrum().to_pandas(), [])
    assert isinstance(mended.frame, pd.DataFrame)
    pd.testing.assert_frame_equal(mended.frame, spectrum().to_pandas())


def test_an_empty_table() -> None:
    """A series without rows passes, and one without columns lacks its steps."""
    assert cellkeep.findings(base().clear().to_pandas()) == []
    assert [each.code for each in cellkeep.findings({})] == ["step_count_missing"]
    assert [each.code for each in cellkeep.findings(pd.DataFrame())] == ["step_count_missing"]


def test_nothing_that_is_missing_in_pandas_is_a_number() -> None:
    """Its NaN is no voltage."""
    frame = base(4).to_pandas()
    frame.loc[1, VOLTAGE] = math.nan
    assert [(each.code, each.payload["row_index"]) for each in cellkeep.findings(frame)] == [("value_missing", 1)]


def test_findings_are_plain_values() -> None:
    """They are compared by what they say, and can be made again from JSON."""
    (one,), (other,) = cellkeep.findings(REVERSED), cellkeep.findings(REVERSED)
    assert one == other
    assert Finding.model_validate_json(one.model_dump_json()) == one

"""The conformance vectors of the checks, through our client, and through what the server keeps of a series."""

import warnings
from collections.abc import Sequence
from typing import Any

import pytest

from cellkeep import CellkeepError, Client, MeasurementValidationError, UnusableDataError
from cellkeep.client import measurement_writing
from cellkeep.domain.findings import OWN_CODES, Code, Finding
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.projects import Project
from validate.vectors import VECTORS, Vector

ALWAYS = {
    "current_sign_reversed", "current_sign_unsigned", "current_sign_indeterminate", "time_missing_on_non_eis_row",
    "time_does_not_start_at_zero", "time_not_monotonic", "step_count_missing", "step_count_does_not_start_at_zero",
    "step_count_non_sequential", "cumulative_value_not_reset", "cumulative_value_decreased",
    "ocp_voltage_column_missing", "ocp_x_axis_column_missing", "eis_columns_missing",
    "start_time_in_future", "end_time_in_future", "end_time_before_start_time", "duration_mismatch",
}  # fmt: skip
NOT_STORED = {"X1", "T1-unparsable", "T2"}
"""No rows, a time that is none, an end before the start: these the server refuses, whatever the checks say."""
IN_UTC = "T1-naive"
"""A time without a zone, which the server takes as UTC: so it knows that it lies in the future."""

pytestmark = pytest.mark.parametrize("lab", ["embedded"], indirect=True)


def detail(vector: Vector) -> dict[str, Any]:
    parts = {"measurement": {"name": vector.id, **vector.record}, "time_series": vector.frame}
    return parts if vector.steps is None else {**parts, "steps": vector.steps}


def require(vector: Vector, found: Sequence[Finding], codes: set[str] | None = None) -> None:
    """Claim that the findings are those of the vector, in its order; of some codes alone."""
    shared = [each for each in found if each.code not in OWN_CODES and (codes is None or each.code in codes)]
    assert [each.code for each in shared] == [code for code, _ in vector.expected]
    for each, (_, payload) in zip(shared, vector.expected, strict=True):
        assert _holds(each.payload, payload), (each.payload, payload)


def _holds(found: Any, wanted: Any) -> bool:
    """Whether all that is wanted is found, within what holds more."""
    if isinstance(wanted, dict):
        return all(key in found and _holds(found[key], value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(_holds, found, wanted))
    return bool(found == (pytest.approx(wanted, rel=1e-6) if isinstance(wanted, float) else wanted))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_the_client_finds_it_before_anything_is_sent(
    any_client: Client, cell: CellInstance, vector: Vector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors are raised all at once, and warnings go through Python's own, at the line that called."""
    options = dict(vector.options)
    asked = {"validate_strict": options.pop("strict", False), **options}
    wanted = [(code, payload) for code, payload in vector.expected if Code(code).severity == "error"]
    monkeypatch.setattr(any_client._transport, "post", _stopped)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(MeasurementValidationError if wanted else _SentError) as caught:
            any_client.cell_measurement.create(cell.id, detail(vector), **asked)
    if isinstance(caught.value, MeasurementValidationError):
        require(Vector(vector.id, vector.frame, wanted), caught.value.errors)
        assert all(caught.value.has_code(code) for code, _ in wanted)
    assert len(warned) >= len(vector.expected) - len(wanted)
    assert {warning.filename for warning in warned} <= {__file__}


class _SentError(Exception):
    """The checks are done, and something was to be sent."""


def _stopped(*_: Any, **__: Any) -> None:
    raise _SentError


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_the_server_keeps_what_it_finds(
    any_client: Client, project: Project, vector: Vector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All checks run on what was received, with the ratings of the specification, and what they find is kept.

    What no tables can be made of is refused with the findings.
    """
    monkeypatch.setattr(measurement_writing, "require_clean", lambda *_: None)
    monkeypatch.setattr(measurement_writing, "warn", lambda _: None)
    low, high = vector.options.get("voltage_window") or (None, None)
    ratings = {
        "capacity": (vector.options.get("rated_capacity"), "A.h"),
        "voltage_min": (low, "V"),
        "voltage_max": (high, "V"),
    }
    given = {key: {"value": value, "unit": unit} for key, (value, unit) in ratings.items() if value is not None}
    spec = any_client.cell_spec.create({"name": "S", "project_id": project.id, "ratings": given})
    cell = any_client.cell_instance.create(spec.id, {"name": "C"})
    found: Sequence[Finding]
    try:
        made = any_client.cell_measurement.create(cell.id, detail(vector))
        found = any_client.cell_measurement.findings(made.id)
        assert sum((made.finding_counts or {}).values()) == len(found)
    except UnusableDataError as error:
        found = [Finding.model_validate(each) for each in (error.detail or {}).get("findings", [])]
        assert any_client.cell_measurement.list(cell.id).total == 0
    except CellkeepError:
        assert vector.id in NOT_STORED
        return
    if vector.id == IN_UTC:
        assert [each.code for each in found] == ["start_time_in_future"]
    elif not vector.options.get("skip_checks"):
        require(vector, found, None if vector.options.get("strict") else ALWAYS)

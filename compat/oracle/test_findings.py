"""Our checks beside those of the official client, on thousands of series."""

import json
import math
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from ionworks import validators
from oracle.files import FOLDER, READERS, read_file
from oracle.suspects import Suspect, cycler_series, other_series
from stands import PYTHON

Found = tuple[str, dict[str, Any]]
Ask = Callable[[Suspect], list[dict[str, Any]]]

_KNOWN = {str(code) for code in validators.IssueCode}
MIXED_UP = "biologic/impedance.py__exampleDataBioLogic_MissingFreq.mpt"
"""A column is missing in its rows, so that all behind it are taken for their neighbours."""
_AT_WORST = {"worst_row_index", "reported_at_worst", "integrated_at_worst"}
_QUIET = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True)


@pytest.fixture(scope="module")
def ours() -> Iterator[Ask]:
    """What cellkeep finds, asked of one process of its own environment."""
    command = [PYTHON, str(Path(__file__).with_name("own_findings.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def ask(suspect: Suspect) -> list[dict[str, Any]]:
            assert process.stdin is not None
            assert process.stdout is not None
            line = json.dumps({"columns": suspect.columns, "steps": suspect.steps, **suspect.asked})
            print(line, file=process.stdin, flush=True)
            found: list[dict[str, Any]] = json.loads(process.stdout.readline())
            assert isinstance(found, list), found
            return found

        yield ask
        assert process.stdin is not None
        process.stdin.close()


def theirs(suspect: Suspect) -> list[Found]:
    """What the official client finds, errors first and then the codes of its warnings."""
    frame = pl.DataFrame([pl.Series(name, values, getattr(pl, dtype)) for name, dtype, values in suspect.columns])
    steps = None if suspect.steps is None else pl.DataFrame(suspect.steps, strict=False)
    asked = dict(suspect.asked)
    found: list[Found] = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            validators.validate_measurement_data(frame, steps_df=steps, **asked)
        except validators.MeasurementValidationError as error:
            found = [(str(issue.code), issue.payload) for issue in error.errors]
        said = [
            *validators.validate_measurement_timing(asked.get("start_time"), asked.get("end_time"), frame),
            *_step_capacity(asked, steps),
        ]
    return [*found, *[(str(issue.code), issue.payload) for issue in said]]


def _step_capacity(asked: dict[str, Any], steps: pl.DataFrame | None) -> list[Any]:
    if steps is None or not asked["strict"] or asked.get("data_type") is not None:
        return []
    issues: list[Any] = validators.validate_step_capacity_within_rated(steps, asked.get("rated_capacity"))
    return issues


def _common(found: list[dict[str, Any]]) -> list[Found]:
    """Ours that they could have found too: errors first, as theirs are."""
    shared = [each for each in found if each["code"] in _KNOWN]
    late = ("step_capacity_exceeds_rated",)
    ordered = [each for each in shared if each["severity"] == "error"]
    warned = [each for each in shared if each["severity"] == "warning" and each["code"] not in late]
    last = [each for each in shared if each["code"] in late]
    return [(each["code"], each["payload"]) for each in (*ordered, *warned, *last)]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        return one is not None and other is not None and _near(float(one), float(other))
    return bool(one == other)


def _as_far_apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two rows are told as the worst that are equally bad, to the last digits: then either is right."""
    if not one.keys() >= _AT_WORST:
        return False
    apart = [it["reported_at_worst"] - it["integrated_at_worst"] for it in (one, other)]
    return _near(abs(apart[0]), abs(apart[1]))


def _near(one: float, other: float) -> bool:
    return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _compare(ours: Ask, suspect: Suspect) -> None:
    _require_same(_common(ours(suspect)), theirs(suspect))


def _require_same(found: list[Found], expected: list[Found]) -> None:
    assert [code for code, _ in found] == [code for code, _ in expected]
    for (code, payload), (_, meant) in zip(found, expected, strict=True):
        assert payload.keys() == meant.keys(), code
        passed_over = _AT_WORST if _as_far_apart(payload, meant) else set()
        keys = meant.keys() - passed_over
        different = {key: (payload[key], meant[key]) for key in keys if not _same(payload[key], meant[key])}
        assert not different, code


@settings(_QUIET, max_examples=3000)
@given(suspect=cycler_series())
def test_cycler_data(ours: Ask, suspect: Suspect) -> None:
    """Codes in the same order, and payloads to 1e-9."""
    _compare(ours, suspect)


@settings(_QUIET, max_examples=1000)
@given(suspect=other_series())
def test_curves_and_spectra(ours: Ask, suspect: Suspect) -> None:
    """The same for open-circuit potential curves and impedance spectra."""
    _compare(ours, suspect)


@settings(_QUIET, max_examples=500)
@given(suspect=cycler_series(missing_voltage=True))
def test_missing_voltage(ours: Ask, suspect: Suspect) -> None:
    """The one difference: a voltage that is missing silences their check of the sign, and ours passes over its row.

    So ours finds in all rows what theirs finds in those that have a voltage, and all else is the same.
    """
    found, expected = _common(ours(suspect)), theirs(suspect)
    complete = suspect if "Voltage [V]" not in suspect.names else _with_voltage(suspect)
    sign = [each for each in theirs(complete) if each[0].startswith("current_sign")]
    _require_same([each for each in found if each[0].startswith("current_sign")], sign)
    _require_same(*([each for each in them if not each[0].startswith("current_sign")] for them in (found, expected)))


def test_missing_voltage_in_every_step(ours: Ask) -> None:
    """A single missing voltage, and the reversed current is found by ours alone (vector V7)."""
    voltage: list[float | None] = [4.2 - 0.01 * row for row in range(10)]
    voltage[1] = None
    columns: list[tuple[str, str, list[Any]]] = [
        ("Time [s]", "Float64", [float(row) for row in range(10)]),
        ("Voltage [V]", "Float64", voltage),
        ("Current [A]", "Float64", [-1.0] * 10),
        ("Step count", "Int64", [0] * 10),
    ]
    suspect = Suspect(columns, {"strict": False})
    assert theirs(suspect) == []
    assert _common(ours(suspect)) == [("current_sign_reversed", {"charge_fraction": 1.0})]


@pytest.mark.parametrize("path", READERS)
def test_files_of_real_cyclers(ours: Ask, path: str) -> None:
    """Both find the same in what the field's reader makes of a file, and we no fault that it does not have."""
    if not (FOLDER / path).is_file():
        pytest.skip(f"{path} is not there")
    series = read_file(path).series
    asked = {"strict": True, "voltage_window": (2.5, 4.3)}
    plain = series.select(column for column in series if column.dtype.is_numeric())
    suspect = Suspect([(column.name, str(column.dtype), column.to_list()) for column in plain], asked)
    _require_same(_common(ours(suspect)), theirs(suspect))
    own = {each["code"] for each in ours(suspect)} - _KNOWN
    assert own == ({"cycle_count_not_a_counter"} if path == MIXED_UP else set())


def _with_voltage(suspect: Suspect) -> Suspect:
    known = [value is not None and not math.isnan(value) for value in suspect.values("Voltage [V]")]
    columns = [
        (name, dtype, [value for value, is_known in zip(values, known, strict=True) if is_known])
        for name, dtype, values in suspect.columns
    ]
    return Suspect(columns, {"strict": False})

"""What checks find in a measurement: stable codes, and what is said of each occurrence."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from cellkeep.domain.records import JsonObject, Model, Sent, finite_json

Severity = Literal["error", "warning"]
"""An error is refused by the client before anything is sent; a warning is told and goes on."""


class Code(StrEnum):
    """Names of findings. They do not change; the words of a message may."""

    CURRENT_SIGN_REVERSED = "current_sign_reversed"
    CURRENT_SIGN_INDETERMINATE = "current_sign_indeterminate"
    CURRENT_SIGN_UNSIGNED = "current_sign_unsigned"
    TIME_MISSING_ON_NON_EIS_ROW = "time_missing_on_non_eis_row"
    TIME_DOES_NOT_START_AT_ZERO = "time_does_not_start_at_zero"
    TIME_NOT_MONOTONIC = "time_not_monotonic"
    STEP_COUNT_MISSING = "step_count_missing"
    STEP_COUNT_DOES_NOT_START_AT_ZERO = "step_count_does_not_start_at_zero"
    STEP_COUNT_NON_SEQUENTIAL = "step_count_non_sequential"
    CUMULATIVE_VALUE_NOT_RESET = "cumulative_value_not_reset"
    CUMULATIVE_VALUE_DECREASED = "cumulative_value_decreased"
    STEP_TOO_FEW_POINTS = "step_too_few_points"
    CYCLE_CHANGES_WITHIN_STEP = "cycle_changes_within_step"
    DISCHARGE_CAPACITY_INTEGRAL_MISMATCH = "discharge_capacity_integral_mismatch"
    CHARGE_CAPACITY_INTEGRAL_MISMATCH = "charge_capacity_integral_mismatch"
    DISCHARGE_ENERGY_INTEGRAL_MISMATCH = "discharge_energy_integral_mismatch"
    CHARGE_ENERGY_INTEGRAL_MISMATCH = "charge_energy_integral_mismatch"
    TIME_GAP_TOO_LARGE = "time_gap_too_large"
    VOLTAGE_CONTINUITY = "voltage_continuity"
    CHARGE_DISCHARGE_CAPACITY_COLUMNS_SWAPPED = "charge_discharge_capacity_columns_swapped"
    CHARGE_DISCHARGE_ENERGY_COLUMNS_SWAPPED = "charge_discharge_energy_columns_swapped"
    CONSECUTIVE_SAME_DIRECTION_FULL_STEPS = "consecutive_same_direction_full_steps"
    STEP_CAPACITY_EXCEEDS_RATED = "step_capacity_exceeds_rated"
    OCP_VOLTAGE_COLUMN_MISSING = "ocp_voltage_column_missing"
    OCP_X_AXIS_COLUMN_MISSING = "ocp_x_axis_column_missing"
    EIS_COLUMNS_MISSING = "eis_columns_missing"
    EIS_ZIM_SIGN_REVERSED = "eis_zim_sign_reversed"
    EIS_IMPEDANCE_MAGNITUDE_IMPLAUSIBLE = "eis_impedance_magnitude_implausible"
    START_TIME_IN_FUTURE = "start_time_in_future"
    END_TIME_IN_FUTURE = "end_time_in_future"
    END_TIME_BEFORE_START_TIME = "end_time_before_start_time"
    DURATION_MISMATCH = "duration_mismatch"
    VALUE_MISSING = "value_missing"
    VALUE_INFINITE = "value_infinite"
    TIME_REPEATED = "time_repeated"
    CLOCK_RATE_MISMATCH = "clock_rate_mismatch"
    SUMMER_TIME_JUMP = "summer_time_jump"
    CYCLE_COUNT_NOT_A_COUNTER = "cycle_count_not_a_counter"
    STEP_COUNT_DISAGREES_WITH_CURRENT = "step_count_disagrees_with_current"
    ROWS_REPEATED = "rows_repeated"
    CYCLES_NOT_COUNTED = "cycles_not_counted"

    @property
    def severity(self) -> Severity:
        return "warning" if self in _WARNINGS else "error"


OWN_CODES = frozenset({
    Code.VALUE_MISSING,
    Code.VALUE_INFINITE,
    Code.TIME_REPEATED,
    Code.CLOCK_RATE_MISMATCH,
    Code.SUMMER_TIME_JUMP,
    Code.CYCLE_COUNT_NOT_A_COUNTER,
    Code.STEP_COUNT_DISAGREES_WITH_CURRENT,
    Code.ROWS_REPEATED,
    Code.CYCLES_NOT_COUNTED,
})  # fmt: skip
"""Those that only cellkeep has. All are warnings: by them no series is refused that the field's client would send."""

TIMING_CODES = frozenset({
    Code.START_TIME_IN_FUTURE,
    Code.END_TIME_IN_FUTURE,
    Code.END_TIME_BEFORE_START_TIME,
    Code.DURATION_MISMATCH,
})  # fmt: skip
"""Those that come with what is said of a measurement, and change with it."""

START_AND_END = "start_time, end_time"
"""What stands for a column where a clock was compared with these."""

_WARNINGS = OWN_CODES | TIMING_CODES | {Code.STEP_CAPACITY_EXCEEDS_RATED}


class Finding(Model):
    """One thing that a check found.

    It is true of the data as it was checked; `code` is what a program goes by, `message` is for a person.
    """

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    code: str
    """One of `Code`."""
    severity: Severity
    message: str
    """What is wrong, where, and what to do."""
    payload: dict[str, Any] = {}
    """The figures behind it, as plain values; rows and steps are counted from 0."""
    more: int = 0
    """How many others with this code are not listed, since there are so many."""


def found(code: Code, message: str, **payload: Any) -> Finding:
    """A finding with the severity of its code."""
    return Finding(code=code.value, severity=code.severity, message=message, payload=payload)


_LONGEST_TEXT = 2000
_LONGEST_NAME = 200


def _kept(value: Any) -> Any:
    """A value without what a database does not take: names of columns may be anything, and of any length."""
    if isinstance(value, str):
        return _readable(value, _LONGEST_NAME)
    if isinstance(value, dict):
        return {_readable(key, _LONGEST_NAME): _kept(item) for key, item in value.items()}
    return [_kept(item) for item in value] if isinstance(value, list) else value


def _readable(text: str, longest: int) -> str:
    plain = "".join(char if char.isprintable() else "\ufffd" for char in text[: longest + 1])
    return plain if len(plain) <= longest else f"{plain[:longest]}…"


class StoredFinding(Finding):
    """A finding as it is kept and sent: JSON has no NaN and no infinity, and text no control characters."""

    message: Annotated[str, AfterValidator(lambda text: _readable(text, _LONGEST_TEXT))]
    payload: Annotated[dict[str, Any], AfterValidator(finite_json), AfterValidator(_kept)] = {}


class FindingList(Model):
    """What the checks found in a stored measurement."""

    findings: list[StoredFinding]
    """In the order of the checks. Of many with one code the first are kept."""
    counts: dict[str, int]
    """How many there are, by code."""


class FindingQuery(Model):
    """Which findings are asked for; all where nothing is said."""

    code: Code | None = None
    severity: Severity | None = None


def counted(findings: Iterable[Finding]) -> dict[str, int]:
    """How many there are of each code, in the order in which they come first."""
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.code] = counts.get(finding.code, 0) + 1 + finding.more
    return counts


def first_of_each_kind(findings: Iterable[Finding], most: int) -> list[Finding]:
    """The findings in their order, of each code and column no more than so many."""
    seen: dict[tuple[str, str], int] = {}
    kept = []
    for finding in findings:
        kind = finding.code, str(finding.payload.get("column"))
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= most:
            kept.append(finding)
    return kept


def is_of_timing(finding: Finding) -> bool:
    """Whether it came from start and end of the test, and changes with them."""
    return finding.code in TIMING_CODES or finding.payload.get("column") == START_AND_END


MAX_REPAIRS = 100


class Repair(Model):
    """One thing that was done to a series before it was sent, because a person asked for it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    action: str
    """Such as `time_shifted`."""
    message: str
    """What was done, in words."""
    codes: list[str] = []
    """The findings that it answers."""
    payload: dict[str, Any] = {}
    """By how much, and where."""


class SentRepair(Sent):
    """A repair as it is sent: as `Repair`, of bounded size."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    message: Annotated[str, StringConstraints(max_length=2000)]
    codes: Annotated[list[Annotated[str, StringConstraints(max_length=100)]], Field(max_length=100)] = []
    payload: JsonObject = {}


def by_severity(counts: Mapping[str, int]) -> dict[Severity, int]:
    """How many there are of each severity.

    >>> by_severity({"time_not_monotonic": 1, "value_missing": 2})
    {'error': 1, 'warning': 2}
    """
    return {
        severity: sum(number for code, number in counts.items() if Code(code).severity == severity)
        for severity in get_args(Severity)
    }

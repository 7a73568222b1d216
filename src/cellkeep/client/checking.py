"""Checking a series before it is sent, and mending it where a person asks for that."""

import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from numbers import Real
from typing import Any, Literal, NamedTuple, get_args

import polars as pl

from cellkeep import validate
from cellkeep.client.frames import Frame, from_polars, to_polars
from cellkeep.domain.columns import DataType, infer_data_type
from cellkeep.domain.errors import InvalidError, MeasurementValidationError, UnusableDataError
from cellkeep.domain.findings import Code, Finding, Repair
from cellkeep.domain.ratings import limits_of
from cellkeep.summarise import mending
from cellkeep.summarise import steps as make_steps

_KINDS = get_args(DataType)


@dataclass(frozen=True)
class Wanted:
    """How closely a series is to be looked at, as `create` was asked.

    Attributes:
        strict: whether all checks run.
        rated_capacity: of the cell [A.h].
        voltage_window: of the cell [V].
        skip_checks: names of strict checks that do not run.
        despite: codes of errors that are told like warnings.
    """

    strict: bool = False
    rated_capacity: float | None = None
    voltage_window: tuple[float, float] | None = None
    skip_checks: Iterable[str] | None = None
    despite: Iterable[str] | None = None

    def __post_init__(self) -> None:
        """Refuse what no check could work with, before anything is read or sent."""
        object.__setattr__(self, "skip_checks", validate.known_names(self.skip_checks))  # an iterator is read once
        object.__setattr__(self, "despite", _known_codes(self.despite))
        window: Any = self.voltage_window
        if window is not None and not (
            isinstance(window, Sequence) and len(window) == 2 and all(map(_is_number, window))
        ):
            raise InvalidError(f"voltage_window is (lowest, highest) in V, such as (2.5, 4.2), not {window!r}.")
        if self.rated_capacity is not None and not _is_number(self.rated_capacity):
            raise InvalidError(f"rated_capacity is a number of A.h, such as 5.0, not {self.rated_capacity!r}.")
        if window is not None and not window[0] < window[1]:
            warn(f"voltage_window {window!r} has no width, so the check that needs it is left out.")
        if self.rated_capacity is not None and not self.rated_capacity > 0:
            warn(f"rated_capacity {self.rated_capacity!r} is not above 0, so the checks that need it are left out.")

    @property
    def needs_ratings(self) -> bool:
        """Whether the specification may tell what was not said."""
        return self.strict and (self.rated_capacity is None or self.voltage_window is None)

    def filled(self, ratings: Mapping[str, Any]) -> "Wanted":
        """The same, with the ratings of the specification where nothing was said."""
        limits = limits_of(ratings)
        return replace(
            self,
            rated_capacity=limits.rated_capacity if self.rated_capacity is None else self.rated_capacity,
            voltage_window=limits.voltage_window if self.voltage_window is None else self.voltage_window,
        )


class Mended(NamedTuple):
    """A series after repair: `frame`, in the kind it was given, and `repairs`, what was done."""

    frame: Frame
    repairs: list[Repair]


def findings(
    time_series: Any,
    *,
    strict: bool = False,
    data_type: Literal["eis", "ocp"] | None = None,
    steps: Any = None,
    rated_capacity: float | None = None,
    voltage_window: tuple[float, float] | None = None,
    skip_checks: Iterable[str] | None = None,
    start_time: datetime | str | None = None,
    end_time: datetime | str | None = None,
) -> list[Finding]:
    """What is wrong with a series, told without sending it.

    Args:
        time_series: a polars or pandas frame or a dict of lists with columns of the data format, current positive on
            discharge.
        strict: run all checks; see `docs/checks.md`.
        data_type: `"eis"` for a spectrum, `"ocp"` for an open-circuit potential curve; what the columns say by default.
        steps: a step table, for the strict checks of capacities.
        rated_capacity: of the cell [A.h].
        voltage_window: lowest and highest voltage of the cell [V].
        skip_checks: names of strict checks that are not to run.
        start_time: when the test began, ISO 8601.
        end_time: when it ended.

    Returns:
        Errors and warnings, each with `code`, `severity`, `message` and `payload`; an empty list where all is well.

    Raises:
        InvalidError: it is no table, or a limit is no number.
        UnusableDataError: a column of the data format does not hold numbers.
        ValueError: there is no check of a name to skip.
    """
    wanted = Wanted(strict, rated_capacity, voltage_window, skip_checks)
    table = None if steps is None else to_polars(steps, "steps")
    record = {"data_type": data_type, "start_time": start_time, "end_time": end_time}
    return found_in(to_polars(time_series), record, table, wanted)


def mend(time_series: Any, findings: Iterable[Finding]) -> Mended:
    """Repair what findings tell, where that is safe; nothing else is changed, and the given frame never.

    The repairs are those of `docs/checks.md`: time from 0, steps counted anew, a reversed current negated with all that
    follows from it, capacities and energies from 0 in each step, repeated times told apart, `Z_Im [Ohm]` negated.

    Args:
        time_series: the series in which they were found: a polars or pandas frame, or a dict of lists.
        findings: such as `errors` of a `MeasurementValidationError`. Those that have no safe repair are passed over.

    Returns:
        The frame (pandas where pandas was given) and the list of repairs. Send the list as `repairs` of the
        measurement: it is kept and shown with it.

    Warns:
        UserWarning: a repair can not be made: a column that it needs is missing, holds no numbers, or does not tell
            enough. The others are made.

    Raises:
        InvalidError: it is no table, or the findings are none.
    """
    wanted = getattr(findings, "errors", findings)
    listed = list(wanted) if isinstance(wanted, Iterable) else [wanted]
    if not all(isinstance(each, Finding) for each in listed):
        raise InvalidError("mend takes findings, as cellkeep.findings returns them or `errors` of an error lists them.")
    series = to_polars(time_series)
    frame, repairs, refused = mending.mend(series, _still_there(series, listed))
    for reason in refused:
        warn(f"Not mended: {reason}")
    is_pandas = type(time_series).__module__.partition(".")[0] == "pandas"
    return Mended(_as_given(time_series, series, frame) if is_pandas else frame, repairs)


def _as_given(given: Any, series: pl.DataFrame, mended: pl.DataFrame) -> Frame:
    """The pandas frame that was given, with its index, in which only those columns are others that were mended."""
    made = from_polars(mended, "pandas").set_axis(given.index)
    kept = [name for name in mended.columns if name in series.columns and mended[name].equals(series[name])]
    return made.assign(**{name: given[name] for name in kept if name in given.columns})


def _still_there(series: pl.DataFrame, listed: Sequence[Finding]) -> list[Finding]:
    """The findings that are true of this series: what was mended before must not be mended again."""
    kinds: set[DataType | None] = {"eis" if each.code.startswith("eis") else None for each in listed}
    codes = {each.code for kind in kinds for each in validate.findings(series, strict=kind is not None, data_type=kind)}
    return [each for each in listed if each.code in codes]


def _known_codes(codes: Iterable[str] | None) -> frozenset[str]:
    """Codes of findings.

    Raises:
        ValueError: there is no finding of such a code.
    """
    named = frozenset([codes] if isinstance(codes, str) else codes or ())
    if unknown := sorted(map(str, named - set(Code))):
        raise ValueError(
            f"despite names {', '.join(unknown)}, which is no code of a finding; docs/checks.md lists them."
        )
    return named


def require_clean(frame: pl.DataFrame, record: Mapping[str, Any], steps: pl.DataFrame | None, wanted: Wanted) -> None:
    """Tell warnings through Python's `warnings`, and refuse errors.

    Raises:
        MeasurementValidationError: lists all errors.
    """
    refuse(found_in(frame, record, steps, wanted), wanted.despite or ())
    if wanted.strict and steps is None and record.get("data_type") is None:
        for finding in _of_own_steps(frame, wanted):  # the client of the field does not look at them
            warn(finding.message)


def _of_own_steps(frame: pl.DataFrame, wanted: Wanted) -> list[Finding]:
    """What the checks of a step table find in the one that will be made."""
    if infer_data_type(frame.columns) is not None:
        return []
    try:
        table = make_steps(frame, rated_capacity_ah=wanted.rated_capacity)
    except UnusableDataError:
        return []  # the server says why
    return validate.findings_of_steps(table, rated_capacity=wanted.rated_capacity, skip_checks=wanted.skip_checks)


def refuse(found: Iterable[Finding], despite: Iterable[str] = ()) -> None:
    """Tell the warnings, and raise the errors if there are any that are not to be sent all the same."""
    errors, tolerated = [], set(despite)
    for finding in found:
        if finding.severity == "error" and finding.code not in tolerated:
            errors.append(finding)
        else:
            warn(finding.message)
    if errors:
        raise MeasurementValidationError.of(errors)


def found_in(
    frame: pl.DataFrame, record: Mapping[str, Any], steps: pl.DataFrame | None, wanted: Wanted
) -> list[Finding]:
    """What the checks find in a series of which this is said."""
    kind = record.get("data_type")
    data_type: DataType | None = kind if kind in _KINDS else None
    return validate.findings(
        frame,
        strict=wanted.strict,
        data_type=data_type,
        steps=steps,
        rated_capacity=wanted.rated_capacity,
        voltage_window=wanted.voltage_window,
        skip_checks=wanted.skip_checks,
        start_time=record.get("start_time"),
        end_time=record.get("end_time"),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def warn(message: str) -> None:
    """Warn at the line that called cellkeep."""
    level, frame = 1, sys._getframe(0)  # noqa: SLF001  the only way to see who called
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("cellkeep."):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)

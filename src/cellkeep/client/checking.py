"""Checking a series before it is sent, and mending it where a person asks for that."""

import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from numbers import Real
from typing import Any, Literal, NamedTuple

import polars as pl

from cellkeep import validate
from cellkeep.client.frames import Frame, from_polars, to_polars
from cellkeep.domain.columns import DataType
from cellkeep.domain.errors import InvalidError, MeasurementValidationError
from cellkeep.domain.findings import Finding, Repair
from cellkeep.domain.ratings import limits_of
from cellkeep.summarise import mending

_KINDS = ("eis", "ocp")


@dataclass(frozen=True)
class Wanted:
    """How closely a series is to be looked at, as `create` was asked.

    Attributes:
        strict: whether all checks run.
        rated_capacity: of the cell [A.h].
        voltage_window: of the cell [V].
        skip_checks: names of strict checks that do not run.
    """

    strict: bool = False
    rated_capacity: float | None = None
    voltage_window: tuple[float, float] | None = None
    skip_checks: Iterable[str] | None = None

    def __post_init__(self) -> None:
        """Refuse what no check could work with, before anything is read or sent."""
        object.__setattr__(self, "skip_checks", validate.known_names(self.skip_checks))  # an iterator is read once
        window: Any = self.voltage_window
        if window is not None and not (
            isinstance(window, Sequence) and len(window) == 2 and all(map(_is_number, window))
        ):
            raise InvalidError(f"voltage_window is (lowest, highest) in V, such as (2.5, 4.2), not {window!r}.")
        if self.rated_capacity is not None and not _is_number(self.rated_capacity):
            raise InvalidError(f"rated_capacity is a number of A.h, such as 5.0, not {self.rated_capacity!r}.")

    @property
    def needs_ratings(self) -> bool:
        """Whether the specification may tell what was not said."""
        return self.strict and (self.rated_capacity is None or self.voltage_window is None)

    def filled(self, ratings: Mapping[str, Any]) -> "Wanted":
        """The same, with the ratings of the specification where nothing was said."""
        limits = limits_of(ratings)
        return Wanted(
            self.strict,
            limits.rated_capacity if self.rated_capacity is None else self.rated_capacity,
            limits.voltage_window if self.voltage_window is None else self.voltage_window,
            self.skip_checks,
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
    frame, repairs, refused = mending.mend(to_polars(time_series), listed)
    for reason in refused:
        warn(f"Not mended: {reason}")
    is_pandas = type(time_series).__module__.partition(".")[0] == "pandas"
    return Mended(from_polars(frame, "pandas" if is_pandas else "polars"), repairs)


def require_clean(frame: pl.DataFrame, record: Mapping[str, Any], steps: pl.DataFrame | None, wanted: Wanted) -> None:
    """Tell warnings through Python's `warnings`, and refuse errors.

    Raises:
        MeasurementValidationError: lists all errors.
    """
    refuse(found_in(frame, record, steps, wanted))


def refuse(found: Iterable[Finding]) -> None:
    """Tell the warnings, and raise the errors if there are any."""
    errors = []
    for finding in found:
        if finding.severity == "error":
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

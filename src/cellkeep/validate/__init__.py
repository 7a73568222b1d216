"""Checks: rows in, findings out; the same in the client before it sends and in the server after it received.

Each check is one class, which looks at a series block by block and says what it found. `findings` runs those that
suit a frame.
"""

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from cellkeep.domain.columns import DataType, infer_data_type
from cellkeep.domain.findings import Finding
from cellkeep.validate.check import Asked, Timing
from cellkeep.validate.checking import STRICT_NAMES, Checking, of_steps, require_numbers
from cellkeep.validate.current_sign import with_own_steps
from cellkeep.validate.keeping import kept, resumed
from cellkeep.validate.timing import timing_findings

__all__ = [
    "STRICT_NAMES",
    "Asked",
    "Checking",
    "Timing",
    "findings",
    "findings_of_more",
    "findings_of_steps",
    "kept",
    "known_names",
    "require_numbers",
    "resumed",
    "timing_findings",
]


def findings(
    frame: pl.DataFrame,
    *,
    strict: bool = False,
    data_type: DataType | None = None,
    steps: pl.DataFrame | None = None,
    rated_capacity: float | None = None,
    voltage_window: tuple[float, float] | None = None,
    skip_checks: Iterable[str] | None = None,
    start_time: datetime | str | None = None,
    end_time: datetime | str | None = None,
) -> list[Finding]:
    """Check a series that is in memory.

    Args:
        frame: the series, in row order; current positive on discharge [A].
        strict: run all checks, also those that look at what a careful person would look at.
        data_type: `"ocp"` or `"eis"`; what the columns say where it is None.
        steps: its step table, for the strict checks of capacities.
        rated_capacity: of the cell [A.h], for those and for the size of impedances.
        voltage_window: lowest and highest voltage of the cell [V], for strict checks of the voltage.
        skip_checks: names of strict checks that are not to run.
        start_time: when the test began, ISO 8601; compared with the rows and with now.
        end_time: when it ended.

    Returns:
        What was found, errors and warnings: by the checks of the field's client in their order, then by our own.

    Raises:
        ValueError: there is no check of a name to skip.
        UnusableDataError: a column of the data format does not hold numbers.
    """
    require_numbers(frame)
    asked = Asked(
        frame.columns,
        data_type or infer_data_type(frame.columns),
        strict,
        known_names(skip_checks),
        None if rated_capacity is None else float(rated_capacity),
        None if voltage_window is None else (float(voltage_window[0]), float(voltage_window[1])),
    )
    checking = Checking.of(asked)
    checking.counts_own_steps = asked.data_type is None
    checking.add(with_own_steps(frame) if checking.counts_own_steps else frame)
    return checking.findings(steps, Timing(start_time, end_time))


def findings_of_steps(
    steps: pl.DataFrame, *, rated_capacity: float | None = None, skip_checks: Iterable[str] | None = None
) -> list[Finding]:
    """What the strict checks of a step table find; see `findings` for the limits."""
    asked = Asked(steps.columns, None, strict=True, skip=known_names(skip_checks), rated_capacity=rated_capacity)
    return list(of_steps(steps, asked))


def findings_of_more(frame: pl.DataFrame) -> list[Finding]:
    """Check rows by themselves that are to follow others. Where a series starts, and how it counts, is not looked at.

    Columns that hold no numbers are passed over: what they must be the stored series says.
    """
    numeric = frame.select(pl.selectors.numeric())
    checking = Checking.of_more(Asked(numeric.columns))
    checking.add(numeric)
    return checking.findings()


def known_names(skip_checks: Iterable[str] | None) -> frozenset[str]:
    """Names of checks to skip.

    Raises:
        ValueError: there is no strict check of such a name.
    """
    names = frozenset([skip_checks] if isinstance(skip_checks, str) else skip_checks or ())
    if unknown := sorted(map(str, names - STRICT_NAMES)):
        raise ValueError(
            f"skip_checks names {', '.join(unknown)}. Only strict checks can be skipped: "
            f"{', '.join(sorted(STRICT_NAMES))}."
        )
    return names

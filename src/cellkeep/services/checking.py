"""Checking a stored series: in the pass that summarises it, and on from its end where rows are added."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl

from cellkeep import validate
from cellkeep.domain.errors import NotReadyError, UnusableDataError
from cellkeep.domain.findings import Finding, FindingList, FindingQuery, is_of_timing
from cellkeep.domain.measurements import MeasurementType
from cellkeep.services import series
from cellkeep.services.task import Checked, Task
from cellkeep.storage.measurements import findings_of
from cellkeep.storage.store import UnitOfWork
from cellkeep.storage.tables import MeasurementRow
from cellkeep.validate import Asked, Checking, Timing


def asked(task: Task, columns: Sequence[str]) -> Asked:
    """All checks, with the limits of the specification."""
    return Asked(
        columns,
        task.data_type,
        strict=True,
        rated_capacity=task.rated_capacity_ah,
        voltage_window=task.voltage_window,
    )


def begun(task: Task, columns: Sequence[str]) -> Checking:
    """The checks of a series before its first row."""
    return Checking.of(asked(task, columns))


def carried_on(task: Task, stored: Callable[[], Sequence[Path | str]], columns: Sequence[str]) -> Checking:
    """The checks behind the last stored row: as they were kept, or else by reading the rows again, where they lie."""
    if task.check_state is not None and task.n_rows is not None:
        known = validate.resumed(task.check_state, asked(task, columns), task.n_rows)
        if known is not None:
            return known
    checking = begun(task, columns)
    try:
        for _ in looked_at(series.chunks(stored(), columns), checking):
            pass
    except UnusableDataError as error:  # they were read before, so what was sent to be appended is not to blame
        raise RuntimeError("The stored rows can not be read.") from error
    return checking


def looked_at(chunks: Iterable[pl.DataFrame], checking: Checking) -> Iterator[pl.DataFrame]:
    """The same chunks, each looked at once it was used: who refuses it says why."""
    for chunk in chunks:
        yield chunk
        checking.add(chunk)
        del chunk  # or it stays in memory while the next one is fetched


def checked(checking: Checking, steps: pl.DataFrame) -> Checked:
    """What the checks say after the last row. When the test ran is looked at when the record is written."""
    found = checking.findings(steps)
    return Checked(found, validate.kept(checking), checking.span.seconds)


def found_until(task: Task, files: Sequence[Path], columns: Sequence[str]) -> list[Finding]:
    """What is wrong with rows of which no tables can be made, as far as they can be read."""
    checking = begun(task, columns)
    try:
        for chunk in series.chunks(files, columns):
            checking.add(chunk)
    except UnusableDataError:
        pass  # what breaks off is told by what refused it
    return checking.findings()


def timing_of(row: MeasurementRow) -> Iterator[Finding]:
    """What follows from start and end of a test."""
    return validate.timing_findings(Timing(row.start_time, row.end_time), row.time_span_s)


def look_at_timing(work: UnitOfWork, row: MeasurementRow) -> None:
    """Find anew what follows from start and end of a test, and keep what else was found."""
    work.measurements.set_findings(row, timing_of(row), lambda each: not is_of_timing(each))


def is_unchecked(row: MeasurementRow) -> bool:
    """Whether it is a series of which nothing is known yet."""
    return row.finding_counts is None and row.measurement_type == MeasurementType.time_series


def found(work: UnitOfWork, measurement_id: str, query: FindingQuery | None = None) -> FindingList:
    """What the checks found in a measurement.

    Raises:
        NotReadyError: they have not run.
    """
    row = work.measurements.row(measurement_id)
    if is_unchecked(row):
        raise NotReadyError(_why_not_checked(row))
    query = query or FindingQuery()
    wanted = [
        each for each in findings_of(row) if query.code in {None, each.code} and query.severity in {None, each.severity}
    ]
    return FindingList(findings=wanted, counts=row.finding_counts or {})


def _why_not_checked(row: MeasurementRow) -> str:
    if row.processing_status in {"pending", "running"}:
        return f"'{row.name}' is still being processed. Ask again in a moment."
    if row.processing_status == "failed":
        return f"'{row.name}' could not be read to its end, so it was not checked: {row.processing_error}"
    return (
        f"'{row.name}' was stored before series were checked. It is once its tables are made anew (make_tables), or "
        "rows are appended."
    )

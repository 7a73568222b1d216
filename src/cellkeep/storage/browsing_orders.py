"""By what lists are sorted: an expression for each column that they show."""

from typing import Any

from sqlalchemy import ColumnElement, Double, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement, coalesce

from cellkeep.storage.browsing_conditions import has_errors
from cellkeep.storage.tables import BatchRow, FindingRow, InstanceRow, MeasurementRow, ScopedRow, SpecRow

_AN_ERROR = 1_000_000
"""More than the warnings that are kept of one measurement."""
_A_FAILURE = 1_000_000
"""More than the measurements of one cell."""

NULLABLE = frozenset({
    "manufacturer",
    "form_factor",
    "capacity",
    "latest",
    "made",
    "batch",
    "started",
    "duration",
    "steps",
})  # fmt: skip
"""Columns that may be blank; what is blank comes last either way."""


def _counted(table: type[ScopedRow], *conditions: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


def _name_of(table: Any, id_: Any) -> Any:
    return select(func.lower(table.name)).where(table.id == id_).scalar_subquery()


def _latest(condition: ColumnElement[bool]) -> Any:
    return select(func.max(MeasurementRow.start_time)).where(condition).scalar_subquery()


def _capacity() -> Any:
    return SpecRow.canonical["ratings.capacity", "value"].as_float()


_OF_SPEC = MeasurementRow.specification_id == SpecRow.id
_OF_CELL = MeasurementRow.cell_instance_id == InstanceRow.id
_OF_BATCH = MeasurementRow.cell_instance_id.in_(select(InstanceRow.id).where(InstanceRow.batch_id == BatchRow.id))

SPECS: dict[str, Any] = {
    "name": func.lower(SpecRow.name),
    "manufacturer": func.lower(SpecRow.manufacturer),
    "form_factor": func.lower(SpecRow.form_factor),
    "capacity": _capacity(),
    "cells": _counted(InstanceRow, InstanceRow.cell_specification_id == SpecRow.id),
    "measurements": _counted(MeasurementRow, _OF_SPEC),
    "latest": _latest(_OF_SPEC),
    "created": SpecRow.created_at,
}
BATCHES: dict[str, Any] = {
    "name": func.lower(BatchRow.name),
    "spec": _name_of(SpecRow, BatchRow.cell_specification_id),
    "made": BatchRow.date_manufactured,
    "cells": _counted(InstanceRow, InstanceRow.batch_id == BatchRow.id),
    "measurements": _counted(MeasurementRow, _OF_BATCH),
    "latest": _latest(_OF_BATCH),
    "created": BatchRow.created_at,
}
CELLS: dict[str, Any] = {
    "name": func.lower(InstanceRow.name),
    "spec": _name_of(SpecRow, InstanceRow.cell_specification_id),
    "batch": _name_of(BatchRow, InstanceRow.batch_id),
    "capacity": select(_capacity()).where(SpecRow.id == InstanceRow.cell_specification_id).scalar_subquery(),
    "measurements": _counted(MeasurementRow, _OF_CELL),
    "failed": _counted(MeasurementRow, _OF_CELL, MeasurementRow.processing_status == "failed") * _A_FAILURE
    + _counted(MeasurementRow, _OF_CELL, has_errors()),
    "latest": _latest(_OF_CELL),
    "created": InstanceRow.created_at,
}


class _SecondsBetween(FunctionElement[float]):
    """From one point in time to another [s]; each database has its own words for it."""

    type = Double()
    inherit_cache = True


@compiles(_SecondsBetween, "sqlite")
def _in_sqlite(element: _SecondsBetween, compiler: Any, **said: Any) -> str:
    start, end = (compiler.process(each, **said) for each in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 86400)"


@compiles(_SecondsBetween, "postgresql")
def _in_postgresql(element: _SecondsBetween, compiler: Any, **said: Any) -> str:
    start, end = (compiler.process(each, **said) for each in element.clauses)
    return f"EXTRACT(EPOCH FROM {end} - {start})"


_DURATION_S: Any = coalesce(
    _SecondsBetween(MeasurementRow.start_time, MeasurementRow.end_time), func.nullif(MeasurementRow.time_span_s, 0)
)
_FOUND = (
    select(func.sum(case((FindingRow.severity == "error", _AN_ERROR), else_=1)))
    .where(FindingRow.measurement_id == MeasurementRow.id)
    .scalar_subquery()
)
MEASUREMENTS: dict[str, Any] = {
    "name": func.lower(MeasurementRow.name),
    "cell": _name_of(InstanceRow, MeasurementRow.cell_instance_id),
    "spec": _name_of(SpecRow, MeasurementRow.specification_id),
    "type": MeasurementRow.measurement_type,
    "started": MeasurementRow.start_time,
    "duration": _DURATION_S,
    "steps": MeasurementRow.step_count,
    "state": MeasurementRow.processing_status,
    "found": coalesce(_FOUND, 0),
    "created": MeasurementRow.created_at,
}

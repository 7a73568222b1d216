"""What lists show of each record: queries that are asked for the records of one page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Subquery, case, func, select

from cellkeep.storage.browsing_conditions import PROTOCOL_NAME, has_errors
from cellkeep.storage.tables import BatchRow, FindingRow, InstanceRow, MeasurementRow, SpecRow

Facts = Select[*tuple[Any, ...]]


def of_specs(ids: Sequence[str]) -> Facts:
    cells = _cells_of(InstanceRow.cell_specification_id, ids)
    tests = _tests_of(MeasurementRow.specification_id, ids)
    return (
        select(
            *_own(SpecRow),
            SpecRow.manufacturer,
            SpecRow.form_factor,
            SpecRow.ratings,
            _number(cells.c.cells, "cells"),
            *_tests(tests),
        )
        .outerjoin(cells, cells.c.owner == SpecRow.id)
        .outerjoin(tests, tests.c.owner == SpecRow.id)
        .where(SpecRow.id.in_(ids))
    )


def of_batches(ids: Sequence[str]) -> Facts:
    cells = _cells_of(InstanceRow.batch_id, ids)
    tests = _tests_of(InstanceRow.batch_id, ids)
    return (
        select(
            *_own(BatchRow),
            *_spec_of(BatchRow.cell_specification_id),
            BatchRow.date_manufactured.label("made"),
            _number(cells.c.cells, "cells"),
            *_tests(tests),
        )
        .join(SpecRow, SpecRow.id == BatchRow.cell_specification_id)
        .outerjoin(cells, cells.c.owner == BatchRow.id)
        .outerjoin(tests, tests.c.owner == BatchRow.id)
        .where(BatchRow.id.in_(ids))
    )


def of_cells(ids: Sequence[str]) -> Facts:
    tests = _tests_of(MeasurementRow.cell_instance_id, ids, states=_STATES)
    return (
        select(
            *_own(InstanceRow),
            *_spec_of(InstanceRow.cell_specification_id),
            InstanceRow.batch_id,
            BatchRow.name.label("batch_name"),
            SpecRow.ratings,
            _number(tests.c.failed, "failed"),
            _number(tests.c.processing, "processing"),
            _number(tests.c.with_errors, "with_errors"),
            *_tests(tests),
        )
        .join(SpecRow, SpecRow.id == InstanceRow.cell_specification_id)
        .outerjoin(BatchRow, BatchRow.id == InstanceRow.batch_id)
        .outerjoin(tests, tests.c.owner == InstanceRow.id)
        .where(InstanceRow.id.in_(ids))
    )


def of_measurements(ids: Sequence[str]) -> Facts:
    found = _found_in(ids)
    return (
        select(
            *_own(MeasurementRow),
            *_spec_of(MeasurementRow.specification_id),
            MeasurementRow.created_by_email,
            MeasurementRow.cell_instance_id.label("cell_id"),
            InstanceRow.name.label("cell_name"),
            MeasurementRow.measurement_type,
            MeasurementRow.data_type,
            PROTOCOL_NAME.label("protocol_name"),
            MeasurementRow.start_time,
            MeasurementRow.end_time,
            MeasurementRow.time_span_s,
            MeasurementRow.row_count,
            MeasurementRow.step_count,
            MeasurementRow.processing_status,
            MeasurementRow.finding_counts.is_not(None).label("checked"),
            _number(found.c.errors, "errors"),
            _number(found.c.warnings, "warnings"),
        )
        .join(InstanceRow, InstanceRow.id == MeasurementRow.cell_instance_id)
        .join(SpecRow, SpecRow.id == MeasurementRow.specification_id)
        .outerjoin(found, found.c.owner == MeasurementRow.id)
        .where(MeasurementRow.id.in_(ids))
    )


def _own(table: Any) -> tuple[Any, ...]:
    return table.id, table.name, table.project_id, table.created_at


def _spec_of(id_: Any) -> tuple[Any, ...]:
    return id_.label("spec_id"), SpecRow.name.label("spec_name")


def _number(column: Any, name: str) -> Any:
    return func.coalesce(column, 0).label(name)


def _tests(tests: Subquery) -> tuple[Any, ...]:
    return _number(tests.c.measurements, "measurements"), tests.c.latest


def _cells_of(owner: Any, ids: Sequence[str]) -> Subquery:
    """How many cells belong to each."""
    query = select(owner.label("owner"), func.count().label("cells")).where(owner.in_(ids))
    return query.group_by(owner).subquery()


_STATE = MeasurementRow.processing_status
_STATES = (
    func.sum(case((_STATE == "failed", 1), else_=0)).label("failed"),
    func.sum(case((_STATE.in_(["pending", "running"]), 1), else_=0)).label("processing"),
    func.sum(case((has_errors(), 1), else_=0)).label("with_errors"),
)


def _tests_of(owner: Any, ids: Sequence[str], states: Sequence[Any] = ()) -> Subquery:
    """How many measurements belong to each, in which states, and the newest start that is known."""
    counts = func.count().label("measurements"), func.max(MeasurementRow.start_time).label("latest")
    query = select(owner.label("owner"), *counts, *states).select_from(MeasurementRow)
    if owner.class_ is not MeasurementRow:
        query = query.join(owner.class_)
    return query.where(owner.in_(ids)).group_by(owner).subquery()


def _found_in(ids: Sequence[str]) -> Subquery:
    """How many findings of each severity are kept."""
    query = select(
        FindingRow.measurement_id.label("owner"),
        func.sum(case((FindingRow.severity == "error", 1), else_=0)).label("errors"),
        func.sum(case((FindingRow.severity == "warning", 1), else_=0)).label("warnings"),
    )
    return query.where(FindingRow.measurement_id.in_(ids)).group_by(FindingRow.measurement_id).subquery()

"""Measurements of any cells beside each other: what is known of each, and what can not be read and why."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import polars as pl

from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import CellkeepError, InvalidError
from cellkeep.domain.measurements import CellMeasurement, MeasurementType
from cellkeep.domain.people import Caller
from cellkeep.domain.quantities import in_unit
from cellkeep.domain.time_series import SeriesQuery
from cellkeep.services import processing, time_series
from cellkeep.services.measurements import ready_keys
from cellkeep.services.remembering import TABLES, Frame
from cellkeep.services.spectra import is_spectrum
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.measurements import measurement
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import InstanceRow, MeasurementRow, SpecRow

MOST = 200
"""So many may be compared at once."""
_UNKNOWN = "There is no such measurement, or you do not see it."

_AT_ONCE = 4
"""Readers work outside of the interpreter, so that more would wait for the processors."""
_READERS = ThreadPoolExecutor(_AT_ONCE, "comparing")

_NO_TABLE = {
    MeasurementType.properties: "It holds properties, and no series.",
    MeasurementType.file: "It holds files, and no series.",
}

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Subject:
    """One of the measurements that are compared.

    Attributes:
        id: of the measurement, as it was asked for.
        record: what is said of it; None where there is none that the person sees.
        cell: name of its cell.
        spec: name of its specification.
        batch: name of its batch, if it has one.
        manufactured: when its cell was made.
        rated_ah: the rated capacity of the specification [A.h].
        properties: of the cell, as it was built, and of its specification.
        tables: keys of its step and its cycle table, where they can be read.
        lacking: why it has no tables.
    """

    id: str
    record: CellMeasurement | None = None
    cell: str = ""
    spec: str = ""
    batch: str | None = None
    manufactured: date | None = None
    rated_ah: float | None = None
    properties: Mapping[str, Mapping[str, Any]] | None = None
    tables: Mapping[str, str] | None = None
    lacking: str | None = None


def subjects(store: Store, caller: Caller, measurement_ids: Sequence[str]) -> list[Subject]:
    """What is known of each, in this order; one that the caller does not see says so and no more.

    Raises:
        InvalidError: too many are asked for.
    """
    if len(measurement_ids) > MOST:
        raise InvalidError(f"At most {MOST} measurements are compared at once, not {len(measurement_ids)}.")
    with store.reading(caller) as work:
        return _known(work, measurement_ids, work.measurements.seen(measurement_ids))


def mentioning(work: UnitOfWork, text: str, most: int, project_id: str | None = None) -> list[Subject]:
    """The newest measurements that mention each word of a text, or whose cell or specification does."""
    rows = {row.id: row for row in work.measurements.mentioning(text, most, project_id)}
    return _known(work, list(rows), rows)


def cycle_tables(store: Store, asked: Iterable[Subject]) -> dict[str, pl.DataFrame | str]:
    """The cycle table of each, by id; or the reason why there is none."""
    return _tables(store, asked, "cycles")


def step_tables(store: Store, asked: Iterable[Subject]) -> dict[str, pl.DataFrame | str]:
    """The step table of each, by id; or the reason why there is none."""
    return _tables(store, asked, "steps")


def spectra(store: Store, asked: Iterable[Subject], cycles: Mapping[str, pl.DataFrame | str]) -> set[str]:
    """The ids of those that are impedance and nothing else.

    Args:
        store: where their tables are.
        asked: the measurements.
        cycles: the cycle table of each. The steps of one that counts several cycles are not looked at.
    """
    known = [each for each in asked if each.record and each.tables]
    unsure = [each for each in known if not isinstance(table := cycles[each.id], str) and table.height <= 1]
    steps = step_tables(store, [each for each in unsure if each.record and each.record.data_type is None])
    tables = {measurement_id: table for measurement_id, table in steps.items() if not isinstance(table, str)}
    return {each.id for each in known if each.record and is_spectrum(each.record, tables.get(each.id))}


def rows(
    store: Store, caller: Caller, wanted: Mapping[str, SeriesQuery], most_rows: int
) -> dict[str, pl.DataFrame | str]:
    """The wanted rows of each series, by its id, with those of the columns that it has; or why they can not be read.

    Args:
        store: where they are.
        caller: for whom.
        wanted: what is wanted of each.
        most_rows: more of one series are refused, unless a picture of them is asked for.
    """

    def read(pair: tuple[str, SeriesQuery]) -> pl.DataFrame:
        measurement_id, asked = pair
        with time_series.opened(store, caller, measurement_id) as series:
            known = [name for name in asked.columns if name in series.source.schema]
            if not known:
                raise InvalidError(f"It has none of the columns {quoted(asked.columns)}.")
            asked = asked.model_copy(update={"columns": known})
            if asked.max_points is None and (there := series.rows(asked).rows) > most_rows:
                raise InvalidError(
                    f"Its {there:,} rows are more than the {most_rows:,} that can be drawn: choose fewer cycles."
                )
            return series.part(asked).lazy().collect()

    return dict(zip(wanted, _each(read, list(wanted.items())), strict=True))


def _known(work: UnitOfWork, ids: Sequence[str], rows: Mapping[str, MeasurementRow]) -> list[Subject]:
    cells = work.instances.seen(row.cell_instance_id for row in rows.values())
    specs = work.specs.seen(row.specification_id for row in rows.values())
    rated = {each: in_unit(spec.ratings.get("capacity"), "A.h") for each, spec in specs.items()}
    return [_subject(each, rows.get(each), cells, specs, rated) for each in ids]


def _subject(
    measurement_id: str,
    row: MeasurementRow | None,
    cells: Mapping[str, InstanceRow],
    specs: Mapping[str, SpecRow],
    rated: Mapping[str, float | None],
) -> Subject:
    if row is None:
        return Subject(measurement_id, lacking=_UNKNOWN)
    cell, spec = cells[row.cell_instance_id], specs[row.specification_id]
    tables, lacking = _keys(row)
    return Subject(
        measurement_id,
        measurement(row),
        cell.name,
        spec.name,
        cell.batch.name if cell.batch else None,
        cell.date_manufactured,
        rated[spec.id],
        {"cell": cell.measured_properties, "specification": {**spec.properties, "ratings": spec.ratings}},
        tables,
        lacking,
    )


def _keys(row: MeasurementRow) -> tuple[dict[str, str] | None, str | None]:
    kind = MeasurementType(row.measurement_type)
    if kind in _NO_TABLE:
        return None, _NO_TABLE[kind]
    try:
        return ready_keys(row), None
    except CellkeepError as error:
        return None, error.message


def _tables(store: Store, asked: Iterable[Subject], role: str) -> dict[str, pl.DataFrame | str]:
    def read(subject: Subject) -> pl.DataFrame | str:
        if subject.tables is None:
            return subject.lacking or _UNKNOWN
        key = subject.tables[role]
        return TABLES.get(key, lambda: Frame(processing.table(store, key))).rows

    some = list(asked)
    return dict(zip((subject.id for subject in some), _each(read, some), strict=True))


def _each(read: Callable[[T], R | str], things: Sequence[T]) -> list[R | str]:
    """What is read of each, or the reason why it can not be."""

    def tried(thing: T) -> R | str:
        try:
            return read(thing)
        except BlobNotFoundError:
            return "It was removed or replaced meanwhile. Load the page again."
        except CellkeepError as error:
            return error.message

    return list(_READERS.map(tried, things))

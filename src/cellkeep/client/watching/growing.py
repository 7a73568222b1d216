"""One test of a watched folder: made, carried on, read anew where its earlier rows are others now, and closed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from cellkeep.client.importing.cells import Cells
from cellkeep.client.importing.naming import Names
from cellkeep.client.importing.one_file import Options, Store
from cellkeep.client.importing.outcomes import Outcome
from cellkeep.client.importing.reading import Facts
from cellkeep.client.reading import Reading, read, source_file
from cellkeep.domain.columns import TIME
from cellkeep.domain.measurements import CellMeasurement

WATCHED, ROOT = "watched", "watched_in"
"""Options under which the provenance says which file of which watched folder a measurement follows."""
_SAME_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Test:
    """A file and the test that it is about.

    Attributes:
        path: the file.
        relative: its path below the watched folder.
        root: the folder, and on which machine it is.
        names: what it is called.
    """

    path: Path
    relative: str
    root: str
    names: Names


class Growing:
    """What is done about a test whenever its file has changed. Safe to use from many threads, for different files.

    Args:
        store: where measurements go.
        cells: of the project.
        options: how files are read and checked.
    """

    def __init__(self, store: Store, cells: Cells, options: Options) -> None:
        self._store = store
        self._cells = cells
        self._options = options

    def take(self, test: Test, whole: Path) -> Outcome:
        """Store what is new of a test.

        Args:
            test: which.
            whole: its file as far as it is whole.

        Returns:
            What became of it: `done` with a word in `reason`, or `skipped` where nothing is new.

        Raises:
            CellkeepError: it could not be read or stored; what is stored is as it was.
        """
        outcome = Outcome(test.path, "done", spec=test.names.spec, cell=test.names.cell, name=test.names.name)
        existing = self._existing(test)
        source = source_file(whole)
        if existing is not None:
            outcome = replace(outcome, measurement_id=existing.id, rows=existing.row_count)
            if not _may_follow(existing, test):
                return _of_another(existing, outcome)
            if existing.provenance and existing.provenance.files[0].sha256 == source.sha256:
                return replace(outcome, status="skipped", kind="there", reason="nothing is new")
        elif there := self._store.raw.measurement_of(self._store.project_id, source):
            reason = "its content is there already, in another measurement"
            return replace(outcome, status="skipped", kind="there", measurement_id=there, reason=reason)
        how = self._options.how
        reading = read(whole, reader=how.reader, columns=how.columns, timezone=how.timezone)
        reading.measurement["provenance"]["options"] |= {WATCHED: test.relative, ROOT: test.root}
        if existing is None:
            return self._made(test, reading, _with_facts(outcome, reading))
        return self._carried_on(existing, test, reading, outcome)

    def settle(self, test: Test, whole: Path) -> Outcome | None:
        """Keep the file of a test that goes on no more, and say when it ended; None where that is done already."""
        existing, source = self._existing(test), source_file(whole)
        if existing is None or existing.provenance is None or not _may_follow(existing, test):
            return None
        present = existing.provenance.files[0]
        outcome = Outcome(test.path, "done", cell=test.names.cell, name=test.names.name, measurement_id=existing.id)
        outcome = replace(outcome, rows=existing.row_count)
        if present.sha256 != source.sha256:
            reason = (
                "It has settled with other or fewer rows than are stored, which stay. Import it under another name."
            )
            return replace(outcome, status="failed", reason=reason)
        if present.raw_data_id is not None:
            return None
        measurements, ended = self._store.measurements, self._end_of(existing)
        raw_id = self._store.raw.keep(self._store.project_id, whole, source, existing.provenance.reader)
        measurements.attach_raw_data(existing.id, raw_id)
        files = [{**source.model_dump(mode="json"), "raw_data_id": raw_id}]
        measurements.keep_provenance(existing, {"files": files})
        if ended and existing.end_time is None:
            measurements.update(existing.id, {"end_time": ended.isoformat()})
        return replace(outcome, reason="its file is kept, and the test closed")

    def _end_of(self, record: CellMeasurement) -> datetime | None:
        """When the last row was measured, if it is known when the first was."""
        if record.start_time is None or not record.row_count:
            return None
        row = (record.row_count - 1, record.row_count)
        last = pl.DataFrame(self._store.measurements.time_series(record.id, row_range=row, columns=[TIME]))
        return record.start_time + timedelta(seconds=float(last[TIME][0]))

    def _existing(self, test: Test) -> CellMeasurement | None:
        cell_id = self._cells.find(test.names.spec, test.names.cell)
        found = self._store.measurements.list(cell_id, name_exact=test.names.name).items if cell_id else []
        return found[0] if found else None

    def _made(self, test: Test, reading: Reading, outcome: Outcome) -> Outcome:
        if reading.local_start is not None:
            return outcome.without_zone(reading.local_start)
        cell_id = self._cells.ensure(test.names.spec, test.names.cell)
        made = self._store.measurements.create(
            cell_id, reading.detail(**test.names.fields), self._options.strict, despite=self._options.despite
        )
        return replace(outcome, measurement_id=made.id, reason="begun")

    def _carried_on(self, record: CellMeasurement, test: Test, reading: Reading, outcome: Outcome) -> Outcome:
        """Append what is new, or have what was read take the place of what is stored."""
        if not _follows(record, test) and not _begin_together(record, reading):
            return _of_another(record, outcome)
        measurements, frame = self._store.measurements, reading.time_series
        rows = pl.DataFrame(measurements.time_series(record.id))
        if rows.height != record.row_count:
            return replace(outcome, status="skipped", reason="others carry it on just now")
        same = frame.columns == rows.columns
        if same and frame.height < rows.height and rows.head(frame.height).equals(frame):
            return replace(outcome, status="skipped", reason="its file is shorter just now")
        if same and frame.head(rows.height).equals(rows):
            return self._appended(record, frame.slice(rows.height), reading, outcome)
        if not _follows(record, test):
            return _of_another(record, outcome)
        return self._read_anew(record, reading, outcome)

    def _read_anew(self, record: CellMeasurement, reading: Reading, outcome: Outcome) -> Outcome:
        self._store.measurements.replace_series(record, reading)
        reason = "its earlier rows are read otherwise now; the earlier version is kept"
        return replace(_with_facts(outcome, reading), reason=reason)

    def _appended(self, record: CellMeasurement, new: pl.DataFrame, reading: Reading, outcome: Outcome) -> Outcome:
        measurements, repairs = self._store.measurements, reading.measurement.get("repairs", [])
        provenance = reading.measurement["provenance"]
        if new.is_empty():
            measurements.keep_provenance(record, provenance, repairs)
            return replace(outcome, status="skipped", kind="there", reason="nothing is new")
        if record.end_time is not None:
            ended = self._end_of(record)
            if ended is None or abs(ended - record.end_time) > _SAME_MOMENT:
                reason = f"Its file goes on, but somebody said that the test ended at {record.end_time}."
                return replace(outcome, status="failed", reason=reason)
            measurements.update(record.id, {"end_time": None})  # it goes on after all
        measurements.extend(record.id, new, provenance=provenance, repairs=repairs)
        return replace(_with_facts(outcome, reading), reason=f"{new.height:,} rows more")


def _follows(record: CellMeasurement, test: Test) -> bool:
    """Whether a measurement follows just this file."""
    options = record.provenance.options if record.provenance else {}
    return (options.get(WATCHED), options.get(ROOT)) == (test.relative, test.root)


def _may_follow(record: CellMeasurement, test: Test) -> bool:
    """Whether it follows this file, or was made of one of that name; then it may be carried on, and never replaced."""
    files = record.provenance.files if record.provenance else []
    return _follows(record, test) or [each.name for each in files] == [test.path.name]


def _begin_together(record: CellMeasurement, reading: Reading) -> bool:
    said = reading.measurement.get("start_time")
    return (datetime.fromisoformat(said) if said else None) == record.start_time


def _of_another(record: CellMeasurement, outcome: Outcome) -> Outcome:
    reason = f"The cell has a measurement '{record.name}' already, of another file."
    return replace(outcome, status="failed", kind="same name", reason=reason)


def _with_facts(outcome: Outcome, reading: Reading) -> Outcome:
    facts = Facts.of(reading.time_series)
    outcome = replace(outcome, reader=reading.reader, why=reading.reason, duration_s=facts.duration_s)
    return replace(outcome, rows=facts.rows, steps=facts.steps)

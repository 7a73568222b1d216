"""One test of a watched folder: made, carried on, read anew where its file was written anew, and closed."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep.client.importing.cells import Cells
from cellkeep.client.importing.naming import Names
from cellkeep.client.importing.one_file import Options, Store
from cellkeep.client.importing.outcomes import Outcome
from cellkeep.client.importing.reading import Facts
from cellkeep.client.reading import Reading, read, source_file
from cellkeep.domain.columns import TIME
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.provenance import SourceFile

WATCHED = "watched"
"""The option under which the provenance says which file of a watched folder a measurement follows."""


@dataclass(frozen=True)
class Test:
    """A file and the test that it is about.

    Attributes:
        path: the file.
        relative: its path below the watched folder.
        names: what it is called.
    """

    path: Path
    relative: str
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
        if existing is not None and not _follows(existing, test.relative):
            return self._others(existing, whole, outcome)
        how = self._options.how
        reading = read(whole, reader=how.reader, columns=how.columns, timezone=how.timezone)
        reading.measurement["provenance"]["options"][WATCHED] = test.relative
        outcome = _with_facts(outcome, reading)
        if existing is None:
            return self._made(test, reading, outcome)
        return self._carried_on(existing, reading, replace(outcome, measurement_id=existing.id))

    def settle(self, test: Test, whole: Path) -> Outcome | None:
        """Keep the file of a test that goes on no more, and say when it ended; None where that is done already."""
        existing = self._existing(test)
        if existing is None or existing.provenance is None or not _follows(existing, test.relative):
            return None
        source = source_file(whole)
        (present,) = existing.provenance.files
        if present.sha256 != source.sha256 or present.raw_data_id is not None:
            return None
        kept = self._store.raw.list(self._store.project_id, sha256=source.sha256).items
        raw = (
            kept[0]
            if kept
            else self._store.raw.upload(self._store.project_id, whole, source=existing.provenance.reader)
        )
        measurements = self._store.measurements
        measurements.attach_raw_data(existing.id, raw.id)
        measurements.keep_provenance(
            existing.id, {"files": [{**source.model_dump(mode="json"), "raw_data_id": raw.id}]}
        )
        ended = self._ended(existing)
        if ended:
            measurements.update(existing.id, {"end_time": ended})
        outcome = Outcome(test.path, "done", cell=test.names.cell, name=test.names.name, measurement_id=existing.id)
        return replace(outcome, rows=existing.row_count, reason="its file is kept, and the test closed")

    def _ended(self, record: CellMeasurement) -> str | None:
        """When the last row was measured, if it is known when the first was."""
        if record.start_time is None or record.end_time is not None or not record.row_count:
            return None
        row = (record.row_count - 1, record.row_count)
        last = pl.DataFrame(self._store.measurements.time_series(record.id, row_range=row, columns=[TIME]))
        return (record.start_time + timedelta(seconds=float(last[TIME][0]))).isoformat()

    def _existing(self, test: Test) -> CellMeasurement | None:
        cell_id = self._cells.find(test.names.spec, test.names.cell)
        found = self._store.measurements.list(cell_id, name_exact=test.names.name).items if cell_id else []
        return found[0] if found else None

    def _others(self, existing: CellMeasurement, whole: Path, outcome: Outcome) -> Outcome:
        """A measurement of that name that follows no file here: it may have been imported of this one."""
        files = existing.provenance.files if existing.provenance else []
        if source_file(whole).sha256 in {each.sha256 for each in files}:
            reason = "it was imported before"
            return replace(outcome, status="skipped", kind="there", measurement_id=existing.id, reason=reason)
        reason = f"The cell has a measurement '{existing.name}' already, which follows another file."
        return replace(outcome, status="failed", kind="same name", reason=reason)

    def _made(self, test: Test, reading: Reading, outcome: Outcome) -> Outcome:
        if reading.local_start is not None:
            reason = f"It began at {reading.local_start:%Y-%m-%d %H:%M:%S}, and does not say in which time zone."
            return replace(outcome, status="failed", kind="no zone", reason=reason)
        cell_id = self._cells.ensure(test.names.spec, test.names.cell)
        fields: dict[str, Any] = {"name": test.names.name}
        if test.names.setup:
            fields["test_setup"] = test.names.setup
        made = self._store.measurements.create(
            cell_id, reading.detail(**fields), self._options.strict, despite=self._options.despite
        )
        return replace(outcome, measurement_id=made.id, reason="begun")

    def _carried_on(self, record: CellMeasurement, reading: Reading, outcome: Outcome) -> Outcome:
        """Append what is new, or have what was read take the place of what is stored."""
        stored, frame = record.row_count or 0, reading.time_series
        source = SourceFile.model_validate(reading.measurement["provenance"]["files"][0])
        if record.provenance and record.provenance.files[0].sha256 == source.sha256:
            return replace(outcome, status="skipped", kind="there", reason="nothing is new")
        measurements = self._store.measurements
        if record.end_time is not None:
            measurements.update(record.id, {"end_time": None})  # it goes on after all
        rows = pl.DataFrame(measurements.time_series(record.id))
        if frame.columns != rows.columns or not frame.head(stored).equals(rows):
            measurements.replace_series(record.id, reading)
            return replace(outcome, reason="its file was written anew: read again, and the earlier version is kept")
        if frame.height == stored:
            measurements.keep_provenance(record.id, {"files": [source.model_dump(mode="json")]})
            return replace(outcome, status="skipped", kind="there", reason="nothing is new")
        measurements.extend(record.id, frame.slice(stored), provenance=reading.measurement["provenance"])
        return replace(outcome, reason=f"{frame.height - stored:,} rows more")


def _follows(record: CellMeasurement, relative: str) -> bool:
    return record.provenance is not None and record.provenance.options.get(WATCHED) == relative


def _with_facts(outcome: Outcome, reading: Reading) -> Outcome:
    facts = Facts.of(reading.time_series)
    return replace(
        outcome,
        reader=reading.reader,
        rows=facts.rows,
        steps=facts.steps,
        duration_s=facts.duration_s,
        why=reading.reason,
    )

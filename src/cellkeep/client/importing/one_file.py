"""One file: passed over, taken up where an earlier run was cut off, or read and stored."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cellkeep.client.checking import Wanted, require_clean
from cellkeep.client.importing.cells import Cells, NoCellError
from cellkeep.client.importing.halting import Halt
from cellkeep.client.importing.naming import Names
from cellkeep.client.importing.outcomes import Kind, Outcome
from cellkeep.client.importing.planning import Item
from cellkeep.client.importing.reading import Facts, How, Reader, ReadError
from cellkeep.client.measurements import CellMeasurements
from cellkeep.client.raw_data import RawFiles
from cellkeep.client.reading import Reading, source_file
from cellkeep.domain.errors import (
    CellkeepError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    MeasurementValidationError,
    TransportError,
    UnauthorizedError,
)
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.provenance import SourceFile
from cellkeep.readers.detection import format_named
from cellkeep.readers.reading import zone_named

_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters, and bytes that are no characters at all, of which names on some disks consist."""


@dataclass(frozen=True)
class Store:
    """Where files go.

    Attributes:
        measurements: of a server or a folder.
        raw: the same for files.
        project_id: the project.
        health: raises where there is no answer.
    """

    measurements: CellMeasurements
    raw: RawFiles
    project_id: str
    health: Callable[[], object]


@dataclass(frozen=True)
class Options:
    """How files are read and checked, and whether anything is written; see `client.import_files`."""

    how: How
    strict: bool = False
    despite: str | Iterable[str] | None = None
    dry_run: bool = False

    def __post_init__(self) -> None:
        """Refuse what would fail for every file.

        Raises:
            InvalidError: there is no such reader, zone or code.
        """
        zone_named(self.how.timezone)
        if self.how.reader is not None:
            format_named(self.how.reader)
        try:
            wanted = Wanted(despite=self.despite)
        except ValueError as error:
            raise InvalidError(str(error)) from None
        object.__setattr__(self, "despite", wanted.despite)


class OneFile:
    """What is done with each file. Safe to call from many threads, each with a reader of its own.

    Args:
        store: None in a dry run without any.
        cells: of the project.
        options: how.
        halt: asked before something is written, and told what ends the run.
    """

    def __init__(self, store: Store | None, cells: Cells, options: Options, halt: Halt) -> None:
        self._store = store
        self._cells = cells
        self._options = options
        self._halt = halt
        self._lock = threading.Lock()
        self._taken: dict[str, Path] = {}

    def __call__(self, item: Item, reader: Reader) -> Outcome | None:
        """What became of a file; None where the run ended before it was stored."""
        path, names = item.found.path, item.names
        outcome = Outcome(path, "failed")
        if names is not None:
            outcome = replace(outcome, spec=names.spec, cell=names.cell, name=names.name)
        try:
            return self._outcome(item, reader, outcome)
        except CellkeepError as error:
            return self._refused(item, outcome, error)
        except OSError as error:
            return replace(outcome, reason=f"'{path.name}' can not be read: {error.strerror or error}.")
        except KeyboardInterrupt:  # polars raises it in whichever thread runs one of its queries
            self._halt.interrupt()
            return None
        except Exception as error:  # noqa: BLE001  one file must not end the run of all others
            return self._unexpected(outcome, error)

    def _refused(self, item: Item, outcome: Outcome, error: CellkeepError) -> Outcome | None:
        if isinstance(error, ReadError) and self._halt.is_over:
            return None
        if isinstance(error, ReadError) and error.unknown and not item.found.named:
            return replace(outcome, status="skipped", kind="no reader", reason=error.message)
        self._look_at(error)
        kinds: dict[type[CellkeepError], Kind] = {MeasurementValidationError: "checks", NoCellError: "no cell"}
        return replace(outcome, reason=error.message, kind=kinds.get(type(error), ""))

    def _unexpected(self, outcome: Outcome, error: Exception) -> Outcome | None:
        if self._halt.interrupted:
            return None
        self._look_at(error)
        return replace(outcome, reason=f"That is a mistake of ours: {type(error).__name__}: {error}")

    def _outcome(self, item: Item, reader: Reader, outcome: Outcome) -> Outcome | None:
        path = item.found.path
        if _NO_TEXT.search(path.name):
            return replace(outcome, reason="Its name holds a character that is no text. Rename the file.")
        if item.names is None:
            outcome = replace(outcome, kind="no match", reason="The pattern does not match its path.")
            return outcome if item.found.named else replace(outcome, status="skipped")
        source = source_file(path)
        if settled := self._settled(item, source, outcome):
            return settled
        cell_id = self._cells.find(item.names.spec, item.names.cell)
        if cell_id and (existing := self._of_name(cell_id, item.names.name)):
            return self._adopted(existing, source, path, outcome)
        reading, facts = reader.read(path, self._options.how, series=not self._options.dry_run)
        return self._stored(item.names, path, reading, _with_facts(outcome, reading, facts))

    def _settled(self, item: Item, source: SourceFile, outcome: Outcome) -> Outcome | None:
        """What becomes of a file that need not be read; None where it has to be."""
        path = item.found.path
        if (first := self._first(source, path)) != path:
            return replace(outcome, status="skipped", kind="same", reason=f"Its content is that of '{first}'.")
        store = self._store
        if store is not None and (there := store.raw.measurement_of(store.project_id, source)):
            reason = "It was imported before."
            return replace(outcome, status="skipped", kind="there", reason=reason, measurement_id=there)
        if item.rival is not None:
            reason = f"It would have the same name on the same cell as '{item.rival}', whose content is other."
            return replace(outcome, kind="same name", reason=reason)
        return None

    def _stored(self, names: Names, path: Path, reading: Reading, outcome: Outcome) -> Outcome | None:
        if reading.local_start is not None:
            if not self._options.dry_run:  # the others are likely to be alike
                self._halt.stop_unless_sending("The first files name no time zone, so nothing was sent.")
            return outcome.without_zone(reading.local_start)
        wanted = Wanted(self._options.strict, despite=self._options.despite)
        require_clean(reading.time_series, reading.measurement, None, wanted)  # before a cell is made for it
        if self._store is None or self._options.dry_run:
            self._cells.ensure(names.spec, names.cell)
            return replace(outcome, status="planned")
        if not self._halt.may_send():
            return None
        cell_id = self._cells.ensure(names.spec, names.cell)
        how: dict[str, Any] = {"validate_strict": self._options.strict, "despite": self._options.despite}
        try:
            made = self._store.measurements.create_from_reading(cell_id, path, reading, names.fields, **how)
        except ConflictError as error:  # another run was faster
            if error.existing_id is None:
                raise
            source = SourceFile.model_validate(reading.measurement["provenance"]["files"][0])
            return self._adopted(self._store.measurements.get(error.existing_id), source, path, outcome)
        done = replace(outcome, measurement_id=made.id, findings=made.finding_counts or {})
        return _unless_unprocessed(replace(done, status="done"), made)

    def _first(self, source: SourceFile, path: Path) -> Path:
        """The first file of this run with that content."""
        with self._lock:
            return self._taken.setdefault(source.sha256, path)

    def _of_name(self, cell_id: str, name: str) -> CellMeasurement | None:
        if self._store is None:
            return None
        found = self._store.measurements.list(cell_id, name_exact=name).items
        return found[0] if found else None

    def _adopted(self, existing: CellMeasurement, source: SourceFile, path: Path, outcome: Outcome) -> Outcome | None:
        """Take a measurement for one's own that was made of this content, and link the file where that is missing."""
        store, origin = self._store, existing.provenance
        files = origin.files if origin else []
        if store is None or origin is None or source.sha256 not in {each.sha256 for each in files}:
            whose = f"made of '{files[0].name}', whose content is other" if files else "which came from no file"
            reason = f"The cell has a measurement '{existing.name}' already, {whose}."
            return replace(outcome, kind="same name", reason=reason)
        found = replace(outcome, measurement_id=existing.id, rows=existing.row_count, steps=existing.step_count)
        found = replace(found, reader=origin.reader, why=origin.reason, start=existing.start_time)
        if self._options.dry_run:
            return replace(found, status="planned", reason="It is stored already, and would be linked to its file.")
        if not self._halt.may_send():
            return None
        raw_id = store.raw.keep(store.project_id, path, source, origin.reader)
        store.measurements.attach_raw_data(existing.id, raw_id)
        reason = "It was stored before, and was linked to its file now."
        return _unless_unprocessed(replace(found, status="done", reason=reason), existing)

    def _look_at(self, error: Exception) -> None:
        """End the run where all other files would fail in the same way."""
        if isinstance(error, UnauthorizedError | ForbiddenError):
            self._halt.stop(error.message)
        elif self._store is not None and (isinstance(error, TransportError) or not isinstance(error, CellkeepError)):
            try:
                self._store.health()
            except Exception as other:  # noqa: BLE001  whatever it is, there is no answer
                self._halt.stop(str(other))


def _with_facts(outcome: Outcome, reading: Reading, facts: Facts) -> Outcome:
    start = reading.measurement.get("start_time")
    return replace(
        outcome,
        reader=reading.reader,
        why=reading.reason,
        rows=facts.rows,
        steps=facts.steps,
        duration_s=facts.duration_s,
        start=datetime.fromisoformat(start) if start else reading.local_start,
        repairs=dict(Counter(each.action for each in reading.repairs)),
    )


def _unless_unprocessed(outcome: Outcome, made: CellMeasurement) -> Outcome:
    if made.processing_status != "failed":
        return outcome
    reason = f"It was stored, but its tables could not be made: {made.processing_error}"
    return replace(outcome, status="failed", reason=reason)

"""Measurements made anew from their stored raw files or mended, and what they were before."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep.client import mending_stored
from cellkeep.client.checking import Mended
from cellkeep.client.comparing import Fields, compared, data_type_of, fields_after
from cellkeep.client.frames import Frame, to_polars, write_series
from cellkeep.client.measurement_importing import MeasurementImporting
from cellkeep.client.measurement_writing import UNFINISHED, target_for
from cellkeep.client.raw_data import RawFiles
from cellkeep.client.reading import Reading, read, source_file
from cellkeep.client.resource import read as answered
from cellkeep.client.resource import read_page
from cellkeep.client.transport import segment
from cellkeep.client.waiting import wait_until_processed
from cellkeep.domain.errors import InvalidError, MeasurementProcessingError, NotFoundError, UnusableDataError
from cellkeep.domain.files import require_filename
from cellkeep.domain.measurements import CellMeasurement, InitiatedUpload, MeasurementBundle
from cellkeep.domain.provenance import SourceFile
from cellkeep.domain.raw_data import RawData
from cellkeep.domain.versions import (
    Change,
    ConfirmReplace,
    MeasurementVersion,
    Reread,
    SeriesPart,
    VersionList,
)
from cellkeep.readers.detection import newest_version
from cellkeep.readers.formats.generic import GENERIC

_SERIES = "time_series.parquet"
_OPTIONS = frozenset({"reader", "columns", "timezone", "cycle_per_file"})
"""Of the provenance, those that say how its files are to be read."""


class MeasurementRereading(MeasurementImporting):
    """The part of `client.cell_measurement` that reads files again, and what was read of them before."""

    def reread(
        self,
        measurement_id: str,
        *,
        reader: str | None = None,
        columns: Mapping[str, str] | None = None,
        timezone: str | None = None,
        dry_run: bool = False,
        force: bool = False,
    ) -> Reread:
        """Make a measurement anew from its stored raw file, with the readers of today, and say what changed.

        The files are those that `provenance` names, and they are read with the options that were kept. Where something
        changed, what they yield becomes the measurement; what it was stays as an earlier version: see `versions` and
        `earlier`. Where nothing changed there is no new version, and only `provenance` says the newer reader.
        `start_time`, `test_setup` and `protocol` are set anew where they are as the files had said; what a person has
        changed stays.

        Args:
            measurement_id: a time series that was made from a file.
            reader: the format, in place of the one that was said before, if any.
            columns: headings of the file, and the columns of the data format that they are, in place of those.
            timezone: in which the clock of the instrument ran, in place of that.
            dry_run: say what would change, and change nothing.
            force: also where a person has worked on the series since: appended rows, repaired it, or sent its step
                table. What was done stays in the earlier version alone. A series that came as a table is then read of
                the raw file that was attached to it.

        Returns:
            What changed, and the number of the new version.

        Raises:
            ConflictError: a person has worked on the series, and `force` was not said; or it is being processed, or
                was changed meanwhile. Nothing was changed.
            InvalidError: its raw file is not kept any more.
            UnusableDataError: the raw file is not the one that was read, or its reader finds no series in it any more.
            MeasurementProcessingError: no tables could be made of what was read. Nothing was changed.
        """
        record = self.get(measurement_id)
        upload = self._initiate_replace(record, force=force)
        said = {"reader": reader, "columns": dict(columns) if columns else None, "timezone": timezone}
        reading = self._read_again(record, {key: value for key, value in said.items() if value})
        return self._replaced(record, upload, reading, dry_run=dry_run, force=force)

    def replace_series(self, record: CellMeasurement, made: Reading | Mended) -> Reread:
        """Have a mended series, or a file that was read, take the place of a series, which stays as an earlier version.

        Of a mended series the repairs come behind those of the measurement, and its provenance stays: its files are
        those that it was read of. A step table that was sent with the series is in the earlier version alone.

        Args:
            record: a time series, as it was before its rows were mended, or the file was compared with it.
            made: what takes its place, as `cellkeep.mend` or `cellkeep.read` gives it.

        Returns:
            What changed, and the number of the new version; where nothing changed there is none.

        Raises:
            ConflictError: it was changed meanwhile, is being processed, or could not be. Nothing was changed.
            UnusableDataError: it can not become a series. Nothing was changed.
            MeasurementProcessingError: no tables could be made of it. Nothing was changed.
        """
        upload = self._initiate_replace(record, force=True)
        if isinstance(made, Mended):
            return self._replaced_by_mended(record, upload, made)
        return self._replaced(record, upload, made, force=True)

    def keep_provenance(
        self, record: CellMeasurement, provenance: Mapping[str, Any], repairs: Sequence[Mapping[str, Any]] | None = None
    ) -> None:
        """Say of which files a series is read, where it stays as it is.

        Args:
            record: a time series that was read of files, as it was when they were looked at.
            provenance: the keys that change.
            repairs: what was done to it, where that is to be said anew.

        Raises:
            ConflictError: it was changed meanwhile. Nothing was changed.
        """
        present = record.provenance.model_dump(mode="json") if record.provenance else {}
        said = {"seen_at": record.updated_at, "force": True, "provenance": {**present, **provenance}}
        body = ConfirmReplace.model_validate({**said, **({} if repairs is None else {"repairs": repairs})})
        self._confirm_replace(_at(record.id), body)

    def _initiate_replace(self, record: CellMeasurement, *, force: bool) -> InitiatedUpload:
        path = f"{_at(record.id)}/initiate-replace"
        return answered(InitiatedUpload, self._transport.post(path, {"force": force}, again=True))

    def _replaced(
        self, record: CellMeasurement, upload: InitiatedUpload, reading: Reading, *, force: bool, dry_run: bool = False
    ) -> Reread:
        at, fields = _at(record.id), fields_after(record, reading)
        change = compared(record, self._rows(record.id), reading, fields)
        body = _confirming(record, reading, fields, change, force=force)
        outcome = Reread(measurement_id=record.id, name=record.name, change=None if change.nothing else change)
        if dry_run:
            return outcome
        if outcome.change is None:
            known, said = record.provenance, body.provenance
            if known is None or said is None or said.model_dump() != known.model_dump():
                self._confirm_replace(at, body)
            return outcome
        path = self._send_series(upload, reading.time_series)
        self._confirm_replace(at, body.model_copy(update={"path": path, "change": change}))
        return outcome.model_copy(update={"version": self.versions(record.id)[0].number})

    def _replaced_by_mended(self, record: CellMeasurement, upload: InitiatedUpload, mended: Mended) -> Reread:
        frame = to_polars(mended.frame)
        change = mending_stored.change_by(record, self._rows(record.id), frame, mended.repairs)
        outcome = Reread(measurement_id=record.id, name=record.name, change=None if change.nothing else change)
        if outcome.change is None:
            return outcome
        path = self._send_series(upload, frame)
        self._confirm_replace(_at(record.id), mending_stored.confirming(record, mended.repairs, change, path))
        return outcome.model_copy(update={"version": self.versions(record.id)[0].number})

    def _send_series(self, upload: InitiatedUpload, frame: pl.DataFrame) -> str:
        """Send the rows; where they wait."""
        target = target_for(upload.uploads, _SERIES)
        self._transport.send(target.signed_url, lambda file: write_series(frame, file), f"{frame.height:,} rows")
        return target.path

    def versions(self, measurement_id: str) -> Sequence[MeasurementVersion]:
        """The versions of a time series, the present one first: who made each, when, of what, and what it changed.

        Raises:
            BadRequestError: it is no time series.
        """
        return answered(VersionList, self._transport.get(f"{_at(measurement_id)}/versions")).versions

    def earlier(self, measurement_id: str, version: int, part: SeriesPart = "time_series") -> Frame:
        """The rows of a version, or its step or cycle table, exactly as they were.

        Args:
            measurement_id: whose.
            version: its number, as `versions` tells it.
            part: `time_series`, `steps` or `cycles`.

        Raises:
            NotFoundError: there is no such version.
        """
        link = self._transport.location(f"{_at(measurement_id)}/versions/{version}/{segment(part)}/download")
        with self._transport.fetched(link, part) as path:
            return self._out(pl.read_parquet(path, glob=False, memory_map=False))

    def _rows(self, measurement_id: str) -> pl.DataFrame:
        link = self._transport.location(f"{_at(measurement_id)}/time_series/download")
        with self._transport.fetched(link, "time series") as path:
            return pl.read_parquet(path, glob=False, memory_map=False)

    def _read_again(self, record: CellMeasurement, said: dict[str, Any]) -> Reading:
        kept = record.provenance.options if record.provenance else {}
        options = {key: value for key, value in {**kept, **said}.items() if key in _OPTIONS}
        sources = record.provenance.files if record.provenance else self._attached(record)
        with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
            found = [self._fetched(record, source, Path(folder) / str(number)) for number, source in enumerate(sources)]
            reading = read([path for _, path in found], **options)
        if record.provenance and "reader" not in options:
            _require_known(record.name, record.provenance.reader, reading)
        provenance = reading.measurement["provenance"]
        known = {source.sha256: source.model_dump(mode="json") for source, _ in found}
        provenance["files"] = [known[source["sha256"]] for source in provenance["files"]]  # in the order of time
        provenance["options"] |= {key: value for key, value in kept.items() if key not in _OPTIONS}
        return reading

    def _attached(self, record: CellMeasurement) -> list[SourceFile]:
        """The files of a series of which nobody said what it was read of."""
        found = read_page(RawData, self._transport.get(f"{_at(record.id)}/raw_data")).items
        if not found:
            raise InvalidError(f"'{record.name}' came as a table, and no raw file is attached to it.")
        for each in found:
            if each.sha256 is None:
                raise InvalidError(f"The SHA-256 of '{each.filename}' is still being computed. Try again later.")
        return [
            SourceFile(name=each.filename, sha256=each.sha256 or "", size_bytes=each.size_bytes, raw_data_id=each.id)
            for each in found
        ]

    def _fetched(self, record: CellMeasurement, source: SourceFile, folder: Path) -> tuple[SourceFile, Path]:
        """A raw file in a folder of its own, under the name it had, and what is to be said of it now."""
        require_filename(source.name)
        folder.mkdir()
        raw = RawFiles(self._transport)
        raw_id = self._raw_id(raw, record, source)
        path = raw.download_to(raw_id, folder / source.name)
        if (digest := source_file(path).sha256) != source.sha256:
            raise UnusableDataError(
                f"The raw file '{source.name}' is not the one of which '{record.name}' was read: its SHA-256 should be "
                f"{source.sha256}, and is {digest}. Nothing was changed.",
                detail={"file": source.name, "sha256": digest},
            )
        return source.model_copy(update={"raw_data_id": raw_id}), path

    def _raw_id(self, raw: RawFiles, record: CellMeasurement, source: SourceFile) -> str:
        if source.raw_data_id is not None:
            try:
                return raw.get(source.raw_data_id).id
            except NotFoundError:
                pass  # it may have been stored again since
        for each in raw.list(record.project_id, sha256=source.sha256).items:
            return each.id
        raise InvalidError(
            f"The raw file '{source.name}' of '{record.name}' is not kept, so it can not be read again. Upload it with "
            "client.raw_data.upload; it is found by its content."
        )

    def _confirm_replace(self, at: str, body: ConfirmReplace) -> None:
        sent = body.model_dump(mode="json", exclude_unset=True)
        bundle = answered(MeasurementBundle, self._transport.post(f"{at}/confirm-replace", sent, again=True))
        error = bundle.processing_error
        if bundle.processing_status in UNFINISHED:
            error = wait_until_processed(self.get, [bundle.id])[bundle.id].processing_error
        if error and body.path is not None:
            raise MeasurementProcessingError({bundle.id: error})


def _require_known(name: str, reader: str, reading: Reading) -> None:
    """Refuse what its make of instrument does not know any more: as any table it would be read worse than before."""
    if reading.reader == GENERIC.name != reader:
        raise UnusableDataError(
            f"The reader '{reader}' does not know the file of '{name}' any more, which would be read as any table "
            f"({reading.reason}). Nothing was changed. To have it so, say reader='{GENERIC.name}'."
        )


def has_newer_reader(record: CellMeasurement) -> bool:
    """Whether the reader has become newer than what made the measurement."""
    made = record.provenance
    return made is not None and (newest_version(made.reader) or 0) > made.reader_version


def _confirming(
    record: CellMeasurement, reading: Reading, fields: Fields, change: Change, *, force: bool
) -> ConfirmReplace:
    """What is said of a series that is as it was; where it is another, its path comes to it."""
    said = {
        "seen_at": record.updated_at,
        "force": force,
        "provenance": reading.measurement["provenance"],
        "repairs": reading.measurement.get("repairs", []),
        "data_type": data_type_of(record, reading),
        "fields": {} if change.nothing else fields.to_set,
    }
    return ConfirmReplace.model_validate(said)


def _at(measurement_id: str) -> str:
    return f"/cell_measurements/{segment(measurement_id)}"

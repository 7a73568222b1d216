"""Measurements from files of cyclers: the file is kept and linked, the series made from it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cellkeep.client.measurement_extending import MeasurementExtending
from cellkeep.client.raw_data import RawFiles
from cellkeep.client.reading import AnyPath, Reading, paths_of, read, source_file
from cellkeep.client.resource import read as answered
from cellkeep.client.transport import segment
from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.measurements import MeasurementBundle
from cellkeep.domain.projects import Project
from cellkeep.domain.provenance import SourceFile


class MeasurementImporting(MeasurementExtending):
    """The part of `client.cell_measurement` that takes files of cyclers."""

    def create_from_file(
        self,
        cell_instance_id: str,
        path: AnyPath | Sequence[AnyPath],
        name: str | None = None,
        *,
        reader: str | None = None,
        columns: Mapping[str, str] | None = None,
        timezone: str | None = None,
        cycle_per_file: bool = False,
        measurement: Mapping[str, Any] | None = None,
        validate_strict: bool = False,
        despite: str | Iterable[str] | None = None,
        wait_for_processing: bool = True,
    ) -> MeasurementBundle:
        """Read a file of a cycler, store its series, and keep the file itself beside it.

        Args:
            cell_instance_id: the cell it was measured on.
            path: the file, or the files of one test; see `cellkeep.read` for what is read.
            name: of the measurement; that of the file without its extension by default.
            reader: the format, where the content does not tell it.
            columns: headings of the file, and the columns of the data format that they are.
            timezone: in which the clock of the instrument ran, such as `Europe/Berlin`; needed where the times of the
                file name no zone, unless the project has a key `timezone`.
            cycle_per_file: whether each of several files is a cycle of its own.
            measurement: further fields, such as `notes` or `tags`; they come before what the file says.
            validate_strict: as for `create`.
            despite: as for `create`.
            wait_for_processing: as for `create`.

        Returns:
            The measurement, with `provenance` and `repairs`. Its file is in `list_raw_data`.

        Warns:
            UserWarning: as `create` does.

        Raises:
            InvalidError: the file tells when the test began, but not in which zone, and `timezone` was not said.
            MeasurementValidationError: the checks found errors. Nothing was stored.
            ConflictError: the cell has a measurement of that name. The file is kept all the same.
            UnusableDataError: it is damaged, empty, of no known format, or lacks a column. Nothing was stored.
        """
        zone = timezone or self._zone(cell_instance_id)
        reading = read(path, reader=reader, columns=columns, timezone=zone, cycle_per_file=cycle_per_file)
        fields = {**(measurement or {}), **({"name": name} if name else {})}
        return self.create_from_reading(
            cell_instance_id,
            path,
            reading,
            fields,
            validate_strict=validate_strict,
            despite=despite,
            wait_for_processing=wait_for_processing,
        )

    def create_from_reading(
        self,
        cell_instance_id: str,
        path: AnyPath | Sequence[AnyPath],
        reading: Reading,
        fields: Mapping[str, Any] | None = None,
        *,
        validate_strict: bool = False,
        despite: str | Iterable[str] | None = None,
        wait_for_processing: bool = True,
    ) -> MeasurementBundle:
        """As `create_from_file`, with a file that was read before, by `cellkeep.read`."""
        require_zone(reading, fields or {})
        cell = answered(CellInstance, self._transport.get(f"/cell_instances/{segment(cell_instance_id)}"))
        detail = reading.detail(**(fields or {}))
        sources = detail["measurement"]["provenance"]["files"]
        told = [SourceFile.model_validate(source) for source in sources]
        raw_ids = self._kept(cell.project_id, paths_of(path), reading.reader, told)
        for source, raw_id in zip(sources, raw_ids, strict=True):
            source["raw_data_id"] = raw_id
        bundle = self.create(
            cell_instance_id,
            detail,
            validate_strict,
            despite=despite,
            wait_for_processing=wait_for_processing,
        )
        links = f"/cell_measurements/{segment(bundle.id)}/raw_data"
        self._transport.post(links, {"raw_data_ids": raw_ids}, again=True)
        return bundle

    def _zone(self, cell_instance_id: str) -> str | None:
        """The time zone of the project of a cell."""
        cell = answered(CellInstance, self._transport.get(f"/cell_instances/{segment(cell_instance_id)}"))
        return answered(Project, self._transport.get(f"/projects/{segment(cell.project_id)}")).zone

    def _kept(self, project_id: str, files: Sequence[Path], reader: str, sources: Sequence[SourceFile]) -> list[str]:
        """The ids of the raw files; those are sent that are not there."""
        paths = {source_file(file).sha256: file for file in files}
        if changed := [source.name for source in sources if source.sha256 not in paths]:
            raise UnusableDataError(f"{quoted(changed)} changed while read. Nothing was made of it: try again.")
        raw = RawFiles(self._transport)
        return [raw.keep(project_id, paths[source.sha256], source, reader) for source in sources]


def require_zone(reading: Reading, fields: Mapping[str, Any]) -> None:
    """Refuse a file whose times could be those of any zone.

    Raises:
        InvalidError: says how to state the zone.
    """
    if reading.local_start is not None and not fields.get("start_time"):
        raise InvalidError(
            f"The file says that the test began at {reading.local_start:%Y-%m-%d %H:%M:%S}, and not in which time "
            "zone. State the zone in which the clock of the instrument ran: timezone='Europe/Berlin'. Or say it "
            "for all files of the project: client.project.update(project_id, {'timezone': 'Europe/Berlin'})."
        )

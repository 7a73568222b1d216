"""Measurements from files of cyclers: the file is kept and linked, the series made from it."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cellkeep.client.measurement_extending import MeasurementExtending
from cellkeep.client.raw_data import RawFiles
from cellkeep.client.reading import Reading, read
from cellkeep.client.resource import read as answered
from cellkeep.client.transport import segment
from cellkeep.domain.errors import InvalidError
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.measurements import MeasurementBundle


class MeasurementImporting(MeasurementExtending):
    """The part of `client.cell_measurement` that takes files of cyclers."""

    def create_from_file(
        self,
        cell_instance_id: str,
        path: str | os.PathLike[str],
        name: str | None = None,
        *,
        reader: str | None = None,
        columns: Mapping[str, str] | None = None,
        timezone: str | None = None,
        measurement: Mapping[str, Any] | None = None,
        validate_strict: bool = False,
        despite: str | Iterable[str] | None = None,
        wait_for_processing: bool = True,
    ) -> MeasurementBundle:
        """Read a file of a cycler, store its series, and keep the file itself beside it.

        Args:
            cell_instance_id: the cell it was measured on.
            path: the file; see `cellkeep.read` for what is read.
            name: of the measurement; that of the file without its extension by default.
            reader: the format, where the content does not tell it.
            columns: headings of the file, and the columns of the data format that they are.
            timezone: in which the clock of the instrument ran, such as `Europe/Berlin`; needed where the times of the
                file name no zone.
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
        reading = read(path, reader=reader, columns=columns, timezone=timezone)
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
        path: str | os.PathLike[str],
        reading: Reading,
        fields: Mapping[str, Any] | None = None,
        *,
        validate_strict: bool = False,
        despite: str | Iterable[str] | None = None,
        wait_for_processing: bool = True,
    ) -> MeasurementBundle:
        """As `create_from_file`, with a file that was read before, by `cellkeep.read`."""
        require_zone(reading, fields or {})
        file = Path(path)
        cell = answered(CellInstance, self._transport.get(f"/cell_instances/{segment(cell_instance_id)}"))
        raw_id = self._kept(cell.project_id, file, reading)
        detail = reading.detail(**(fields or {}))
        detail["measurement"]["provenance"]["files"][0]["raw_data_id"] = raw_id
        bundle = self.create(
            cell_instance_id,
            detail,
            validate_strict,
            despite=despite,
            wait_for_processing=wait_for_processing,
        )
        self._transport.post(
            f"/cell_measurements/{segment(bundle.id)}/raw_data", {"raw_data_ids": [raw_id]}, again=True
        )
        return bundle

    def _kept(self, project_id: str, file: Path, reading: Reading) -> str:
        """The id of the raw file in the store; it is sent unless it is there."""
        raw, source = RawFiles(self._transport), reading.measurement["provenance"]["files"][0]
        for known in raw.list(project_id, sha256=source["sha256"]).items:
            return known.id
        sent = raw.upload(project_id, file, source=reading.reader)
        if sent.sha256 not in {None, source["sha256"]}:
            raise InvalidError(f"'{file.name}' changed while it was read. Nothing was made of it; import it again.")
        return sent.id


def require_zone(reading: Reading, fields: Mapping[str, Any]) -> None:
    """Refuse a file whose times could be those of any zone.

    Raises:
        InvalidError: says how to state the zone.
    """
    if reading.local_start is not None and not fields.get("start_time"):
        raise InvalidError(
            f"The file says that the test began at {reading.local_start:%Y-%m-%d %H:%M:%S}, and not in which time "
            "zone. State the zone in which the clock of the instrument ran: timezone='Europe/Berlin' (or 'UTC')."
        )

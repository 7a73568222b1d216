"""Creating measurements: initiate, send, confirm."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cellkeep.client.checking import Wanted, require_clean, warn
from cellkeep.client.frames import to_polars, write_series
from cellkeep.client.measurement_reading import MeasurementReading
from cellkeep.client.resource import as_list, create_or_get, read
from cellkeep.client.transport import segment
from cellkeep.client.waiting import wait_until_processed
from cellkeep.domain.columns import lookalikes
from cellkeep.domain.errors import InvalidError, TransportError
from cellkeep.domain.files import HEAD_BYTES, require_image, told_apart
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.measurements import CellMeasurement, InitiatedUpload, MeasurementBundle, UploadTarget
from cellkeep.domain.specs import CellSpecification
from cellkeep.domain.summary_rules import SummaryRules

_PARALLEL_FILES = 4
_RULES = "summary_rules"
UNFINISHED = frozenset({"pending", "running"})
"""States in which tables are still being made."""


class MeasurementWriting(MeasurementReading):
    """The writing half of `client.cell_measurement`."""

    def create(
        self,
        cell_instance_id: str,
        measurement_detail: dict[str, Any],
        validate_strict: bool = False,
        rated_capacity: float | None = None,
        voltage_window: tuple[float, float] | None = None,
        skip_checks: Iterable[str] | None = None,
        wait_for_processing: bool = True,
        *,
        despite: str | Iterable[str] | None = None,
    ) -> MeasurementBundle:
        """Check a time series and store it. What the checks are and find is in `docs/checks.md`.

        Args:
            cell_instance_id: the cell it was measured on.
            measurement_detail: `measurement`, a dict with `name` and any of the common fields; `time_series`, a polars
                or pandas frame or a dict of lists with columns of the data format (current positive on discharge);
                and, if wanted, `steps`, a step table of your own.
            validate_strict: run all checks before anything is sent; without it, those that hardly ever err. The server
                runs all of them on what it received, and keeps what it found: see `findings`.
                Of the step table that will be made they only warn.
            rated_capacity: of the cell [A.h], for strict checks; that of the specification where it is None.
            voltage_window: lowest and highest voltage of the cell [V], for strict checks; those of the specification
                where it is None.
            skip_checks: names of strict checks that are not to run here.
            despite: codes of errors with which the series is sent all the same, as `current_sign_reversed` of a cell
                whose voltage does not tell the sign. They are told like warnings, and kept with the measurement.
            wait_for_processing: return once the step table is made, so that `steps_created` is the true count.

        Returns:
            The measurement with `steps_created`.

        Warns:
            UserWarning: a check found what may be wrong, or a column looks like one of the data format but is named
                otherwise, as `Current (A)`.

        Raises:
            MeasurementValidationError: the checks found errors; `errors` lists all of them. Nothing was sent.
            ValueError: `skip_checks` names a check that there is not.
            ConflictError: the cell has a measurement of that name.
            UnusableDataError: a column is missing or is text, or there are no rows. Nothing was stored.
            InvalidError: a rule of `summary_rules` is misspelt or can not be followed.
            MeasurementProcessingError: the step table could not be made.
        """
        wanted = Wanted(validate_strict, rated_capacity, voltage_window, skip_checks, despite)
        record, tables = _parts(measurement_detail)
        require_rules(record)
        frame = tables["time_series.parquet"]
        for sentence in lookalikes(frame.columns):
            warn(sentence)
        if wanted.needs_ratings:
            wanted = wanted.filled(self._ratings(cell_instance_id))
        require_clean(frame, record, tables.get("steps.parquet"), wanted)
        path = f"/cell_instances/{segment(cell_instance_id)}/cell_measurements/initiate-upload"
        upload = read(InitiatedUpload, self._transport.post(path, {"measurement": record}, again=True))
        for leaf, frame in tables.items():
            self._transport.send(
                target_for(upload.uploads, leaf).signed_url,
                lambda file, frame=frame: write_series(frame, file),  # type: ignore[misc]
                f"{record['name']} ({frame.height:,} rows)",
            )
        body = {
            "cell_instance_id": cell_instance_id,
            "measurement": record,
            "measurement_type": "time_series",
        }
        return self._confirm(upload.measurement_id, body, wait=wait_for_processing)

    def create_or_get(
        self,
        cell_instance_id: str,
        measurement_detail: dict[str, Any],
        validate_strict: bool = False,
        rated_capacity: float | None = None,
        voltage_window: tuple[float, float] | None = None,
        skip_checks: Iterable[str] | None = None,
        wait_for_processing: bool = True,
        *,
        despite: str | Iterable[str] | None = None,
    ) -> CellMeasurement:
        """Check a time series as `create` does and store it, or get the measurement of that name unchanged."""

        def create() -> CellMeasurement:
            return self.create(
                cell_instance_id,
                measurement_detail,
                validate_strict,
                rated_capacity,
                voltage_window,
                skip_checks,
                wait_for_processing,
                despite=despite,
            ).measurement

        return create_or_get(create, self.get)

    def create_properties(
        self,
        cell_instance_id: str,
        name: str,
        properties: dict[str, Any],
        *,
        notes: str | None = None,
        protocol: dict[str, Any] | None = None,
        start_time: str | None = None,
        end_time: str | None = None,
        test_setup: dict[str, Any] | None = None,
        tags: str | Iterable[str] | None = None,
    ) -> CellMeasurement:
        """Store key-value quantities.

        Args:
            cell_instance_id: the cell they were measured on.
            name: name of the measurement, unique on the cell.
            properties: values by key: quantities `{"value": 0.52, "unit": "mm"}`, text or plain numbers.
            notes: free text.
            protocol: `name`, `ambient_temperature_degc` and so on.
            start_time: ISO 8601 with a zone.
            end_time: the same.
            test_setup: `cycler`, `operator`, `lab`, `channel_number`.
            tags: at most 50.
        """
        body = {
            "name": name,
            "measurement_type": "properties",
            "properties": properties,
            **_given(
                notes=notes,
                protocol=protocol,
                start_time=start_time,
                end_time=end_time,
                test_setup=test_setup,
            ),
            **_given(tags=as_list(tags)),
        }
        path = f"/cell_instances/{segment(cell_instance_id)}/cell_measurements/create"
        return read(CellMeasurement, self._transport.post(path, body))

    def create_file(
        self,
        cell_instance_id: str,
        name: str,
        filepaths: str | Path | Sequence[str | Path],
        *,
        validate_images: bool = False,
        notes: str | None = None,
        protocol: dict[str, Any] | None = None,
        start_time: str | None = None,
        end_time: str | None = None,
        test_setup: dict[str, Any] | None = None,
        tags: str | Iterable[str] | None = None,
    ) -> MeasurementBundle:
        """Store files: images, PDFs, arrays, anything.

        Args:
            cell_instance_id: the cell they belong to.
            name: name of the measurement, unique on the cell.
            filepaths: files of this machine; their names must differ.
            validate_images: refuse a file whose first bytes are not of the image its extension says.
            notes: free text.
            protocol: `name` and so on.
            start_time: ISO 8601 with a zone.
            end_time: the same.
            test_setup: `cycler`, `operator`, `lab`.
            tags: at most 50.

        Raises:
            FileNotFoundError: a file is not there. Nothing was stored.
            BadRequestError: two files have one name, or an image is none. Nothing was stored.
        """
        paths = [Path(filepaths)] if isinstance(filepaths, (str, Path)) else [Path(path) for path in filepaths]
        _require_files(paths, images=validate_images)
        record = {
            "name": name,
            **_given(
                notes=notes,
                protocol=protocol,
                start_time=start_time,
                end_time=end_time,
                test_setup=test_setup,
            ),
            **_given(tags=as_list(tags)),
        }
        names = [path.name for path in paths]
        body = {"measurement": record, "measurement_type": "file", "filenames": names}
        at = f"/cell_instances/{segment(cell_instance_id)}/cell_measurements/initiate-upload"
        upload = read(InitiatedUpload, self._transport.post(at, body, again=True))
        self._send_files(upload.uploads, paths)
        return self._confirm(upload.measurement_id, {"cell_instance_id": cell_instance_id, **body}, wait=False)

    def _send_files(self, targets: Sequence[UploadTarget], paths: Sequence[Path]) -> None:
        if len(targets) != len(paths):
            raise TransportError(f"The server gave {len(targets)} places for {len(paths)} files.")
        pairs = list(zip(targets, paths, strict=True))
        with ThreadPoolExecutor(_PARALLEL_FILES) as pool:
            for sent in [pool.submit(self._transport.send_file, target.signed_url, path) for target, path in pairs]:
                sent.result()

    def _ratings(self, cell_instance_id: str) -> dict[str, Any]:
        """What the specification of a cell says of it."""
        cell = read(CellInstance, self._transport.get(f"/cell_instances/{segment(cell_instance_id)}"))
        path = f"/cell_specifications/{segment(cell.cell_specification_id)}"
        return read(CellSpecification, self._transport.get(path)).ratings

    def _confirm(self, measurement_id: str, body: dict[str, Any], *, wait: bool) -> MeasurementBundle:
        path = f"/cell_measurements/{segment(measurement_id)}/confirm-upload"
        bundle = read(MeasurementBundle, self._transport.post(path, body, again=True))
        if not wait or bundle.processing_status not in UNFINISHED:
            return bundle
        done = wait_until_processed(self.get, [measurement_id])[measurement_id]
        return MeasurementBundle(**done.model_dump(), steps_created=done.step_count or 0)


def target_for(targets: Iterable[UploadTarget], leaf: str) -> UploadTarget:
    """The place that the server gave for a part."""
    for target in targets:
        if target.filename == leaf:
            return target
    raise TransportError(f"The server gave no place for {leaf}.")


def require_rules(record: Mapping[str, Any]) -> None:
    """Refuse rules for tables that would not be followed.

    Raises:
        InvalidError: `summary_rules` or a rule in it is misspelt, or has a value that can not be followed.
    """
    known = list(SummaryRules.model_fields)
    if misspelt := get_close_matches(_RULES, [key for key in record if key != _RULES], n=1, cutoff=0.85):
        raise InvalidError(f"'{misspelt[0]}' looks like '{_RULES}'. No tables would be made by it: rename it.")
    if record.get(_RULES) is None:
        return
    if not isinstance(record[_RULES], Mapping | SummaryRules):
        raise InvalidError(f"{_RULES} is a dict of rules, not {record[_RULES]!r}. Rules are {', '.join(known)}.")
    try:
        SummaryRules.model_validate(record[_RULES])
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise InvalidError(f"{_RULES} can not be followed ({wrong}). Rules are {', '.join(known)}.") from None


def _parts(measurement_detail: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record and the tables by the name they are sent under."""
    if not isinstance(measurement_detail, dict):
        raise InvalidError(
            "A time series measurement is {'measurement': {'name': …}, 'time_series': frame}, "
            f"not a {type(measurement_detail).__qualname__}."
        )
    unknown = measurement_detail.keys() - {"measurement", "time_series", "steps"}
    missing = {"measurement", "time_series"} - measurement_detail.keys()
    if unknown or missing:
        raise InvalidError(
            "A time series measurement is {'measurement': {'name': …}, 'time_series': frame}"
            + (f"; missing: {', '.join(sorted(missing))}" if missing else "")
            + (f"; not known: {', '.join(sorted(unknown))}" if unknown else "")
            + "."
        )
    record = measurement_detail["measurement"]
    if not isinstance(record, dict):
        raise InvalidError(f"measurement must be a dict with a name, not a {type(record).__qualname__}.")
    if not str(record.get("name") or "").strip():
        raise InvalidError("measurement.name: a measurement needs a name of 1 to 255 characters.")
    tables = {"time_series.parquet": to_polars(measurement_detail["time_series"])}
    if measurement_detail.get("steps") is not None:
        tables["steps.parquet"] = to_polars(measurement_detail["steps"], "steps")
    return record, tables


def _require_files(paths: Sequence[Path], *, images: bool) -> None:
    for path in paths:
        if not path.is_file():
            raise FileNotFoundError(f"There is no file '{path}'. Nothing was stored.")
    told_apart(path.name for path in paths)
    if images:
        for path in paths:
            with path.open("rb") as file:
                require_image(path.name, file.read(HEAD_BYTES))


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}

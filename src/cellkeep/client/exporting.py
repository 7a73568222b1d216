"""Measurements as files in open formats."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import polars as pl

from cellkeep.client.bdf_frames import Names, as_bdf
from cellkeep.client.export_files import folded, fresh, fresh_folder, numbered, require_free, safe_name
from cellkeep.client.instances import CellInstances
from cellkeep.client.measurements import CellMeasurements
from cellkeep.client.resource import Resource, as_list
from cellkeep.client.specs import CellSpecs
from cellkeep.client.transport import Transport, segment
from cellkeep.domain import bdf
from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import InvalidError, MeasurementProcessingError, UnusableDataError
from cellkeep.domain.files import PAGE_BYTES, ROW_GROUP_ROWS
from cellkeep.domain.measurements import CellMeasurement, MeasurementType

ExportFormat = Literal["bdf.csv", "bdf.parquet", "bdf.gz", "csv", "csv.gz", "parquet"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
"""Of time series. Each is the extension of its files, so the longer stand before the shorter."""

_PLAIN: Mapping[ExportFormat, ExportFormat] = {"bdf.csv": "csv", "bdf.parquet": "parquet", "bdf.gz": "csv.gz"}
"""What a series is written as that the Battery Data Format has no form for."""
_PARALLEL_RECORDS = 4
_PRIVATE = {"organization_id", "created_by", "created_by_email"}
"""Who stored a measurement need not be known to whom its file goes."""


@dataclass(frozen=True)
class Exported:
    """What was written of one measurement."""

    measurement: CellMeasurement
    format: str
    """One of `FORMATS`, or `json` of properties, or `files`."""
    paths: list[Path]


class _Wanted(NamedTuple):
    format: ExportFormat
    names: Names
    extra_columns: bool
    overwrite: bool


class _Place(NamedTuple):
    """Where one measurement goes."""

    folder: Path
    stem: str
    filename: str | None
    """Chosen by the caller, in place of one made of the stem."""

    def path(self, extension: str) -> Path:
        return self.folder / (self.filename or f"{self.stem}.{extension}")


class Exports(Resource):
    """What `client.export` does."""

    def __init__(
        self, transport: Transport, measurements: CellMeasurements, instances: CellInstances, specs: CellSpecs
    ) -> None:
        super().__init__(transport)
        self._measurements = measurements
        self._instances = instances
        self._specs = specs

    def write(
        self,
        measurement_ids: str | Iterable[str],
        to: str | PathLike[str],
        format: str | None,  # noqa: A002  as it is commonly called
        *,
        names: Names,
        extra_columns: bool,
        overwrite: bool,
    ) -> Iterator[Exported]:
        """Write, and tell of each measurement once it is written."""
        if names not in get_args(Names):
            raise InvalidError(f"names is 'labels' or 'machine', not '{names}'.")
        folder, filename, chosen = _destination(Path(to), format)
        wanted = _Wanted(chosen, names, extra_columns, overwrite)
        records = self._records(as_list(measurement_ids) or [])
        if filename is not None and len(records) > 1:
            raise InvalidError(f"'{to}' is one file, and these are {len(records)} measurements: name a folder.")
        about = self._about(records)
        stems = _stems(records, [about[record.id]["cell"]["name"] for record in records])
        places = [_Place(folder, stem, filename) for stem in stems]
        if not overwrite:
            for record, place in zip(records, places, strict=True):
                require_free(_expected(record, place, chosen))
        if records:
            folder.mkdir(parents=True, exist_ok=True)
        for record, place in zip(records, places, strict=True):
            yield self._written(record, place, wanted, about[record.id])

    def _records(self, ids: list[str]) -> list[CellMeasurement]:
        with ThreadPoolExecutor(_PARALLEL_RECORDS) as pool:
            records = list({record.id: record for record in pool.map(self._measurements.get, ids)}.values())
        if unready := {record.id: _why(record) for record in records if record.processing_status != "ready"}:
            raise MeasurementProcessingError(unready)
        return records

    def _about(self, records: Sequence[CellMeasurement]) -> dict[str, dict[str, Any]]:
        """What is said of each measurement, by its id."""
        cells = list({record.cell_instance_id for record in records})
        kinds = list({record.specification_id for record in records})
        with ThreadPoolExecutor(_PARALLEL_RECORDS) as pool:
            cell_names = dict(zip(cells, [each.name for each in pool.map(self._instances.get, cells)], strict=True))
            kind_names = dict(zip(kinds, [each.name for each in pool.map(self._specs.get, kinds)], strict=True))
        return {
            record.id: {
                "written_by": f"cellkeep {version('cellkeep')}",
                "specification": {"id": record.specification_id, "name": kind_names[record.specification_id]},
                "cell": {"id": record.cell_instance_id, "name": cell_names[record.cell_instance_id]},
                "measurement": record.model_dump(mode="json", exclude_none=True, exclude=_PRIVATE),
            }
            for record in records
        }

    def _written(self, record: CellMeasurement, place: _Place, wanted: _Wanted, about: dict[str, Any]) -> Exported:
        if record.measurement_type == MeasurementType.time_series:
            return self._series(record, place, wanted, about)
        if place.filename is not None:
            raise InvalidError(
                f"'{record.name}' is of the type '{record.measurement_type.value}', which is not written as "
                f"{wanted.format}: name a folder in place of a file."
            )
        if record.measurement_type == MeasurementType.file:
            folder = place.folder / place.stem
            return Exported(record, "files", self._files(record.id, folder, overwrite=wanted.overwrite))
        _write_json(place.path("json"), about, overwrite=wanted.overwrite)
        return Exported(record, "json", [place.path("json")])

    def _series(self, record: CellMeasurement, place: _Place, wanted: _Wanted, about: dict[str, Any]) -> Exported:
        link = self._transport.location(f"/cell_measurements/{segment(record.id)}/time_series/download")
        with self._transport.fetched(link, record.name) as source:
            rows = pl.scan_parquet(source, glob=False)
            chosen = _possible(record, rows.collect_schema().names(), place, wanted.format)
            path = place.path(chosen)
            told = None
            if chosen in _PLAIN:
                rows, told = as_bdf(rows, record.start_time, names=wanted.names, extra_columns=wanted.extra_columns)
            with fresh(path, overwrite=wanted.overwrite) as temporary:
                if chosen == "parquet":
                    shutil.copyfile(source, temporary)
                else:
                    _sink(rows, temporary, chosen)
        if told is not None:
            named = {"format": "Battery Data Format", "ontology": bdf.ONTOLOGY, **about, "columns": told}
            _write_json(path.with_name(path.name + bdf.METADATA_SUFFIX), named, overwrite=wanted.overwrite)
        return Exported(record, chosen, [path])

    def _files(self, measurement_id: str, folder: Path, *, overwrite: bool) -> list[Path]:
        """The attached files, in a folder of their own. Where it is there already, what else is in it stays."""
        own: dict[str, str] = {}
        taken: set[str] = set()
        for filename in self._measurements.list_files(measurement_id):
            own[filename] = numbered(safe_name(filename), taken)
            taken.add(folded(own[filename]))

        def fetch(into: Path) -> None:
            for filename, name in own.items():
                at = f"/cell_measurements/{segment(measurement_id)}/files/{segment(filename)}"
                link = self._transport.location(at)
                with fresh(into / name, overwrite=overwrite) as temporary, temporary.open("xb") as file:
                    file.writelines(self._transport.pieces(link, filename))

        if overwrite and folder.is_dir():
            fetch(folder)
        else:
            with fresh_folder(folder) as temporary:
                fetch(temporary)
        return [folder / name for name in own.values()]


def _destination(to: Path, asked: str | None) -> tuple[Path, str | None, ExportFormat]:
    """Folder, name of the file if one is named, and format."""
    chosen = next((each for each in FORMATS if each == asked), None)
    if asked is not None and chosen is None:
        raise InvalidError(f"There is no export format '{asked}'. There are {quoted(FORMATS)}.")
    named = next((each for each in FORMATS if to.name.lower().endswith(f".{each}")), None)
    if named is None or to.is_dir():
        return to, None, chosen or FORMATS[0]
    if chosen not in {None, named}:
        raise InvalidError(f"The name '{to.name}' is that of a {named}, and the format is {chosen}. Leave one out.")
    return to.parent, to.name, named


def _stems(records: Sequence[CellMeasurement], cells: Sequence[str]) -> list[str]:
    """The names of cell and measurement, with an id behind where another has the same."""
    stems: list[str] = []
    taken: set[str] = set()
    for record, cell in zip(records, cells, strict=True):
        stem = safe_name(f"{cell}__{record.name}")
        if folded(stem) in taken:
            stem = safe_name(f"{stem}__{record.id}")
        taken.add(folded(stem))
        stems.append(stem)
    return stems


def _expected(record: CellMeasurement, place: _Place, chosen: ExportFormat) -> Path:
    """Where the measurement goes, as far as its record tells."""
    if record.measurement_type == MeasurementType.file:
        return place.folder / place.stem
    if record.measurement_type == MeasurementType.properties:
        return place.path("json")
    return place.path(chosen if record.data_type is None else _PLAIN.get(chosen, chosen))


def _possible(record: CellMeasurement, names: Sequence[str], place: _Place, chosen: ExportFormat) -> ExportFormat:
    """The format, or the plain one where the Battery Data Format has no form for such a series."""
    if chosen not in _PLAIN or not (lacking := bdf.lacking(names)):
        return chosen
    if place.filename is not None:
        raise UnusableDataError(
            f"'{record.name}' has no {quoted(lacking)}, without which nothing is of the Battery Data Format. "
            f"Export it as {_PLAIN[chosen]}.",
            detail={"missing": lacking, "available_columns": list(names)},
        )
    return _PLAIN[chosen]


def _why(record: CellMeasurement) -> str:
    if record.processing_status == "failed":
        return f"it could not be processed ({record.processing_error or 'nobody knows why'})"
    return "it is still being processed, and cell_measurement.wait_for_processing waits for it"


def _sink(rows: pl.LazyFrame, path: Path, chosen: ExportFormat) -> None:
    """Write rows as they come, so that few of them are in memory at once."""
    if chosen.endswith("parquet"):
        rows.sink_parquet(path, compression="zstd", row_group_size=ROW_GROUP_ROWS, data_page_size=PAGE_BYTES)
        return
    if nested := [name for name, dtype in rows.collect_schema().items() if dtype.is_nested() or dtype == pl.Binary]:
        raise UnusableDataError(f"A CSV has no form for lists, structures and bytes, as {quoted(nested)}: use parquet.")
    packed: Literal["gzip", "uncompressed"] = "gzip" if chosen.endswith("gz") else "uncompressed"
    rows.sink_csv(path, compression=packed, check_extension=False)


def _write_json(path: Path, value: Mapping[str, Any], *, overwrite: bool) -> None:
    with fresh(path, overwrite=overwrite) as temporary:
        temporary.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

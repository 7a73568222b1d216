"""A project out, as a crate."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import polars as pl

from cellkeep.client.crate.collecting import Holdings
from cellkeep.client.crate.describing import Describing
from cellkeep.client.crate.graph import Graph
from cellkeep.client.crate.packing import PIECE_BYTES, Package, Stored, packing, pieces_of
from cellkeep.client.crate.places import Places, reference
from cellkeep.client.crate.records import FORMAT, METADATA, RECORDS, Record, line, without_people
from cellkeep.client.crate.tables import tables_of
from cellkeep.client.measurement_reading import MeasurementReading
from cellkeep.client.resource import read
from cellkeep.client.transport import Transport, segment
from cellkeep.client.waiting import wait_until_processed
from cellkeep.domain.errors import MeasurementProcessingError, TransportError
from cellkeep.domain.files import ANY_BYTES, PARQUET
from cellkeep.domain.people import Me

LINES = "application/jsonl"
NEVER_IN = (
    "members of the project and their roles",
    "who watches which measurement",
    "earlier versions of series and tables",
)
"""What belongs to a project and is not in its crate."""
_UNFINISHED = frozenset({"pending", "running"})
_LOOKS = 5


@dataclass
class Written:
    """What was written.

    Attributes:
        path: the folder or the zip.
        records: how many there are of each kind.
        files: how many files there are beside the two of records and metadata.
        size_bytes: of these files together.
        left_out: what is not in it, in words.
    """

    path: Path
    records: Counter[str] = field(default_factory=Counter)
    files: int = 0
    size_bytes: int = 0
    left_out: list[str] = field(default_factory=lambda: list(NEVER_IN))


class _File(NamedTuple):
    """A file of the crate that belongs to a record."""

    role: str
    name: str
    stored: Stored

    @property
    def reference(self) -> str:
        return reference(self.stored.name)


def write(
    transport: Transport,
    project_id: str,
    path: Path,
    *,
    license: str | None = None,  # noqa: A002  as it is commonly called
    people: bool = True,
    overwrite: bool = False,
    done: Callable[[str, str], None] | None = None,
) -> Written:
    """Write a project as an RO-Crate; see `Client.export_project`."""
    organization = read(Me, transport.get("/users/me")).authorized_organization
    with packing(path, overwrite=overwrite) as package, Graph() as graph, TemporaryFile(prefix="cellkeep-") as lines:
        describing = Describing(graph, organization.model_dump())
        writing = _Writing(transport, Holdings(transport, project_id), package, describing, lines, people=people)
        writing.done = done or writing.done
        writing.written.path = path
        writing.all(license)
    return writing.written


class _Writing:
    """Goes through a project once."""

    def __init__(
        self,
        transport: Transport,
        holdings: Holdings,
        package: Package,
        describing: Describing,
        lines: IO[bytes],
        *,
        people: bool,
    ) -> None:
        self._transport = transport
        self._holdings = holdings
        self._package = package
        self._describing = describing
        self._graph = describing.graph
        self._lines = lines
        self._people = people
        self._places = Places()
        self._raw: dict[str, str] = {}
        self._measurements: dict[str, str] = {}
        """References in the metadata, by id."""
        self.written = Written(Path())
        self.done: Callable[[str, str], None] = lambda _kind, _name: None

    def all(self, license_: str | None) -> None:
        holdings = self._holdings
        project = self._seen(holdings.project())
        self._lines.write(line("crate", {"format": FORMAT, "written_by": f"cellkeep {version('cellkeep')}"}))
        self._line("project", project)
        for each in holdings.raw_data():
            self._raw_data(self._seen(each))
        self._laboratory()
        for each in holdings.specifications():
            self._specification(self._seen(each))
        for each in holdings.materials():
            self._material(self._seen(each))
        for each in holdings.analyses():
            self._analysis(self._seen(each))
        self._collections()
        self._finish(project, license_)

    def _finish(self, project: Record, license_: str | None) -> None:
        self._lines.seek(0)
        stored = self._package.add(RECORDS, iter(lambda: self._lines.read(PIECE_BYTES), b""))
        told = "Every record as cellkeep has it, one JSON object a line; cellkeep reads the project back from it."
        self._graph.parts.append(self._graph.file(stored, "Records", LINES, description=told))
        software = self._describing.software(version("cellkeep"))
        today = datetime.now(UTC).date().isoformat()
        self._graph.add(
            "#export",
            "CreateAction",
            "Export of the project",
            instrument={"@id": software},
            result={"@id": "./"},
            endTime=today,
        )
        root = self._describing.root(project, license_, today)
        root["mentions"].append({"@id": "#export"})
        self._package.add(METADATA, self._graph.pieces(root))

    def _seen(self, record: Record) -> Record:
        return record if self._people else without_people(record)

    def _line(self, kind: str, record: Record, files: Sequence[_File] = (), **beside: Any) -> None:
        told = [{"role": each.role, "name": each.name, "path": each.stored.name} for each in files]
        self._lines.write(line(kind, record, files=told or None, **beside))
        self.written.records[kind] += 1
        self.done(kind, record["name"])

    def _add(self, role: str, name: str, place: str, pieces: Iterator[bytes]) -> _File:
        stored = self._package.add(place, pieces)
        self.written.files += 1
        self.written.size_bytes += stored.size_bytes
        return _File(role, name, stored)

    def _raw_data(self, record: Record) -> None:
        url = self._transport.get(f"/raw_data/{segment(record['id'])}/download-url")["url"]
        place = self._places.of("raw", record["filename"])
        file = self._add("content", record["filename"], place, self._transport.pieces(url, record["filename"]))
        if record["sha256"] not in {None, file.stored.sha256} or file.stored.size_bytes != record["size_bytes"]:
            raise TransportError(f"'{record['filename']}' did not arrive as it is stored. Export the project again.")
        self._raw[record["id"]] = self._graph.file(
            file.stored,
            record["name"],
            record["content_type"],
            description=record.get("source") or "A file as an instrument or a person wrote it.",
            creator=self._describing.maker(record),
            dateCreated=record["created_at"],
        )
        self._graph.parts.append(self._raw[record["id"]])
        self._line("raw_data", record, [file])

    def _laboratory(self) -> None:
        for site in self._holdings.sites():
            self._line("site", self._seen(site))
            for cycler in self._holdings.cyclers(site["id"]):
                events = [self._seen(each) for each in self._holdings.service_events(cycler["id"])]
                self._line("cycler", self._seen(cycler), service_events=events or None)
                for channel in self._holdings.channels(cycler["id"]):
                    incidents = [self._seen(each) for each in self._holdings.incidents(channel["id"])]
                    self._line("channel", self._seen(channel), incidents=incidents or None)

    def _specification(self, record: Record) -> None:
        self._describing.specification(record)
        self._line("cell_specification", record)
        for each in self._holdings.batches(record["id"]):
            batch = self._seen(each)
            self._describing.batch(batch)
            self._line("cell_batch", batch)
        for each in self._holdings.cells(record["id"]):
            cell = self._seen(each)
            self._describing.cell(cell)
            self._line("cell_instance", cell)
            folder = self._places.of("measurements", cell["name"])
            for one in self._holdings.measurements(cell["id"]):
                self._measurement(one, folder)

    def _measurement(self, listed: Record, above: str) -> None:
        folder = self._places.of(above, listed["name"])
        if listed["measurement_type"] != "properties":
            self._package.folder(folder)
        with self._as_it_is(listed) as (record, sources, columns):
            files = [self._add(role, name, f"{folder}/{role}.parquet", pieces_of(path)) for role, name, path in sources]
        record = self._seen(record)
        files += self._attached(record, folder)
        named = [self._file_of_measurement(each, record) for each in files]
        own = f"{reference(folder)}/" if files else f"#measurement-{record['id']}"
        self._measurements[record["id"]] = own
        self._describing.measurement(record, own, named, columns)
        if files and files[0].role == "time_series":
            self._describing.reading(record, files[0].reference, self._raw)
        findings = self._holdings.findings(record["id"]) if record.get("finding_counts") else None
        linked = self._holdings.raw_data_of(record["id"]) if self._raw else None
        self._line("cell_measurement", record, files, findings=findings, raw_data=linked or None)

    @contextmanager
    def _as_it_is(self, record: Record) -> Iterator[tuple[Record, list[tuple[str, str, Path]], list[str]]]:
        """A measurement with the files of its series and its tables, all of one moment, and names of columns."""
        if record["measurement_type"] != "time_series":
            yield record, [], []
            return
        for _ in range(_LOOKS):
            record = self._settled(record)
            with ExitStack() as kept:
                at = f"/cell_measurements/{segment(record['id'])}/time_series/download"
                series = kept.enter_context(self._transport.fetched(self._transport.location(at), record["name"]))
                sources = [("time_series", "time_series.parquet", series)]
                if record["processing_status"] == "ready":
                    steps, cycles = kept.enter_context(tables_of(self._transport, record["id"]))
                    sources += [("steps", "steps.parquet", steps), ("cycles", "cycles.parquet", cycles)]
                now = self._holdings.measurement(record["id"])
                if now == record:
                    yield record, sources, list(pl.read_parquet_schema(series))
                    return
                record = now
        raise MeasurementProcessingError({record["id"]: "it changes all the time; export the project later"})

    def _settled(self, record: Record) -> Record:
        """The record once its tables are made, or could not be."""
        if record["processing_status"] in _UNFINISHED:
            try:
                wait_until_processed(MeasurementReading(self._transport, "polars").get, [record["id"]])
            except MeasurementProcessingError:
                record = self._holdings.measurement(record["id"])
                if record["processing_status"] in _UNFINISHED:
                    raise
        record = self._holdings.measurement(record["id"])
        if record["processing_status"] == "failed":
            self.written.left_out.append(f"tables of '{record['name']}', which could not be made")
        return record

    def _attached(self, record: Record, folder: str) -> list[_File]:
        if record["measurement_type"] != "file":
            return []
        found = []
        for name in self._holdings.files(record["id"]):
            at = f"/cell_measurements/{segment(record['id'])}/files/{segment(name)}"
            content = self._transport.pieces(self._transport.location(at), name)
            found.append(self._add("file", name, self._places.of(f"{folder}/files", name), content))
        return found

    def _file_of_measurement(self, file: _File, record: Record) -> str:
        told = {
            "time_series": "Rows of the measurement as they are stored. Current is positive on discharge.",
            "steps": "One row a step.",
            "cycles": "One row a cycle.",
            "file": "A file of the measurement.",
        }[file.role]
        facts = (record.get("file_metadata") or {}).get(file.name, {})
        media_type = PARQUET if file.role != "file" else facts.get("content_type") or ANY_BYTES
        return self._graph.file(file.stored, f"{record['name']}: {file.name}", media_type, description=told)

    def _material(self, record: Record) -> None:
        self._describing.material(record)
        self._line("material", record)
        folder = self._places.of("materials", record["name"])
        for each in self._holdings.property_datasets(record["id"]):
            self._dataset(self._seen(each), self._places.of(folder, each["name"]))

    def _dataset(self, record: Record, place: str) -> None:
        files = []
        for role, kind in (("original", "original"), ("numbers", "parquet")):
            at = f"/material_property_datasets/{segment(record['id'])}/download-url"
            url = self._transport.get(at, {"kind": kind})["url"]
            name = f"{role}.parquet"
            files.append(self._add(role, name, f"{place}/{name}", self._transport.pieces(url, record["name"])))
            told = "The table as it was sent." if role == "original" else "The numbers in it."
            named = self._graph.file(
                files[-1].stored,
                f"{record['name']}: {name}",
                PARQUET,
                description=told,
                about={"@id": f"#material-{record['material_id']}"},
                creator=self._describing.maker(record),
            )
            self._graph.parts.append(named)
        self._line("property_dataset", record, files)

    def _analysis(self, record: Record) -> None:
        if record["measurement_id"] not in self._measurements:
            return  # made since its cell was looked at
        url = self._transport.get(f"/analyses/{segment(record['id'])}/download-url")["url"]
        place = self._places.of("analyses", f"{record['name']}.parquet")
        file = self._add("table", "table.parquet", place, self._transport.pieces(url, record["name"]))
        named = self._graph.file(
            file.stored,
            record["name"],
            PARQUET,
            description=record.get("notes") or f"A table of results of the type {record['analysis_type']}.",
            about={"@id": self._measurements[record["measurement_id"]]},
            creator=self._describing.maker(record),
            variableMeasured=[column["name"] for column in record["columns"]],
        )
        self._graph.parts.append(named)
        self._line("analysis", record, [file])

    def _collections(self) -> None:
        for each in self._holdings.studies():
            record = self._seen(each)
            found = [one for one in self._holdings.study_members(record["id"]) if one in self._measurements]
            self._describing.study(record, [self._measurements[one] for one in found])
            self._line("study", record, measurements=found)
        for each in self._holdings.plans():
            self._line("planned_measurement", self._seen(each))

"""The client: one attribute per resource."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from cellkeep.client.analyses import Analyses
from cellkeep.client.batches import CellBatches
from cellkeep.client.bdf_frames import Names
from cellkeep.client.channels import Channels
from cellkeep.client.config import Connection, resolve
from cellkeep.client.crate import TakenIn, Written, take_in, write
from cellkeep.client.cyclers import Cyclers
from cellkeep.client.exporting import Exported, ExportFormat, Exports
from cellkeep.client.frames import Backend
from cellkeep.client.importing.imports import NOBODY, Home, Watching, import_files
from cellkeep.client.importing.naming import Naming
from cellkeep.client.importing.one_file import Options
from cellkeep.client.importing.outcomes import ImportReport
from cellkeep.client.importing.reading import How
from cellkeep.client.instances import CellInstances
from cellkeep.client.lab import Lab
from cellkeep.client.materials import Materials
from cellkeep.client.measurements import CellMeasurements
from cellkeep.client.organization import Organization
from cellkeep.client.planned_measurements import PlannedMeasurements
from cellkeep.client.projects import Projects
from cellkeep.client.property_datasets import PropertyDatasets
from cellkeep.client.raw_data import RawFiles
from cellkeep.client.resource import InProject, read
from cellkeep.client.search import Search
from cellkeep.client.sites import Sites
from cellkeep.client.specs import CellSpecs
from cellkeep.client.studies import Studies
from cellkeep.client.transport import Transport, certificates, segment
from cellkeep.client.urls import Urls
from cellkeep.domain.errors import ConflictError, InvalidError, NotFoundError
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Me
from cellkeep.domain.records import Record

_TIMEOUT_S = 30.0
_SCHEMAS = ("data", "protocol")

R = TypeVar("R", bound=Record)


class Client:
    """A client of one server.

    Args:
        api_key: key of the server; else `CELLKEEP_API_KEY`, else the config file that `cellkeep serve` writes.
        api_url: address of the server; else `CELLKEEP_API_URL`, else the config file.
        project_id: project for new specifications; else `CELLKEEP_PROJECT_ID`, else the only project there is.
        dataframe_backend: `polars` or `pandas` for returned frames; else `CELLKEEP_DATAFRAME_BACKEND`, else polars.
        timeout: seconds to wait for an ordinary answer.

    Raises:
        CellkeepError: no server or no key is known.

    Example:
        >>> client = cellkeep.Client()  # doctest: +SKIP
        >>> client.cell_spec.list(name="coin")  # doctest: +SKIP
    """

    def __init__(
        self,
        api_key: str | None = None,
        api_url: str | None = None,
        project_id: str | None = None,
        dataframe_backend: Backend | None = None,
        timeout: float = _TIMEOUT_S,
    ) -> None:
        connection = resolve(api_url, api_key, project_id)
        http = httpx2.Client(
            base_url=connection.api_url,
            headers={"X-API-Key": connection.api_key},
            timeout=httpx2.Timeout(timeout, connect=10),
            verify=certificates(),
        )
        self._set_up(Transport(http), connection, dataframe_backend)

    @classmethod
    def over(
        cls,
        http: httpx2.Client,
        connection: Connection,
        *,
        files_below: Path | None = None,
        dataframe_backend: Backend | None = None,
    ) -> Self:
        """A client over an HTTP client of one's own, such as one that calls an application in the same process."""
        self = cls.__new__(cls)
        self._set_up(Transport(http, files_below=files_below), connection, dataframe_backend)
        return self

    def _set_up(self, transport: Transport, connection: Connection, backend: Backend | None) -> None:
        chosen: Any = backend or os.environ.get("CELLKEEP_DATAFRAME_BACKEND") or "polars"
        if chosen not in {"polars", "pandas"}:
            raise InvalidError(f"dataframe_backend is 'polars' or 'pandas', not '{chosen}'.")
        self.api_url = connection.api_url
        self.project_id = connection.project_id
        self._transport = transport
        self.organization = Organization(transport)
        self.project = Projects(transport)
        self.cell_spec = CellSpecs(transport, connection.project_id)
        self.cell_batch = CellBatches(transport)
        self.cell_measurement = CellMeasurements(transport, chosen)
        self.measurement = self.cell_measurement
        self.cell_instance = CellInstances(transport, self.cell_measurement)
        self._exports = Exports(transport, self.cell_measurement, self.cell_instance, self.cell_spec)
        self.raw_data = RawFiles(transport)
        self.material = Materials(transport, connection.project_id)
        self.material_property_dataset = PropertyDatasets(transport, chosen)
        self.analysis = Analyses(transport, chosen)
        self.study = Studies(transport, connection.project_id)
        self.search = Search(transport)
        self.urls = Urls(connection.api_url, connection.project_id)
        self.channel = Channels(transport)
        self.cycler = Cyclers(transport, self.channel)
        self.site = Sites(transport, self.cycler)
        self.lab = Lab(transport)
        self.planned_measurement = PlannedMeasurements(transport, connection.project_id)

    def health_check(self) -> dict[str, Any]:
        """Whether the server answers."""
        found: dict[str, Any] = self._transport.get("/healthz")
        return found

    def whoami(self) -> Me:
        """The user and organization of the key."""
        return read(Me, self._transport.get("/users/me"))

    def capabilities(self) -> dict[str, Any]:
        """What the server is and can: its version, the data format, its limits, where its descriptions are."""
        found: dict[str, Any] = self._transport.get("/discovery/capabilities")
        return found

    def schema(self, name: str) -> dict[str, Any]:
        """The form of records and tables (`data`) or of a measurement's protocol (`protocol`), as JSON Schema.

        Raises:
            ValueError: it is another name.
        """
        if name not in _SCHEMAS:
            raise ValueError(f"There is no schema '{name}'. There are {' and '.join(_SCHEMAS)}.")
        found: dict[str, Any] = self._transport.get(f"/discovery/schemas/{segment(name)}")
        return found

    def resolve_measurement(
        self, cell_specification: str, cell_instance: str, measurement: str, *, project_id: str | None = None
    ) -> CellMeasurement:
        """The measurement of that name, on the cell of that name, of the specification of that name.

        Args:
            cell_specification: name of the specification.
            cell_instance: name of the cell.
            measurement: name of the measurement.
            project_id: the project; else that of the client, else all that you see.

        Raises:
            NotFoundError: one of the names leads nowhere.
            ConflictError: several projects have a specification of that name.
        """
        within = project_id or self.project_id
        specs = self.cell_spec.list(project_id=within, name_exact=cell_specification)
        spec = _only(specs, f"cell specification '{cell_specification}'")
        cells = self.cell_instance.list(spec.id, name_exact=cell_instance)
        cell = _only(cells, f"cell '{cell_instance}' of '{cell_specification}'")
        found = self.cell_measurement.list(cell.id, name_exact=measurement)
        return _only(found, f"measurement '{measurement}' on '{cell_instance}'")

    def export(
        self,
        measurement_ids: str | Iterable[str],
        to: str | os.PathLike[str],
        format: ExportFormat | None = None,  # noqa: A002  as it is commonly called
        *,
        names: Names = "labels",
        extra_columns: bool = True,
        overwrite: bool = False,
        done: Callable[[Exported], None] | None = None,
    ) -> list[Path]:
        """Write measurements as files in open formats; see `docs/export.md`.

        `csv`, `csv.gz` and `parquet` have the columns as they are: current positive on discharge, capacities from the
        start of each step. `bdf.csv`, `bdf.parquet` and `bdf.gz` are of the Battery Data Format: current and power
        positive on charge, capacities and energies counted over the whole test, and beside each file another,
        `….metadata.json`, with what is said of the measurement. A series without time, voltage or current in A, such
        as a spectrum, has no form there and is written plainly. Properties are written as JSON, and files as they are,
        in a folder.

        A file has its name once it is whole. However long a series is, few of its rows are in memory at once.

        Args:
            measurement_ids: one id or several.
            to: a folder, made if it is not there, in which the names of files tell cell and measurement; or, for one
                series, a file with the extension of a format.
            format: of series; that of the file, or else `bdf.csv`.
            names: headers of the Battery Data Format: `labels` like `Voltage / V`, or `machine` like `voltage_volt`.
            extra_columns: whether files of that format keep the columns that it has no word for.
            overwrite: whether files that are there already are replaced.
            done: called with what was written of each measurement.

        Returns:
            The paths of the files, without those of the metadata.

        Raises:
            InvalidError: there is no such format, or several measurements were to be one file.
            NotFoundError: there is no such measurement.
            MeasurementProcessingError: some are still being processed, or failed; `failures` says why, by id. Nothing
                was written.
            FileExistsError: a file is there already.
            UnusableDataError: a series has no form in the format of the file.
        """
        paths: list[Path] = []
        how: dict[str, Any] = {"names": names, "extra_columns": extra_columns, "overwrite": overwrite}
        for written in self._exports.write(measurement_ids, to, format, **how):
            paths.extend(written.paths)
            if done is not None:
                done(written)
        return paths

    def import_files(  # noqa: PLR0913  each is an option of `cellkeep import`
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        spec: str | None = None,
        cell: str | None = None,
        name: str | None = None,
        pattern: str | None = None,
        reader: str | None = None,
        columns: Mapping[str, str] | None = None,
        timezone: str | None = None,
        strict: bool = False,
        despite: str | Iterable[str] | None = None,
        jobs: int | None = None,
        project_id: str | None = None,
        dry_run: bool = False,
        watching: Watching = NOBODY,
    ) -> ImportReport:
        """Read files of cyclers, and folders of them, and store each as a measurement; see `docs/import.md`.

        A file whose content was imported before is passed over, so the same call takes up what was cut off. What no
        reader knows, such as a picture, is passed over too, unless it is named itself. A file that fails is told in the
        report, and the others go on.

        Args:
            paths: files and folders. Hidden files, and folders in which cellkeep keeps its data, are passed over.
            spec: name of the specification of the cells. It is made where it is not there.
            cell: name of the cell. It is made where it is not there and the specification is known.
            name: of the measurement; that of the file unless said. In all three `{field}` stands for a field of the
                pattern, and `{file}`, `{folder}`, `{path}` for parts of the path.
            pattern: takes names from the path below the given folder, as `{spec}/{cell}/{name}.csv`; or a regular
                expression with the named groups `spec`, `cell`, `name`. Further ones go to `test_setup`.
            reader: the format, where the content does not tell it.
            columns: headings of the files, and the columns of the data format that they are.
            timezone: in which the clocks of the instruments ran, for times that name no zone.
            strict: run all checks before anything is sent.
            despite: codes of errors with which series are sent all the same.
            jobs: how many files are done at once; one for each core unless said.
            project_id: the project; else that of the client, else the only one there is.
            dry_run: read every file and tell what would happen; nothing is written.
            watching: who is told meanwhile.

        Returns:
            What became of each file. Where a person ends it by Ctrl-C, what is being stored is stored to its end, and
            the report says so; a second Ctrl-C does not wait for it.

        Raises:
            InvalidError: no cell is said, or an option makes no sense, or there are no files.
            FileNotFoundError: a path leads nowhere.
            ValueError: there are several projects, and none is said.
        """
        naming = Naming(spec, cell, name, pattern)
        options = Options(How(reader, columns, timezone), strict, despite, dry_run)
        chosen = self.project.get(InProject(self._transport, self.project_id)._project(project_id)).id  # noqa: SLF001
        return import_files(Home.of(self, chosen), paths, naming, options, jobs, watching)

    def export_project(
        self,
        project_id: str,
        path: str | os.PathLike[str],
        *,
        license: str | None = None,  # noqa: A002  as it is commonly called
        people: bool = True,
        overwrite: bool = False,
        done: Callable[[str, str], None] | None = None,
    ) -> Written:
        """Write a whole project as an RO-Crate, which `import_project` takes back; see `docs/ro-crate.md`.

        It has its name once it is whole. However long a series is, little of it is in memory at once.

        Args:
            project_id: the project.
            path: a folder that is not there yet; or a zip, where the name ends in `.zip`.
            license: under which the data may be used: a name of SPDX such as `CC-BY-4.0`, an address, or a sentence.
            people: whether it says who stored what, with e-mail addresses.
            overwrite: whether a zip of that name is replaced; a folder never is.
            done: called with kind and name of each record once it is written.

        Returns:
            What was written, and what was left out.

        Raises:
            NotFoundError: there is no such project.
            FileExistsError: there is something of that name already.
            MeasurementProcessingError: a series changes all the time, or is not processed in time.
        """
        how: dict[str, Any] = {"license": license, "people": people, "overwrite": overwrite}
        return write(self._transport, project_id, Path(path), **how, done=done)

    def import_project(
        self,
        path: str | os.PathLike[str],
        project: str | None = None,
        *,
        into: str | None = None,
        done: Callable[[str, str], None] | None = None,
    ) -> TakenIn:
        """Make a project of an RO-Crate that `export_project` wrote; see `docs/ro-crate.md`.

        All of it is compared with its checksums before anything is made. Where it breaks off, the same call goes on;
        what is there is never made twice.

        Args:
            path: the folder or the zip.
            project: name of the new project; that in the crate unless given.
            into: name or id of a project that is there already, in place of a new one.
            done: called with kind and name of each record once it is there.

        Returns:
            The project, the new ids, and what could not be made.

        Raises:
            UnusableDataError: it is no crate of cellkeep, is damaged or was changed, or leads outside itself. Nothing
                was made.
            ConflictError: there is such a project already, or it has other things of the same names. Nothing was made.
        """
        return take_in(self._transport, Path(path), project=project, into=into, done=done)

    def close(self) -> None:
        """Let go of connections, and of the folder of an embedded client."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<cellkeep.Client {self.api_url}>"


def _only(found: Page[R], what: str) -> R:
    if found.total > 1:
        raise ConflictError(f"There are {found.total} of the name: {what}. Say which by project_id.")
    if not found.items:
        raise NotFoundError(f"There is no {what}.")
    return found.items[0]

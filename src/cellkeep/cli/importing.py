"""Files of cyclers in."""

import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from cyclopts import Parameter
from rich.progress import TimeRemainingColumn

from cellkeep.cli.crates import import_crate
from cellkeep.cli.finding import project_id
from cellkeep.cli.import_report import tell
from cellkeep.cli.options import Several
from cellkeep.cli.output import doing
from cellkeep.cli.progress import counting
from cellkeep.client.crate import is_crate
from cellkeep.client.importing.imports import Home, Watching, import_files
from cellkeep.client.importing.naming import Naming
from cellkeep.client.importing.one_file import Options
from cellkeep.client.importing.reading import How
from cellkeep.domain.errors import CellkeepError, InvalidError
from cellkeep.settings import holds_data

if TYPE_CHECKING:
    from cellkeep.client import Client
    from cellkeep.client.importing.outcomes import Outcome

_INTERRUPTED = 130


def import_(  # noqa: PLR0913  each is an option
    *paths: Path,
    cell: str | None = None,
    spec: str | None = None,
    name: str | None = None,
    pattern: str | None = None,
    reader: str | None = None,
    column: Several = (),
    timezone: str | None = None,
    strict: Annotated[bool, Parameter(negative=())] = False,
    despite: Several = (),
    jobs: int | None = None,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    project: str | None = None,
    into: str | None = None,
    data: str | None = None,
) -> None:
    """Read files of cyclers, and folders of them, and store each as a measurement with the file beside it.

    A project that `cellkeep export` wrote as an RO-Crate, a folder or a zip, becomes a project again.

    What was imported before is passed over, so the same command takes up what was cut off.

    Args:
        paths: files and folders.
        cell: name of the cell; made if it is not there. `{folder}` takes the name of the folder in which a file lies,
            and any other `{field}` what the pattern tells.
        spec: name of the specification of the cell; made if it is not there.
        name: name of the measurement, that of the file unless said; `{path}`, `{folder}`, `{file}` and fields as above.
        pattern: takes names from the path below the given folder, as `{spec}/{cell}/{name}.csv`; or a regular
            expression with the named groups spec, cell, name. Further fields go to the test set-up.
        reader: the format, where the content does not tell it.
        column: a heading, and the column that it is, as `U1=Voltage [V]`; may be given several times.
        timezone: in which the clock of the instrument ran, as Europe/Berlin, for times that name no zone.
        strict: run all checks before anything is sent.
        despite: code of an error with which a series is stored all the same; may be given several times.
        jobs: how many files at once; one for each core unless said.
        dry_run: read every file and tell what would happen; nothing is written.
        project: name or id of the project; else CELLKEEP_PROJECT_ID, else the only one there is. Of an RO-Crate, the
            name of the project that is made.
        into: of an RO-Crate, a project that is there already.
        data: folder of `cellkeep.open` to work in, made if it is not there; else the server that `cellkeep.Client()`
            finds.
    """
    if len(paths) == 1 and is_crate(paths[0]):
        if dry_run or cell or spec or name or pattern:
            raise InvalidError(f"'{paths[0]}' is an RO-Crate, which takes --project or --into, and nothing else.")
        with client_for(data) as client:
            import_crate(client, paths[0], project=project, into=into)
        return
    if len(paths) == 1 and paths[0].suffix.lower() == ".zip" and paths[0].is_file():
        raise InvalidError(f"'{paths[0]}' is no RO-Crate that can be read: it is damaged, or holds something else.")
    take_ctrl_c()
    naming = Naming(spec, cell, name, pattern)
    options = Options(How(reader, mapping_of(column), timezone), strict, despite, dry_run)
    with _client(data, dry_run=dry_run) as client, _Shown() as shown:
        home = Home.of(client, project_of(client, project)) if client else None
        report = import_files(home, paths, naming, options, jobs, shown.watching)
        shown.close()
        tell(report, dry_run=dry_run)
    if not report.ok:
        sys.exit(_INTERRUPTED if report.interrupted else 1)


def take_ctrl_c() -> None:
    """Have Ctrl-C end nothing but the wait here; polars has it end any query, which may be one amid a request.

    Setting the handler of Python anew, whichever that is, takes that of polars away.
    """
    handler = signal.getsignal(signal.SIGINT)
    if handler is not None and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, handler)


@contextmanager
def _client(data: str | None, *, dry_run: bool) -> "Iterator[Client | None]":
    """Where to; None in a dry run into a folder in which there is nothing yet."""
    if data is not None and dry_run and not holds_data(Path(data).expanduser()):
        yield None
        return
    with client_for(data) as client:
        yield client


@contextmanager
def client_for(data: str | None) -> "Iterator[Client]":
    """The client of a folder, or of the server that is known; says how to name one where none is."""
    import cellkeep  # noqa: PLC0415  what a user would write

    try:
        client = cellkeep.Client() if data is None else cellkeep.open(Path(data).expanduser())
    except CellkeepError as error:
        if data is None and error.message.startswith("No server is known"):
            raise CellkeepError(
                "No server is known. Say a folder to work in without one, as --data my-lab; or start a server with "
                "`cellkeep serve`; or set CELLKEEP_API_URL and CELLKEEP_API_KEY."
            ) from None
        raise
    with client:
        yield client


def project_of(client: "Client", project: str | None) -> str:
    """The id of the project that was said, else that of the client, else of the only one there is."""
    if project is None and client.project_id is None:
        seen = client.project.list(limit=2)
        if seen.total != 1:
            raise InvalidError(f"You see {seen.total} projects, so say which one: --project NAME.")
        return seen.items[0].id
    return project_id(client, project or client.project_id or "")


def mapping_of(column: Sequence[str]) -> dict[str, str] | None:
    pairs = [each.rpartition("=") for each in column]
    if wrong := [given for given, (heading, _, target) in zip(column, pairs, strict=True) if not (heading and target)]:
        raise InvalidError(f"--column '{wrong[0]}': say a heading and the column that it is, as 'U1=Voltage [V]'.")
    return {heading.strip(): target.strip() for heading, _, target in pairs} or None


class _Shown:
    """A bar on the terminal while files are imported, and nothing where nobody watches."""

    def __init__(self) -> None:
        self._bar = counting(TimeRemainingColumn())
        self._task = self._bar.add_task("Looking at the files", total=None)
        self._statuses: Counter[str] = Counter()
        self.watching = Watching(self._begun, self._done, self._stopping)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._bar.stop()

    def _begun(self, total: int) -> None:
        self._bar.update(self._task, description="Importing", total=total)

    def _done(self, outcome: "Outcome") -> None:
        self._statuses[outcome.status] += 1
        failed = f", {self._statuses['failed']} failed" if self._statuses["failed"] else ""
        self._bar.update(self._task, advance=1, description=f"Importing{failed}")

    def _stopping(self) -> None:
        doing("Stopping: what is being stored is stored to its end. Ctrl-C once more does not wait for that.")

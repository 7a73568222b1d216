"""A folder of cyclers, watched."""

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.markup import escape

from cellkeep.cli.importing import client_for, mapping_of, project_of, take_ctrl_c
from cellkeep.cli.options import Several
from cellkeep.cli.output import doing, fail, say
from cellkeep.client.importing.imports import Home
from cellkeep.client.importing.naming import Naming
from cellkeep.client.importing.one_file import Options
from cellkeep.client.importing.outcomes import Outcome
from cellkeep.client.importing.reading import How
from cellkeep.client.importing.running import cores
from cellkeep.client.watching.folder import WatchedFolder
from cellkeep.domain.errors import CellkeepError


def watch(  # noqa: PLR0913  each is an option
    folder: Path,
    *,
    cell: str | None = None,
    spec: str | None = None,
    name: str | None = None,
    pattern: str | None = None,
    reader: str | None = None,
    column: Several = (),
    timezone: str | None = None,
    strict: Annotated[bool, Parameter(negative=())] = False,
    despite: Several = (),
    every: float = 10.0,
    settle: float = 600.0,
    once: Annotated[bool, Parameter(negative=())] = False,
    jobs: int | None = None,
    project: str | None = None,
    data: str | None = None,
) -> None:
    """Follow a folder: each file becomes a measurement with its first rows, and grows as the file grows.

    Rows that are not written to their end wait for the next look. What is stored tells how far it is, so the command
    may be ended at any time and begun again. A file that is written anew is read anew; the earlier version is kept.

    Args:
        folder: with files of cyclers, in any number of folders below.
        cell: as for `cellkeep import`.
        spec: as for `cellkeep import`.
        name: as for `cellkeep import`.
        pattern: as for `cellkeep import`.
        reader: as for `cellkeep import`.
        column: as for `cellkeep import`.
        timezone: as for `cellkeep import`.
        strict: as for `cellkeep import`.
        despite: as for `cellkeep import`.
        every: seconds from one look to the next.
        settle: seconds after which a file that was not written to has settled: it is kept beside its measurement, and
            the end of the test is said.
        once: look once, and end.
        jobs: how many files at once; one for each core unless said.
        project: as for `cellkeep import`.
        data: as for `cellkeep import`.
    """
    take_ctrl_c()
    naming = Naming(spec, cell, name, pattern)
    options = Options(How(reader, mapping_of(column), timezone), strict, despite)
    with client_for(data) as client:
        home = Home.of(client, project_of(client, project))
        watched = WatchedFolder(home, folder, naming, options, settle, max(1, jobs or cores()))
        if not once:
            doing(f"Watching {escape(str(folder))}. Ctrl-C ends it; begun again, it goes on where it was.")
        try:
            failed = _follow(watched, every, once=once)
        except KeyboardInterrupt:
            return
    if once and failed:
        sys.exit(1)


def _follow(watched: WatchedFolder, every_s: float, *, once: bool) -> bool:
    """Look again and again; whether something failed in the last look."""
    while True:
        try:
            outcomes = watched.look()
        except (CellkeepError, OSError) as error:  # the server, or the share, may be back at the next look
            if once:
                raise
            fail(str(error))
            outcomes = []
        for outcome in outcomes:
            say(_line(watched.path, outcome))
        if once:
            return any(outcome.status == "failed" for outcome in outcomes)
        time.sleep(every_s)


def _line(folder: Path, outcome: Outcome) -> str:
    file = escape(str(outcome.file.relative_to(folder)))
    if outcome.status == "failed":
        return f"{_now()}  [red]{file}[/]  {escape(outcome.reason)} {escape(outcome.remedy)}".rstrip()
    rows = f", {outcome.rows:,} rows" if outcome.rows is not None else ""
    return f"{_now()}  [green]{file}[/]  {escape(outcome.name or '')}: {escape(outcome.reason)}{rows}"


def _now() -> str:
    return f"{datetime.now().astimezone():%H:%M:%S}"

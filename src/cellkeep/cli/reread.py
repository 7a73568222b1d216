"""Measurements made anew from their stored raw files."""

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from cellkeep.cli.finding import of_cell, of_project, project_id
from cellkeep.cli.options import Several
from cellkeep.cli.output import columns, doing
from cellkeep.cli.progress import counting
from cellkeep.client.measurement_rereading import has_newer_reader
from cellkeep.client.resource import all_pages
from cellkeep.domain.errors import CellkeepError

if TYPE_CHECKING:
    from cellkeep.client import Client
    from cellkeep.domain.measurements import CellMeasurement
    from cellkeep.domain.versions import Reread


@dataclass(frozen=True)
class _Outcome:
    """What came of one: that, or why not."""

    measurement_id: str
    name: str
    done: "Reread | None" = None
    failure: str = ""

    @property
    def kind(self) -> str:
        if self.done is None:
            return "failed"
        return "unchanged" if self.done.change is None else "done"

    def line(self) -> tuple[str, str, str, str]:
        change = self.done and self.done.change
        version = self.done and self.done.version
        told = "; ".join(change.sentences()) if change else self.failure
        return self.measurement_id, self.name, f"{self.kind}, version {version}" if version else self.kind, told


def reread(
    *measurements: str,
    project: Several = (),
    cell: Several = (),
    reader: str | None = None,
    all_: Annotated[bool, Parameter(name="--all", negative=())] = False,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    force: Annotated[bool, Parameter(negative=())] = False,
    timezone: str | None = None,
    jobs: int = 2,
    data: str | None = None,
) -> None:
    """Make measurements anew from their stored raw files, where the reader has become newer; list what changed.

    What a measurement was stays as an earlier version. Broken off, it is simply called again. The exit status is 1
    where some could not be read.

    Args:
        measurements: ids; these are read again whether or not their reader is newer.
        project: name or id of a project, for the measurements in it; may be given several times.
        cell: id of a cell, for its measurements; may be given several times.
        reader: only what this reader made, such as maccor.
        all_: also what the present reader made.
        dry_run: say what would change, and change nothing.
        force: also where a person has appended rows, repaired the series or sent its step table since.
        timezone: in which the clocks of the instruments ran, in place of what was said at the import.
        jobs: so many at once.
        data: folder of `cellkeep.open`; else the server that `cellkeep.Client()` finds.
    """
    import cellkeep  # noqa: PLC0415  what a user would write

    with cellkeep.Client() if data is None else cellkeep.open(data) as client:

        def one(measurement_id: str) -> "Reread":
            return client.cell_measurement.reread(measurement_id, timezone=timezone, dry_run=dry_run, force=force)

        found = {each: each for each in measurements}
        if project or cell or not measurements:
            found |= _affected(client, project, cell, reader, everything=all_)
        outcomes = _run(found, one, max(jobs, 1))
    _tell(outcomes, dry_run=dry_run)


def _affected(
    client: "Client", projects: tuple[str, ...], cells: tuple[str, ...], reader: str | None, *, everything: bool
) -> dict[str, str]:
    """Names by id of what was read of files: all of it, or what has a newer reader now."""
    if not projects and not cells:
        projects = tuple(each.id for each in all_pages(client.project.list))
    listed: list[CellMeasurement] = [each for cell in cells for each in of_cell(client, cell)]
    listed += [each for one in projects for each in of_project(client, project_id(client, one))]
    return {
        each.id: each.name
        for each in listed
        if each.provenance is not None
        and reader in {None, each.provenance.reader}
        and (everything or has_newer_reader(each))
    }


def _run(found: dict[str, str], one: Callable[[str], "Reread"], jobs: int) -> list[_Outcome]:
    """Behind a bar, in the order in which they were found."""
    outcomes: dict[str, _Outcome] = {}
    with counting() as bar, ThreadPoolExecutor(jobs) as pool:
        task = bar.add_task("Reading again", total=len(found))
        under_way = {pool.submit(one, each): each for each in found}
        try:
            for future in as_completed(under_way):
                measurement_id = under_way[future]
                outcomes[measurement_id] = _outcome(measurement_id, found[measurement_id], future)
                bar.advance(task)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [outcomes[each] for each in found]


def _outcome(measurement_id: str, name: str, future: "Future[Reread]") -> _Outcome:
    try:
        done = future.result()
    except CellkeepError as error:
        return _Outcome(measurement_id, name, failure=error.message)
    except (OSError, ModuleNotFoundError) as error:
        return _Outcome(measurement_id, name, failure=str(error))
    return _Outcome(measurement_id, done.name, done)


def _tell(outcomes: list[_Outcome], *, dry_run: bool) -> None:
    if not outcomes:
        doing("Nothing is to be read again: no reader has become newer than what made its measurements.")
        return
    told = [each.line() for each in outcomes if each.kind != "unchanged"]
    if told:
        columns(("id", "measurement", "outcome", "what changes" if dry_run else "what changed"), told)
    counts = {kind: sum(each.kind == kind for each in outcomes) for kind in ("done", "unchanged", "failed")}
    words = {"done": "would change" if dry_run else "made anew", "unchanged": "as before", "failed": "failed"}
    doing(", ".join(f"{count:,} {words[kind]}" for kind, count in counts.items()) + ".")
    if counts["failed"]:
        sys.exit(1)

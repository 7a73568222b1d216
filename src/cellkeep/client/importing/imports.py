"""Files and folders into measurements: what `client.import_files` does."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cellkeep.client.importing.cells import Cells
from cellkeep.client.importing.files import find
from cellkeep.client.importing.halting import Halt
from cellkeep.client.importing.naming import Naming
from cellkeep.client.importing.one_file import OneFile, Options, Store
from cellkeep.client.importing.outcomes import ImportReport, Outcome
from cellkeep.client.importing.planning import plan
from cellkeep.client.importing.running import cores, run
from cellkeep.client.instances import CellInstances
from cellkeep.client.specs import CellSpecs

if TYPE_CHECKING:
    from cellkeep.client.client import Client


@dataclass(frozen=True)
class Watching:
    """Who is told while a run goes on.

    Attributes:
        begun: with the number of files, before the first is read.
        done: with what became of each file.
        stopping: when a person ends the run, which then waits for what is being stored.
    """

    begun: Callable[[int], None] = lambda _: None
    done: Callable[[Outcome], None] = lambda _: None
    stopping: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Home:
    """Where files go, and the cells there."""

    store: Store
    specs: CellSpecs
    cells: CellInstances

    @classmethod
    def of(cls, client: "Client", project_id: str) -> "Home":
        """A project that a client sees."""
        store = Store(client.cell_measurement, client.raw_data, project_id, client.health_check)
        return cls(store, client.cell_spec, client.cell_instance)


NOBODY = Watching()
"""Nobody is told."""


def import_files(
    home: Home | None,
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    naming: Naming,
    options: Options,
    jobs: int | None = None,
    watching: Watching = NOBODY,
) -> ImportReport:
    """Read files and store what is in them; see `client.import_files`.

    Args:
        home: where to; None in a dry run where there is nothing yet.
        paths: files and folders.
        naming: what they are called.
        options: how they are read and checked.
        jobs: how many are done at once; one for each core unless said.
        watching: who is told meanwhile.
    """
    items = plan(find(paths), naming)
    watching.begun(len(items))
    store = home.store if home else None
    specs, instances = (home.specs, home.cells) if home else (None, None)
    cells = Cells(specs, instances, store.project_id if store else "", dry=options.dry_run)
    halt = Halt()
    work = OneFile(store, cells, options, halt)
    outcomes = run(items, work, halt, jobs or cores(), watching.done, watching.stopping)
    return ImportReport(outcomes, cells.made, len(items), halt.reason, halt.interrupted)

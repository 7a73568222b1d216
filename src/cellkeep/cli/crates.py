"""Whole projects as RO-Crates, out and in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.progress import SpinnerColumn, TextColumn

from cellkeep.cli.output import columns, doing, size
from cellkeep.cli.progress import showing

if TYPE_CHECKING:
    from cellkeep.client import Client


def export_crate(client: "Client", project_id: str, to: Path, **how: Any) -> None:
    """Write a project, and tell what is in it and what is not."""
    with _showing("Exporting") as done:
        written = client.export_project(project_id, to, **how, done=done)
    columns(("record", "written"), written.records.items())
    doing(escape(f"{written.files:,} files of {size(written.size_bytes)} in {written.path}"))
    for each in written.left_out:
        doing(escape(f"Left out: {each}."))


def import_crate(client: "Client", path: Path, *, project: str | None = None, into: str | None = None) -> None:
    """Take in a crate, and tell what became of it."""
    with _showing("Importing") as done:
        taken = client.import_project(path, project, into=into, done=done)
    kinds = taken.made | taken.there
    columns(("record", "made", "there"), [(kind, taken.made[kind], taken.there[kind]) for kind in kinds])
    doing(escape(f"It is the project '{taken.project.name}' ({taken.project.id})."))
    for each in taken.left_out:
        doing(escape(f"Left out: {each}."))
    for each in taken.tables_differ:
        doing(escape(f"This server makes other tables of '{each}' than the crate has."))


@contextmanager
def _showing(what: str) -> Iterator[Callable[[str, str], None]]:
    """What is being worked on, where a person is watching."""
    with showing(SpinnerColumn(), TextColumn("{task.description}", markup=False)) as bar:
        task = bar.add_task(what)

        def done(kind: str, name: str) -> None:
            bar.update(task, description=f"{what} {kind} {name}")

        yield done

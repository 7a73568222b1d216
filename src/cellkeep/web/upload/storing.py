"""A file that waits, stored by the rules of every import: once for each content, its raw file kept, repairs told."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cellkeep.client import Client
from cellkeep.client.importing.cells import Cells
from cellkeep.client.importing.files import Found
from cellkeep.client.importing.halting import Halt
from cellkeep.client.importing.imports import Home
from cellkeep.client.importing.naming import Names
from cellkeep.client.importing.one_file import OneFile, Options
from cellkeep.client.importing.outcomes import Outcome
from cellkeep.client.importing.planning import Item
from cellkeep.client.importing.reading import Facts
from cellkeep.client.importing.reading import How as ReadHow
from cellkeep.client.reading import Reading
from cellkeep.domain.errors import ConflictError, InvalidError, UnusableDataError
from cellkeep.web.upload.lookers import Looker
from cellkeep.web.upload.records import How, Problem, Target, Upload

_REMEDIES = {
    "there": "Nothing has to be done: open the measurement that is there.",
    "no zone": "Say above in which time zone the clock of the instrument ran.",
    "no cell": "Choose the cell, or name a new one and say of which specification it is.",
    "same name": "Give the measurement another name.",
    "checks": "Choose the mends that are offered; or, if the file is right all the same, say so for each finding.",
}
"""What to do on the page, by the kind of a failure."""


@dataclass(frozen=True)
class Stored:
    """What became of a file.

    Attributes:
        measurement_id: of the measurement that holds it, also where it was there before.
        problem: why it was not stored, or what is to be told all the same.
    """

    measurement_id: str | None = None
    problem: Problem | None = None


def store(client: Client, upload: Upload, path: Path, looker: Looker, folder: Path) -> Stored:
    """Make the measurement of a file.

    Args:
        client: of the person whose it is.
        upload: the file, whose target is said.
        path: where it lies.
        looker: reads it, in a process of its own.
        folder: where that may write.
    """
    target = upload.target
    if target is None:
        raise InvalidError("Nobody said where the file goes.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the server keeps what the checks find
        if upload.how.as_file:
            return _as_file(client, target, path)
        return _as_series(client, upload, target, path, _Prepared(looker, upload.how, folder))


def _as_series(client: Client, upload: Upload, target: Target, path: Path, reader: "_Prepared") -> Stored:
    home = Home.of(client, target.project_id)
    zone = upload.how.timezone or target.timezone
    said = ReadHow(upload.how.reader, upload.how.columns or None, zone)
    options = home.completed(Options(said, despite=target.despite))
    work = OneFile(home.store, _Chosen(client, target), options, Halt())
    names = _Described(target.spec_name, target.cell_name or "", target.name, {}, target)
    outcome = work(Item(Found(path, upload.filename, named=True), names), reader)
    if outcome is None:
        raise UnusableDataError(f"'{upload.filename}' could not be read to its end.")
    return _as_stored(outcome)


def _as_stored(outcome: Outcome) -> Stored:
    """Where there is a measurement, it holds the file; whatever else is to be told of it then is no failure."""
    told = Problem(kind=outcome.kind, message=outcome.reason, remedy=_REMEDIES.get(outcome.kind, ""))
    return Stored(outcome.measurement_id, told if outcome.reason else None)


def _as_file(client: Client, target: Target, path: Path) -> Stored:
    cell_id = _Chosen(client, target).ensure(target.spec_name, target.cell_name or "")
    more: dict[str, Any] = {"notes": target.notes or None, "tags": target.tags or None}
    try:
        return Stored(client.cell_measurement.create_file(cell_id, target.name, [path], **more).id)
    except ConflictError as error:
        problem = Problem(
            kind="same name", message=error.message, remedy=_REMEDIES["same name"], measurement_id=error.existing_id
        )
        return Stored(problem=problem)


@dataclass(frozen=True)
class _Described(Names):
    """What a person says of the measurement beside its name."""

    target: Target

    @property
    def fields(self) -> dict[str, Any]:
        said = {"notes": self.target.notes, "tags": self.target.tags}
        return {**super().fields, **{key: value for key, value in said.items() if value}}


class _Chosen(Cells):
    """The cell that a person chose, or the one that is to be made."""

    def __init__(self, client: Client, target: Target) -> None:
        super().__init__(client.cell_spec, client.cell_instance, target.project_id)
        self._client, self._target = client, target

    def find(self, spec: str | None, cell: str) -> str | None:
        target = self._target
        if target.cell_id is not None:
            return target.cell_id
        if target.spec_id is None:
            return super().find(spec, cell)
        found = self._client.cell_instance.list(target.spec_id, name_exact=cell).items
        return found[0].id if found else None

    def ensure(self, spec: str | None, cell: str) -> str:
        target = self._target
        if (found := self.find(spec, cell)) is not None:
            return found
        said = {"name": cell, **({"batch": target.batch} if target.batch else {})}
        return self._client.cell_instance.create_or_get(target.spec_id or self._spec_made(), said).id

    def _spec_made(self) -> str:
        """The id of the specification of that name, which is made where there is none."""
        target = self._target
        rated = {"capacity": {"value": target.rated_capacity_ah, "unit": "A.h"}} if target.rated_capacity_ah else {}
        body = {"name": target.spec_name, "project_id": target.project_id, **({"ratings": rated} if rated else {})}
        return self._client.cell_spec.create_or_get(body).id


class _Prepared:
    """Reads a file as a person had it shown; the time zone may be that of the project."""

    def __init__(self, looker: Looker, how: How, folder: Path) -> None:
        self._looker, self._how, self._folder = looker, how, folder

    def read(self, path: Path, how: ReadHow, *, series: bool = True) -> tuple[Reading, Facts]:  # noqa: ARG002
        asked = self._how.model_copy(update={"timezone": how.timezone})
        return self._looker.read(path, asked, self._folder)

    def stop(self) -> None:
        self._looker.stop()

    def close(self) -> None:
        """Whose the process is closes it."""

"""The cells that files belong to: those that are there, and those that are made when their first file is stored."""

import threading
from collections import defaultdict
from typing import NamedTuple

from cellkeep.client.instances import CellInstances
from cellkeep.client.resource import all_pages
from cellkeep.client.specs import CellSpecs
from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import InvalidError
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.specs import CellSpecification


class NoCellError(InvalidError):
    """A cell that is not there, or is there several times, and nobody said of which specification it is."""


class Made(NamedTuple):
    """What was made, or would be: a specification, or a cell of one."""

    spec: str
    cell: str | None

    def __str__(self) -> str:
        return f"cell '{self.cell}' of '{self.spec}'" if self.cell else f"specification '{self.spec}'"


class Cells:
    """The cells of a project by their names. Safe to use from many threads."""

    def __init__(
        self, specs: CellSpecs | None, cells: CellInstances | None, project_id: str, *, dry: bool = False
    ) -> None:
        self._specs = specs
        self._cells = cells
        self._project_id = project_id
        self._dry = dry
        self._lock = threading.RLock()
        self._spec_ids: dict[str, str | None] = {}
        self._ids: dict[tuple[str, str], str | None] = {}
        self._by_name: dict[str, list[tuple[str, str]]] | None = None
        self._made: dict[Made, None] = {}

    @property
    def made(self) -> list[Made]:
        """What was made so far, in order."""
        with self._lock:
            return list(self._made)

    def find(self, spec: str | None, cell: str) -> str | None:
        """The id of a cell; None where it is still to be made.

        Raises:
            NoCellError: no specification is said, and the cell is not there, or is there several times.
        """
        with self._lock:
            if spec is None:
                return self._only(cell)
            if (spec, cell) not in self._ids:
                spec_id = self._spec_id(spec)
                found = self._cells.list(spec_id, name_exact=cell).items if self._cells and spec_id else []
                self._ids[spec, cell] = found[0].id if found else None
            return self._ids[spec, cell]

    def ensure(self, spec: str | None, cell: str) -> str:
        """The id of a cell, which is made where it is not there, with its specification; empty in a dry run.

        Raises:
            NoCellError: as `find`.
        """
        with self._lock:
            if spec is None:
                return self._only(cell)
            return self.find(spec, cell) or self._make(spec, cell)

    def _make(self, spec: str, cell: str) -> str:
        spec_id, made = self._spec_id(spec), [Made(spec, cell)]
        if spec_id is None:
            made.insert(0, Made(spec, None))
        cell_id = ""
        if self._specs and self._cells and not self._dry:
            spec_id = spec_id or self._specs.create_or_get({"name": spec, "project_id": self._project_id}).id
            cell_id = self._cells.create_or_get(spec_id, {"name": cell}).id
            self._spec_ids[spec], self._ids[spec, cell] = spec_id, cell_id
        self._made.update(dict.fromkeys(made))
        return cell_id

    def _spec_id(self, spec: str) -> str | None:
        if spec not in self._spec_ids:
            found = self._specs.list(project_id=self._project_id, name_exact=spec).items if self._specs else []
            self._spec_ids[spec] = found[0].id if found else None
        return self._spec_ids[spec]

    def _only(self, cell: str) -> str:
        found = self._all().get(cell, [])
        if len(found) > 1:
            specs = quoted(sorted(spec for spec, _ in found))
            raise NoCellError(f"Each of the specifications {specs} has a cell '{cell}'.")
        if not found:
            raise NoCellError(f"There is no cell '{cell}' in the project.")
        return found[0][1]

    def _all(self) -> dict[str, list[tuple[str, str]]]:
        """Specification and id of all cells of the project, by their names; asked once."""
        if self._by_name is None:
            by_name = defaultdict(list)
            for spec in self._all_specs():
                for cell in self._all_cells(spec.id):
                    by_name[cell.name].append((spec.name, cell.id))
            self._by_name = dict(by_name)
        return self._by_name

    def _all_specs(self) -> list[CellSpecification]:
        if (specs := self._specs) is None:
            return []
        return all_pages(lambda limit, offset: specs.list(limit=limit, offset=offset, project_id=self._project_id))

    def _all_cells(self, spec_id: str) -> list[CellInstance]:
        if (cells := self._cells) is None:
            return []
        return all_pages(lambda limit, offset: cells.list(spec_id, limit, offset))

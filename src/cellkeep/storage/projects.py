"""Projects."""

from typing import Any

from cellkeep.domain.paging import ListQuery, Page
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import Project, ProjectDraft, ProjectPatch
from cellkeep.storage.repository import Repository, stamp, stamped
from cellkeep.storage.tables import ProjectRow


class Projects(Repository[ProjectRow]):
    table = ProjectRow
    noun = "project"
    parent = "organization_id"

    def get(self, project_id: str) -> Project:
        return _project(self.row(project_id))

    def list(self, asked: ListQuery) -> Page[Project]:
        rows, total = self._page(self._visible(), asked)
        return Page(items=[_project(row) for row in rows], count=len(rows), total=total)

    def create(self, draft: ProjectDraft, caller: Caller) -> Project:
        row = ProjectRow(name=draft.name, description=draft.description, **stamp(caller, draft.custom()))
        self._add(row)
        return _project(row)

    def update(self, project_id: str, patch: ProjectPatch, changes: dict[str, Any]) -> Project:
        row = self.row(project_id, lock=True)
        with self._named(row, changes.get("name", row.name)):
            self._change(row, changes, patch.custom())
        return _project(row)


def _project(row: ProjectRow) -> Project:
    return Project.model_validate({**stamped(row), "description": row.description})

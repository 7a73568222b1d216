"""The one place that decides which records a query can see."""

from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Select, select, true

from cellkeep.domain.people import Caller
from cellkeep.storage.tables import InProjectRow, OrganizationWideRow, ProjectRow, ScopedRow


class System:
    """The server itself, at work on everybody's records."""


SYSTEM: Final = System()

Viewer = Caller | System
Row = TypeVar("Row", bound=ScopedRow)


def visible(table: type[Row], viewer: Viewer) -> Select[Row]:
    """Select the records of the viewer's organization and projects; the start of every query for a record."""
    return select(table).where(is_visible(table, viewer))


def is_visible(table: type[ScopedRow], viewer: Viewer) -> ColumnElement[bool]:
    """The condition behind `visible`, for queries that select something else than whole records."""
    if isinstance(viewer, System):
        return true()
    inside: ColumnElement[bool] = table.organization_id == viewer.organization.id
    if viewer.is_admin or issubclass(table, OrganizationWideRow):
        return inside
    if issubclass(table, ProjectRow):
        return inside & table.id.in_(viewer.project_roles)
    if issubclass(table, InProjectRow):
        return inside & table.project_id.in_(viewer.project_roles)
    raise TypeError(f"{table.__name__} has no scope.")

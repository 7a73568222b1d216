"""Measurements by their cell or project, as a person names these."""

from typing import TYPE_CHECKING

from cellkeep.client.resource import all_pages
from cellkeep.domain.errors import NotFoundError

if TYPE_CHECKING:
    from cellkeep.client import Client
    from cellkeep.domain.measurements import CellMeasurement
    from cellkeep.domain.paging import Page


def of_cell(client: "Client", cell: str) -> "list[CellMeasurement]":
    """All measurements of a cell."""

    def page(limit: int, offset: int) -> "Page[CellMeasurement]":
        return client.cell_measurement.list(cell, limit, offset)

    return all_pages(page)


def of_project(client: "Client", project_id: str) -> "list[CellMeasurement]":
    """All measurements of a project."""

    def page(limit: int, offset: int) -> "Page[CellMeasurement]":
        return client.cell_measurement.list_by_project(project_id, limit, offset)

    return all_pages(page)


def project_id(client: "Client", project: str) -> str:
    """The id of a project that is named by it, or by its name."""
    if found := client.project.list(name_exact=project).items:
        return found[0].id
    try:
        return client.project.get(project).id
    except NotFoundError:
        raise NotFoundError(f"You see no project '{project}'.") from None

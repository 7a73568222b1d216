"""The page of a properties measurement: its table in units of choice, and how each number came to be what it is."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.measurements import CellMeasurement, MeasurementQuery, MeasurementType
from cellkeep.domain.paging import MAX_LIMIT
from cellkeep.storage.store import UnitOfWork
from cellkeep.web.answers import page, shows_errors
from cellkeep.web.naming import as_csv_file, file_name
from cellkeep.web.property_rows import UNIT_OF, as_csv, leaves, rows_of
from cellkeep.web.property_trends import trends_of
from cellkeep.web.site import Site, View

MOST_TRENDS = 24
"""Figures on one page; each row of the table leads to its own anyway."""


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/measurements/{measurement_id}/properties.csv")
    @shows_errors
    def table(request: Request, measurement_id: str) -> Response:
        with site.store.reading(site.caller(request)) as work:
            record = work.measurements.get(measurement_id)
            cell = work.instances.get(record.cell_instance_id)
        if record.measurement_type != MeasurementType.properties:
            raise BadRequestError(f"'{record.name}' is of type {record.measurement_type} and has no properties.")
        content = as_csv(rows_of(record, _units(request)))
        return as_csv_file(content, file_name(cell.name, record.name, "properties"))

    return router


def properties_page(
    site: Site, request: Request, view: View, record: CellMeasurement, values: Mapping[str, Any]
) -> Response:
    """The page of one record.

    Args:
        site: where the cell's other records are.
        request: what is asked for, with units as `unit.thickness=um`.
        view: who looks.
        record: the measurement.
        values: what the page of any measurement shows.
    """
    with site.store.reading(view.who) as work:
        siblings = records_of_cell(work, record.cell_instance_id)
    rows = rows_of(record, _units(request))
    place = f"/ui/measurements/{quote(record.id, safe='')}"
    trends = dict(trends_of(rows, record, siblings, place))
    shown = {
        "rows": rows,
        "n_rows": sum(1 for _ in leaves(record.properties or {})),
        "trends": dict(islice(trends.items(), MOST_TRENDS)),
        "n_trends": len(trends),
        "siblings": siblings,
        "place": place,
        "csv": f"{place}/properties.csv{'?' if request.url.query else ''}{request.url.query}",
        "unit_of": UNIT_OF,
    }
    return page(request, "properties.html", view, **{**values, **shown})


def records_of_cell(work: UnitOfWork, cell_id: str) -> Sequence[CellMeasurement]:
    """The properties measurements of a cell, oldest first: by start, or by when they were stored where one has none."""
    asked = MeasurementQuery(measurement_type=MeasurementType.properties, limit=MAX_LIMIT)
    found = work.measurements.list(cell_id, asked).items
    timed = all(each.start_time for each in found)
    return sorted(found, key=lambda each: (each.start_time if timed and each.start_time else each.created_at, each.id))


def _units(request: Request) -> dict[str, str]:
    """The units that the address asks for, by the path of the property."""
    given = request.query_params.multi_items()
    return {name.removeprefix(UNIT_OF): value for name, value in given if name.startswith(UNIT_OF)}

"""A property across the records of a cell."""

from collections.abc import Sequence
from typing import Any

from cellkeep import plots
from cellkeep.domain.errors import BadRequestError, NotFoundError
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.quantities import is_quantity
from cellkeep.web.figures.drawn import Drawn, Wanted, call
from cellkeep.web.properties import records_of_cell
from cellkeep.web.property_rows import leaves, number_in

_HEIGHT_PX = 240
"""As the page keeps free for it."""


def trend(wanted: Wanted) -> Drawn:
    """A number of all properties measurements of the cell, against the time of each or in their order."""
    name, record = wanted.asked.text("name"), wanted.record
    if (own := _value(record.properties, name)) is None:
        raise NotFoundError(f"'{record.name}' has no property '{name[:100]}'.")
    unit = wanted.asked.text("unit") or (own["unit"] if is_quantity(own) else "")
    if number_in(own, unit) is None:
        raise BadRequestError(f"'{name[:100]}' can not be shown in '{unit[:100]}'.")
    with wanted.store.reading(wanted.who) as work:
        records = records_of_cell(work, record.cell_instance_id)
    having = [(each, value) for each in records if (value := _value(each.properties, name)) is not None]
    fitting = [_point(each, name, value) for each, value in having if number_in(value, unit) is not None]
    other = [each.id for each, value in having if number_in(value, unit) is None]
    figure = plots.trend(fitting, name, unit=unit or None, dark=wanted.asked.dark)
    figure.layout.height = _HEIGHT_PX
    told = f"{len(other)} of {len(having)} records have it in another kind of unit and are left out." if other else ""
    return Drawn(figure, _python(record.cell_instance_id, name, unit, other), told)


def _python(cell_id: str, name: str, unit: str, other: Sequence[str]) -> str:
    read = call("client.cell_measurement.list", repr(cell_id), measurement_type="properties", order="asc")
    left_out = f"records = [each for each in records if each.id not in {other!r}]\n" if other else ""
    return f"records = {read}\n{left_out}{call('plots.trend', 'records', repr(name), unit=unit)}.show()"


def _point(record: CellMeasurement, name: str, value: Any) -> dict[str, Any]:
    return {"name": record.name, "id": record.id, "start_time": record.start_time, "properties": {name: value}}


def _value(properties: Any, path: str) -> Any:
    return next((value for each, _, value in leaves(properties or {}) if each == path), None)

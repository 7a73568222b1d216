"""Points of a trend: a number of each of several measurements, with what tells where it belongs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import polars as pl

from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import InvalidError
from cellkeep.domain.quantities import in_unit, is_quantity
from cellkeep.plots.drawn import without_nan
from cellkeep.plots.inputs import as_frame, is_frame

VALUE, TIME, LABEL, ID = "value", "start_time", "name", "id"


class Points(NamedTuple):
    """Numbers of one quantity.

    Attributes:
        rows: `value`, `start_time` in UTC, `name` and `id`; all but the value may be null.
        unit: of the values; empty where they have none.
    """

    rows: pl.DataFrame
    unit: str


_SCHEMA = {VALUE: pl.Float64(), TIME: pl.Datetime("us", "UTC"), LABEL: pl.String(), ID: pl.String()}


def points_of(given: Any, name: str, unit: str | None) -> Points:
    """Find a number in each measurement or row; those that have none are left out.

    Args:
        given: measurements, or mappings like them, or a frame.
        name: of the property, nested ones by dots, those in lists by their place from 1; or of the column of a frame.
        unit: that the values are to have; by default that of the first.

    Raises:
        InvalidError: none has such a number, or one has it in a unit that can not be converted.
    """
    if isinstance(given, Iterable) and not is_frame(given):
        return _of_measurements(list(given), name, unit)
    return _of_frame(as_frame(given), name, unit)


def _of_frame(frame: pl.DataFrame, name: str, unit: str | None) -> Points:
    if name not in frame.columns or not frame.schema[name].is_numeric():
        raise InvalidError(f"There is no column of numbers '{name}'; there are {quoted(frame.columns)}.")
    own = name.partition(" [")[2].removesuffix("]")
    if unit is not None and own and unit != own:
        raise InvalidError(f"'{name}' is in {own}, and a column of a frame is not converted to {unit}.")
    beside = [frame[each] if each in frame.columns else pl.lit(None).alias(each) for each in (TIME, LABEL, ID)]
    rows = frame.select(without_nan(frame[name].cast(pl.Float64)).alias(VALUE), *beside)
    if rows.schema[TIME] == pl.Datetime and rows.schema[TIME].time_zone is None:  # type: ignore[attr-defined]
        rows = rows.with_columns(pl.col(TIME).dt.replace_time_zone("UTC"))
    return Points(rows.cast(_SCHEMA).drop_nulls(VALUE), own or unit or "")  # type: ignore[arg-type]


def _of_measurements(measurements: Sequence[Any], name: str, unit: str | None) -> Points:
    found = [(each, value) for each in measurements if (value := _value(_field(each, "properties"), name)) is not None]
    if not found:
        there = {key for each in measurements for key in _field(each, "properties") or {}}
        raise InvalidError(
            f"None of {len(measurements)} measurements has a number in '{name}'; their properties are {quoted(there)}."
        )
    units = [value["unit"] for _, value in found if is_quantity(value)]
    wanted = unit if unit is not None else (units[0] if units else "")
    rows = [(_number(value, wanted, name), *_told(each)) for each, value in found]
    return Points(pl.DataFrame(rows, _SCHEMA, orient="row"), wanted)


def _told(measurement: Any) -> tuple[datetime | None, str | None, str | None]:
    name, identity = (_field(measurement, each) for each in (LABEL, ID))
    return _instant(_field(measurement, TIME)), name and str(name), identity and str(identity)


def _field(measurement: Any, name: str) -> Any:
    return measurement.get(name) if isinstance(measurement, Mapping) else getattr(measurement, name, None)


def _value(properties: Any, path: str) -> Any:
    """A number or a quantity at a dotted path; None where there is neither."""
    found = properties
    for key in [path] if isinstance(properties, Mapping) and path in properties else path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else _listed(found, key)
    plain = isinstance(found, (int, float)) and not isinstance(found, bool)
    return found if plain or is_quantity(found) else None


def _listed(found: Any, key: str) -> Any:
    """What stands at a place of a list, counted from 1."""
    is_place = isinstance(found, list) and key.isdecimal() and 1 <= int(key) <= len(found)
    return found[int(key) - 1] if is_place else None


def _number(value: Any, unit: str, name: str) -> float:
    if not is_quantity(value):
        return float(value)
    if value["unit"] == unit:
        return float(value["value"])
    if (converted := in_unit(value, unit)) is None:
        raise InvalidError(f"'{name}' is in {value['unit']} in one measurement, which can not be converted to {unit}.")
    return converted


def _instant(given: Any) -> datetime | None:
    found = datetime.fromisoformat(given) if isinstance(given, str) else given
    if not isinstance(found, datetime):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

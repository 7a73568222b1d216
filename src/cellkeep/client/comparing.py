"""What another reading of the same files changes: in the rows, in the tables, and in what is said of the test."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from cellkeep.client.reading import Reading
from cellkeep.domain.columns import CHARGE_CAPACITY, DISCHARGE_CAPACITY, TIME
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.versions import MOST_LISTED, Change, ReplacedFields
from cellkeep.summarise import Summary, summarise

_SAME = 1e-12
"""Of the largest value of a column: what differs by less differs by rounding."""
_DICTS = ("test_setup", "protocol")
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Fields:
    """What is said of the test, after another reading.

    Attributes:
        to_set: fields of the measurement that become others, whole.
        changed: names of what becomes another.
        kept: names of what stays though the files say otherwise now, as a person has changed it.
    """

    to_set: dict[str, Any]
    changed: list[str]
    kept: list[str]


def compared(record: CellMeasurement, stored: pl.DataFrame, reading: Reading, fields: Fields) -> Change:
    """What becomes another.

    Args:
        record: the measurement as it is.
        stored: its rows.
        reading: what its files yield now.
        fields: what is said of the test, then.

    Raises:
        UnusableDataError: no tables can be made of what the files yield.
    """
    fresh, said = reading.time_series, reading.measurement["provenance"]
    before, after = _summary(record, stored, record.data_type), _summary(record, fresh, data_type_of(record, reading))
    old, new = ([each.message for each in record.repairs or []], _messages(reading))
    known = record.provenance
    return Change(
        reader=(known.reader if known else "", reading.reader),
        reader_version=(known.reader_version if known else 0, said["reader_version"]),
        rows=(stored.height, fresh.height),
        steps=(before.steps.height, after.steps.height),
        cycles=(before.cycles.height, after.cycles.height),
        columns_added=_names(name for name in fresh.columns if name not in stored.columns),
        columns_removed=_names(name for name in stored.columns if name not in fresh.columns),
        columns_changed=columns_changed(stored, fresh),
        discharge_capacity_ah=(_total(before, DISCHARGE_CAPACITY), _total(after, DISCHARGE_CAPACITY)),
        charge_capacity_ah=(_total(before, CHARGE_CAPACITY), _total(after, CHARGE_CAPACITY)),
        duration_s=(_duration(stored), _duration(fresh)),
        start_time=(_start(known.said if known else {}) or record.start_time, _start(said["said"])),
        fields_changed=fields.changed,
        fields_kept=fields.kept,
        repairs_came=[each for each in new if each not in old],
        repairs_went=[each for each in old if each not in new],
    )


def data_type_of(record: CellMeasurement, reading: Reading) -> Any:
    """Of the new series; that it is one of open-circuit potential, a person alone has said."""
    return reading.measurement.get("data_type") or ("ocp" if record.data_type == "ocp" else None)


def fields_after(record: CellMeasurement, reading: Reading) -> Fields:
    """What is said of the test once its files were read again.

    What the record has as the earlier reading has said it becomes what this one says. What it has otherwise, a person
    has changed, and it stays. A start time is never taken away.
    """
    before = record.provenance.said if record.provenance else {}
    said = reading.measurement["provenance"]["said"]
    found = Fields({}, [], [])
    if (start := _start(said)) is not None:
        outcome = _outcome(record.start_time, _start(before), start)
        _note(found, "start_time", outcome)
        if outcome == "set":
            found.to_set["start_time"] = start
    for name in _DICTS:
        present = getattr(record, name) or {}
        merged = _merged(found, name, present, before.get(name) or {}, said.get(name) or {})
        if merged != present:
            found.to_set[name] = merged or None
    if (data_type := reading.measurement.get("data_type")) not in {None, record.data_type}:
        found.changed.append(f"data_type ({data_type})")
    return found


def _merged(
    found: Fields, name: str, present: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any]
) -> dict[str, Any]:
    merged = dict(present)
    for key in sorted({*before, *now}):
        outcome = _outcome(present.get(key), before.get(key), now.get(key))
        _note(found, f"{name}.{key}", outcome)
        if outcome == "set":
            merged.pop(key, None)
            merged |= {key: now[key]} if key in now else {}
    return merged


def _outcome(present: Any, before: Any, now: Any) -> str:
    if now in (present, before):
        return "as it was"
    return "set" if present == before else "kept"


def _note(found: Fields, name: str, outcome: str) -> None:
    for kind, names in (("set", found.changed), ("kept", found.kept)):
        if outcome == kind and len(names) < MOST_LISTED:
            names.append(_shown(name))


def columns_changed(stored: pl.DataFrame, fresh: pl.DataFrame) -> dict[str, float | None]:
    """Columns of both that have other values, with the largest difference; None where that is no number."""
    old, new = _matched(stored, fresh)
    # Under a plain name, since polars reads some names as patterns.
    differences = {
        name: _difference(old[name].alias("x"), new[name].alias("x")) for name in old.columns if name in new.columns
    }
    listed = [(_shown(name), by) for name, by in differences.items() if by is not None]
    return {name: by if math.isfinite(by) else None for name, by in listed[:MOST_LISTED]}


def _matched(stored: pl.DataFrame, fresh: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows to be compared with each other: all in their order, or those of the same times."""
    if stored.height == fresh.height:
        return stored, fresh
    if TIME not in stored.columns or TIME not in fresh.columns:
        return stored[:0], fresh[:0]
    old, new = (each.drop_nulls(TIME).unique(TIME, keep="first", maintain_order=True) for each in (stored, fresh))
    return tuple(  # type: ignore[return-value]
        one.join(other.select(TIME), on=TIME, how="semi").sort(TIME) for one, other in ((old, new), (new, old))
    )


def _difference(old: pl.Series, new: pl.Series) -> float | None:
    """The largest difference of two columns; infinity where that is no number, None where they are the same."""
    if not all(each.dtype.is_numeric() or each.dtype in (pl.Boolean, pl.Null) for each in (old, new)):
        same = old.dtype == new.dtype and bool(old.eq_missing(new).all())
        return None if same else math.inf
    one, other = (each.cast(pl.Float64).fill_nan(None) for each in (old, new))
    largest = _largest((one - other).fill_nan(None))
    scale = max(_largest(one), _largest(other))
    if largest > _SAME * (scale if math.isfinite(scale) else 0.0):
        return largest
    return None if one.is_null().equals(other.is_null()) else math.inf


def _largest(values: pl.Series) -> float:
    found = values.abs().max()
    return float(found) if isinstance(found, float) else 0.0


def _summary(record: CellMeasurement, frame: pl.DataFrame, data_type: Any) -> Summary:
    """Both readings by the same rules of the present, so that only what was read differs."""
    return summarise([frame], data_type=data_type, rules=record.summary_rules)


def _total(summary: Summary, name: str) -> float | None:
    values = summary.steps[name].drop_nulls() if name in summary.steps.columns else pl.Series([], dtype=pl.Float64)
    return _finite(float(values.sum())) if values.len() else None


def _duration(frame: pl.DataFrame) -> float | None:
    times = frame[TIME].cast(pl.Float64).drop_nulls() if TIME in frame.columns else pl.Series([], dtype=pl.Float64)
    return _finite(times[-1] - times[0]) if times.len() else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _start(said: Mapping[str, Any]) -> datetime | None:
    return ReplacedFields(start_time=said.get("start_time")).start_time


def _messages(reading: Reading) -> list[str]:
    return [each["message"] for each in reading.measurement.get("repairs", [])]


def _names(names: Iterable[str]) -> list[str]:
    return [_shown(name) for name in names][:MOST_LISTED]


def _shown(name: str) -> str:
    """A heading may be anything, and of any length."""
    return name.replace("\0", "\ufffd")[:_LONGEST_NAME]

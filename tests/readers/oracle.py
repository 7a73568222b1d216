"""What may become of a damaged file: a named error, or all rows that are intact, and a word on those that are not."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

import cellkeep
from cellkeep.client.reading import Reading
from cellkeep.domain import columns as c
from cellkeep.domain.errors import CellkeepError
from readers.files import Row, TextFile

NAMED = (CellkeepError, FileNotFoundError, ModuleNotFoundError)
_LONGEST_S = 10
_VALUES = (
    c.VOLTAGE, c.CURRENT, c.AREAL_CURRENT, c.TEMPERATURE, c.FREQUENCY, c.Z_RE, c.Z_IM, c.STEP_FROM_CYCLER,
    c.CYCLE_FROM_CYCLER,
)  # fmt: skip
_SIGNING = {"current_negated", "current_signed_by_status", "current_signed_by_counters", "direction_assumed"}


def outcome(path: Path) -> Reading | None:
    """What is read; None where a named error says why not. All else that may happen fails the test."""
    began = time.monotonic()
    try:
        return cellkeep.read(path)
    except NAMED:
        return None
    finally:
        assert time.monotonic() - began < _LONGEST_S


def check_rows(file: TextFile, rows: Sequence[Row], intact: Reading, found: Reading) -> None:
    """Each row is there as it was, or told to be missing; one that is damaged is not read as something else."""
    lines = _lines(file, rows)
    dropped = [each for each in found.repairs if each.action == "rows_left_out"]
    told = {line for each in dropped for line in each.payload["lines"]}
    count = sum(each.payload["count"] for each in dropped) - len(told - lines.keys())
    told &= lines.keys()
    frame = found.time_series
    assert len(lines) - count == frame.height, f"{len(lines)} lines, {count} told to be left out, {frame.height} read"
    if len(told) != count:
        return
    there = [row for line, row in lines.items() if line not in told]
    kept = _positions(file, intact)
    if any(each.action == "rows_sorted" for each in found.repairs):
        there.sort(key=lambda row: row.of if row.of is not None else -1)
        if any(row.of is None for row in there):
            return
    _compare([replace(row, of=kept.get(row.of), torn=kept.get(row.torn)) for row in there], intact, found)


def _positions(file: TextFile, intact: Reading) -> dict[int | None, int]:
    """Where each row of the file stands in its series; those that are no measurements stand nowhere."""
    told = {line for each in intact.repairs if each.action == "rows_left_out" for line in each.payload["lines"]}
    kept = [row.of for line, row in _lines(file, file.rows).items() if line not in told]
    return {of: at for at, of in enumerate(kept)}


def _lines(file: TextFile, rows: Sequence[Row]) -> dict[int, Row]:
    """The lines of the file that hold anything, with their numbers."""
    found, number = {}, len(file.before)
    for row in rows:
        for part in row.text.split("\n"):
            number += 1
            held = part.replace("\x00", "").replace(file.separator, "").replace('"', "").strip()
            if held:
                found[number] = row if "\n" not in row.text else Row(part)
    return found


def _compare(there: Sequence[Row], intact: Reading, found: Reading) -> None:
    actions = {each.action for each in found.repairs}
    turned = bool(actions & _SIGNING) or any(each.action in _SIGNING for each in intact.repairs)
    same = [at for at, row in enumerate(there) if row.of is not None]
    was = [there[at].of for at in same]
    old, new = intact.time_series, found.time_series
    told = {each.payload.get("column") for each in found.repairs if each.action == "cells_left_out"}
    for name in _VALUES:
        if name not in old.columns:
            continue
        values = new[name] if name in new.columns else pl.Series([None] * new.height, dtype=old[name].dtype)
        before, after = old[name].gather(was), values.gather(same)
        if name in (c.CURRENT, c.AREAL_CURRENT) and turned:
            before, after = before.abs(), after.abs()
        if name not in new.columns and before.null_count() == len(before):
            continue
        differs = before.ne_missing(after)
        assert not differs.any(), f"'{name}' of intact rows changed: {before.filter(differs)} {after.filter(differs)}"
        for at, row in enumerate(there):
            if row.torn is not None and values[at] is not None and "cells_absent" not in actions:
                one, other = old[name][row.torn], values[at]
                alike = one == other or (turned and abs(one or 0) == abs(other))
                assert alike, f"'{name}' of a damaged row is {other} in place of {one}"
            if row.torn is not None and values[at] is None and old[name][row.torn] is not None:
                assert told or "cells_absent" in actions, f"'{name}' of a damaged row is missing, and nothing says so"
    if c.TIME in old.columns and "clock_continued" not in actions:
        _compare_times(old[c.TIME].gather(was), new[c.TIME].gather(same))


def _compare_times(before: pl.Series, after: pl.Series) -> None:
    off = (before.diff() - after.diff()).abs().drop_nulls()
    assert not (off > 1e-4).any(), f"times of intact rows moved: {off.filter(off > 1e-4)}"

"""A series made small: its first rows, and as many rows as a picture needs, with what findings are about in it."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep.domain import columns as c
from cellkeep.domain.findings import Finding
from cellkeep.services.marks import marks
from cellkeep.summarise.areal import tells
from cellkeep.summarise.downsample import downsample
from cellkeep.summarise.names import END_INDEX, START_INDEX
from cellkeep.web.upload.records import Grid

BEFORE, AFTER = "before.arrow", "after.arrow"
"""Names of the files with the rows of a picture: of the file as it was read, and after what a person had mended."""
_MARKS = ".json"
"""What the name of a file ends with instead that tells the times [s] of findings."""
_HEAD_ROWS = 12
_POINTS = 3000
_DRAWN = (c.VOLTAGE, c.CURRENT, c.AREAL_CURRENT, c.TEMPERATURE)
_SPECTRUM = (c.FREQUENCY, c.Z_RE, c.Z_IM)
_BESIDE = (c.STEP_COUNT, c.CYCLE_COUNT)


def head_of(frame: pl.DataFrame) -> Grid:
    """The first rows, as JSON has them."""
    return Grid(titles=frame.columns, rows=[[_plain(cell) for cell in row] for row in frame.head(_HEAD_ROWS).rows()])


def keep_figures(
    folder: Path,
    before: pl.DataFrame,
    after: pl.DataFrame | None,
    found: Sequence[Finding] = (),
    left: Sequence[Finding] = (),
) -> bool:
    """Keep the rows of pictures; False where there is nothing to draw.

    Args:
        folder: where.
        before: the series as it was read.
        after: as it was mended, if it was.
        found: what the checks find before.
        left: and after.
    """
    (folder / AFTER).unlink(missing_ok=True)
    drawn = _keep(folder / BEFORE, before, found)
    if drawn and after is not None:
        _keep(folder / AFTER, after, left)
    return drawn


def marks_beside(path: Path) -> list[tuple[float, float]]:
    """The times [s] that the findings of a picture are about."""
    told = path.with_suffix(_MARKS)
    return [(first, last) for first, last in json.loads(told.read_text())] if told.is_file() else []


def _keep(path: Path, frame: pl.DataFrame, findings: Sequence[Finding]) -> bool:
    drawn = _thinned(frame)
    if drawn is not None:
        drawn.write_ipc(path)
        path.with_suffix(_MARKS).write_text(json.dumps(_spans(frame, findings)))
    return drawn is not None


def _spans(frame: pl.DataFrame, findings: Sequence[Finding]) -> list[tuple[float, float]]:
    """From when to when each row or step lasted that a finding names."""
    if c.TIME not in frame.columns:
        return []
    edges = _edges(frame) if findings else pl.DataFrame()
    named = [mark for each in findings for mark in marks(each, edges)]
    times = frame[c.TIME].cast(pl.Float64, strict=False).fill_nan(None)
    last = frame.height - 1
    ends = [(times[max(mark.first, 0)], times[min(mark.last, last)]) for mark in named if mark.first <= last]
    return [(min(pair), max(pair)) for pair in ends if None not in pair]


def _edges(frame: pl.DataFrame) -> pl.DataFrame:
    """First and last row of each step, in the order in which findings number them: one that comes again is another."""
    if c.STEP_COUNT not in frame.columns:
        return pl.DataFrame()
    row = pl.int_range(pl.len(), dtype=pl.Int64)
    numbered = frame.select(pl.col(c.STEP_COUNT).rle_id(), row.alias(START_INDEX), row.alias(END_INDEX))
    return numbered.group_by(c.STEP_COUNT, maintain_order=True).agg(
        pl.col(START_INDEX).first(), pl.col(END_INDEX).last()
    )


def _thinned(frame: pl.DataFrame) -> pl.DataFrame | None:
    """Voltage, current and temperature over time, or over capacity; or a spectrum."""
    beside = [name for name in _BESIDE if name in frame.columns]
    if set(_SPECTRUM) <= set(frame.columns):
        return frame.select([*_SPECTRUM, *beside]).head(_POINTS)
    x = next((name for name in c.X_AXES if name in frame.columns), None)
    y = [name for name in _DRAWN if tells(frame, name)]
    if x is None or not y:
        return None
    places = downsample(frame, y, _POINTS, x)
    return frame.select(list(dict.fromkeys([x, *y, *beside])))[places]


def _plain(cell: Any) -> Any:
    """A value for people: to as many digits as tell something."""
    if isinstance(cell, float):
        return float(f"{cell:.7g}") if math.isfinite(cell) else None
    return cell if cell is None or isinstance(cell, int | str | bool) else str(cell)

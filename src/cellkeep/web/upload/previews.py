"""A series made small: its first rows, and as many rows as a picture needs."""

import math
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep.domain import columns as c
from cellkeep.summarise.areal import tells
from cellkeep.summarise.downsample import downsample
from cellkeep.web.upload.records import Grid

BEFORE, AFTER = "before.arrow", "after.arrow"
"""Names of the files with the rows of a picture: of the file as it was read, and after what a person had mended."""
_HEAD_ROWS = 12
_POINTS = 3000
_DRAWN = (c.VOLTAGE, c.CURRENT, c.AREAL_CURRENT, c.TEMPERATURE)
_SPECTRUM = (c.FREQUENCY, c.Z_RE, c.Z_IM)
_BESIDE = (c.STEP_COUNT, c.CYCLE_COUNT)


def head_of(frame: pl.DataFrame) -> Grid:
    """The first rows, as JSON has them."""
    return Grid(titles=frame.columns, rows=[[_plain(cell) for cell in row] for row in frame.head(_HEAD_ROWS).rows()])


def keep_figures(folder: Path, before: pl.DataFrame, after: pl.DataFrame | None) -> bool:
    """Keep the rows of pictures; False where there is nothing to draw."""
    (folder / AFTER).unlink(missing_ok=True)
    drawn = _thinned(before)
    if drawn is None:
        return False
    drawn.write_ipc(folder / BEFORE)
    if after is not None and (made := _thinned(after)) is not None:
        made.write_ipc(folder / AFTER)
    return True


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

"""What the cycler did, as coloured bands behind a plot: one trace for each type of step."""

from typing import Any

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import UnusableDataError
from cellkeep.plots.colouring import Trace
from cellkeep.plots.palette import STEP_TYPE_COLOURS, faded
from cellkeep.runs import Floats
from cellkeep.summarise import names
from cellkeep.summarise import steps as steps_of

MOST_BANDS = 500
"""More of them in view are noise, not shading."""
_OPACITY = 0.14
_OPACITY_ON_DARK = 0.22

_TALL = [-9, 9, 9, -9, np.nan]
"""Past both ends of an axis from 0 to 1, so that a band is found below a pointer in any plot of a stack."""

_FROM, _TO = "from", "to"


def step_types(rows: pl.DataFrame, steps: pl.DataFrame | None) -> pl.DataFrame | None:
    """A step table with types, made of the rows where none is given; None where they tell none."""
    if steps is not None:
        return steps if {columns.STEP_COUNT, names.STEP_TYPE} <= set(steps.columns) else None
    if columns.STEP_COUNT not in rows.columns:
        return None
    try:
        return steps_of(rows)
    except UnusableDataError:
        return None


def shaded(rows: pl.DataFrame, x: str, steps: pl.DataFrame, dark: bool) -> list[Trace]:
    """Bands that fill an axis from 0 to 1 and more.

    Args:
        rows: what is in view.
        x: the column that it is drawn over.
        steps: a step table with types.
        dark: the ground.

    Returns:
        A trace for each type of step in view; none where there are too many bands, or they overlap.
    """
    bands = _bands_in_time(rows, steps) if x == columns.TIME and _tells_times(steps) else _bands_of_rows(rows, x, steps)
    bands = _joined(bands.drop_nulls())
    if bands.height > MOST_BANDS or _overlap(bands):
        return []
    opacity = _OPACITY_ON_DARK if dark else _OPACITY
    return [_trace(kind, of_kind, opacity) for (kind,), of_kind in bands.group_by(names.STEP_TYPE, maintain_order=True)]


def _tells_times(steps: pl.DataFrame) -> bool:
    return {names.START_TIME, names.END_TIME} <= set(steps.columns)


def _bands_in_time(rows: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Steps as far as they are in view, each up to the start of the next."""
    first, last = (pl.lit(end(rows[columns.TIME]), pl.Float64) for end in (pl.Series.min, pl.Series.max))
    start, end = pl.col(names.START_TIME), pl.col(names.END_TIME)
    until = pl.max_horizontal(end, start.shift(-1))
    bands = steps.select(start.alias(_FROM), until.alias(_TO), names.STEP_TYPE)
    return bands.filter(pl.col(_TO) >= first, pl.col(_FROM) <= last).with_columns(pl.col(_FROM, _TO).clip(first, last))


def _bands_of_rows(rows: pl.DataFrame, x: str, steps: pl.DataFrame) -> pl.DataFrame:
    """From the smallest to the largest x of each step."""
    kinds = steps.select(pl.col(columns.STEP_COUNT).cast(pl.Int64), names.STEP_TYPE).unique(columns.STEP_COUNT)
    spans = rows.group_by(pl.col(columns.STEP_COUNT), maintain_order=True).agg(
        pl.col(x).min().alias(_FROM), pl.col(x).max().alias(_TO)
    )
    found = spans.join(kinds, on=columns.STEP_COUNT, how="left", maintain_order="left")
    return found.select(_FROM, _TO, names.STEP_TYPE)


def _joined(bands: pl.DataFrame) -> pl.DataFrame:
    """Neighbours of one type as one band."""
    of_one = bands.group_by(pl.col(names.STEP_TYPE).rle_id().alias("run"), maintain_order=True)
    return of_one.agg(pl.col(_FROM).min(), pl.col(_TO).max(), pl.col(names.STEP_TYPE).first())


def _overlap(bands: pl.DataFrame) -> bool:
    """Whether x turns back, so that bands of different types would lie over each other."""
    slack = 1e-9 * pl.col(_TO).abs().max()
    return bool(bands.select((pl.col(_FROM) < pl.col(_TO).shift(1) - slack).any()).item())


def _trace(kind: Any, bands: pl.DataFrame, opacity: float) -> Trace:
    return {
        "type": "scatter",
        "x": _outline(bands),
        "y": np.tile(_TALL, bands.height),
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": faded(STEP_TYPE_COLOURS.get(kind, STEP_TYPE_COLOURS["Unknown step type"]), opacity),
        "hoveron": "fills",
        "name": kind,
        "text": kind,
        "hoverinfo": "text",
        "showlegend": False,
    }


def _outline(bands: pl.DataFrame) -> Floats:
    start, end = (bands[name].to_numpy().astype(np.float64) for name in (_FROM, _TO))
    return np.stack([start, start, end, end, np.full(start.size, np.nan)], axis=1).ravel()

"""The points of a figure as one long table."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from cellkeep.domain.columns import CYCLE_COUNT, STEP_COUNT
from cellkeep.plots import words

_COUNTS = (STEP_COUNT, CYCLE_COUNT)
_SIGN = ", positive = "


def table_of(figure: go.Figure) -> pl.DataFrame:
    """One row for each point: the label of its measurement, its step and cycle, and both values by name and unit.

    Args:
        figure: whose lines are told apart by `legendgroup`.
    """
    parts = list(_parts(figure))
    return pl.concat(parts, how="diagonal_relaxed") if parts else pl.DataFrame({"Label": []}, {"Label": pl.String})


def _parts(figure: go.Figure) -> Iterator[pl.DataFrame]:
    for trace in figure.data:
        if trace.hoverinfo == "skip" or trace.x is None or len(trace.x) == 0 or trace.x[0] is None:
            continue
        x, y = np.asarray(trace.x, np.float64), np.asarray(trace.y, np.float64)
        found: dict[str, Any] = {"Label": [str(trace.legendgroup or trace.name)] * x.size}
        told = np.asarray(trace.customdata) if trace.customdata is not None else np.zeros((x.size, 0))
        for place, name in enumerate(_COUNTS[: told.shape[1]]):
            found[name] = told[:, place].astype(np.float64)
        found[_title(figure, "x", trace.xaxis)] = x
        found[_title(figure, "y", trace.yaxis)] = y
        table = pl.DataFrame(found, nan_to_null=True).drop_nulls(list(found)[-2:])
        yield table.with_columns(pl.col(name).cast(pl.Int64) for name in _COUNTS if name in table.columns)


def _title(figure: go.Figure, letter: str, name: str | None) -> str:
    text = figure.layout[f"{letter}axis{(name or letter)[1:]}"].title.text or letter
    return words.read(text).partition(_SIGN)[0]

"""No more points than a picture needs: a browser freezes over millions."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from cellkeep.runs import Ints
from cellkeep.summarise.downsample import downsample, least_points

MAX_POINTS = 4000
"""Of one line. A screen has no more columns of pixels."""
MOST_POINTS = 60_000
"""Of all lines of a figure with many."""
_FEWEST = 200


def thinned(frame: pl.DataFrame, x: str, y: Sequence[str], max_points: int) -> pl.DataFrame:
    """Rows through which lines look as through all.

    Raises:
        ModuleNotFoundError: rows have to be chosen, and tsdownsample is missing; says how to install it.
    """
    if frame.height <= (most := max(max_points, least_points(len(y)))):
        return frame
    return frame[_chosen(frame, x, y, most)]


def share(max_points: int, lines: int) -> int:
    """How many points each of several lines may have."""
    return min(max_points, max(_FEWEST, MOST_POINTS // max(lines, 1)))


def evenly(size: int, most: int) -> Ints:
    """Places of at most so many out of a number of things, spread evenly, the first and the last among them."""
    return np.unique(np.linspace(0, size - 1, min(size, most)).round().astype(np.intp))


def _chosen(frame: pl.DataFrame, x: str, y: Sequence[str], max_points: int) -> Ints:
    try:
        return downsample(frame, y, max_points, x)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"Choosing among {frame.height} rows needs {error.name}: pip install 'cellkeep[plots]'.", name=error.name
        ) from error

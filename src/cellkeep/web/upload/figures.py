"""The small picture of a file that waits."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import NotFoundError
from cellkeep.plots import nyquist, time_series
from cellkeep.web.figures.marking import mark
from cellkeep.web.upload.previews import AFTER, BEFORE, marks_beside


def figure_of(folder: Path, *, mended: bool, dark: bool) -> dict[str, Any]:
    """The figure, as its page draws it.

    Raises:
        NotFoundError: there is nothing to draw.
    """
    path = folder / (AFTER if mended else BEFORE)
    if not path.is_file():
        raise NotFoundError("There is no picture of this file.")
    frame = pl.read_ipc(path)
    kind = columns.infer_data_type(frame.columns)
    if kind == "eis":
        figure, told = nyquist(frame, dark=dark), ""
    else:
        x = next(name for name in columns.X_AXES if name in frame.columns)
        figure = time_series(frame, x=x, dark=dark)
        told = mark(figure, marks_beside(path)) if x == columns.TIME else ""
    made: dict[str, Any] = json.loads(figure.to_json())
    return {"figure": made, "told": told}

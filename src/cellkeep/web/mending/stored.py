"""A stored series with the mends that a person chose, made small enough to be shown, or whole."""

from pathlib import Path

import polars as pl

from cellkeep import validate
from cellkeep.client.frames import write_series
from cellkeep.client.mending_stored import change_by
from cellkeep.domain.columns import infer_data_type
from cellkeep.domain.errors import CellkeepError, UnusableDataError
from cellkeep.domain.findings import Finding, StoredFinding, first_of_each_kind
from cellkeep.domain.ratings import limits_of
from cellkeep.summarise import steps as make_steps
from cellkeep.web.mending.records import Asked, Told
from cellkeep.web.mending.repairing import Look, Repaired, mends, repaired
from cellkeep.web.upload.previews import keep_figures

SERIES = "time_series.parquet"
"""Name of the file with all rows, where they are wanted."""
_SHOWN = 3
"""Findings of each kind."""


def look_at(asked: Asked) -> Told:
    """Mend a series, and say what that does; pictures of it are kept in the folder."""
    frame = pl.read_parquet(asked.path, glob=False)
    look = _checks(asked)
    found = look(frame)
    made = repaired(frame, found, asked.codes, look)
    try:
        return _told(asked, frame, found, made)
    except CellkeepError as error:
        offered = tuple(mends(frame, found, made, asked.codes))
        return Told(message=f"It can not be mended so: {error.message}", mends=offered)


def _told(asked: Asked, frame: pl.DataFrame, found: list[Finding], made: Repaired) -> Told:
    change = change_by(asked.record, frame, made.frame, made.repairs) if made.repairs else None
    folder = Path(asked.folder)
    if asked.whole:
        write_series(made.frame, folder / SERIES)
    after, listed = made.frame if made.repairs else None, first_of_each_kind(made.left, _SHOWN)
    return Told(
        mends=tuple(mends(frame, found, made, asked.codes)),
        repairs=tuple(made.repairs),
        left=tuple(StoredFinding(**each.model_dump()) for each in listed),
        change=change,
        has_figure=not asked.whole and keep_figures(folder, frame, after, first_of_each_kind(found, _SHOWN), listed),
    )


def _checks(asked: Asked) -> Look:
    """All checks, as the server runs them."""
    record, limits = asked.record, limits_of(asked.ratings)

    def look(frame: pl.DataFrame) -> list[Finding]:
        return validate.findings(
            frame,
            strict=True,
            data_type=record.data_type,
            steps=_steps(frame, limits.rated_capacity),
            rated_capacity=limits.rated_capacity,
            voltage_window=limits.voltage_window,
            start_time=record.start_time,
            end_time=record.end_time,
        )

    return look


def _steps(frame: pl.DataFrame, rated_capacity_ah: float | None) -> pl.DataFrame | None:
    if infer_data_type(frame.columns) is not None:
        return None
    try:
        return make_steps(frame, rated_capacity_ah=rated_capacity_ah)
    except UnusableDataError:  # such as before its steps are counted
        return None

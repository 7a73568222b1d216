"""Rows put behind a stored series: beside it, in an object of their own, while they are few; else with it in one file.

Tables are made from those that are there and the new rows, where they can be carried on.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import polars.selectors as cs

from cellkeep.domain.errors import UnusableDataError
from cellkeep.services import keys, series, step_tables, stitching
from cellkeep.services.checking import carried_on, looked_at
from cellkeep.services.step_tables import Making
from cellkeep.services.summarising import shown, summarised, worth_an_overview
from cellkeep.services.task import Task
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.store import Store
from cellkeep.summarise import Summary, resume
from cellkeep.summarise.overview import Overview
from cellkeep.validate import Checking

_log = logging.getLogger(__name__)

_FEWEST_APART = 1 << 19
"""A series with fewer values (rows times columns) is written anew as fast as rows are kept apart from it."""

_MOST_APART = 16
"""Objects beside a series. Each is one more file to open for those who read it, and when it is written anew so many
additions have shared the cost."""


@dataclass(frozen=True)
class Grown:
    """What a series became.

    Attributes:
        role: `appended` where the new rows lie beside the series, `time_series` where all is one file.
        path: the file.
        summary: the tables of all rows.
        checking: the checks, behind the last row.
        overview: of all rows; None where it needs none yet, or the old one still serves.
    """

    role: str
    path: Path
    summary: Summary
    checking: Checking
    overview: Overview | None


@dataclass(frozen=True)
class _SoFar:
    """The step table, and how it was made."""

    steps: pl.DataFrame
    making: Making


def grown(store: Store, task: Task, extension_key: str, folder: Path) -> Grown:
    """Put rows behind the series of a task.

    Args:
        store: where the objects lie.
        task: the series.
        extension_key: the rows.
        folder: where to write.

    Raises:
        UnusableDataError: the rows can not follow it.
    """
    with store.blobs.local_copy(extension_key) as sent:
        if task.interrupted:  # what was sent is tried where it is confirmed, and the stored series was read
            store.try_reading(sent, "table of rows to append")
        so_far = _so_far(store, task)
        apart = None if so_far is None else _apart(store, task, sent, folder, so_far)
        return apart or _in_one_file(store, task, sent, folder, so_far)


def _so_far(store: Store, task: Task) -> _SoFar | None:
    """The tables as they are; None where they can not be carried on."""
    if task.steps_key is None or task.has_own_steps is not False:
        return None
    with store.blobs.local_copy(task.steps_key) as table:
        making = step_tables.making_of(table)
        if making is None or not making.is_of(task.n_rows, task.data_type, task.rules):
            return None
        return _SoFar(series.read_table(table, "step table"), making)


def _apart(store: Store, task: Task, sent: Path, folder: Path, so_far: _SoFar) -> Grown | None:
    """The new rows as a file that lies beside the series; None where it is time for one file, or a type changes."""
    target = folder / keys.APPENDED
    values = so_far.making.open_end.n_rows * len(series.columns(sent, "table of rows to append"))
    if values < _FEWEST_APART or len(task.rows_keys) > _MOST_APART:
        return None
    if (names := stitching.lay_out(sent, store.blobs.scannable(task.rows_keys[0]), target)) is None:
        return None
    checking = carried_on(task, lambda: [store.blobs.scannable(key) for key in task.rows_keys], names)
    summary = _resumed(task, so_far, looked_at(series.chunks([target], names), checking))
    return Grown(
        "appended", target, summary, checking, _overview(store, task, task.rows_keys, target, names, summary.n_rows)
    )


def _in_one_file(store: Store, task: Task, sent: Path, folder: Path, so_far: _SoFar | None) -> Grown:
    target = folder / keys.TIME_SERIES
    with store.local_copies(task.rows_keys) as stored:
        stitching.stitch([*stored, sent], target)
        before, shape = series.inspect(stored[0], task.data_type), series.inspect(target, task.data_type)
        goes_on = so_far is not None and before.schema == shape.schema
        checking = carried_on(task, lambda: stored, shape.columns) if goes_on else None
    if so_far is None or checking is None:
        summary, overview, checking = summarised(task, [target])
        return Grown("time_series", target, summary, checking, overview)
    rows = series.chunks([target], shape.columns, so_far.making.open_end.n_rows)
    summary = _resumed(task, so_far, looked_at(rows, checking))
    return Grown(
        "time_series", target, summary, checking, _overview(store, task, [], target, shape.columns, shape.n_rows)
    )


def _resumed(task: Task, so_far: _SoFar, rows: Iterable[pl.DataFrame]) -> Summary:
    """The tables of all rows, of which these are new."""
    return resume(
        so_far.steps,
        so_far.making.open_end,
        rows,
        rated_capacity_ah=task.rated_capacity_ah,
        data_type=task.data_type,
        rules=task.rules,
    )


def _overview(
    store: Store, task: Task, stored: Sequence[str], new: Path, names: Sequence[str], n_rows: int
) -> Overview | None:
    """The overview of the longer series; None where it needs none yet, or the old one still serves.

    Args:
        store: where the objects lie.
        task: the series.
        stored: keys of the objects with the rows before those of the file.
        new: the file.
        names: columns.
        n_rows: of all together.
    """
    try:
        return _carried_on(store, task, stored, new, names, n_rows)
    except (UnusableDataError, BlobNotFoundError, *series.UNREADABLE) as error:
        # Of rows that were read before. So the storage is out of order, and what is sent is not to blame.
        _log.warning("An overview could not be carried on (%s); the old one serves on.", type(error).__name__)
        return None


def _carried_on(
    store: Store, task: Task, stored: Sequence[str], new: Path, names: Sequence[str], n_rows: int
) -> Overview | None:
    known = 0 if task.overview_key is None else _rows_known(store.blobs.scannable(task.overview_key))
    if not worth_an_overview(n_rows - known):
        return None
    overview = Overview()
    if task.overview_key is not None:
        with store.blobs.local_copy(task.overview_key) as table:
            overview = Overview.continued(series.read_table(table, "overview"))
    # Only now, since links do not hold for long.
    files: list[Path | str] = [*(store.blobs.scannable(key) for key in stored), new]
    for _ in shown(series.chunks(files, names, overview.next_row), overview):
        pass
    return overview


def _rows_known(overview: str) -> int:
    """How many rows a series had when its overview was made, of which the last row is always one."""
    return int(pl.scan_parquet(overview, glob=False).select(cs.first()).tail(1).collect().item()) + 1

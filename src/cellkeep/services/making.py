"""What the processing of a series makes: its tables, and the longer series where rows are put behind it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from cellkeep.domain.columns import (
    CHARGE_CAPACITY,
    CHARGE_ENERGY,
    CYCLE_COUNT,
    DISCHARGE_CAPACITY,
    DISCHARGE_ENERGY,
    DataType,
)
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.services import keys, series, step_tables
from cellkeep.services.blob_rows import blob_row, sha256_of, table_row
from cellkeep.services.stitching import stitch
from cellkeep.storage.store import Store
from cellkeep.storage.tables import BlobRow
from cellkeep.summarise import Summary, cycles, resume, summarise
from cellkeep.summarise.overview import Overview, single_values

_ROWS_WORTH_AN_OVERVIEW = 100_000
"""So many rows are read as fast as looked up, in a short series as behind the end of an overview."""

STEPS_NEEDED_FOR_CYCLES = frozenset(
    {
        CYCLE_COUNT,
        DISCHARGE_CAPACITY,
        CHARGE_CAPACITY,
        DISCHARGE_ENERGY,
        CHARGE_ENERGY,
        "Start time [s]",
        "Duration [s]",
        "Min voltage [V]",
        "Max voltage [V]",
        "Mean current [A]",
    }
)
"""Without these a person's own step table yields no cycle table, and the cycles of the series are taken."""


@dataclass(frozen=True)
class Task:
    """What is to be made of a measurement, as it was when the task was claimed.

    Attributes:
        organization_id: whose objects they are.
        series_key: the stored series.
        steps_key: its step table; before the first processing one that a person has sent, if any.
        cycles_key: its cycle table; None before the first processing.
        overview_key: its overview, if it has one.
        extension_key: rows to put behind the series.
        data_type: kind of the series.
        rated_capacity_ah: of the specification [A.h].
        rules: how the tables are to be made.
        has_own_steps: whether a person sent its step table; None where nobody knows.
        interrupted: whether it was begun before, and perhaps ended the process that did it.
    """

    organization_id: str
    series_key: str
    steps_key: str | None
    cycles_key: str | None
    overview_key: str | None
    extension_key: str | None
    data_type: DataType | None
    rated_capacity_ah: float | None
    rules: SummaryRules
    has_own_steps: bool | None
    interrupted: bool

    @property
    def given_steps_key(self) -> str | None:
        """The step table that a person has sent with the series."""
        return self.steps_key if self.cycles_key is None else None


@dataclass(frozen=True)
class Made:
    """What a task has made.

    Attributes:
        blobs: rows for the objects that are new.
        summary: the tables.
        digests: SHA-256 by key of what was sent, and read whole for the first time.
    """

    blobs: list[BlobRow]
    summary: Summary
    digests: dict[str, str]


def make(store: Store, measurement_id: str, task: Task) -> Made:
    """Make all of a task, stored under fresh keys; of what fails nothing is left.

    Raises:
        UnusableDataError: no tables can be made of the series, or the rows can not follow it.
    """
    with store.blobs.workspace() as folder:
        files: dict[str, Path] = {}
        digests: dict[str, str] = {}
        if task.extension_key is not None:
            files["time_series"] = folder / keys.TIME_SERIES
            summary, overview = _extended(store, task, task.extension_key, files["time_series"])
        else:
            summary, overview = _whole(store, task, digests)
        files["cycles"] = folder / keys.CYCLES
        summary.cycles.write_parquet(files["cycles"], compression="zstd")
        if task.given_steps_key is None:
            files["steps"] = folder / keys.STEPS
            step_tables.write(summary, files["steps"], task.data_type, task.rules)
        if overview is not None and overview.next_row >= _ROWS_WORTH_AN_OVERVIEW:
            files["overview"] = folder / keys.OVERVIEW
            overview.frame().write_parquet(files["overview"], compression="zstd")
        return Made(_stored(store, task.organization_id, measurement_id, files), summary, digests)


def _stored(store: Store, organization_id: str, measurement_id: str, files: dict[str, Path]) -> list[BlobRow]:
    fresh = {role: keys.stored(organization_id, measurement_id, path.name) for role, path in files.items()}
    try:
        for role, path in files.items():
            store.blobs.put(fresh[role], path)
    except BaseException:
        store.remove(list(fresh.values()))
        raise
    # Of the longer series nothing but the new rows was read, so its digest comes later, too.
    return [
        table_row(fresh[role], path.stat().st_size, role=role, filename=path.name)
        if role == "time_series"
        else blob_row(fresh[role], path, role=role, filename=path.name)
        for role, path in files.items()
    ]


def _whole(store: Store, task: Task, digests: dict[str, str]) -> tuple[Summary, Overview]:
    with store.blobs.local_copy(task.series_key) as path:
        if task.cycles_key is None or task.interrupted:
            store.try_reading(path, "time series")
        summary, overview = _summarised(task, path)
        if task.cycles_key is None:
            digests[task.series_key] = sha256_of(path)
    if task.given_steps_key is None:
        return summary, overview
    with store.blobs.local_copy(task.given_steps_key) as path:
        digests[task.given_steps_key] = sha256_of(path)
        return _with_own_steps(store, path, summary, task.rules), overview


def _summarised(task: Task, path: Path) -> tuple[Summary, Overview]:
    # All columns, though the tables need few: what is said to be stored must be readable to its last value.
    chunks = series.chunks(path, series.inspect(path, task.data_type).columns)
    overview = Overview()
    shown = _shown(chunks, overview)
    found = summarise(shown, rated_capacity_ah=task.rated_capacity_ah, data_type=task.data_type, rules=task.rules)
    return found, overview


def _shown(chunks: Iterable[pl.DataFrame], overview: Overview) -> Iterator[pl.DataFrame]:
    """The same chunks, each shown to the overview first."""
    for chunk in chunks:
        overview.add(chunk.select(single_values()))
        yield chunk
        del chunk  # or it stays in memory while the next one is fetched


def _with_own_steps(store: Store, path: Path, found: Summary, rules: SummaryRules) -> Summary:
    """The tables where the person who sent the series sent its steps too."""
    store.try_reading(path, "step table")
    given = series.read_table(path, "step table")
    if set(given.columns) >= STEPS_NEEDED_FOR_CYCLES:
        with suppress(pl.exceptions.PolarsError):  # what it holds may be no numbers
            return replace(found, steps=given, cycles=cycles(given, rules.reference_cycle))
    return replace(found, steps=given)


def _extended(store: Store, task: Task, extension_key: str, target: Path) -> tuple[Summary, Overview | None]:
    """Write the longer series, and make its tables from those that are there where they can be carried on."""
    with store.blobs.local_copy(task.series_key) as stored, store.blobs.local_copy(extension_key) as sent:
        if task.interrupted:  # what was sent is tried where it is confirmed, and the stored series was read
            store.try_reading(sent, "table of rows to append")
        stitch(stored, sent, target)
        before, shape = series.inspect(stored, task.data_type), series.inspect(target, task.data_type)
    carried_on = _carried_on(store, task, target, shape) if before.schema == shape.schema else None
    if carried_on is None:
        return _summarised(task, target)
    return carried_on, _overview_carried_on(store, task, target, shape)


def _carried_on(store: Store, task: Task, path: Path, shape: series.Shape) -> Summary | None:
    """The tables of the longer series from the old ones and the new rows; None where they can not be made so."""
    if task.steps_key is None or task.has_own_steps is not False:
        return None
    with store.blobs.local_copy(task.steps_key) as table:
        making = step_tables.making_of(table)
        if making is None or (making.data_type, making.rules) != (task.data_type, task.rules):
            return None
        steps = series.read_table(table, "step table")
    return resume(
        steps,
        making.open_end,
        series.chunks(path, shape.columns, making.open_end.n_rows),
        rated_capacity_ah=task.rated_capacity_ah,
        data_type=task.data_type,
        rules=task.rules,
    )


def _overview_carried_on(store: Store, task: Task, path: Path, shape: series.Shape) -> Overview | None:
    """The overview of the longer series; None where it needs none yet, or the old one still serves."""
    if task.overview_key is None:
        overview = Overview()
    else:
        with store.blobs.local_copy(task.overview_key) as table:
            overview = Overview.continued(series.read_table(table, "overview"))
    if shape.n_rows - overview.next_row < _ROWS_WORTH_AN_OVERVIEW:
        return None
    for _ in _shown(series.chunks(path, shape.columns, overview.next_row), overview):
        pass
    return overview

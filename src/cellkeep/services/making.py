"""What the processing of a series makes: its tables, and the longer series where rows are put behind it."""

from dataclasses import dataclass, replace
from pathlib import Path

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
        extension_key: rows to put behind the series.
        data_type: kind of the series.
        rated_capacity_ah: of the specification [A.h].
        rules: how the tables are to be made.
        interrupted: whether it was begun before, and perhaps ended the process that did it.
    """

    organization_id: str
    series_key: str
    steps_key: str | None
    cycles_key: str | None
    extension_key: str | None
    data_type: DataType | None
    rated_capacity_ah: float | None
    rules: SummaryRules
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
            summary = _extended(store, task, task.extension_key, files["time_series"])
        else:
            summary = _whole(store, task, digests)
        files["cycles"] = folder / keys.CYCLES
        summary.cycles.write_parquet(files["cycles"], compression="zstd")
        if task.given_steps_key is None:
            files["steps"] = folder / keys.STEPS
            step_tables.write(summary, files["steps"], task.data_type, task.rules)
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


def _whole(store: Store, task: Task, digests: dict[str, str]) -> Summary:
    with store.blobs.local_copy(task.series_key) as path:
        if task.cycles_key is None or task.interrupted:
            store.try_reading(path, "time series")
        summary = _summarised(task, path)
        if task.cycles_key is None:
            digests[task.series_key] = sha256_of(path)
    if task.given_steps_key is None:
        return summary
    with store.blobs.local_copy(task.given_steps_key) as path:
        digests[task.given_steps_key] = sha256_of(path)
        return _with_own_steps(store, path, summary)


def _summarised(task: Task, path: Path) -> Summary:
    # All columns, though the tables need few: what is said to be stored must be readable to its last value.
    chunks = series.chunks(path, series.inspect(path, task.data_type).columns)
    return summarise(chunks, rated_capacity_ah=task.rated_capacity_ah, data_type=task.data_type, rules=task.rules)


def _with_own_steps(store: Store, path: Path, found: Summary) -> Summary:
    """The tables where the person who sent the series sent its steps too."""
    store.try_reading(path, "step table")
    given = series.read_table(path, "step table")
    has_enough = set(given.columns) >= STEPS_NEEDED_FOR_CYCLES
    return replace(found, steps=given, cycles=cycles(given) if has_enough else found.cycles)


def _extended(store: Store, task: Task, extension_key: str, target: Path) -> Summary:
    """Write the longer series, and make its tables from those that are there where they can be carried on."""
    with store.blobs.local_copy(task.series_key) as stored, store.blobs.local_copy(extension_key) as sent:
        if task.interrupted:  # what was sent is tried where it is confirmed, and the stored series was read
            store.try_reading(sent, "table of rows to append")
        stitch(stored, sent, target)
        same_types = series.inspect(stored, task.data_type).schema == series.inspect(target, task.data_type).schema
    carried_on = _carried_on(store, task, target) if same_types else None
    return carried_on or _summarised(task, target)


def _carried_on(store: Store, task: Task, path: Path) -> Summary | None:
    """The tables of the longer series from the old ones and the new rows; None where they can not be made so."""
    if task.steps_key is None:
        return None
    with store.blobs.local_copy(task.steps_key) as table:
        making = step_tables.making_of(table)
        if making is None or (making.data_type, making.rules) != (task.data_type, task.rules):
            return None
        steps = series.read_table(table, "step table")
    chunks = series.chunks(path, series.inspect(path, task.data_type).columns, making.open_end.n_rows)
    return resume(
        steps,
        making.open_end,
        chunks,
        rated_capacity_ah=task.rated_capacity_ah,
        data_type=task.data_type,
        rules=task.rules,
    )

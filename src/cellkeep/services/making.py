"""What the processing of a series makes: its tables, and the longer series where rows are put behind it."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import polars as pl

from cellkeep.domain.columns import (
    CHARGE_CAPACITY,
    CHARGE_ENERGY,
    CYCLE_COUNT,
    DISCHARGE_CAPACITY,
    DISCHARGE_ENERGY,
)
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.services import keys, series, step_tables
from cellkeep.services.blob_rows import blob_row, sha256_of, table_row
from cellkeep.services.checking import checked
from cellkeep.services.growing import grown
from cellkeep.services.summarising import summarised, worth_an_overview
from cellkeep.services.task import Made, Task
from cellkeep.storage.store import Store
from cellkeep.storage.tables import BlobRow
from cellkeep.summarise import Summary, cycles
from cellkeep.summarise.overview import Overview
from cellkeep.validate import Checking

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


def make(store: Store, measurement_id: str, task: Task) -> Made:
    """Make all of a task, stored under fresh keys; of what fails nothing is left.

    Raises:
        UnusableDataError: no tables can be made of the series, or the rows can not follow it.
    """
    if task.replacement_key is not None:
        task = task.of_replacement()
    with store.blobs.workspace() as folder:
        files: dict[str, Path] = {}
        digests: dict[str, str] = {}
        if task.extension_key is not None:
            longer = grown(store, task, task.extension_key, folder)
            files[longer.role], summary, overview = longer.path, longer.summary, longer.overview
            checking = longer.checking
        else:
            summary, overview, checking = _whole(store, task, digests)
        checks = checked(checking, summary.steps)
        files["cycles"] = folder / keys.CYCLES
        summary.cycles.write_parquet(files["cycles"], compression=step_tables.COMPRESSION)
        if task.given_steps_key is None:
            files["steps"] = folder / keys.STEPS
            step_tables.write(summary, files["steps"], task.data_type, task.rules)
        if overview is not None and worth_an_overview(overview.next_row):
            files["overview"] = folder / keys.OVERVIEW
            overview.frame().write_parquet(files["overview"], compression="zstd")
        return Made(_stored(store, task.organization_id, measurement_id, files), summary, checks, digests)


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


def _whole(store: Store, task: Task, digests: dict[str, str]) -> tuple[Summary, Overview, Checking]:
    with store.local_copies(task.rows_keys) as files:
        if task.cycles_key is None or task.interrupted:
            for path in files:
                store.try_reading(path, "time series")
        summary, overview, checking = summarised(task, files)
        if task.cycles_key is None:
            digests[task.rows_keys[0]] = sha256_of(files[0])
    if task.given_steps_key is None:
        return summary, overview, checking
    with store.blobs.local_copy(task.given_steps_key) as path:
        digests[task.given_steps_key] = sha256_of(path)
        return _with_own_steps(store, path, summary, task.rules), overview, checking


def _with_own_steps(store: Store, path: Path, found: Summary, rules: SummaryRules) -> Summary:
    """The tables where the person who sent the series sent its steps too."""
    store.try_reading(path, "step table")
    given = series.read_table(path, "step table")
    if set(given.columns) >= STEPS_NEEDED_FOR_CYCLES:
        with suppress(pl.exceptions.PolarsError):  # what it holds may be no numbers
            return replace(found, steps=given, cycles=cycles(given, rules.reference_cycle))
    return replace(found, steps=given)

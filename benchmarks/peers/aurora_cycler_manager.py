"""aurora-cycler-manager: `merge_dfs`, which makes the charge of each row, and `analyse_cycles`.

Its current is positive on charging.
"""

import json
import os
import tempfile
from pathlib import Path

import polars as pl

# It wants a project as soon as it is imported, and keeps the way to it where this variable says.
_FOLDER = tempfile.TemporaryDirectory(prefix="cellkeep-")
_PROJECT = Path(_FOLDER.name)
(_PROJECT / "config.json").write_text(json.dumps({"Snapshots folder path": str(_PROJECT)}))
os.environ["AURORA_USER_CONFIG"] = str(_PROJECT / "config.json")

from aurora_cycler_manager.database_setup import create_new_setup  # noqa: E402

create_new_setup(_PROJECT)

from aurora_cycler_manager.analysis import analyse_cycles, merge_dfs  # noqa: E402


def load(path: str) -> pl.DataFrame:
    return pl.read_parquet(path).select(
        pl.col("Time [s]").alias("uts"),
        pl.col("Voltage [V]").alias("V (V)"),
        (-pl.col("Current [A]")).alias("I (A)"),
        pl.col("Cycle count").alias("cycle_number"),
    )


def cycles(frame: pl.DataFrame) -> tuple[int, float]:
    merged, _ = merge_dfs([frame])
    found, _ = analyse_cycles(merged, mass_mg=None, protocol_summary=None)
    return found.height, found["Discharge capacity (mAh)"].sum() / 1e3


RUNS = {"merge_dfs, analyse_cycles": cycles}

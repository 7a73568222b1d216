"""PyProBE's import of an Arbin export into its own format, a parquet file."""

from pathlib import Path
from typing import Any

from pyprobe.cell import process_cycler_data


def load(path: str) -> str:
    return path


def run(path: str) -> Any:
    made = Path(path).with_suffix(".pyprobe.parquet")
    process_cycler_data("arbin", path, str(made), overwrite_existing=True)
    return made.stat().st_size


RUNS = {"import": run}

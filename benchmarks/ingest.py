"""How long a series takes from `create` to `ready`, against what polars alone needs for the same rows.

The server is a process of its own on the embedded default, reached over HTTP; the client and the reference run here.
Both are timed in turn on the same frame, and the medians are compared. Repeat it with `make bench`.

The reference writes the frame as zstd parquet, reads it back, and makes 18 aggregates by step.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from peers.polars_alone import by_step

import cellkeep
from cellkeep.testing.servers import free_port

ROWS, STEPS = 5_000_000, 6_000
REPEATS = 3
KEY = "ck_benchmark_key_for_one_run_only"


def series(rows: int, steps: int) -> pl.DataFrame:
    """Rows as a cycler writes them: noise on every reading, rounded to its resolution."""
    rng = np.random.default_rng(1)
    step = np.arange(rows) * steps // rows
    within = np.arange(rows) / rows * steps % 1
    kind = step % 4
    current = np.choose(kind, [1.0, 0.0, -0.5, 0.0])
    voltage = np.choose(kind, [4.2 - 1.2 * within, 3.0 + 0.1 * within, 3.1 + 1.1 * within, 4.2 - 0.05 * within])
    return pl.DataFrame(
        {
            "Time [s]": np.arange(rows) * 1.0,
            "Voltage [V]": (voltage + rng.normal(0, 2e-4, rows)).round(5),
            "Current [A]": np.where(current == 0, 0.0, current + rng.normal(0, 5e-4, rows)).round(5),
            "Temperature [degC]": (25 + rng.normal(0, 0.05, rows)).round(3),
            "Step count": step,
            "Cycle count": step // 4,
        }
    )


def polars_alone(frame: pl.DataFrame, folder: Path) -> None:
    """What nobody can do without: write the rows, read them, and group them by step."""
    path = folder / "reference.parquet"
    frame.write_parquet(path, compression="zstd")
    by_step(pl.read_parquet(path))
    path.unlink()


class Server(NamedTuple):
    """Where a server answers, and the number of its process."""

    url: str
    pid: int


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """`cellkeep serve` as a user starts it."""
    port = free_port()
    environment = {**os.environ, "CELLKEEP_ADMIN_KEY": KEY, "CELLKEEP_CONFIG": str(folder / "config.json")}
    command = [sys.executable, "-m", "cellkeep", "serve", "--port", str(port), "--data", str(folder / "data")]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        with cellkeep.Client(api_key=KEY, api_url=url) as client:
            for _ in range(100):
                try:
                    client.health_check()
                    break
                except cellkeep.TransportError:
                    time.sleep(0.1)
        yield Server(url, process.pid)
    finally:
        process.terminate()
        process.wait()


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compare(client: cellkeep.Client, rows: int, steps: int, folder: Path) -> tuple[float, float]:
    """Median seconds of ours and of the reference, taken in turn."""
    frame = series(rows, steps)
    spec = client.cell_spec.create_or_get({"name": "Benchmark"})
    cell = client.cell_instance.create_or_get(spec.id, {"name": f"{rows} rows"})
    ours, reference = [], []

    def create(run: int) -> None:
        bundle = client.cell_measurement.create(cell.id, {"measurement": {"name": f"run {run}"}, "time_series": frame})
        assert (bundle.processing_status, bundle.steps_created) == ("ready", steps)

    for run in range(-1, REPEATS):  # the first of each is not counted
        took_ours, took_reference = timed(lambda run=run: create(run)), timed(lambda: polars_alone(frame, folder))
        if run >= 0:
            ours.append(took_ours)
            reference.append(took_reference)
    return statistics.median(ours), statistics.median(reference)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        server(Path(name)) as at,
        cellkeep.Client(api_key=KEY, api_url=at.url) as client,
    ):
        small, small_reference = compare(client, ROWS // 10, STEPS // 10, Path(name))
        large, large_reference = compare(client, ROWS, STEPS, Path(name))
    print("| rows | steps | create to ready | polars alone | ratio |\n|---|---|---|---|---|")
    for rows, steps, ours, reference in (
        (ROWS // 10, STEPS // 10, small, small_reference),
        (ROWS, STEPS, large, large_reference),
    ):
        print(f"| {rows:,} | {steps:,} | {ours:.2f} s | {reference:.2f} s | {ours / reference:.2f} |")
    print(f"\nTen times the rows take {large / small:.1f} times as long.")


if __name__ == "__main__":
    main()

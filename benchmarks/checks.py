"""How long the checks of a series take, against writing it as parquet with zstd, once, as the client sends it.

With `--official` the checks of the official client run on the same rows, in its own environment (`make official` sets
it up). Everything is run in turn, and medians of these turns are compared; what takes longer than 30 s is run once.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from ingest import series

from cellkeep import validate
from cellkeep.client.frames import write_series
from cellkeep.summarise import steps
from cellkeep.summarise.derived import with_capacity

SIZES = ((500_000, 600), (5_000_000, 6_000))
REPEATS = 5
PATIENCE_S = 30.0
WINDOW = (2.5, 4.2)
RATED_AH = 5.0
HERE = Path(__file__).parent
OFFICIAL = HERE.parent / ".venv-official" / "bin" / "python"

Run = Callable[[], Any]


class Official:
    """A process that has read the rows and checks them as often as it is asked to."""

    def __init__(self, rows: Path) -> None:
        command = [OFFICIAL, "-P", HERE / "one_peer.py", HERE / "peers" / "ionworks_checks.py", rows]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._answer()

    def run(self, name: str) -> tuple[float, Any]:
        print(name, file=self._process.stdin, flush=True)
        took, found = self._answer()
        return took, found

    def close(self) -> None:
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


def ways(frame: pl.DataFrame, folder: Path) -> dict[str, Run]:
    """What is timed, by name. Charge and energy are in the frame, so that their checks have something to do."""
    table = steps(frame)
    strict = {"strict": True, "voltage_window": WINDOW, "rated_capacity": RATED_AH, "steps": table}
    return {
        "write": lambda: write_series(frame, folder / "written.parquet"),
        "always": lambda: validate.findings(frame),
        "strict": lambda: validate.findings(frame, **strict),
    }


def timed(run: Run) -> tuple[float, Any]:
    started = time.perf_counter()
    made = run()
    return time.perf_counter() - started, made


def measure(n_rows: int, n_steps: int, *, official: bool) -> dict[str, float]:
    """Median seconds of each way."""
    took: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frame = with_capacity(series(n_rows, n_steps))
        runs = ways(frame, folder)
        frame.write_parquet(folder / "rows.parquet")
        other = Official(folder / "rows.parquet") if official else None
        for turn in range(1 + REPEATS):
            for way, run in runs.items():
                seconds, found = timed(run)
                assert not found, found  # the rows are good: nothing is left out because something was found
                if turn:
                    took[way].append(seconds)
            for way in ("always", "strict") if other else ():
                if other and max(took[f"official {way}"], default=0.0) < PATIENCE_S:
                    seconds, found = other.run(way)
                    assert found == [], found
                    took[f"official {way}"].append(seconds)
        if other:
            other.close()
    return {way: statistics.median(seconds) for way, seconds in took.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--official", action="store_true")
    official = parser.parse_args().official
    if official and not OFFICIAL.is_file():
        parser.error("its environment is not there: make official")
    print(f"load before {os.getloadavg()[0]:.1f}")
    found = {size: measure(*size, official=official) for size in SIZES}
    names = list(found[SIZES[0]])
    print("\n| rows | steps | " + " | ".join(names) + " | always / write | strict / write |")
    print("|---|---|" + "---|" * (len(names) + 2))
    for (rows, n_steps), by_way in found.items():
        cells = [f"{by_way[name]:.3f} s" for name in names]
        cells += [f"{by_way[way] / by_way['write']:.2f}" for way in ("always", "strict")]
        print(f"| {rows:,} | {n_steps:,} | " + " | ".join(cells) + " |")
    few, many = (found[size] for size in SIZES)
    print("\nTen times the rows: " + ", ".join(f"{name} {many[name] / few[name]:.1f}" for name in names) + ".")
    if official:
        times = {way: many[f"official {way}"] / many[way] for way in ("always", "strict")}
        print(
            "The official client takes "
            + ", ".join(f"{ratio:.0f} times as long ({way})" for way, ratio in times.items())
        )


if __name__ == "__main__":
    main()

"""How long the tables of a series take, against a bare group-by and, with `--peers`, against other libraries.

Every one gets the same rows in its own form, in a process and an environment of its own. Each is run in turn, and
medians of these turns are compared. Reading the file and bringing it into that form are not timed.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from environments import python_of
from ingest import series

SIZES = ((50_000, 60), (500_000, 600), (5_000_000, 6_000))
REPEATS = 5
PATIENCE_S = 30.0
"""What takes longer is run once for each number of rows."""

HERE = Path(__file__).parent
OURS = "cellkeep"
ALONE = (OURS, "polars_alone")
PEERS = ("ionworksdata", "pyprobe_data", "battery_data_toolkit", "aurora_cycler_manager", "cellpy")

Way = tuple[str, str]
"""A library, and what is run of it."""


@dataclass(frozen=True)
class Peer:
    """A process that has read the input and runs the summaries of one library as often as it is asked to."""

    name: str
    process: subprocess.Popen[str]
    log: IO[bytes]

    def run(self, name: str) -> tuple[float, tuple[int, float | None]]:
        """Seconds; and the number of cycles with the sum of their discharge capacities [A.h]."""
        print(name, file=self.process.stdin, flush=True)
        took, made = self.answer()
        return took, made

    def answer(self) -> Any:
        assert self.process.stdout is not None
        if line := self.process.stdout.readline():
            return json.loads(line)
        self.log.seek(0)
        raise RuntimeError(f"{self.name} ended: {self.log.read().decode()[-2000:]}")


@contextmanager
def opened(name: str, rows: Path) -> Iterator[Peer]:
    file = HERE / "peers" / f"{name}.py"
    command = [python_of(file), "-P", HERE / "one_peer.py", file, rows]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        yield Peer(name, process, log)


def in_turn(names: Sequence[str], rows: Path) -> tuple[dict[Way, list[float]], dict[Way, Any]]:
    """Seconds that each way took, the first time not counted where there are others; and what each made."""
    took: dict[Way, list[float]] = defaultdict(list)
    made: dict[Way, Any] = {}
    with ExitStack() as stack:
        peers = [stack.enter_context(opened(name, rows)) for name in names]
        ways = [(peer, run) for peer in peers for run in peer.answer()]  # first, each says what it can run
        for _ in range(1 + REPEATS):
            for peer, run in ways:
                way = peer.name, run
                if max(took[way], default=0.0) < PATIENCE_S:
                    seconds, made[way] = peer.run(run)
                    took[way].append(seconds)
    return {way: seconds[1:] or seconds for way, seconds in took.items()}, made


def measured(names: Sequence[str]) -> tuple[list[dict[Way, list[float]]], dict[Way, Any]]:
    """Seconds by number of rows, and what each way made of the fewest."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for rows, steps in SIZES:
            path = Path(folder) / f"{rows}.parquet"
            series(rows, steps).write_parquet(path)
            found.append(in_turn(names, path))
    return [took for took, _ in found], found[0][1]


def report(sizes: Sequence[dict[Way, list[float]]], made: dict[Way, Any]) -> None:
    """Print one table, ready for a page."""
    medians = [{way: statistics.median(took) for way, took in size.items()} for size in sizes]
    largest = medians[-1]
    ours = [way for way in largest if way[0] == OURS]
    heads = ["library", "what is run", *(f"{rows:,} rows" for rows, _ in SIZES), "ten times the rows"]
    heads += [f"times ours ({run})" for _, run in ours] + ["cycles", "discharge"]
    print("|", " | ".join(heads), "|")
    print("|---" * len(heads) + "|")
    for way in largest:
        cycles, discharge = made[way]
        cells = [way[0], way[1], *(f"{size[way]:.3f} s" for size in medians)]
        cells += [f"{largest[way] / medians[-2][way]:.1f}", *(f"{largest[way] / largest[one]:.2f}" for one in ours)]
        cells += [str(cycles), "" if discharge is None else f"{discharge:.3f} A·h"]
        print("|", " | ".join(cells), "|")
    print(f"\nMedians of {REPEATS}; cycles and discharge are what was found in {SIZES[0][0]:,} rows.")
    for (rows, _), size in zip(SIZES, sizes, strict=True):
        if once := [" ".join(way) for way, took in size.items() if took[0] >= PATIENCE_S]:
            print(f"Run once at {rows:,} rows: {', '.join(once)}.")


def main() -> None:
    before = os.getloadavg()[0]
    sizes, made = measured(ALONE + (PEERS if "--peers" in sys.argv[1:] else ()))
    report(sizes, made)
    print(f"Load of the machine: {before:.1f} before, {os.getloadavg()[0]:.1f} after.")


if __name__ == "__main__":
    main()

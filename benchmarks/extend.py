"""How long it takes to append rows: a few to a long series, a few many times over; and against making it all anew.

The server is a process of its own on the embedded default, reached over HTTP, as in `ingest.py`.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from ingest import KEY, series, server, timed
from processes import cpu_s
from sending import SETTLED_S, Sender

import cellkeep
from cellkeep.client.frames import write_series

ROWS, STEPS = 5_000_000, 6_000
PIECE = 1_000
REPEATS = 5
MANY, FEW = 200, 100
WHOLE_ROWS, WHOLE_STEPS = 10_000_000, 12_000
MORE_ROWS = 10_000
IN_A_ROW = 17
"""One of so many puts the whole series into one file."""


def following(rows: int, start: int, step: int, steps: int = 1) -> pl.DataFrame:
    """Rows that carry a series on that has `start` rows; the first of their steps is `step`."""
    shifts = {"Time [s]": start, "Step count": step, "Cycle count": step // 4}
    return series(rows, steps).with_columns(pl.col(name) + shift for name, shift in shifts.items())


def row_groups(data: Path, measurement_id: str) -> int:
    """Groups in the longest series of a measurement."""
    import pyarrow.parquet as pq  # noqa: PLC0415  it tells how a file is built

    footers = [pq.ParquetFile(path).metadata for path in data.glob(f"**/{measurement_id}/*/time_series.parquet")]
    return int(max(footers, key=lambda footer: footer.num_rows).num_row_groups)


def appended(api: Any, cell_id: str, data: Path) -> None:
    """Seconds of the client for a few rows to a long series, and for a few many times over."""
    long = api.create(cell_id, {"measurement": {"name": "long"}, "time_series": series(ROWS, STEPS)}).id
    took = [
        timed(lambda start=start: api.extend(long, following(PIECE, start, STEPS - 1)))  # type: ignore[misc]
        for start in range(ROWS, ROWS + REPEATS * PIECE, PIECE)
    ]
    print(f"{ROWS:,} rows, {PIECE:,} more: {statistics.median(took):.2f} s; {row_groups(data, long)} row groups")
    small = api.create(cell_id, {"measurement": {"name": "small"}, "time_series": series(FEW, 1)}).id
    took = [
        timed(lambda start=start: api.extend(small, following(FEW, start, 0)))  # type: ignore[misc]
        for start in range(FEW, FEW * (MANY + 1), FEW)
    ]
    first, last = statistics.median(took[:20]), statistics.median(took[-20:])
    print(f"{MANY} times {FEW} rows: {first:.3f} s each at first, {last:.3f} s at last", end="; ")
    print(f"{row_groups(data, small)} row group")


def against_anew(send: Sender, api: Any, cell_id: str, pid: int, folder: Path) -> None:
    """Print what rows that are appended cost, beside what the whole costs, in turn: the server alone, then all."""
    frame, whole, more = series(WHOLE_ROWS, WHOLE_STEPS), folder / "whole.parquet", folder / "more.parquet"
    write_series(frame, whole)
    measurement_id = send.create("grows", whole).id
    anew, appended, calls = [], [], []
    for run in range(-1, REPEATS):  # the first of each is not counted
        start = WHOLE_ROWS + 2 * (run + 1) * MORE_ROWS
        write_series(following(MORE_ROWS, start, WHOLE_STEPS - 1), more)
        pair = send.create(f"run {run}", whole), send.extend(measurement_id, more)
        detail = {"measurement": {"name": f"called in run {run}"}, "time_series": frame}
        rows = following(MORE_ROWS, start + MORE_ROWS, WHOLE_STEPS - 1)
        called = (
            spent(pid, lambda detail=detail: api.create(cell_id, detail)),  # type: ignore[misc]
            spent(pid, lambda rows=rows: api.extend(measurement_id, rows)),  # type: ignore[misc]
        )
        if run >= 0:
            anew.append(pair[0])
            appended.append(pair[1])
            calls.append(called)
    print(f"\n| | {WHOLE_ROWS:,} rows anew | {MORE_ROWS:,} rows appended | times less |\n|---|---|---|---|")
    for what, place in (("confirm to ready", "wall_s"), ("the same, on the cores", "cpu_s")):
        print_ratio(what, [getattr(one, place) for one in anew], [getattr(one, place) for one in appended])
    for place, what in enumerate(("the whole call", "the same, on the cores of client and server")):
        print_ratio(what, [one[place] for one, _ in calls], [other[place] for _, other in calls])
    start = WHOLE_ROWS + 2 * (REPEATS + 1) * MORE_ROWS
    firsts = range(start, start + IN_A_ROW * MORE_ROWS, MORE_ROWS)
    pieces = [following(MORE_ROWS, first, WHOLE_STEPS - 1) for first in firsts]
    row = [spent(pid, partial(api.extend, measurement_id, piece)) for piece in pieces]
    for place, what in enumerate((f"mean of {IN_A_ROW} calls in a row", "the same, on the cores of client and server")):
        print_ratio(what, [one[place] for one, _ in calls], [statistics.fmean(each[place] for each in row)])


def spent(pid: int, work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that a call took; and on a core, of this process and of the server."""
    before = time.process_time() + cpu_s(pid)
    took = timed(work)
    time.sleep(SETTLED_S)
    return took, time.process_time() + cpu_s(pid) - before


def print_ratio(what: str, anew: Sequence[float], appended: Sequence[float]) -> None:
    reference, ours = statistics.median(anew), statistics.median(appended)
    print(f"| {what} | {reference:.2f} s | {ours:.2f} s | {reference / ours:.1f} |")


def main() -> None:
    before = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory() as name,
        server(Path(name)) as at,
        cellkeep.Client(api_key=KEY, api_url=at.url) as client,
    ):
        cell = client.cell_instance.create(client.cell_spec.create({"name": "Benchmark"}).id, {"name": "C"})
        appended(client.cell_measurement, cell.id, Path(name))
        against_anew(Sender(at, cell.id), client.cell_measurement, cell.id, at.pid, Path(name))
    print(f"\nLoad of the machine: {before:.1f} before, {os.getloadavg()[0]:.1f} after.")


if __name__ == "__main__":
    main()

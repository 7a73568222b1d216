"""How long it takes to append rows: a few to a long series, a few many times over; and against making it all anew.

The server is a process of its own on the embedded default, reached over HTTP, as in `ingest.py`.
"""

import os
import statistics
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from ingest import KEY, series, server, timed
from sending import Sender

import cellkeep
from cellkeep.client.frames import write_series

ROWS, STEPS = 5_000_000, 6_000
PIECE = 1_000
REPEATS = 5
MANY, FEW = 200, 100
WHOLE_ROWS, WHOLE_STEPS = 10_000_000, 12_000
MORE_ROWS = 10_000


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


def against_anew(send: Sender, folder: Path) -> None:
    """Print what the server spends on rows that are appended, beside what it spends on the whole, in turn."""
    whole, more = folder / "whole.parquet", folder / "more.parquet"
    write_series(series(WHOLE_ROWS, WHOLE_STEPS), whole)
    measurement_id = send.create("grows", whole).id
    anew, appended = [], []
    for run in range(-1, REPEATS):  # the first of each is not counted
        write_series(following(MORE_ROWS, WHOLE_ROWS + (run + 1) * MORE_ROWS, WHOLE_STEPS - 1), more)
        pair = send.create(f"run {run}", whole), send.extend(measurement_id, more)
        if run >= 0:
            anew.append(pair[0])
            appended.append(pair[1])
    print(f"\n| | {WHOLE_ROWS:,} rows anew | {MORE_ROWS:,} rows appended | times less |\n|---|---|---|---|")
    for what, place in (("confirm to ready", "wall_s"), ("on the cores", "cpu_s")):
        ours, reference = (statistics.median(getattr(one, place) for one in each) for each in (appended, anew))
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
        against_anew(Sender(at, cell.id), Path(name))
    print(f"\nLoad of the machine: {before:.1f} before, {os.getloadavg()[0]:.1f} after.")


if __name__ == "__main__":
    main()

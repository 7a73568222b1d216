"""How long it takes to append rows: a few to a long series, and a few many times over.

The server is a process of its own on the embedded default, reached over HTTP, as in `ingest.py`. The longer file alone
is made here, and compared with a copy of the shorter, and with the writing of all rows.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from ingest import KEY, series, server, timed

import cellkeep
from cellkeep.services.stitching import stitch

ROWS, STEPS = 5_000_000, 6_000
PIECE = 1_000
REPEATS = 5
MANY, FEW = 200, 100
LONG, LONG_STEPS, LONG_PIECE = 10_000_000, 12_000, 10_000


def following(rows: int, start: int, step: int) -> pl.DataFrame:
    """Rows that carry a series on that has `start` rows and ends in step `step`."""
    shifts = {"Time [s]": start, "Step count": step, "Cycle count": step // 4}
    return series(rows, 1).with_columns(pl.col(name) + shift for name, shift in shifts.items())


def row_groups(data: Path, measurement_id: str) -> int:
    """Groups in the longest series of a measurement."""
    import pyarrow.parquet as pq  # noqa: PLC0415  it tells how a file is built

    footers = [pq.ParquetFile(path).metadata for path in data.glob(f"**/{measurement_id}/*/time_series.parquet")]
    return int(max(footers, key=lambda footer: footer.num_rows).num_row_groups)


def measured(target: Path, work: Callable[[], object]) -> str:
    """Median wall and processor time [s] of making a new file."""
    walls, processors = [], []
    for _ in range(REPEATS):
        target.unlink(missing_ok=True)
        before = time.process_time()
        walls.append(timed(work))
        processors.append(time.process_time() - before)
    return f"{statistics.median(walls):.3f} s (processor {statistics.median(processors):.3f} s)"


def longer_file(folder: Path) -> None:
    """The longer file alone, from a stored one as the client sends it, and from one that grew before."""
    frame = series(LONG, LONG_STEPS)
    stored, sent, target, copy = (folder / name for name in ("stored", "sent", "target", "copy"))
    frame.write_parquet(stored, compression="zstd")
    size = f"{stored.stat().st_size / 1e6:.0f} MB"
    print(
        f"{LONG:,} rows, {size}, written: {measured(copy, lambda: frame.write_parquet(copy, compression='zstd'))}",
        end="; ",
    )
    print(f"copied: {measured(copy, lambda: shutil.copyfile(stored, copy))}")
    for number in range(2):
        following(LONG_PIECE, LONG + number * LONG_PIECE, LONG_STEPS - 1).write_parquet(sent)
        print(f"{LONG_PIECE:,} more, file alone: {measured(target, lambda: stitch(stored, sent, target))}")
        target.replace(stored)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        longer_file(Path(name))
    with (
        tempfile.TemporaryDirectory() as name,
        server(Path(name)) as url,
        cellkeep.Client(api_key=KEY, api_url=url) as client,
    ):
        cell = client.cell_instance.create(client.cell_spec.create({"name": "Benchmark"}).id, {"name": "C"})
        api = client.cell_measurement
        frame = series(ROWS, STEPS)
        long = api.create(cell.id, {"measurement": {"name": "long"}, "time_series": frame}).id
        took = [
            timed(lambda start=start: api.extend(long, following(PIECE, start, STEPS - 1)))  # type: ignore[misc]
            for start in range(ROWS, ROWS + REPEATS * PIECE, PIECE)
        ]
        print(f"{ROWS:,} rows, {PIECE:,} more: {statistics.median(took):.2f} s", end="; ")
        print(f"{row_groups(Path(name), long)} row groups")
        small = api.create(cell.id, {"measurement": {"name": "small"}, "time_series": series(FEW, 1)}).id
        took = [
            timed(lambda start=start: api.extend(small, following(FEW, start, 0)))  # type: ignore[misc]
            for start in range(FEW, FEW * (MANY + 1), FEW)
        ]
        first, last = statistics.median(took[:20]), statistics.median(took[-20:])
        print(f"{MANY} times {FEW} rows: {first:.3f} s each at first, {last:.3f} s at last", end="; ")
        print(f"{row_groups(Path(name), small)} row group")


if __name__ == "__main__":
    main()

"""How long it takes to append rows: a few to a long series, and a few many times over.

The server is a process of its own on the embedded default, reached over HTTP, as in `ingest.py`.
"""

import statistics
import tempfile
from pathlib import Path

import polars as pl
from ingest import KEY, series, server, timed

import cellkeep

ROWS, STEPS = 5_000_000, 6_000
PIECE = 1_000
REPEATS = 5
MANY, FEW = 200, 100


def following(rows: int, start: int, step: int) -> pl.DataFrame:
    """Rows that carry a series on that has `start` rows and ends in step `step`."""
    shifts = {"Time [s]": start, "Step count": step, "Cycle count": step // 4}
    return series(rows, 1).with_columns(pl.col(name) + shift for name, shift in shifts.items())


def row_groups(data: Path, measurement_id: str) -> int:
    """Groups in the longest series of a measurement."""
    import pyarrow.parquet as pq  # noqa: PLC0415  it tells how a file is built

    footers = [pq.ParquetFile(path).metadata for path in data.glob(f"**/{measurement_id}/*/time_series.parquet")]
    return int(max(footers, key=lambda footer: footer.num_rows).num_row_groups)


def main() -> None:
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

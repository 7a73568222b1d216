"""How much memory the server and its children take for series that are larger than it.

The files are made piece by piece and sent as they lie on the disk. Each goes to a server process of its own, so that
the peaks are of that series alone.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
from extend import following
from ingest import KEY, server
from processes import watched
from sending import Sender

import cellkeep

GROUP_ROWS = 128 * 1024
PIECE_GROUPS = 10
STEP_ROWS = 1_024
LAYOUTS = ((100_000_000, GROUP_ROWS), (40_000_000, 40_000_000))
"""Rows of a series, and of each row group."""


def pieces(rows: int, piece_rows: int) -> Iterator[pl.DataFrame]:
    for start in range(0, rows, piece_rows):
        size = min(piece_rows, rows - start)
        yield following(size, start, start // STEP_ROWS, max(size // STEP_ROWS, 1))


def write(path: Path, rows: int, group_rows: int) -> None:
    """Write a series of many pieces; a piece is a few row groups, or one where they are large."""
    piece_rows = max(group_rows, PIECE_GROUPS * GROUP_ROWS)
    first = next(pieces(STEP_ROWS, STEP_ROWS)).to_arrow()
    with pq.ParquetWriter(path, first.schema, compression="zstd") as file:
        for piece in pieces(rows, piece_rows):
            file.write_table(piece.to_arrow(), row_group_size=group_rows)


def measured(rows: int, group_rows: int, folder: Path) -> list[str]:
    """The cells of a line of the table."""
    path = folder / "series.parquet"
    write(path, rows, group_rows)
    with server(folder) as at, cellkeep.Client(api_key=KEY, api_url=at.url) as client:
        cell = client.cell_instance.create(client.cell_spec.create({"name": "Benchmark"}).id, {"name": "C"})
        with watched(at.pid) as idle:
            pass
        with watched(at.pid) as memory:
            done = Sender(at, cell.id).create("whole", path)
    children = [peak for pid, peak in memory.each.items() if pid != at.pid]
    figures = (idle.together, memory.each[at.pid], max(children), memory.together, memory.anonymous)
    size = f"{path.stat().st_size / 1e6:,.0f} MB"
    return [
        *(f"{count:,}" for count in (rows, group_rows, done.steps)),
        size,
        *(f"{peak:,.0f} MiB" for peak in figures),
        f"{done.wall_s:.1f} s",
    ]


def main() -> None:
    before = os.getloadavg()[0]
    heads = ["rows", "rows in a group", "steps", "file", "idle", "server", "child", "together", "of it anonymous"]
    heads.append("confirm to ready")
    print("|", " | ".join(heads), "|")
    print("|---" * len(heads) + "|")
    for rows, group_rows in LAYOUTS:
        with tempfile.TemporaryDirectory() as name:
            print("|", " | ".join(measured(rows, group_rows, Path(name))), "|", flush=True)
    print(f"\nLoad of the machine: {before:.1f} before, {os.getloadavg()[0]:.1f} after.")


if __name__ == "__main__":
    main()

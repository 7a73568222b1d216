"""How long it takes to read one cycle of a long series, and a picture of it, against reading it whole.

The server is a process of its own on the embedded default, reached over HTTP, as in `ingest.py`. All are read in turn
by our client, each twice, and the medians of the second times are compared: the first time after reading ten million
rows all memory is cold. What comes back is compared with the frame that was sent.
"""

import itertools
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
from ingest import KEY, series, server, timed

import cellkeep

ROWS, STEPS = 10_000_000, 12_000
CYCLE = STEPS // 8 + 1
APART = 50
"""Cycles so far apart have no row group in common."""
POINTS = 2000
REPEATS = 15
SCATTERED = list(range(7, STEPS // 4, STEPS // 40))
THIRD = ("Time [s]", ROWS // 3, ROWS // 3 * 2)
WINDOW = ("Time [s]", ROWS // 2, ROWS // 2 + ROWS // 100)


def stored(client: cellkeep.Client, frame: pl.DataFrame) -> str:
    """The id of the frame as a series that is ready."""
    cell = client.cell_instance.create(client.cell_spec.create({"name": "Benchmark"}).id, {"name": "C"})
    return client.cell_measurement.create(cell.id, {"measurement": {"name": "long"}, "time_series": frame}).id


def require_right(read: Callable[..., pl.DataFrame], frame: pl.DataFrame) -> None:
    """Claim that a cycle is all its rows, and that a picture has the extremes."""
    assert read(cycles=CYCLE).equals(frame.filter(pl.col("Cycle count") == CYCLE))
    assert read(cycles=SCATTERED).equals(frame.filter(pl.col("Cycle count").is_in(SCATTERED)))
    picture = read(columns="Voltage [V]", max_points=POINTS)
    assert picture.height <= POINTS
    for side in (pl.col("Voltage [V]").min(), pl.col("Voltage [V]").max()):
        assert picture.select(side).equals(frame.select(side))


def main() -> None:
    frame = series(ROWS, STEPS)
    with (
        tempfile.TemporaryDirectory() as name,
        server(Path(name)) as at,
        cellkeep.Client(api_key=KEY, api_url=at.url) as client,
    ):
        measurement_id = stored(client, frame)

        def read(**named: object) -> pl.DataFrame:
            return client.cell_measurement.time_series(measurement_id, **named)  # type: ignore[arg-type, no-any-return]

        require_right(read, frame)
        others = itertools.count(APART, APART)
        reads: dict[str, Callable[[], object]] = {
            "the whole": read,
            "a cycle": lambda: read(cycles=CYCLE),
            "a cycle never read before": lambda: read(cycles=next(others)),
            f"{len(SCATTERED)} cycles far apart": lambda: read(cycles=SCATTERED),
            "a cycle, two columns": lambda: read(cycles=CYCLE, columns=["Time [s]", "Voltage [V]"]),
            f"{POINTS:,} points of one column": lambda: read(columns="Voltage [V]", max_points=POINTS),
            f"{POINTS:,} points of all columns": lambda: read(max_points=POINTS),
            f"{POINTS:,} points of a third": lambda: read(window=THIRD, max_points=POINTS),
            f"{POINTS:,} points of a hundredth": lambda: read(columns="Voltage [V]", window=WINDOW, max_points=POINTS),
        }
        took: dict[str, list[float]] = {what: [] for what in reads}
        for _ in range(REPEATS):
            for what, work in reads.items():
                work()
                took[what].append(timed(work))
    medians = {what: statistics.median(seconds) for what, seconds in took.items()}
    print(f"{ROWS:,} rows, {STEPS:,} steps")
    for what, seconds in medians.items():
        print(f"{what:<28} {seconds * 1000:>8.1f} ms  1/{medians['the whole'] / seconds:.0f}")


if __name__ == "__main__":
    main()

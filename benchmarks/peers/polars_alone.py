"""What nobody can do without: 18 aggregates of each step, in polars alone. No charge or energy is among them."""

import polars as pl


def load(path: str) -> pl.DataFrame:
    return pl.read_parquet(path)


def by_step(frame: pl.DataFrame) -> pl.DataFrame:
    time_s, volts, amps = pl.col("Time [s]"), pl.col("Voltage [V]"), pl.col("Current [A]")
    table = frame.group_by("Step count", maintain_order=True).agg(
        time_s.first().alias("start"),
        time_s.last().alias("end"),
        volts.first().alias("v start"),
        volts.last().alias("v end"),
        *[
            getattr(column, name)().alias(f"{name} {label}")
            for label, column in {"v": volts, "i": amps, "p": volts * amps}.items()
            for name in ("min", "max", "mean", "std")
        ],
        pl.len().alias("rows"),
        pl.col("Cycle count").first().alias("cycle"),
    )
    assert table.width == 1 + 18
    return table


def group_by(frame: pl.DataFrame) -> tuple[int, None]:
    return by_step(frame)["cycle"].n_unique(), None


RUNS = {"group_by, 18 aggregates": group_by}

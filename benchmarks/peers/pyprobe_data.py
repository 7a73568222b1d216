"""PyProBE: `cycling.summary`, whose result is lazy and is collected here. Its charge is positive on charging."""

import polars as pl
from pyprobe.analysis import cycling
from pyprobe.filters import Procedure


def load(path: str) -> pl.DataFrame:
    """Rows in its format. The net capacity is part of that, so it is given; a cycle begins where `Step` falls."""
    frame = pl.read_parquet(path).with_columns(current=-pl.col("Current [A]"))
    hours = pl.col("Time [s]").diff().fill_null(0.0) / 3600
    return frame.select(
        "Time [s]",
        (pl.col("Step count") - pl.col("Step count").min().over("Cycle count")).alias("Step"),
        pl.col("Step count").alias("Event"),
        pl.col("current").alias("Current [A]"),
        "Voltage [V]",
        (hours * (pl.col("current") + pl.col("current").shift(fill_value=0.0)) / 2).cum_sum().alias("Capacity [Ah]"),
    )


def summary(frame: pl.DataFrame) -> tuple[int, float]:
    found = cycling.summary(Procedure(lf=frame.lazy(), readme_dict={}, info={})).data
    return found.height, found["Discharge Capacity [Ah]"].sum()


RUNS = {"cycling.summary": summary}

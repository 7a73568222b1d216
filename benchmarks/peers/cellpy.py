"""cellpy: the step table and the summary of cycles, with and without end voltages. Positive on charging."""

import logging

import pandas as pd
import polars as pl
from cellpy import cellreader

logging.disable()


def load(path: str) -> pd.DataFrame:
    """Rows in its format. The capacities since the start of the cycle are part of that, so they are given."""
    frame = pl.read_parquet(path).with_row_index("data_point", offset=1)
    amps, hours = -pl.col("Current [A]"), pl.col("Time [s]").diff().fill_null(0.0) / 3600
    mean = (amps + amps.shift(fill_value=0.0)) / 2 * hours
    return frame.select(
        pl.col("data_point").cast(pl.Int64),
        pl.col("Time [s]").alias("test_time"),
        (pl.col("Time [s]") - pl.col("Time [s]").first().over("Step count")).alias("step_time"),
        (pl.col("Step count") - pl.col("Step count").min().over("Cycle count") + 1).alias("step_index"),
        (pl.col("Cycle count") + 1).alias("cycle_index"),
        amps.alias("current"),
        pl.col("Voltage [V]").alias("voltage"),
        mean.clip(lower_bound=0).cum_sum().over("Cycle count").alias("charge_capacity"),
        (-mean).clip(lower_bound=0).cum_sum().over("Cycle count").alias("discharge_capacity"),
    ).to_pandas()


def summary(frame: pd.DataFrame, *, find_end_voltage: bool = False) -> tuple[int, float]:
    cell = cellreader.CellpyCell(initialize=True)
    cell.data.raw = frame
    cell.make_step_table()
    cell.make_summary(find_end_voltage=find_end_voltage)
    found = cell.data.summary
    return len(found), float(found["discharge_capacity"].sum())


def summary_with_voltages(frame: pd.DataFrame) -> tuple[int, float]:
    return summary(frame, find_end_voltage=True)


RUNS = {
    "make_step_table, make_summary(find_end_voltage=False)": summary,
    "make_step_table, make_summary": summary_with_voltages,
}

"""Small series that tests send."""

from datetime import UTC, datetime

import polars as pl


def series(steps: int = 2, rows: int = 3) -> pl.DataFrame:
    """A series of `steps` steps of `rows` rows each: discharge, charge, discharge and so on."""
    row = pl.int_range(steps * rows, eager=True).alias("row")
    within, falling = pl.col("row") % rows, pl.col("row") // rows % 2 == 0
    return row.to_frame().select(
        pl.col("row").cast(pl.Float64).alias("Time [s]"),
        (3.7 - 0.001 * pl.when(falling).then(within).otherwise(rows - within) - 1e-7 * pl.col("row")).alias(
            "Voltage [V]"
        ),
        pl.when(falling).then(1.5).otherwise(-1.5).alias("Current [A]"),
        (pl.col("row") // rows).alias("Step count"),
        (pl.col("row") // (2 * rows)).alias("Cycle count"),
    )


def motley() -> pl.DataFrame:
    """Six rows with columns of every plain kind beside those of the data format, with nulls, NaN and infinities."""
    moment = datetime(2026, 3, 15, 9, 30, 0, 123456, tzinfo=UTC)
    return series().with_columns(
        pl.Series("int", [1, None, 3, -4, 2**62, 0], dtype=pl.Int64),
        pl.Series("small", [1, None, 3, 4, 255, 0], dtype=pl.UInt8),
        pl.Series("float", [1.5, None, float("nan"), float("inf"), -float("inf"), -0.0]),
        pl.Series("float32", [0.1, None, 0.3, 3.4e38, 1e-45, 0.0], dtype=pl.Float32),
        pl.Series("text", ["a", None, "", "Zyklus Ä", "line\nbreak", "0"]),
        pl.Series("flag", [True, None, False, True, False, True]),
        pl.Series("when", [moment, None, *[moment] * 4], dtype=pl.Datetime("us", "UTC")),
        pl.Series("local", [moment.replace(tzinfo=None), None, *[moment.replace(tzinfo=None)] * 4]),
        pl.Series("nothing", [None] * 6, dtype=pl.Float64),
    )


def arbin_csv(number: int = 0, *, rows: int = 20, moments: bool = False, reversed_: bool = False) -> str:
    """A file as Arbin writes it, of one charge and one discharge, with other values for each number.

    Args:
        number: which.
        rows: of each of both steps.
        moments: whether it tells the times of day, which name no zone.
        reversed_: whether its current has the wrong sign.
    """
    lines = ["Data_Point,Test_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V)" + (",Date_Time" if moments else "")]
    for row in range(2 * rows):
        charging, within = row < rows, row % rows
        current = 1.5 if charging != reversed_ else -1.5
        voltage = 3.6 + 0.5 * (within if charging else rows - within) / rows + number * 1e-4
        moment = f",03/15/2026 09:{row // 60:02d}:{row % 60:02d}" if moments else ""
        lines.append(f"{row + 1},{row}.0,{1 if charging else 2},1,{current},{voltage:.5f}{moment}")
    return "\n".join(lines) + "\n"

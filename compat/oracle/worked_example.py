"""Two identical cycles whose tables are known to many digits."""

import math

import numpy as np
import polars as pl


def worked_example() -> pl.DataFrame:
    """Sampled every 60 s: charge at 1 A from 3.0 V to 4.2 V, constant voltage, rest, discharge at 1 A."""
    voltage = [*np.linspace(3.0, 4.2, 61), *[4.2] * 31, *(4.19 - 0.001 * row for row in range(11))]
    voltage += np.linspace(4.15, 3.0, 71).tolist()
    current = [*[-1.0] * 61, *(-math.exp(-row / 8) for row in range(31)), *[0.0] * 11, *[1.0] * 71]
    step = [number for number, rows in enumerate((61, 31, 11, 71)) for _ in range(rows)]
    steps = [*step, *(4 + number for number in step)]
    return pl.DataFrame({
        "Time [s]": [60.0 * row for row in range(len(steps))],
        "Voltage [V]": [float(value) for value in voltage] * 2,
        "Current [A]": current * 2,
        "Step count": steps,
        "Cycle from cycler": [1 + number // 4 for number in steps],
    })  # fmt: skip

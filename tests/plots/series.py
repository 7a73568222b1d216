"""A short series to draw: three steps of two cycles, a row a second."""

import numpy as np
import polars as pl


def rest_charge_discharge(rows: int = 100) -> pl.DataFrame:
    """Rest, charge with 1 A, discharge with 2 A, with so many rows each; the discharge is of the second cycle."""
    step = np.repeat([0, 1, 2], rows)
    current = np.array([0.0, -1.0, 2.0])[step]
    return pl.DataFrame(
        {
            "Time [s]": np.arange(3.0 * rows),
            "Voltage [V]": 3.7 - np.cumsum(current) / (3600 * rows),
            "Current [A]": current,
            "Step count": step,
            "Cycle count": np.array([0, 0, 1])[step],
        }
    )

"""Series for the tests."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from hypothesis import strategies as st


def cycling(cycles: int = 2) -> pl.DataFrame:
    """Identical cycles sampled every 60 s: CC charge, CV charge, rest, CC discharge at 1 A."""
    voltage: list[float] = []
    current: list[float] = []
    step: list[int] = []
    for cycle in range(cycles):
        voltage += np.linspace(3.0, 4.2, 61).tolist() + [4.2] * 31
        voltage += [4.19 - 0.001 * k for k in range(11)] + np.linspace(4.15, 3.0, 71).tolist()
        current += [-1.0] * 61 + [-math.exp(-k / 8) for k in range(31)] + [0.0] * 11 + [1.0] * 71
        step += [4 * cycle + number for number, rows in enumerate((61, 31, 11, 71)) for _ in range(rows)]
    return pl.DataFrame({
        "Time [s]": 60.0 * np.arange(len(step)),
        "Voltage [V]": voltage,
        "Current [A]": current,
        "Step count": step,
        "Cycle count": [number // 4 for number in step],
    })  # fmt: skip


def one_step(**columns: Sequence[Any]) -> pl.DataFrame:
    """Samples of one step 10 s apart; `time=`, `voltage=` and `current=` replace the defaults."""
    rows = len(next(iter(columns.values())))
    return pl.DataFrame({
        "Time [s]": columns.get("time", [10.0 * k for k in range(rows)]),
        "Voltage [V]": columns.get("voltage", [3.7] * rows),
        "Current [A]": columns.get("current", [1.0] * rows),
        "Step count": [0] * rows,
    }, strict=False)  # fmt: skip


@st.composite
def broken_series(draw: st.DrawFn) -> pl.DataFrame:
    """Steps of few rows, currents of both signs, values missing as null and as NaN, rows without a time."""
    lengths = draw(st.lists(st.sampled_from([1, 1, 2, 3, 4, 5, 9, 30]), min_size=1, max_size=12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    missing = draw(st.sampled_from([0.0, 0.05, 0.4, 0.95]))
    rows = sum(lengths)
    step = np.repeat(np.cumsum(rng.integers(1, 3, len(lengths))), lengths)
    columns = {
        "Time [s]": np.cumsum(rng.exponential(30.0, rows)),
        "Voltage [V]": rng.uniform(2.5, 4.2, rows),
        "Current [A]": rng.normal(0.0, 1.0, rows) * 10.0 ** rng.integers(-6, 3),
        "Temperature [degC]": rng.normal(25.0, 1.0, rows),
    }
    frame = {name: _with_gaps(values, missing, rng) for name, values in columns.items()}
    frame["Cycle from cycler"] = pl.Series(np.repeat(rng.integers(1, 4, len(lengths)), lengths))
    return pl.DataFrame(frame | {"Step count": step})


def _with_gaps(values: np.ndarray[Any, Any], share: float, rng: np.random.Generator) -> pl.Series:
    chance = rng.uniform(size=values.size)
    series = pl.Series(np.where(chance < share / 2, np.nan, values))
    return series.set(pl.Series(chance > 1 - share / 2), None)

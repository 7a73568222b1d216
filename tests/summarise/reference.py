"""The step table again, slow and plain, row by row: what the fast one is held against."""

import math
from itertools import groupby, pairwise
from typing import Any

import polars as pl

Row = dict[str, Any]


def slow_steps(frame: pl.DataFrame) -> list[Row]:
    """Figures of each step of a series with time, voltage, current and step count."""
    rows = list(enumerate(frame.fill_nan(None).iter_rows(named=True)))
    table = [_step(list(run)) for _, run in groupby(rows, key=lambda row: row[1]["Step count"])]
    changes = {0: 0}
    if "Cycle from cycler" in frame.columns and "Cycle count" not in frame.columns:
        numbers = frame["Cycle from cycler"].to_list()
        for row, (before, now) in enumerate(pairwise(numbers), start=1):
            changes[row] = changes[row - 1] + (before != now)
    for step in table:
        step.setdefault("Cycle count", changes.get(step["Start index"], 0))
    return table


def _step(run: list[tuple[int, Row]]) -> Row:
    rows = [row for _, row in run]
    for row in rows:
        row["Power [W]"] = _times(row["Voltage [V]"], row["Current [A]"])
    first, last = rows[0], rows[-1]
    step = {
        "Start index": run[0][0],
        "End index": run[-1][0],
        "Start time [s]": first["Time [s]"],
        "End time [s]": last["Time [s]"],
        "Start voltage [V]": first["Voltage [V]"],
        "End voltage [V]": last["Voltage [V]"],
        "Duration [s]": None if None in {first["Time [s]"], last["Time [s]"]} else last["Time [s]"] - first["Time [s]"],
        "Discharge capacity [A.h]": _integral(rows, "Current [A]", 1),
        "Charge capacity [A.h]": _integral(rows, "Current [A]", -1),
        "Discharge energy [W.h]": _integral(rows, "Power [W]", 1),
        "Charge energy [W.h]": _integral(rows, "Power [W]", -1),
        "Step count": first["Step count"],
    }
    for name in ("voltage [V]", "current [A]", "power [W]", "temperature [degC]"):
        column = name[0].upper() + name[1:]
        if column in first:
            step |= {f"{word} {name}": value for word, value in _statistics([row[column] for row in rows]).items()}
    step.pop("Std temperature [degC]", None)
    return step if "Cycle count" not in first else step | {"Cycle count": first["Cycle count"]}


def _times(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


def _integral(rows: list[Row], name: str, sign: int) -> float | None:
    usable = [(row["Time [s]"], max(sign * row[name], 0.0)) for row in rows if None not in (row["Time [s]"], row[name])]
    if not usable:
        return None
    return math.fsum((y0 + y1) / 2 * (t1 - t0) / 3600 for (t0, y0), (t1, y1) in pairwise(usable))


def _statistics(values: list[float | None]) -> dict[str, float | None]:
    trimmed = {1: values, 2: values, 3: values[1:]}.get(len(values), values[1:-1])
    known = [value for value in values if value is not None]
    if not known:
        return dict.fromkeys(("Min", "Max", "Std", "Mean"))
    mean = math.fsum(known) / len(known)
    return {"Min": min(known), "Max": max(known), "Std": spread(trimmed), "Mean": mean}


def spread(values: list[float | None]) -> float:
    """Sample standard deviation of what is there; 0 where that is not defined."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return 0.0
    mean = math.fsum(known) / len(known)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in known) / (len(known) - 1))


def assert_same(found: pl.DataFrame, expected: list[Row]) -> None:
    """Equal to 1e-9, null only where null is expected."""
    assert found.height == len(expected)
    for number, (step, other) in enumerate(zip(found.iter_rows(named=True), expected, strict=True)):
        for name, value in other.items():
            assert _close(step[name], value), f"step {number}: {name} is {step[name]}, expected {value}"


def _close(one: Any, other: Any) -> bool:
    if one is None or other is None or isinstance(one, str):
        return bool(one == other)
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-10)

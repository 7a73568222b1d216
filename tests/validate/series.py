"""Series for the tests of the checks, and ways to look at what was found in them."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

from cellkeep.domain.findings import Finding
from cellkeep.validate import Asked, Checking, findings, kept, resumed

TIME, VOLTAGE, CURRENT, STEPS = "Time [s]", "Voltage [V]", "Current [A]", "Step count"
TRANSFERS = ("Discharge capacity [A.h]", "Charge capacity [A.h]", "Discharge energy [W.h]", "Charge energy [W.h]")
WINDOW = (2.5, 4.2)

STRICT: dict[str, Any] = {"strict": True, "voltage_window": WINDOW, "rated_capacity": 1.0}
"""All checks of the rows run."""

Payloads = list[dict[str, Any]]


def codes(frame: pl.DataFrame, **asked: Any) -> list[str]:
    """The codes of what is found, in order."""
    return [each.code for each in findings(frame, **asked)]


def payloads(code: str, frame: pl.DataFrame, **asked: Any) -> Payloads:
    """The payloads of the findings of one code."""
    return [each.payload for each in findings(frame, **asked) if each.code == code]


def messages(code: str, frame: pl.DataFrame, **asked: Any) -> list[str]:
    """What is said of the findings of one code."""
    return [each.message for each in findings(frame, **asked) if each.code == code]


def is_plain(value: Any) -> bool:
    """Whether there are only values in it that JSON has, and no relatives of them."""
    if type(value) is dict:
        return all(type(key) is str for key in value) and all(map(is_plain, value.values()))
    if type(value) is list:
        return all(map(is_plain, value))
    return value is None or type(value) in {str, int, float, bool}


def pieces(frame: pl.DataFrame, cuts: Iterable[int]) -> list[pl.DataFrame]:
    """The rows in pieces, which may be empty."""
    return [frame[first:end] for first, end in pairwise([0, *sorted(cuts), frame.height])]


def checked(parts: Iterable[pl.DataFrame], asked: Asked) -> list[Finding]:
    """What is found in rows that come in pieces."""
    checking = Checking.of(asked)
    for part in parts:
        checking.add(part)
    return list(checking.findings())


def cut_and_kept(frame: pl.DataFrame, asked: Asked, cut: int) -> list[Finding]:
    """What is found where checks are kept as text before a row, and go on from there."""
    first = Checking.of(asked)
    first.add(frame[:cut])
    text = kept(first)
    assert text is not None
    second = resumed(text, asked, cut)
    assert second is not None
    second.add(frame[cut:])
    return second.findings()


def require_same(found: Sequence[Finding], expected: Sequence[Finding]) -> None:
    """The same codes in the same order, and payloads to 1e-9.

    Which row differs most from an integral may change where several differ as much, to the last digits. In what order
    columns with single bad values are told does not matter.
    """
    assert [each.code for each in found] == [each.code for each in expected]
    for one, other in zip(sorted(found, key=_order), sorted(expected, key=_order), strict=True):
        assert one.payload.keys() == other.payload.keys()
        passed_over = set(_AT_WORST) if one.payload.keys() >= set(_AT_WORST) else set()
        if passed_over:
            assert _same(_apart(one.payload), _apart(other.payload)), one.code
        different = {
            key: (one.payload[key], other.payload[key])
            for key in other.payload.keys() - passed_over
            if not _same(one.payload[key], other.payload[key])
        }
        assert not different, one.code


_AT_WORST = ("worst_row_index", "reported_at_worst", "integrated_at_worst")


def _order(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.payload["column"] if finding.code.startswith("value_") else ""


def _apart(payload: dict[str, Any]) -> float:
    return abs(payload["reported_at_worst"] - payload["integrated_at_worst"])


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)


@st.composite
def faulty_series(draw: st.DrawFn) -> pl.DataFrame:
    """Steps of charge, rest and discharge with capacities, energies, cycles and a wall clock, and some faults.

    Two things are left out. The second row never comes an hour after the first, and no current is so small beside
    another one that it is a rest only once the other one is known: there, what is found follows the cuts.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    lengths = draw(st.lists(st.sampled_from([1, 2, 3, 4, 5, 8, 14, 30]), min_size=1, max_size=8))
    faults = draw(st.sets(st.sampled_from(_FAULTS), max_size=4))
    columns = _sound(lengths, rng)
    for fault in sorted(faults):
        _break(fault, columns, rng)
    return _frame(columns, draw(st.booleans()))


def _sound(lengths: list[int], rng: np.random.Generator) -> dict[str, Any]:
    rows = sum(lengths)
    step = np.repeat(np.arange(len(lengths)), lengths)
    time = np.concatenate([[0.0], np.cumsum(rng.choice([1.0, 10.0, 37.5], rows - 1))])
    way = np.repeat(rng.choice([-1.0, 0.0, 1.0], len(lengths)), lengths)
    current = 10.0 ** rng.integers(-5, 2) * way * rng.uniform(0.5, 1.0, rows)
    columns = {
        TIME: time,
        VOLTAGE: 3.7 - 0.01 * np.cumsum(way) + rng.normal(0.0, 1e-3, rows),
        CURRENT: current,
        STEPS: step.astype(np.float64),
        "Cycle count": (step // 2).astype(np.float64),
        "Cycle from cycler": (step // 2 + 1).astype(np.float64),
    }
    share = rng.choice([1.0, 1.0, 1.3])
    for name in TRANSFERS:
        flow = current if "capacity" in name else current * columns[VOLTAGE]
        flow = np.maximum(-flow if "Charge" in name else flow, 0.0)
        running = np.concatenate([[0.0], np.cumsum(0.5 * (flow[1:] + flow[:-1]) * np.diff(time) / 3600)])
        starts = np.cumsum(lengths) - lengths
        columns[name] = share * (running - np.repeat(running[starts], lengths))
    return columns


def _break(fault: str, columns: dict[str, Any], rng: np.random.Generator) -> None:
    rows = columns[TIME].size
    some = rng.integers(0, rows, rng.integers(1, 4))
    breaking = next(breaking for faults, breaking in _BREAKING if fault in faults)
    breaking(columns, fault, some if breaking is _break_transfer else some[some > 1], rng)


def _jump(columns: dict[str, Any], fault: str, rows: Any, rng: np.random.Generator) -> None:
    name = {"steps jump": STEPS, "cycles jump": "Cycle count"}.get(fault, TIME)
    sizes = {"time falls": [-50.0], "gap": [20_000.0], "hour": [-3600.0, 3600.0]}
    for row in rows:
        columns[name][row:] += rng.choice(sizes.get(fault, [-1.0, 0.5, 1.0, 2.0]))


def _lose(columns: dict[str, Any], fault: str, rows: Any, rng: np.random.Generator) -> None:
    columns[_LOST[fault]][rows] = np.nan


def _overflow(columns: dict[str, Any], fault: str, rows: Any, rng: np.random.Generator) -> None:
    columns[_INFINITE[fault]][rows] = rng.choice([-np.inf, np.inf])


def _break_transfer(columns: dict[str, Any], fault: str, rows: Any, rng: np.random.Generator) -> None:
    transfer = columns[TRANSFERS[int(rng.integers(0, 4))]]
    if fault == "transfers off":
        transfer += 0.01
    else:
        transfer[rows] = -0.01 if fault == "transfers fall" else np.nan


def _repeat(columns: dict[str, Any], fault: str, rows: Any, rng: np.random.Generator) -> None:
    if fault == "repeated times":
        columns[TIME][rows] = columns[TIME][rows - 1]
    else:
        half = columns[TIME].size // 2 + 1
        for name in (VOLTAGE, CURRENT):
            columns[name] = np.tile(columns[name][:half], 2)[: columns[TIME].size]


def _change_all(columns: dict[str, Any], fault: str, rows: Any, rng: np.random.Generator) -> None:
    changed = {
        "time starts late": (TIME, columns[TIME] + 5.0),
        "current turned": (CURRENT, -columns[CURRENT]),
        "size of current": (CURRENT, np.abs(columns[CURRENT])),
        "steps by row": (STEPS, np.arange(columns[TIME].size, dtype=np.float64)),
    }
    name, values = changed[fault]
    columns[name] = values


def _sweep(columns: dict[str, Any], fault: str, rows: Any, rng: np.random.Generator) -> None:
    for name in (TIME, VOLTAGE, CURRENT):
        columns[name][rows] = np.nan
    columns["Frequency [Hz]"] = np.where(np.isin(np.arange(columns[TIME].size), rows), 1000.0, np.nan)


_LOST = {"no time": TIME, "no voltage": VOLTAGE, "no current": CURRENT, "no step": STEPS, "no cycle": "Cycle count"}
_INFINITE = {"infinite current": CURRENT, "infinite voltage": VOLTAGE, "infinite time": TIME}
_BREAKING = (
    (("time falls", "gap", "hour", "steps jump", "cycles jump"), _jump),
    (tuple(_LOST), _lose),
    (tuple(_INFINITE), _overflow),
    (("transfers off", "transfers fall", "no transfer"), _break_transfer),
    (("repeated times", "rows repeated"), _repeat),
    (("time starts late", "current turned", "size of current", "steps by row"), _change_all),
    (("swept",), _sweep),
)
_FAULTS = tuple(fault for faults, _ in _BREAKING for fault in faults)
"""What may be wrong with a series."""


def _frame(columns: dict[str, Any], as_nulls: bool) -> pl.DataFrame:
    seconds = np.nan_to_num(columns[TIME], nan=0.0, posinf=0.0, neginf=0.0)
    stamps = [datetime(2024, 3, 31) + timedelta(seconds=float(at)) for at in seconds]  # noqa: DTZ001  a local clock
    series = [pl.Series(name, values, nan_to_null=as_nulls) for name, values in columns.items()]
    return pl.DataFrame([*series, pl.Series("Clock", stamps)])

"""Series that a check may stumble over: ordinary ones, with one thing or several made wrong."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

Columns = dict[str, list[Any]]
Random = np.random.Generator

TRANSFERS = ("Discharge capacity [A.h]", "Charge capacity [A.h]", "Discharge energy [W.h]", "Charge energy [W.h]")


@dataclass
class Suspect:
    """A series and what is said of it.

    Attributes:
        columns: name, polars type and values.
        asked: how it is to be checked.
        steps: its step table, if one is given.
    """

    columns: list[tuple[str, str, list[Any]]]
    asked: dict[str, Any]
    steps: Columns | None = None

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.columns]

    def values(self, name: str) -> list[Any]:
        return next(values for found, _, values in self.columns if found == name)


@dataclass
class _Draft:
    random: Random
    columns: dict[str, list[Any]]
    whole: set[str] = field(default_factory=set)

    def some_rows(self, most: int = 3) -> list[int]:
        n = len(next(iter(self.columns.values())))
        return [int(at) for at in self.random.integers(0, n, self.random.integers(1, most + 1))] if n else []


def _cycler(random: Random, scale: float, signs: str, noise: float) -> _Draft:
    """Steps of rest, charge and discharge with a voltage that follows, in rows of uneven spacing."""
    time, current, voltage, step = [], [], [], []
    now, soc = 0.0, 0.5
    for number in range(int(random.integers(1, 7))):
        way = random.choice([-1.0, 0.0, 1.0])
        size = scale * random.uniform(0.1, 1.0)
        fading = random.random() < 0.2
        for row in range(int(random.integers(1, 14))):
            now += float(random.uniform(0.1, 400.0)) if time else 0.0
            amps = way * size * (np.exp(-0.2 * row) if fading else 1.0)
            soc -= way * random.uniform(0.0, 0.03)
            time.append(now)
            current.append(float(amps))
            voltage.append(float(3.2 + 0.8 * soc - 0.05 * way + noise * random.normal()))
            step.append(number)
    amps = np.array(current)
    shown = {"right": amps, "reversed": -amps, "size": np.abs(amps), "mixed": amps * random.choice([-1, 1], amps.size)}
    draft = _Draft(random, {"Time [s]": time, "Voltage [V]": voltage, "Current [A]": shown[signs].tolist()})
    draft.columns["Step count"] = step
    draft.whole.add("Step count")
    return draft


def _with_transfers(draft: _Draft) -> None:
    time, amps, volts, step = (np.array(draft.columns[name], float) for name in (
        "Time [s]", "Current [A]", "Voltage [V]", "Step count",
    ))  # fmt: skip
    for name in TRANSFERS:
        flow = amps if "capacity" in name else amps * volts
        flow = np.maximum(-flow if "Charge" in name else flow, 0.0)
        moved = np.concatenate([[0.0], 0.5 * (flow[1:] + flow[:-1]) * np.diff(time) / 3600])
        running = np.cumsum(moved)
        start = running[np.concatenate([[0], np.flatnonzero(np.diff(step)) + 1])]
        since = running - np.repeat(start, np.diff(np.append(np.flatnonzero(np.diff(step, prepend=-1)), step.size)))
        draft.columns[name] = (since * draft.random.choice([1.0, 1.0, 1.02, 1.09, 1.12, 2.0])).tolist()
    if draft.random.random() < 0.3:
        draft.columns["Power [W]"] = (amps * volts * draft.random.choice([1.0, 1.0, 1.5, -1.0])).tolist()


def _set(name: str, make: Callable[[_Draft, float], Any]) -> Callable[[_Draft], None]:
    def change(draft: _Draft) -> None:
        if name in draft.columns:
            for row in draft.some_rows():
                draft.columns[name][row] = make(draft, draft.columns[name][row])

    return change


def _drop(name: str) -> Callable[[_Draft], None]:
    return lambda draft: draft.columns.pop(name, None) and None


def _map(name: str, make: Callable[[float], float]) -> Callable[[_Draft], None]:
    def change(draft: _Draft) -> None:
        if name in draft.columns:
            draft.columns[name] = [None if it is None else make(it) for it in draft.columns[name]]

    return change


def _time_jumps(draft: _Draft) -> None:
    time = draft.columns.get("Time [s]", [])
    for row in range(len(time) // 2, len(time)):
        time[row] = None if time[row] is None else time[row] + 18_500.0


def _missing(draft: _Draft, value: Any) -> float:
    return float("nan")


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _of_any_transfer(change: Callable[[str], Callable[[_Draft], None]]) -> Callable[[_Draft], None]:
    return lambda draft: change(str(draft.random.choice(TRANSFERS)))(draft)


def _float_steps(draft: _Draft) -> None:
    draft.whole.discard("Step count")
    for row in draft.some_rows():
        if "Step count" in draft.columns:
            draft.columns["Step count"][row] = draft.random.choice([0.5, 1.5, np.nan, 2.0])


def _untimed_sweep(draft: _Draft) -> None:
    n = len(next(iter(draft.columns.values())))
    frequency: list[float | None] = [None] * n
    for row in draft.some_rows(4):
        for name in set(draft.columns) - {"Step count", "Cycle count"}:
            draft.columns[name][row] = None
        frequency[row] = float(draft.random.choice([0.0, 1.0, 1000.0]))
    if n:
        draft.columns["Frequency [Hz]"] = frequency


def _cycles(draft: _Draft) -> None:
    steps = draft.columns.get("Step count")
    if steps is None:
        return
    name = str(draft.random.choice(["Cycle count", "Cycle number", "Cycle from cycler"]))
    draft.columns[name] = [int(_or_nan(step) if math.isfinite(_or_nan(step)) else 0) // 2 for step in steps]
    draft.whole.add(name)
    if draft.random.random() < 0.5:
        for row in draft.some_rows():
            draft.columns[name][row] = int(draft.random.integers(0, 4))
    elif draft.random.random() < 0.3:
        draft.whole.discard(name)
        for row in draft.some_rows():
            draft.columns[name][row] = draft.random.choice([np.nan, 0.5, 1.0])


_FAULTS: dict[str, Callable[[_Draft], None]] = {
    "time falls": _set("Time [s]", lambda draft, it: (it or 0.0) - float(draft.random.uniform(0, 500))),
    "time repeats": _map("Time [s]", lambda it: it if math.isnan(it) else round(it / 300) * 300.0),
    "time jumps": _time_jumps,
    "time starts late": _map("Time [s]", lambda it: it + 7.5),
    "time starts nearly at 0": _map("Time [s]", lambda it: it + 1e-6),
    "time is missing": _set("Time [s]", _missing),
    "no time": _drop("Time [s]"),
    "no voltage": _drop("Voltage [V]"),
    "no current": _drop("Current [A]"),
    "no steps": _drop("Step count"),
    "current is missing": _set("Current [A]", _missing),
    "voltage is flat": _map("Voltage [V]", lambda _: 3.7),
    "voltage jumps": _set("Voltage [V]", lambda draft, _: float(draft.random.uniform(0, 5))),
    "steps leave out": _map("Step count", lambda it: it * 2),
    "steps start late": _map("Step count", lambda it: it + 1),
    "steps go back": _set("Step count", lambda draft, _: int(draft.random.integers(0, 5))),
    "steps are no whole numbers": _float_steps,
    "an untimed sweep": _untimed_sweep,
    "cycles": _cycles,
    "a transfer goes on": _of_any_transfer(lambda name: _map(name, lambda it: it + 0.5)),
    "a transfer is signed": _of_any_transfer(lambda name: _map(name, lambda it: -it)),
    "a transfer is missing": _of_any_transfer(lambda name: _set(name, _missing)),
    "a transfer is not there": _of_any_transfer(_drop),
}


@st.composite
def cycler_series(draw: st.DrawFn, *, missing_voltage: bool = False) -> Suspect:
    """Cycler data with up to four faults."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    draft = _cycler(
        random,
        draw(st.sampled_from([1e-6, 1e-3, 0.02, 1.0, 30.0])),
        draw(st.sampled_from(["right", "right", "reversed", "size", "mixed"])),
        draw(st.sampled_from([0.0, 1e-4, 0.02])),
    )
    if draw(st.booleans()):
        _with_transfers(draft)
    for fault in draw(st.lists(st.sampled_from(sorted(_FAULTS)), max_size=4)):
        if len(draft.columns) > 1:
            _FAULTS[fault](draft)
    if missing_voltage and "Voltage [V]" in draft.columns:
        for row in draft.some_rows(4):
            draft.columns["Voltage [V]"][row] = None
    asked: dict[str, Any] = {"strict": draw(st.booleans())}
    if draw(st.booleans()):
        asked["voltage_window"] = draw(st.sampled_from([(2.5, 4.2), (3.6, 3.65), (4.2, 2.5)]))
    if draw(st.booleans()):
        asked["rated_capacity"] = draw(st.sampled_from([0.001, 1.0, 5.0, 0.0]))
    if draw(st.booleans()):
        asked["start_time"] = "2026-01-01T00:00:00Z"
        asked["end_time"] = draw(
            st.sampled_from(["2026-01-01T00:30:00Z", "2025-01-01T00:00:00Z", "2026-01-01T01:00:00", "soon"])
        )
    steps = draw(st.none() | step_tables()) if asked["strict"] else None
    return Suspect(_typed(draft), asked, steps)


@st.composite
def step_tables(draw: st.DrawFn) -> Columns:
    """Step tables as people make them, with labels and amounts that may be wrong."""
    rows = draw(st.integers(0, 8))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    mean = random.choice([-2.0, -0.5, 0.0, 0.0005, 1.0, 2.0, np.nan], rows)
    amounts = random.uniform(0, 6, (4, rows)) * random.choice([0, 1, 1], (4, rows))
    table: Columns = {
        "Step count": list(range(rows)),
        "Step type": [
            str(it)
            for it in random.choice(["Rest", "Constant current charge", "CC DISCHARGE", "CV charge", "EIS"], rows)
        ],
        "Mean current [A]": mean.tolist(),
        "Min current [A]": (mean - random.choice([0.0, 3.0], rows)).tolist(),
        "Max current [A]": (mean + random.choice([0.0, 3.0], rows)).tolist(),
        "Std current [A]": random.choice([0.01, 0.6, np.nan], rows).tolist(),
        "Duration [s]": random.choice([59.0, 60.0, 3600.0, np.nan], rows).tolist(),
        **dict(zip(TRANSFERS, amounts.tolist(), strict=True)),
    }
    for name in draw(st.lists(st.sampled_from(sorted(table)), max_size=2)):
        if len(table) > 1:
            table.pop(name, None)
    return table


@st.composite
def other_series(draw: st.DrawFn) -> Suspect:
    """Open-circuit potential curves and impedance spectra."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = draw(st.integers(0, 12))
    kind = draw(st.sampled_from(["ocp", "eis"]))
    draft = _Draft(random, {})
    if kind == "ocp":
        draft.columns = {
            "Voltage [V]": random.uniform(3, 4, rows).tolist(),
            str(random.choice(["Capacity [A.h]", "SOC", "Stoichiometry", "x"])): random.uniform(0, 1, rows).tolist(),
            "Step count": [int(it) for it in np.cumsum(random.choice([0, 0, 1, 2], rows))],
        }
        draft.whole.add("Step count")
    else:
        size = draw(st.sampled_from([1.0, 1000.0, 1e-4]))
        real = random.uniform(0.01, 0.05, rows) * size
        draft.columns = {
            "Frequency [Hz]": random.permutation(np.logspace(-2, 5, rows)).tolist(),
            "Z_Re [Ohm]": np.where(random.random(rows) < 0.1, np.nan, real).tolist(),
            "Z_Im [Ohm]": (size * random.uniform(-0.02, 0.02, rows) * random.choice([1, 1, 0], rows)).tolist(),
        }
    if draw(st.booleans()):
        draft.columns.pop(draw(st.sampled_from(sorted(draft.columns))))
    draft.columns["Note"] = [0.0] * rows
    asked = {
        "data_type": kind,
        "strict": draw(st.booleans()),
        "rated_capacity": draw(st.sampled_from([None, 2.5, -1.0])),
    }
    return Suspect(_typed(draft), asked)


def _typed(draft: _Draft) -> list[tuple[str, str, list[Any]]]:
    found = []
    for name, values in draft.columns.items():
        whole = name in draft.whole and not any(math.isnan(_or_nan(value)) for value in values)
        plain = [None if value is None else int(value) if whole else float(value) for value in values]
        found.append((name, "Int64" if whole else "Float64", plain))
    return found

"""A 5 A.h NMC811 / graphite-silicon 21700 cell that ages, as a cycler would have recorded it.

Two electrode potentials, a series resistance, one slow relaxation and one thermal mass. Lithium is counted in
ampere hours of the cathode: discharge (positive current) adds to it. Potentials in V, temperatures in degC.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cellkeep.domain import columns

Floats = NDArray[np.float64]

RATED_CAPACITY_AH = 5.0
VOLTAGE_MAX_V = 4.2
VOLTAGE_MIN_V = 2.5
CHECK_UP_EVERY = 50
"""Cycles from one C/10 check-up to the next; cycle 0 is the first."""

_GRAPHITE = (
    (0.088, 0.48, 0.16),
    (0.124, 0.24, 0.35),
    (0.150, 0.08, 0.6),
    (0.205, 0.13, 0.7),
    (0.30, 0.07, 3.0),
)
_SILICON = ((0.27, 0.45, 2.2), (0.47, 0.55, 3.0))
_NMC811 = (
    (3.59, 0.08, 0.8),
    (3.70, 0.24, 1.1),
    (3.88, 0.26, 1.9),
    (4.03, 0.10, 1.5),
    (4.18, 0.10, 0.75),
    (4.55, 0.22, 4.0),
)
"""Sites for lithium: potential [V] against lithium, share of all sites, width in thermal voltages."""
_THERMAL_VOLTAGE = 0.0257
_GRAPHITE_AH, _SILICON_AH, _CATHODE_AH, _LITHIUM_AH = 4.85, 0.75, 6.45, 6.42

_SERIES_OHM, _RELAXING_OHM = 0.021, 0.016
_RELAXATION_S = 260.0
_HEAT_CAPACITY_J_K, _THERMAL_K_W = 68.0, 7.2
_NOISE_V, _NOISE_A, _NOISE_K = 2e-4, 5e-4, 0.05
_STEP_START_S = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Every step is recorded at these times whatever its logging interval."""


class _State(NamedTuple):
    lithium_ah: float
    polarisation_v: float
    temperature_degc: float


class _Cell(NamedTuple):
    """The cell as it is during one cycle."""

    lithium_ah: Floats
    open_circuit_v: Floats
    relaxing_ohm: Floats
    entropy_v_k: Floats
    series_ohm: float
    side_reaction: float
    ambient_degc: float

    def at(self, values: Floats, lithium_ah: Floats) -> Floats:
        return np.interp(lithium_ah, self.lithium_ah, values)


class _Trace(NamedTuple):
    time_s: Floats
    current_a: Floats
    lithium_ah: Floats
    polarisation_v: Floats


class _Variation(NamedTuple):
    """How this cell differs from the next of its lot; 1 is the mean."""

    capacity: float
    resistance: float
    fade: float


def ageing_test(n_cycles: int = 300, seed: int = 1) -> pl.DataFrame:
    """Record a cycle-life test at 25 degC.

    Each cycle is a 1C discharge to 2.5 V, 20 min rest, a C/2 charge to 4.2 V held there until C/20, and
    10 min rest. Cycle 0 and every 50th after it is a check-up at C/10. The cell enters the test full and a
    cycle begins with its discharge: a check-up empties the cell further than 1C does, and only between two
    full charges do the charge and discharge of every cycle match.

    Args:
        n_cycles: number of cycles, at least 1; the knee comes at about 245.
        seed: fixes the sensor noise, the drift of the chamber and how this cell differs from others.

    Returns:
        `Time [s]` from 0 and strictly rising, `Voltage [V]`, `Current [A]` (positive on discharge),
        `Temperature [degC]`, `Step count`, `Cycle count` (both 0-based, over the whole test),
        `Step from cycler` (1 to 5 in each cycle) and `Cycle from cycler` (1-based).
    """
    random = np.random.default_rng(seed)
    varied = _Variation(*random.uniform((0.995, 0.96, 0.92), (1.005, 1.04, 1.08)).tolist())
    ambient = _chamber_degc(n_cycles, random)
    cell = _aged(0, ambient[0], varied)
    state = _State(_full_charge_ah(cell), 0.0, ambient[0])
    steps: list[Floats] = []
    for cycle in range(n_cycles):
        cell = _aged(cycle, ambient[cycle], varied)
        recorded, state = _run_cycle(cell, state, check_up=cycle % CHECK_UP_EVERY == 0)
        steps += recorded
    return _as_frame(steps, random)


def _chamber_degc(n_cycles: int, random: np.random.Generator) -> list[float]:
    """A chamber set to 25 degC: a slow swing of the room, and what the controller leaves."""
    swing = 0.2 * np.sin(np.arange(n_cycles) / 17.0)
    drift = np.convolve(random.normal(0.0, 0.12, n_cycles + 4), np.ones(5) / np.sqrt(5), mode="valid")
    return [float(value) for value in 25.0 + swing + drift]


def _aged(cycle: int, ambient_degc: float, varied: _Variation) -> _Cell:
    """The cell after `cycle` cycles: lithium lost, silicon gone inactive, resistance grown."""
    lost_ah = _lost_lithium_ah(cycle) * varied.fade
    losing_ah = (_lost_lithium_ah(cycle + 1) - _lost_lithium_ah(cycle)) * varied.fade
    wear = (0.10 * np.sqrt(cycle / 300) + 0.32 * cycle / 300 + 0.004 * _past_knee(cycle)) * varied.fade
    silicon_ah = _SILICON_AH * np.exp(-cycle / 700)
    lithium, voltage, filling = _open_circuit(silicon_ah, _LITHIUM_AH - lost_ah)
    resistance = varied.resistance * (1 + wear) * np.exp(-0.016 * (ambient_degc - 25.0))
    return _Cell(
        lithium_ah=lithium * varied.capacity,
        open_circuit_v=voltage,
        relaxing_ohm=_RELAXING_OHM * (float(resistance) + _slow_when_empty(filling)),
        entropy_v_k=1.2e-4 * np.tanh((filling - 0.35) / 0.12) - 0.5e-4,
        series_ohm=_SERIES_OHM * float(resistance),
        side_reaction=6e-4 + losing_ah / RATED_CAPACITY_AH,
        ambient_degc=ambient_degc,
    )


def _slow_when_empty(filling: Floats) -> Floats:
    """Lithium leaves an almost empty anode, and its silicon last of all, against a higher resistance."""
    empty: Floats = 5.5 * np.exp(-filling / 0.07) + 24.0 * np.exp(-filling / 0.012)
    return empty


def _lost_lithium_ah(cycle: int) -> float:
    """Growth of the surface layer slows with its thickness, cracking adds its share at each cycle."""
    return float(0.014 * np.sqrt(cycle) + 0.0008 * cycle + 0.0022 * _past_knee(cycle))


def _past_knee(cycle: int) -> float:
    """Cycles since the knee, turning smoothly from none."""
    return float(14.0 * np.logaddexp(0.0, (cycle - 245) / 14.0))


def _open_circuit(silicon_ah: float, inventory_ah: float) -> tuple[Floats, Floats, Floats]:
    """Lithium in the cathode [A.h], the cell's voltage there, and how full the anode is (0 to 1)."""
    anode_v, cathode_v = np.linspace(1.8, 0.005, 1500), np.linspace(4.6, 3.0, 800)
    in_anode = _GRAPHITE_AH * _filled(_GRAPHITE, anode_v) + silicon_ah * _filled(_SILICON, anode_v)
    in_cathode = _CATHODE_AH * _filled(_NMC811, cathode_v)
    lowest = max(in_cathode[0], inventory_ah - in_anode[-1])
    highest = min(in_cathode[-1], inventory_ah - in_anode[0])
    lithium = highest - (highest - lowest) * np.linspace(1.0, 0.0, 3000) ** 2
    voltage = np.interp(lithium, in_cathode, cathode_v) - np.interp(inventory_ah - lithium, in_anode, anode_v)
    return lithium, voltage, (inventory_ah - lithium) / (_GRAPHITE_AH + silicon_ah)


def _filled(sites: tuple[tuple[float, float, float], ...], potential_v: Floats) -> Floats:
    filled = np.zeros_like(potential_v)
    for centre, share, width in sites:
        filled += share / (1 + np.exp((potential_v - centre) / (width * _THERMAL_VOLTAGE)))
    return filled


def _full_charge_ah(cell: _Cell) -> float:
    """Lithium in the cathode where a charge ends: at C/20, held at the upper limit."""
    ohm = cell.series_ohm + cell.relaxing_ohm
    charged = cell.open_circuit_v + RATED_CAPACITY_AH / 20 * ohm
    return float(np.interp(-VOLTAGE_MAX_V, -charged, cell.lithium_ah))


def _run_cycle(cell: _Cell, state: _State, *, check_up: bool) -> tuple[list[Floats], _State]:
    """Rows of the five steps, and the state the cell is left in."""
    discharge_a, charge_a = (RATED_CAPACITY_AH * rate for rate in ((0.1, 0.1) if check_up else (1.0, 0.5)))
    discharge_log_s, charge_log_s = (120.0, 120.0) if check_up else (10.0, 40.0)
    procedure: tuple[tuple[Callable[[_State], _Trace], float], ...] = (
        (lambda now: _constant_current(cell, now, discharge_a, VOLTAGE_MIN_V), discharge_log_s),
        (lambda now: _rest(now, 1200.0), 60.0),
        (lambda now: _constant_current(cell, now, -charge_a, VOLTAGE_MAX_V), charge_log_s),
        (lambda now: _constant_voltage(cell, now), 60.0),
        (lambda now: _rest(now, 600.0), 60.0),
    )
    recorded = []
    for run, log_s in procedure:
        rows, state = _record(cell, state, run(state), log_s)
        recorded.append(rows)
    return recorded, state


def _constant_current(cell: _Cell, state: _State, current_a: float, until_v: float) -> _Trace:
    time = np.linspace(0.0, 1.25 * RATED_CAPACITY_AH / abs(current_a) * 3600, 3000)
    trace = _carry(cell, state, current_a, time)
    last = max(_first_beyond(cell, trace, until_v), 1)
    near = _between(trace, np.linspace(time[last - 1], time[last], 60))
    return _between(trace, np.append(time[:last], near.time_s[max(_first_beyond(cell, near, until_v), 1)]))


def _carry(cell: _Cell, state: _State, current_a: float, time_s: Floats) -> _Trace:
    """The same current all the time; what the side reaction takes of a charge is not stored."""
    stored_a = current_a if current_a > 0 else current_a * (1 - cell.side_reaction)
    lithium = state.lithium_ah + stored_a * time_s / 3600
    drive = current_a * cell.at(cell.relaxing_ohm, lithium)
    polarisation = _follow(time_s, drive, state.polarisation_v, _RELAXATION_S)
    return _Trace(time_s, np.full_like(time_s, current_a), lithium, polarisation)


def _first_beyond(cell: _Cell, trace: _Trace, until_v: float) -> int:
    """The first row past the voltage limit that this current runs into."""
    return int(np.argmax(trace.current_a * (until_v - _voltage(cell, trace)) >= 0))


def _between(trace: _Trace, time_s: Floats) -> _Trace:
    return _Trace(time_s, *(np.interp(time_s, trace.time_s, values) for values in trace[1:]))


def _voltage(cell: _Cell, trace: _Trace) -> Floats:
    open_circuit = cell.at(cell.open_circuit_v, trace.lithium_ah)
    return open_circuit - trace.current_a * cell.series_ohm - trace.polarisation_v


def _constant_voltage(cell: _Cell, state: _State) -> _Trace:
    """Charge at the upper limit until C/20, the relaxation following the falling current."""
    end = min(_full_charge_ah(cell), state.lithium_ah - 1e-4)
    lithium = np.linspace(state.lithium_ah, end, 600)
    ohm = cell.at(cell.relaxing_ohm, lithium)
    current = (cell.at(cell.open_circuit_v, lithium) - VOLTAGE_MAX_V) / (cell.series_ohm + ohm)
    stored = current * (1 - cell.side_reaction)
    time = np.append(0.0, np.cumsum(np.diff(lithium) * 7200 / (stored[1:] + stored[:-1])))
    return _Trace(time, current, lithium, current * ohm)


def _rest(state: _State, duration_s: float) -> _Trace:
    time = np.linspace(0.0, duration_s, 600)
    left = state.polarisation_v * np.exp(-time / _RELAXATION_S)
    return _Trace(time, np.zeros_like(time), np.full_like(time, state.lithium_ah), left)


def _follow(time_s: Floats, target: Floats, start: float, delay_s: float) -> Floats:
    """What follows `target` with a first-order delay, from `start` on."""
    grown = np.exp(time_s / delay_s)
    pull = grown * target / delay_s
    gained = np.append(0.0, np.cumsum(np.diff(time_s) * (pull[1:] + pull[:-1]) / 2))
    return (start + gained) / grown


def _record(cell: _Cell, state: _State, trace: _Trace, log_s: float) -> tuple[Floats, _State]:
    """Rows of time in the step, voltage, current, temperature; and the state the next step starts from."""
    lost_v = trace.current_a * cell.series_ohm + trace.polarisation_v
    voltage = _voltage(cell, trace)
    entropic_v = (state.temperature_degc + 273.15) * cell.at(cell.entropy_v_k, trace.lithium_ah)
    heat_w = trace.current_a * (lost_v - entropic_v)
    warm = cell.ambient_degc + heat_w * _THERMAL_K_W
    thermal_s = _HEAT_CAPACITY_J_K * _THERMAL_K_W
    temperature = _follow(trace.time_s, warm, state.temperature_degc, thermal_s)
    times = _sample_times(trace.time_s, voltage, log_s)
    rows = [np.interp(times, trace.time_s, values) for values in (voltage, trace.current_a, temperature)]
    end = _State(float(trace.lithium_ah[-1]), float(trace.polarisation_v[-1]), float(temperature[-1]))
    return np.stack([times, *rows]), end


def _sample_times(time_s: Floats, voltage_v: Floats, log_s: float) -> Floats:
    """A row at each interval, sooner where the voltage moved by 15 mV, and at the end; to the hundredth."""
    due = np.maximum(np.diff(time_s) / log_s, np.abs(np.diff(voltage_v)) / 0.015)
    passed = np.append(0.0, np.cumsum(due))
    times = np.interp(np.arange(1, np.floor(passed[-1]) + 1), passed, time_s)
    end = max(time_s[-1], 0.2)
    early = [start for start in _STEP_START_S if start < end]
    return np.unique(np.round(np.concatenate([early, times[times > 0.1], [end]]), 2))


def _as_frame(steps: list[Floats], random: np.random.Generator) -> pl.DataFrame:
    """All steps on one clock, with the noise of the sensors; a resting channel is open and reads 0 A."""
    ends = np.cumsum([step[0, -1] for step in steps])
    rows = np.concatenate(steps, axis=1)
    step = np.repeat(np.arange(len(steps)), [recorded.shape[1] for recorded in steps])
    time = rows[0] + np.append(0.0, ends)[step]
    noise = random.normal(0.0, 1.0, (3, rows.shape[1]))
    current = np.where(rows[2] == 0.0, 0.0, rows[2] + _NOISE_A * noise[1])
    return pl.DataFrame(
        {
            columns.TIME: np.round(time - time[0], 2),
            columns.VOLTAGE: np.round(rows[1] + _NOISE_V * noise[0], 5),
            columns.CURRENT: np.round(current, 5),
            columns.TEMPERATURE: np.round(rows[3] + _NOISE_K * noise[2], 2),
            columns.STEP_COUNT: step,
            columns.CYCLE_COUNT: step // 5,
            columns.STEP_FROM_CYCLER: step % 5 + 1,
            columns.CYCLE_FROM_CYCLER: step // 5 + 1,
        }
    )

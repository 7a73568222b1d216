"""Series of one small cell, 5 A.h from 3.0 to 4.2 V, as cyclers record them; no two calls differ."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import polars as pl

from cellkeep.domain import columns as c

RATED_AH = 5.0
_SERIES_OHM, _RELAXING_OHM, _RELAXATION_S = 0.022, 0.014, 180.0


class Step(NamedTuple):
    """So long at this current, positive on discharge, with a row at each interval."""

    duration_s: float
    current_a: float
    every_s: float
    cycle: int = 0


class Spectrum(NamedTuple):
    """An impedance spectrum, in the state that the steps before it left."""

    cycle: int = 0


def recorded(steps: Iterable[Step | Spectrum], soc: float = 1.0) -> pl.DataFrame:
    """What a cycler writes of these steps; spectra come with their frequencies."""
    frames, time_s, polarised_v = [], 0.0, 0.0
    for number, step in enumerate(steps):
        if isinstance(step, Spectrum):
            rows = spectrum(soc).with_columns(
                pl.lit(_open_circuit_v(soc)).alias(c.VOLTAGE), pl.lit(0.0).alias(c.CURRENT)
            )
            clock = time_s + np.linspace(1, 300, rows.height)
        else:
            clock = time_s + np.append(np.arange(0.1, step.duration_s, step.every_s), step.duration_s)
            rows, soc, polarised_v = _held(step, clock - time_s, soc, polarised_v)
        count, cycle = pl.lit(number).alias(c.STEP_COUNT), pl.lit(step.cycle).alias(c.CYCLE_COUNT)
        frames.append(rows.with_columns(pl.Series(c.TIME, clock), count, cycle))
        time_s = float(clock[-1])
    frame = pl.concat(frames, how="diagonal")
    return frame.with_columns((pl.col(c.TIME) - frame[c.TIME][0]).round(3)).select(c.TIME, pl.exclude(c.TIME))


def spectrum(soc: float = 0.5) -> pl.DataFrame:
    """Inductance, a resistance, one arc that grows as the cell empties, and a tail of diffusion."""
    frequency = np.logspace(4, -2, 49)
    omega = 2j * np.pi * frequency
    arc_ohm = 0.008 + 0.02 * (1 - soc) ** 2
    z = 0.02 + 2e-7 * omega + arc_ohm / (1 + (0.02 * omega) ** 0.85) + 0.002 / np.sqrt(omega)
    return pl.DataFrame({c.FREQUENCY: frequency, c.Z_RE: z.real, c.Z_IM: z.imag})


def intermittent_titration(pulses: int = 10) -> pl.DataFrame:
    """GITT: ten minutes at C/2, and an hour of rest, again and again."""
    return recorded([Step(600, 0, 60), *[Step(600, RATED_AH / 2, 10), Step(3600, 0, 60)] * pulses])


def pulse_test(levels: int = 8) -> pl.DataFrame:
    """HPPC: at each tenth of charge a pulse of discharge and one of charge, ten seconds each, with rests."""
    pulses = [Step(10, RATED_AH, 0.5), Step(40, 0, 1), Step(10, -0.75 * RATED_AH, 0.5), Step(40, 0, 1)]
    return recorded([Step(600, 0, 60), *[*pulses, Step(1080, RATED_AH / 3, 30), Step(1800, 0, 60)] * levels])


def spectra(levels: int = 8) -> pl.DataFrame:
    """A spectrum at each tenth of charge, on the way down at C/2."""
    return recorded([Step(600, 0, 60), *[Spectrum(), Step(720, RATED_AH / 2, 20), Step(1800, 0, 60)] * levels])


def open_circuit_curve() -> pl.DataFrame:
    """Voltage against capacity, without clock or current."""
    moved = np.linspace(0, 0.98, 200)
    voltage = [_open_circuit_v(1 - share) for share in moved]
    return pl.DataFrame({c.CAPACITY: moved * RATED_AH, c.VOLTAGE: voltage, c.STEP_COUNT: 0})


def _held(step: Step, passed_s: np.ndarray, soc: float, polarised_v: float) -> tuple[pl.DataFrame, float, float]:
    """The rows, then the state of charge and the polarisation they end with."""
    socs = soc - step.current_a * passed_s / 3600 / RATED_AH
    slow_v = step.current_a * _RELAXING_OHM
    polarised = slow_v + (polarised_v - slow_v) * np.exp(-passed_s / _RELAXATION_S)
    open_circuit = np.array([_open_circuit_v(each) for each in socs])
    voltage = open_circuit - step.current_a * _SERIES_OHM - polarised
    rows = pl.DataFrame({c.VOLTAGE: voltage.round(5), c.CURRENT: np.full_like(passed_s, step.current_a)})
    return rows, float(socs[-1]), float(polarised[-1])


def _open_circuit_v(soc: float) -> float:
    return float(3.43 + 0.62 * soc + 0.06 * np.sin(7 * soc) - 0.35 * np.exp(-soc / 0.03) + 0.1 * soc**8)

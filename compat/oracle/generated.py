"""Generated series: each kind of test on each size of cell, with the columns that this cycler or that one writes."""

from zlib import crc32

import numpy as np
import polars as pl
from oracle.case import (
    COUNTED,
    COUNTERS,
    CURRENT,
    CYCLE_COUNT,
    CYCLE_FROM_CYCLER,
    FREQUENCY,
    POWER,
    STEP_COUNT,
    TEMPERATURE,
    TIME,
    VOLTAGE,
    Case,
)
from oracle.protocols import CELLS, KINDS, Floats, Random, Step

SEEDS = range(8)

NAMES = [f"{kind}, {size} cell, {seed}" for kind in KINDS for size in CELLS for seed in SEEDS]


def generated(name: str) -> Case:
    """The same series each time, by its name."""
    random = np.random.default_rng(crc32(name.encode()))
    kind, size, _ = name.split(", ")
    cell = CELLS[size.removesuffix(" cell")](random)
    rounds = [KINDS[kind](random, cell) for _ in range(random.integers(1, 4))]
    series = sampled(random, rounds)
    for written in (_charge_and_energy, _others, _cycle_count, _sweep, _gaps, _types):
        series = written(random, series)
    return Case(series, cell.capacity_ah if random.uniform() < 0.5 else None)


def sampled(random: Random, rounds: list[list[Step]]) -> pl.DataFrame:
    """One row after the other, with what cyclers count: their step numbers come back in each round."""
    steps = [step for each in rounds for step in each]
    lengths = [step.current.size for step in steps]
    of_round = np.repeat(np.arange(len(rounds)), [len(each) for each in rounds])
    numbers = np.concatenate([np.arange(len(each)) for each in rounds])
    seconds, current, voltage = (np.concatenate(column) for column in zip(*steps, strict=True))
    seconds[0] = 0.0
    series = pl.DataFrame({
        TIME: np.cumsum(seconds),
        VOLTAGE: voltage,
        CURRENT: current,
        STEP_COUNT: np.repeat(np.arange(len(steps)), lengths),
        "Step from cycler": np.repeat(numbers + 1, lengths),
        CYCLE_FROM_CYCLER: np.repeat(of_round * random.integers(1, 3) + 1, lengths),
        "Frame": np.repeat(of_round % 2, lengths),
    })  # fmt: skip
    return series.drop([name for name in COUNTERS if random.uniform() < 0.3])


def _charge_and_energy(random: Random, series: pl.DataFrame) -> pl.DataFrame:
    """Counters as cyclers keep them. They are a little off, so that it shows where a figure was taken from."""
    power = series[VOLTAGE] * series[CURRENT]
    for (discharge, charge, single), driver in zip(COUNTED, (series[CURRENT], power), strict=True):
        if random.uniform() < 0.4:
            continue
        moved = [_moved(series, sign * driver.to_numpy()) * random.uniform(0.99, 1.01) for sign in (1, -1)]
        if random.uniform() < 0.3:
            net = moved[0] - moved[1] if random.uniform() < 0.5 else moved[0] + moved[1]
            series = _restarted(random, series.with_columns(pl.Series(single, net)), [single])
        else:
            both = pl.Series(discharge, moved[0]), pl.Series(charge, moved[1])
            series = _restarted(random, series.with_columns(both), [discharge, charge])
    return series


def _moved(series: pl.DataFrame, driver: Floats) -> Floats:
    seconds = np.diff(series[TIME].to_numpy(), prepend=0.0)
    moved: Floats = np.cumsum(seconds * np.maximum(driver, 0.0)) / 3600
    return moved


def _restarted(random: Random, series: pl.DataFrame, counters: list[str]) -> pl.DataFrame:
    """Counted on over the test, or from each step or each cycle; some count the last of them downwards."""
    over = random.choice(["test", STEP_COUNT, CYCLE_FROM_CYCLER])
    if over in series.columns:
        series = series.with_columns(pl.col(name) - pl.col(name).first().over(over) for name in counters)
    return series.with_columns(-pl.col(counters[-1])) if random.uniform() < 0.2 else series


def _others(random: Random, series: pl.DataFrame) -> pl.DataFrame:
    """Temperature, a measured power, a frequency that is never there."""
    rows = series.height
    if random.uniform() < 0.4:
        series = series.with_columns(pl.Series(TEMPERATURE, 25 + random.normal(0, 1, rows)))
    if random.uniform() < 0.2:
        series = series.with_columns((pl.col(VOLTAGE) * pl.col(CURRENT) * random.uniform(0.98, 1.02)).alias(POWER))
    if random.uniform() < 0.2:
        series = series.with_columns(pl.lit(random.choice([None, 0.0]), dtype=pl.Float64).alias(FREQUENCY))
    return series


def _cycle_count(random: Random, series: pl.DataFrame) -> pl.DataFrame:
    """A count of its own, which the cycler's number does not tell."""
    if random.uniform() < 0.7:
        return series
    count = pl.col(STEP_COUNT) // int(random.integers(1, 5)) * int(random.integers(1, 3))
    return series.with_columns(count.alias(CYCLE_COUNT))


def _sweep(random: Random, series: pl.DataFrame) -> pl.DataFrame:
    """Turn a step into impedance: with times, or with nothing but its frequencies."""
    if random.uniform() < 0.7:
        return series
    step = pl.col(STEP_COUNT) == int(random.choice(series[STEP_COUNT].unique().to_numpy()))
    frequency = pl.when(step).then(1e4 / (1.0 + pl.int_range(pl.len())))
    series = series.with_columns(frequency.alias(FREQUENCY))
    if random.uniform() < 0.5:
        return series
    kept = {STEP_COUNT, FREQUENCY, *((*COUNTERS, CYCLE_COUNT) if random.uniform() < 0.5 else ())}
    return series.with_columns(
        pl.when(~step).then(pl.col(name)).alias(name) for name in series.columns if name not in kept
    )


def _gaps(random: Random, series: pl.DataFrame) -> pl.DataFrame:
    """Take out values: of one column, of several, as null and as NaN."""
    if random.uniform() < 0.7:
        return series
    names = [name for name in series.columns if series[name].dtype == pl.Float64]
    chosen = random.choice(names, size=int(random.integers(1, 4)))
    share = random.choice([0.02, 0.3])
    nothing = float("nan") if random.uniform() < 0.3 else None
    return series.with_columns(
        pl.when(pl.Series(random.uniform(size=series.height) < share)).then(nothing).otherwise(pl.col(name)).alias(name)
        for name in {str(name): None for name in chosen}
    )


def _falls(series: pl.DataFrame, name: str) -> bool:
    if name not in series.columns:
        return False
    return bool(series.select((pl.col(name).diff().over(STEP_COUNT) < 0).any()).item())


def _types(random: Random, series: pl.DataFrame) -> pl.DataFrame:
    """Narrower types, as files on disk have them."""
    if random.uniform() < 0.1:
        names = [name for name in (VOLTAGE, CURRENT, TEMPERATURE) if name in series.columns]
        series = series.with_columns(pl.col(names).cast(pl.Float32))
    return series.with_columns(pl.col(STEP_COUNT).cast(random.choice([pl.Int64, pl.UInt16, pl.Float64])))

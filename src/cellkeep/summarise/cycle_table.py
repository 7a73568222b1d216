"""The cycle table: one row for each `Cycle count`, from the step table alone."""

import polars as pl
import polars.selectors as cs

from cellkeep.domain import columns
from cellkeep.summarise import names

_CHARGE = (columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY)
_ENERGY = (columns.DISCHARGE_ENERGY, columns.CHARGE_ENERGY)

_ORDER = (
    columns.CYCLE_COUNT,
    *names.TRANSFERS,
    names.MIN_VOLTAGE,
    names.MAX_VOLTAGE,
    "Cycle duration [s]",
    names.START_TIME,
    "Coulombic efficiency",
    "Energy efficiency",
    "Capacity retention",
    "Capacity fade",
    "Energy retention",
    "Energy fade",
    "Mean discharge current [A]",
    "Discharge duration [s]",
    "Mean charge current [A]",
    "Charge duration [s]",
    names.MEAN_TEMPERATURE,
    "Capacity throughput [A.h]",
    "Energy throughput [W.h]",
)


def cycles(steps: pl.DataFrame) -> pl.DataFrame:
    """Sum up the steps of each cycle.

    Efficiencies and retentions are ratios, not percent; retention and fade are relative to the first cycle of
    the table, which is often formation. The cycle duration leaves out the gaps between steps. Means of
    current and temperature are weighted by duration; the mean charge current is negative.

    Args:
        steps: the step table, as `steps` makes it.

    Returns:
        Ascending by `Cycle count`: capacities [A.h], energies [W.h], voltages [V], durations [s], currents
        [A]. A sum over steps that know nothing is null, as is a ratio without a positive divisor.
    """
    sums = steps.group_by(columns.CYCLE_COUNT).agg(_aggregates(steps.columns)).sort(columns.CYCLE_COUNT)
    table = sums.with_columns(
        *_ratios(*_CHARGE, efficiency="Coulombic efficiency", kind="Capacity"),
        *_ratios(*_ENERGY, efficiency="Energy efficiency", kind="Energy"),
        _running_total(_CHARGE).alias("Capacity throughput [A.h]"),
        _running_total(_ENERGY).alias("Energy throughput [W.h]"),
    )
    return table.with_columns(cs.float().fill_nan(None)).select(name for name in _ORDER if name in table)


def sum_of_known(values: pl.Expr) -> pl.Expr:
    """Sum that is null, not 0, where every value is null."""
    return pl.when(values.count() > 0).then(values.sum())


def _aggregates(found: list[str]) -> list[pl.Expr]:
    aggregates = [
        *(sum_of_known(pl.col(name)).alias(name) for name in names.TRANSFERS),
        pl.col(names.MIN_VOLTAGE).min(),
        pl.col(names.MAX_VOLTAGE).max(),
        sum_of_known(pl.col(names.DURATION)).alias("Cycle duration [s]"),
        pl.col(names.START_TIME).min(),
        *_one_way(pl.col(names.MEAN_CURRENT) > 0, "discharge"),
        *_one_way(pl.col(names.MEAN_CURRENT) < 0, "charge"),
    ]
    if names.MEAN_TEMPERATURE in found:
        aggregates.append(_weighted_mean(names.MEAN_TEMPERATURE, pl.lit(value=True)))
    return aggregates


def _one_way(flowing: pl.Expr, way: str) -> list[pl.Expr]:
    duration = pl.col(names.DURATION)
    told = (duration.is_not_null() & pl.col(names.MEAN_CURRENT).is_not_null()).any()
    return [
        _weighted_mean(names.MEAN_CURRENT, flowing).alias(f"Mean {way} current [A]"),
        pl.when(told).then(duration.filter(flowing).sum()).alias(f"{way.capitalize()} duration [s]"),
    ]


def _weighted_mean(name: str, wanted: pl.Expr) -> pl.Expr:
    usable = wanted & pl.col(name).is_not_null() & pl.col(names.DURATION).is_not_null()
    weight = pl.col(names.DURATION).filter(usable)
    mean = (pl.col(name).filter(usable) * weight).sum() / weight.sum()
    return pl.when(weight.sum() > 0).then(mean).alias(name)


def _ratios(discharge: str, charge: str, *, efficiency: str, kind: str) -> list[pl.Expr]:
    reference = pl.col(discharge).first()
    retention = pl.when(reference > 0).then(pl.col(discharge) / reference)
    return [
        pl.when(pl.col(charge) > 0).then(pl.col(discharge) / pl.col(charge)).alias(efficiency),
        retention.alias(f"{kind} retention"),
        (1.0 - retention).alias(f"{kind} fade"),
    ]


def _running_total(both_ways: tuple[str, str]) -> pl.Expr:
    told = pl.any_horizontal(pl.col(name).is_not_null() for name in both_ways)
    return pl.when(told).then(pl.sum_horizontal(both_ways)).cum_sum()

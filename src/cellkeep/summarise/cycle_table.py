"""The cycle table: one row for each `Cycle count`, from the step table alone."""

import numpy as np
import polars as pl
import polars.selectors as cs

from cellkeep.domain import columns
from cellkeep.summarise import names
from cellkeep.summarise.areal import areal, as_areal, as_total, is_areal

_CHARGE = (columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY)
_ENERGY = (columns.DISCHARGE_ENERGY, columns.CHARGE_ENERGY)

_CYCLER = (columns.CYCLE_FROM_CYCLER, names.CYCLE_DIFFERENCE)
_RULES = (names.CAPACITY_RULE, names.ENERGY_RULE)

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
    *names.SIDE_BY_SIDE,
    *_CYCLER,
    names.REFERENCE_CYCLE,
    *_RULES,
)


def cycles(steps: pl.DataFrame, reference_cycle: int | None = None) -> pl.DataFrame:
    """Sum up the steps of each cycle.

    Efficiencies and retentions are ratios, not percent. The cycle duration leaves out the gaps between steps. Means of
    current and temperature are weighted by duration; the mean charge current is negative.

    Args:
        steps: the step table, as `steps` makes it.
        reference_cycle: the `Cycle count` that retention and fade refer to; None for the first of the table, which is
            often formation.

    Returns:
        Ascending by `Cycle count`: capacities [A.h], energies [W.h], voltages [V], durations [s], currents [A]; of a
        series by area those by area, as in the step table. A sum over steps that know nothing is null, as is a ratio
        without a positive divisor.
    """
    by_area = is_areal(steps)
    known = as_total(steps) if by_area else steps
    sums = known.group_by(columns.CYCLE_COUNT).agg(_aggregates(known.columns)).sort(columns.CYCLE_COUNT)
    table = with_reference(
        sums.with_columns(
            _ratio(*_CHARGE).alias("Coulombic efficiency"),
            _ratio(*_ENERGY).alias("Energy efficiency"),
            _running_total(_CHARGE).alias("Capacity throughput [A.h]"),
            _running_total(_ENERGY).alias("Energy throughput [W.h]"),
        ),
        reference_cycle,
    )
    table = table.with_columns(cs.float().fill_nan(None)).select(name for name in _ORDER if name in table)
    return as_areal(table) if by_area else table


def with_reference(cycles: pl.DataFrame, reference_cycle: int | None) -> pl.DataFrame:
    """Have retention and fade refer to another cycle.

    Args:
        cycles: the cycle table.
        reference_cycle: its `Cycle count`; None for the first. Where the table has none such, both are null.
    """
    counts = cycles[columns.CYCLE_COUNT]
    chosen = counts.first() if reference_cycle is None else reference_cycle
    fresh: list[pl.Expr | pl.Series] = [pl.lit(chosen, pl.Int64).alias(names.REFERENCE_CYCLE)]
    for kind, discharge in (("Capacity", columns.DISCHARGE_CAPACITY), ("Energy", columns.DISCHARGE_ENERGY)):
        own = cycles[discharge if discharge in cycles.columns else areal(discharge)].cast(pl.Float64)
        reference = own.filter(counts == chosen).first() if chosen is not None else None
        known = isinstance(reference, float) and reference > 0
        # By numpy, since polars multiplies by the inverse, which does not give 1 for the reference itself.
        retention = pl.Series(own.to_numpy() / (reference if known else np.nan), nan_to_null=True)
        fresh += [retention.alias(f"{kind} retention"), (1.0 - retention).alias(f"{kind} fade")]
    return cycles.with_columns(fresh)


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
    aggregates += [sum_of_known(pl.col(name)).alias(name) for name in names.SIDE_BY_SIDE if name in found]
    told = (*(_CYCLER if names.CYCLE_DIFFERENCE in found else ()), *_RULES)
    return aggregates + [pl.col(name).drop_nulls().first() for name in told if name in found]


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


def _ratio(discharge: str, charge: str) -> pl.Expr:
    return pl.when(pl.col(charge) > 0).then(pl.col(discharge) / pl.col(charge))


def _running_total(both_ways: tuple[str, str]) -> pl.Expr:
    told = pl.any_horizontal(pl.col(name).is_not_null() for name in both_ways)
    return pl.when(told).then(pl.sum_horizontal(both_ways)).cum_sum()

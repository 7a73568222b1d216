"""What ionworksdata makes of a series: as it is, and under the terms of cellkeep.

Under these terms it is asked only what it can answer. Rows without a value are left out of sums, numbers are doubles,
and cycles are those of the series. What it answers is then what cellkeep must say.
"""

from collections.abc import Callable
from typing import NamedTuple

import ionworksdata
import polars as pl
import polars.selectors as cs
from ionworksdata.cycle_metrics import get_cycle_metrics
from oracle.case import (
    AREAL_CURRENT,
    COUNTED,
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
from oracle.labels import step_types

TRANSFERS = [name for pair in COUNTED for name in pair[:2]]
CYCLE_SUMS = [f"Cycle {name[0].lower()}{name[1:]}" for name in TRANSFERS]
STATISTICS = ("Min", "Max", "Std", "Mean")
RATIOS = {
    TRANSFERS[0]: ("Coulombic efficiency", "Capacity retention", "Capacity fade"),
    TRANSFERS[2]: ("Energy efficiency", "Energy retention", "Energy fade"),
}
"""By what is divided."""
RUNNING = {"Capacity throughput [A.h]": TRANSFERS[:2], "Energy throughput [W.h]": TRANSFERS[2:]}
WAYS = {"discharge": pl.col("Mean current [A]") > 0, "charge": pl.col("Mean current [A]") < 0}
_DENSITY = {"current units": "density"}
_AREAL_UNITS = {"[A]": "[mA.cm-2]", "[A.h]": "[mA.h.cm-2]", "[W]": "[mW.cm-2]", "[W.h]": "[mW.h.cm-2]"}
_ROW = "row"


class Tables(NamedTuple):
    """Both tables; the name of the error where there is none."""

    steps: pl.DataFrame | str
    cycles: pl.DataFrame | str


def statistics(column: str) -> dict[str, str]:
    """Names of the statistics of a column, by word."""
    return {word: f"{word} {column[0].lower()}{column[1:]}" for word in STATISTICS}


def as_it_is(case: Case, *, with_charge: bool = True) -> Tables:
    """The tables as its documentation says: charge and energy first, where it can find them, then the summary."""
    found = _attempt(lambda: _summary(_with_charge(case.series) if with_charge else case.series, case))
    if isinstance(found, str):
        return Tables(found, found)
    options = _DENSITY if AREAL_CURRENT in case.series.columns else None
    return Tables(found, _attempt(lambda: get_cycle_metrics(found, options)))


def under_our_terms(case: Case) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables that cellkeep has to give."""
    if AREAL_CURRENT in case.series.columns:
        return _by_area(case)
    series = _in_doubles(_with_an_axis(case.series))
    steps = _summary(_with_known_charge(_with_cycles(series)), case).with_columns(pl.col(pl.Null).cast(pl.Float64))
    steps = _with_own_cycles(series, steps)
    for name in (POWER, TEMPERATURE):
        if name in series.columns:
            steps = steps.with_columns(_statistics_of(series, name))
    steps = steps.with_columns(_known_spread(name) for name in (VOLTAGE, CURRENT, POWER))
    sums = zip(TRANSFERS, CYCLE_SUMS, strict=True)
    steps = steps.with_columns(_known_sum(pl.col(name)).over(CYCLE_COUNT).alias(total) for name, total in sums)
    steps = steps.with_columns(step_types(steps, case.rated_capacity_ah))
    return steps.drop("Std temperature [degC]", strict=False), _cycles_of(steps)


def _by_area(case: Case) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The figures of the same numbers in total units, which no rated capacity in A.h is a scale of."""
    total = case._replace(series=case.series.rename({AREAL_CURRENT: CURRENT}), rated_capacity_ah=None)
    steps, cycles = under_our_terms(total)
    areal = [name for name in steps.columns if _areal_name(name) != name]
    unknown = [pl.lit(None, pl.Float64).alias(name) for name in areal]
    with_areal = steps.with_columns(pl.col(name).alias(_areal_name(name)) for name in areal).with_columns(unknown)
    return with_areal, cycles


def with_total_names(table: pl.DataFrame) -> pl.DataFrame:
    """A table whose columns are all by area under total names."""
    total = {areal: unit for unit, areal in _AREAL_UNITS.items()}
    names = {name: name.rpartition(" ") for name in table.columns}
    return table.rename({name: f"{head} {total[unit]}" for name, (head, _, unit) in names.items() if unit in total})


def _areal_name(name: str) -> str:
    quantity, _, unit = name.rpartition(" ")
    return f"{quantity} {_AREAL_UNITS[unit]}" if unit in _AREAL_UNITS else name


def _attempt(make: Callable[[], pl.DataFrame]) -> pl.DataFrame | str:
    try:
        return make()
    except Exception as error:  # noqa: BLE001  whatever it says no with
        return type(error).__name__


def _summary(series: pl.DataFrame, case: Case) -> pl.DataFrame:
    rated = case.rated_capacity_ah
    spec = {"ratings": {"capacity": {"value": rated, "unit": "A.h"}}} if rated else None
    found: pl.DataFrame = ionworksdata.steps.summarize(series, cell_spec=spec)
    return found


def _with_charge(series: pl.DataFrame) -> pl.DataFrame:
    transform = ionworksdata.transform
    if {TIME, AREAL_CURRENT} <= set(series.columns):
        return transform.set_energy(transform.set_capacity(series, _DENSITY), _DENSITY)
    if not {TIME, CURRENT} <= set(series.columns):
        return series
    return transform.set_energy(transform.set_capacity(transform.set_power(series)))


def _with_an_axis(series: pl.DataFrame) -> pl.DataFrame:
    """A spectrum alone: one step unless it counts them, without time and voltage unless it has them."""
    if {FREQUENCY, "Z_Re [Ohm]"} <= set(series.columns):
        nothing = pl.lit(None, dtype=pl.Float64)
        absent = {STEP_COUNT: pl.lit(0), VOLTAGE: nothing, TIME: nothing}
        return series.with_columns(value.alias(name) for name, value in absent.items() if name not in series.columns)
    return series


def _in_doubles(series: pl.DataFrame) -> pl.DataFrame:
    return series.with_columns(cs.float().cast(pl.Float64).fill_nan(None))


def _with_cycles(series: pl.DataFrame) -> pl.DataFrame:
    """Cycles under the only name that is looked at, and known in every row."""
    name = CYCLE_COUNT if CYCLE_COUNT in series.columns else CYCLE_FROM_CYCLER
    if name not in series.columns:
        return series
    return series.with_columns(pl.col(name).forward_fill().backward_fill().fill_null(0).alias(CYCLE_FROM_CYCLER))


def _with_own_cycles(series: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    if CYCLE_COUNT in series.columns:
        steps = steps.with_columns(pl.col(CYCLE_FROM_CYCLER).alias(CYCLE_COUNT))
    if CYCLE_FROM_CYCLER not in series.columns:
        return steps.with_columns(pl.lit(None).alias(CYCLE_FROM_CYCLER))
    return steps.with_columns(series[CYCLE_FROM_CYCLER].gather(steps["Start index"]))


def _with_known_charge(series: pl.DataFrame) -> pl.DataFrame:
    """Charge and energy of the rows that have what these are found from; within a step it stays between such rows."""
    if not {TIME, CURRENT} <= set(series.columns):
        return series
    whole = ionworksdata.transform.set_power(series).with_row_index(_ROW)
    for (discharge, charge, single), driver in zip(COUNTED, (CURRENT, POWER), strict=True):
        for name in (discharge, charge):
            if {discharge, charge} <= set(series.columns):
                needed = [name]
            else:
                needed = [single if single in series.columns else TIME, driver]
            whole = whole.join(_charge_of_rows(whole, name, needed), _ROW, "left")
    names = [f"known {name}" for name in TRANSFERS]
    filled = whole.sort(_ROW).with_columns(
        pl.col(names).forward_fill().backward_fill().over(pl.col(STEP_COUNT).rle_id())
    )
    counted = [name for columns in COUNTED for name in columns]
    return filled.drop(counted, strict=False).rename(dict(zip(names, TRANSFERS, strict=True)))


def _charge_of_rows(whole: pl.DataFrame, name: str, needed: list[str]) -> pl.DataFrame:
    transform = ionworksdata.transform
    rows = whole.filter(pl.all_horizontal(pl.col(needed).is_finite()))
    found = (transform.set_capacity if "capacity" in name else transform.set_energy)(rows) if rows.height else rows
    value = pl.col(name) if rows.height else pl.lit(None, dtype=pl.Float64)
    return found.select(_ROW, value.alias(f"known {name}"))


def _statistics_of(series: pl.DataFrame, name: str) -> list[pl.Series]:
    """Of any column, as if it were a voltage: it takes those of no other that was measured."""
    alone = series.select(pl.col(name).alias(VOLTAGE), pl.lit(0.0).alias(TIME), STEP_COUNT)
    found = ionworksdata.steps.summarize(alone)
    return [found[voltage].alias(statistics(name)[word]) for word, voltage in statistics(VOLTAGE).items()]


def _known_spread(name: str) -> pl.Expr:
    names = statistics(name)
    return pl.when(pl.col(names["Min"]).is_not_null()).then(pl.col(names["Std"]))


def _known_sum(values: pl.Expr) -> pl.Expr:
    return pl.when(values.is_not_null().any()).then(values.sum())


def _cycles_of(steps: pl.DataFrame) -> pl.DataFrame:
    """Its cycle table of these steps: null for what no step knows and for means over no time, 0 s for no step."""
    ways = [f"{way.capitalize()} duration [s]" for way in WAYS]
    duration = pl.col("Duration [s]").is_not_null()
    told = (duration & pl.col("Mean current [A]").is_not_null()).any()
    known = {name: pl.col(name).is_not_null().any() for name in TRANSFERS}
    known |= {total: known[one] | known[other] for total, (one, other) in RUNNING.items()}
    known |= {ratio: known[dividend] for dividend, ratios in RATIOS.items() for ratio in ratios}
    known |= {"Cycle duration [s]": duration.any(), **dict.fromkeys(ways, told)}
    tells = steps.group_by(CYCLE_COUNT).agg(which.alias(f"knows {name}") for name, which in known.items())
    table = _warmth_of_known(steps, get_cycle_metrics(steps)).with_columns(cs.float().fill_nan(None))
    table = table.with_columns(pl.col(ways).fill_null(0.0)).join(tells, CYCLE_COUNT).sort(CYCLE_COUNT)
    table = table.with_columns(pl.when(f"knows {name}").then(pl.col(name)).alias(name) for name in known)
    for way, duration_of_way in zip(WAYS, ways, strict=True):
        mean = f"Mean {way} current [A]"
        table = table.with_columns(pl.when(pl.col(duration_of_way) > 0).then(pl.col(mean)).alias(mean))
    return table.drop(cs.starts_with("knows "))


def _warmth_of_known(steps: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """With the mean over the steps that have a temperature: as it is, it is divided by the time of the others, too."""
    mean = statistics(TEMPERATURE)["Mean"]
    if mean not in steps.columns:
        return table
    timed = steps.with_columns(pl.when(pl.col(mean).is_not_null()).then("Duration [s]").alias("Duration [s]"))
    known = get_cycle_metrics(timed).select(CYCLE_COUNT, pl.col(mean).alias("known"))
    return table.join(known, CYCLE_COUNT, "left").with_columns(pl.col("known").alias(mean)).drop("known")

"""Charge, energy and power at each row."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import UnusableDataError
from cellkeep.runs import Floats, Runs
from cellkeep.summarise.capacity import Method, Quantity, Way, Ways, choose_ways
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.names import Units, units_of
from cellkeep.summarise.derived.rows import signal, since_first, step_runs
from cellkeep.summarise.derived.running import running_sums
from cellkeep.summarise.pairs import integral, split
from cellkeep.summarise.segments import Signal


@takes_frame
def with_capacity(frame: pl.DataFrame, *, data_type: columns.DataType | None = None) -> pl.DataFrame:
    """Add charge and energy moved since the start of the step, and power, to each row.

    The first rule whose columns are there decides, for charge and for energy each:

    1. Both directional columns: |value - first known value of the step|.
    2. The single column: the sum of |increment| to charge, and |sum of increments| to discharge, by the direction of
       the current (energy: of the power) at the later row. The single column is dropped.
    3. The trapezoidal integral over time of max(I, 0) for discharge and of max(-I, 0) for charge, by 3600 s/h; for
       energy the same of P. Power is taken from its column, else it is V * I.

    These are the rules of the step table, so the last row of a step that has a value tells what the step table tells.
    The sums begin anew at each step: what flowed between the last row of one and the first row of the next is in
    neither. They are exact to 1e-12 of their value, however much the steps before moved.

    Args:
        frame: a series with `Step count`. Current positive on discharge; A, or mA.cm-2 where there is no `Current [A]`.
        data_type: the single capacity of an `"ocp"` series is its x axis, not charge that a step moved.

    Returns:
        The frame with `Discharge capacity [A.h]`, `Charge capacity [A.h]`, `Discharge energy [W.h]`,
        `Charge energy [W.h]` and `Power [W]`; of an areal current `... [mA.h.cm-2]`, `... [mW.h.cm-2]` and
        `Power [mW.cm-2]`. What no rule tells is not added. Null at rows without a value, such as untimed impedance.

    Raises:
        UnusableDataError: no rule has its columns, `Step count` is missing or broken, or a column holds text.
    """
    units = units_of(frame.columns)
    runs = step_runs(frame, "Charge since the start of a step")
    ways = _ways(frame, units, data_type)
    drivers = _drivers(frame, units)
    added: dict[str, Floats] = {}
    for quantity, way in ways.items():
        added |= _since_start(frame, quantity, way, runs, drivers)
    if units.energy.driver in drivers:
        added[units.energy.driver] = drivers[units.energy.driver].values
    used_up = [quantity.single for quantity, way in ways.items() if way.method is Method.SPLIT]
    return frame.drop(used_up).with_columns(pl.Series(name, it, nan_to_null=True) for name, it in added.items())


def charge_of_steps(frame: pl.DataFrame, units: Units, runs: Runs) -> tuple[Floats, Floats]:
    """Discharge and charge capacity at each row since the start of its step; NaN where not known.

    Raises:
        UnusableDataError: no rule has its columns, or one holds text.
    """
    way = _ways(frame, units, None)[units.charge]
    if way.method is Method.NONE:
        raise _not_told(frame, units)
    found = _since_start(frame, units.charge, way, runs, _drivers(frame, units))
    return found[units.charge.discharge], found[units.charge.charge]


def _ways(frame: pl.DataFrame, units: Units, data_type: columns.DataType | None) -> Ways:
    ways = choose_ways(frame.columns, data_type, units.charge, units.energy)
    if all(way.method in {Method.NONE, Method.ZERO} for way in ways.values()):
        raise _not_told(frame, units)
    return ways


def _since_start(
    frame: pl.DataFrame, quantity: Quantity, way: Way, runs: Runs, drivers: Mapping[str, Signal]
) -> dict[str, Floats]:
    if way.method is Method.DIRECTIONAL:
        return {name: np.abs(since_first(signal(frame, name), runs)) for name in quantity.pair}
    if way.method is Method.SPLIT:
        discharge, charge = running_sums(split, signal(frame, quantity.single), drivers[quantity.driver], runs)
        return dict(zip(quantity.pair, (np.abs(discharge), charge), strict=True))
    if way.method is Method.INTEGRAL:
        sums = running_sums(integral(), signal(frame, columns.TIME), drivers[quantity.driver], runs)
        return dict(zip(quantity.pair, sums, strict=True))
    return {}


def _drivers(frame: pl.DataFrame, units: Units) -> dict[str, Signal]:
    """Current and power; power is known too where voltage and current are."""
    read = {units.charge.driver, units.energy.driver} & set(frame.columns)
    found = {name: signal(frame, name) for name in read}
    if units.charge.driver in found and units.energy.driver not in found and columns.VOLTAGE in frame.columns:
        with np.errstate(over="ignore"):
            power = signal(frame, columns.VOLTAGE).values * found[units.charge.driver].values
        found[units.energy.driver] = Signal.of(power)
    return found


def _not_told(frame: pl.DataFrame, units: Units) -> UnusableDataError:
    pair = [units.charge.discharge, units.charge.charge]
    return UnusableDataError(
        f"Nothing tells the charge that moved. Needed are {columns.quoted(pair)}, or '{units.charge.driver}' with "
        f"'{columns.TIME}' or '{units.charge.single}'. The frame has {columns.quoted(frame.columns)}.",
        detail={"available_columns": frame.columns},
    )

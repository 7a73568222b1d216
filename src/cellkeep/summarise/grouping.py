"""What kind of experiment the steps of a test belong to: cycling, GITT, HPPC or impedance.

The definitions are those that the field's reference had up to its release 0.10, with the name HPPC for what it called
HPPT.
"""

from typing import NamedTuple

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.runs import Bools, Floats, Ints, find_runs
from cellkeep.summarise import names
from cellkeep.summarise.labels import CONSTANT_CURRENT, CONSTANT_VOLTAGE, EIS, REST

_LABELS = pl.Series(names.LABEL, [None, "Cycling", "GITT", "HPPC", "EIS"])
_CYCLING, _GITT, _HPPC, _EIS = range(1, 5)

_CYCLING_SHARE = 1 / 2
_PULSE_SHARE = 1 / 5
_LONG_PULSE_SHARE = 1 / 100


class _Kinds(NamedTuple):
    """Which steps are of a kind."""

    current: Bools
    voltage: Bools
    rest: Bools
    impedance: Bools


def grouped(steps: pl.DataFrame, nominal_capacity_ah: float | None) -> pl.DataFrame:
    """Add `Label` and `Group number`.

    - `Cycling`: steps that move more than half of the nominal capacity, constant voltage beside them, rests beside
      either, but for those that follow a pulse. A group begins at each constant current.
    - `GITT`, `HPPC`: constant currents that move less than a fifth of it, with the rests beside them, where at least
      one moves more than a hundredth. Such long pulses go in one direction, and a group begins at each. A run in which
      every group has exactly one rest is GITT, any other HPPC.
    - `EIS`: impedance. A group begins where steps before it are of another type.

    Groups are counted from 0 in each run of neighbouring steps of one label; of impedance over the whole test.

    Args:
        steps: step table with `Step type` and capacities [A.h].
        nominal_capacity_ah: scale of the shares [A.h]. Without it only impedance is told, since a pulse is then not
            told from a full discharge.

    Returns:
        The table with both columns; null for steps of no kind.
    """
    kinds = _Kinds(*(_is(steps, kind) for kind in (CONSTANT_CURRENT, CONSTANT_VOLTAGE, REST, EIS)))
    label, group = np.zeros(steps.height, np.intp), np.zeros(steps.height, np.intp)
    if nominal_capacity_ah is not None and nominal_capacity_ah > 0:
        share = _net(steps) / nominal_capacity_ah
        cycling = _cycling(kinds, share)
        label[cycling] = _CYCLING
        group[cycling] = _begun(cycling, kinds.current)[cycling] - 1
        for way in (share, -share):
            _mark_pulses(label, group, kinds, way)
    label[kinds.impedance] = _EIS
    first = kinds.impedance & ~np.append(False, kinds.impedance[:-1])
    group[kinds.impedance] = np.cumsum(first)[kinds.impedance] - 1
    number = pl.Series(names.GROUP_NUMBER, np.maximum(group, 0))
    return steps.with_columns(_LABELS.gather(label), number).with_columns(
        pl.when(pl.col(names.LABEL).is_not_null()).then(names.GROUP_NUMBER).alias(names.GROUP_NUMBER)
    )


def _net(steps: pl.DataFrame) -> Floats:
    discharge, charge = steps[columns.DISCHARGE_CAPACITY], steps[columns.CHARGE_CAPACITY]
    return (discharge.fill_null(0.0) - charge.fill_null(0.0)).to_numpy()


def _is(steps: pl.DataFrame, kind: str) -> Bools:
    return steps[names.STEP_TYPE].str.starts_with(kind).to_numpy()


def _beside(steps: Bools) -> Bools:
    beside = np.zeros_like(steps)
    beside[1:] |= steps[:-1]
    beside[:-1] |= steps[1:]
    return beside


def _cycling(kinds: _Kinds, share: Floats) -> Bools:
    full = np.abs(share) > _CYCLING_SHARE
    with_voltage = full | (kinds.voltage & _beside(full))
    after_pulse = np.append(False, (kinds.current & (np.abs(share) < _PULSE_SHARE))[:-1])
    rests: Bools = kinds.rest & _beside(with_voltage) & ~after_pulse
    return with_voltage | rests


def _mark_pulses(label: Ints, group: Ints, kinds: _Kinds, share: Floats) -> None:
    """Mark the runs with long pulses of a positive share of the nominal capacity."""
    free = label == 0
    pulse = free & kinds.current & (np.abs(share) < _PULSE_SHARE)
    long = pulse & (share > _LONG_PULSE_SHARE)
    members = pulse & (long | (np.abs(share) <= _LONG_PULSE_SHARE))
    members |= free & kinds.rest & _beside(members)
    begun = _begun(members, long)
    rests = np.bincount(np.cumsum(long)[members & kinds.rest & (begun > 0)], minlength=np.count_nonzero(long) + 1)
    run = find_runs(members).numbered()
    with_long = np.isin(run, run[long])
    without_pattern = np.isin(run, run[long][rests[1:] != 1])
    chosen = members & with_long
    label[chosen] = np.where(without_pattern, _HPPC, _GITT)[chosen]
    group[chosen] = begun[chosen] - 1


def _begun(members: Bools, begins: Bools) -> Ints:
    """How many groups have begun in its run of members, at each step."""
    runs = find_runs(members)
    count = np.cumsum(begins & members)
    before: Ints = count[runs.starts] - (begins & members)[runs.starts]
    return count - before[runs.numbered()]

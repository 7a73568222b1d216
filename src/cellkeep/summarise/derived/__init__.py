"""Quantities that follow from a series or its tables: frames in, frames out.

Current is positive on discharge. What is not known is null, never NaN.
"""

from cellkeep.summarise.derived.ageing import ageing
from cellkeep.summarise.derived.area import with_areal_current, with_total_current
from cellkeep.summarise.derived.capacity import with_capacity
from cellkeep.summarise.derived.choosing import comparable_cycles, deeper_cycles, full_cycles, spread_evenly
from cellkeep.summarise.derived.counters import with_counters_per_step
from cellkeep.summarise.derived.counts import with_cycle_count, with_step_count
from cellkeep.summarise.derived.differential import differential_voltage
from cellkeep.summarise.derived.fade import cycle_at_retention, fade_rate
from cellkeep.summarise.derived.groups import bands
from cellkeep.summarise.derived.impedance import with_impedance
from cellkeep.summarise.derived.incremental import incremental_capacity
from cellkeep.summarise.derived.net_capacity import with_net_capacity, with_nominal_soc
from cellkeep.summarise.derived.ocp import clean_ocp
from cellkeep.summarise.derived.ocv import ocv_from_rests
from cellkeep.summarise.derived.pulses import pulse_resistance
from cellkeep.summarise.derived.relative import (
    reference_capacity,
    with_days,
    with_equivalent_cycles,
    with_relative_capacity,
)
from cellkeep.summarise.derived.reversal import with_current_reversed
from cellkeep.summarise.derived.spectra import high_frequency_resistance
from cellkeep.summarise.derived.times import spread_times

__all__ = [
    "ageing",
    "bands",
    "clean_ocp",
    "comparable_cycles",
    "cycle_at_retention",
    "deeper_cycles",
    "differential_voltage",
    "fade_rate",
    "full_cycles",
    "high_frequency_resistance",
    "incremental_capacity",
    "ocv_from_rests",
    "pulse_resistance",
    "reference_capacity",
    "spread_evenly",
    "spread_times",
    "with_areal_current",
    "with_capacity",
    "with_counters_per_step",
    "with_current_reversed",
    "with_cycle_count",
    "with_days",
    "with_equivalent_cycles",
    "with_impedance",
    "with_net_capacity",
    "with_nominal_soc",
    "with_relative_capacity",
    "with_step_count",
    "with_total_current",
]

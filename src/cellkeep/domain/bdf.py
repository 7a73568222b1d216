"""The Battery Data Format (BDF) of the Battery Data Alliance: its words, and what they mean in ours.

From the application ontology of the format, version 1.2.0 of 2026-06-11 (`battery-data-format.ttl` in
github.com/battery-data-alliance/battery-data-format-ontology); the `schedule_` quantities and `step_record_index` are
of version 1.3.0, which is not issued yet. Older names are those of its `altLabel`s and deprecated terms, and of the
README of github.com/battery-data-alliance/battery-data-format as it was before the ontology.

    **Current and power are positive on charge there** (`current_ampere`: "positive current charges the test object"),
    and positive on discharge here.

The convention was first written down in version 1.2.0. Files from before follow whatever their writer followed, so a
reader has to find the sign out.

Charging and discharging capacities and energies count from the start of the test there and never restart, and from the
start of each step here. The quantities that restart with each step are of another name, `step_charging_capacity_ah`.

Units are the same on both sides, so a value of ours needs no factor. Imaginary impedance has the same sign.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from cellkeep.domain import columns

ONTOLOGY = "1.2.0"
"""The version of the vocabulary."""

_MILLI = 1e-3


class Spelling(NamedTuple):
    """Another name of a quantity."""

    name: str
    factor: float = 1.0
    """Makes a value under this name one in the unit of the quantity."""


@dataclass(frozen=True)
class Quantity:
    """A word of the format.

    Attributes:
        name: machine-readable; a file may have it in its header in place of the label.
        label: the preferred header, as `Voltage / V`.
        unit: as the label has it; `1` of counts, and nothing of words.
        columns: what it is written from, the first of ours that a series has; none where we have no such column.
        required: no file is without it.
        turned: whether it has the other sign here.
        whole_test: whether it counts from the start of the test there, and of each step here.
        older: further spellings, of which `find` knows.
    """

    name: str
    label: str
    unit: str
    columns: tuple[str, ...] = ()
    required: bool = False
    turned: bool = False
    whole_test: bool = False
    older: tuple[Spelling, ...] = ()


def _quantity(
    name: str,
    label: str,
    *ours: str,
    older: tuple[str | Spelling, ...] = (),
    required: bool = False,
    turned: bool = False,
    whole_test: bool = False,
) -> Quantity:
    spellings = tuple(each if isinstance(each, Spelling) else Spelling(each) for each in older)
    return Quantity(name, label, label.partition(" / ")[2], ours, required, turned, whole_test, spellings)


def _counted(scope: str, word: str, *ours: str, older: str = "") -> tuple[Quantity, Quantity]:
    """A capacity and its energy, as `_counted("step", "net")`."""
    name = f"{scope}_{word}".strip("_")

    def of(kind: str, unit: str, long_unit: str, *column: str) -> Quantity:
        spellings = (f"{older}_{kind}_{unit.lower()}", f"{_title(older)} {_title(kind)} / {unit}") if older else ()
        return _quantity(
            f"{name}_{kind}_{unit.lower()}",
            f"{_title(name)} {_title(kind)} / {unit}",
            *column,
            whole_test=bool(column),
            older=(f"{name}_{kind}_{long_unit}", *spellings),
        )

    return of("capacity", "Ah", "ampere_hour", *ours[:1]), of("energy", "Wh", "watt_hour", *ours[1:])


def _title(name: str) -> str:
    return name.replace("_", " ").title()


def _channel(number: int, *ours: str, older: tuple[str, ...] = ()) -> Quantity:
    return _quantity(
        f"temperature_t{number}_celsius",
        f"Temperature T{number} / degC",
        *ours,
        older=(
            f"Surface Temperature T{number} / degC",
            f"surface_temperature_t{number}_celsius",
            f"temperature_t{number}_degc",
            *older,
        ),
    )


QUANTITIES = (
    _quantity(
        "test_time_second", "Test Time / s", columns.TIME, required=True,
        older=(
            "test_time_s", Spelling("test_time_millisecond", _MILLI), Spelling("test_time_ms", _MILLI),
            Spelling("Test Time / ms", _MILLI),
        ),
    ),
    _quantity("voltage_volt", "Voltage / V", columns.VOLTAGE, required=True, older=("voltage_v",)),
    _quantity("current_ampere", "Current / A", columns.CURRENT, required=True, turned=True, older=("current_a",)),
    _quantity(
        "unix_time_second", "Unix Time / s",
        older=(
            "unix_time_s", Spelling("unix_time_millisecond", _MILLI), Spelling("unix_time_ms", _MILLI),
            Spelling("Unix Time / ms", _MILLI), Spelling("date_time_millisecond", _MILLI),
        ),
    ),
    # Cycles are to be numbered as the instrument did.
    _quantity(
        "cycle_count", "Cycle Count / 1", columns.CYCLE_FROM_CYCLER, columns.CYCLE_COUNT,
        older=("cycle_count_1", "cycle_dimensionless"),
    ),
    _quantity(
        "step_count", "Step Count / 1", columns.STEP_COUNT,
        older=("step_count_1", "step_dimensionless", "Step Number / 1"),
    ),
    _quantity(
        "ambient_temperature_celsius", "Ambient Temperature / degC", columns.AMBIENT_TEMPERATURE,
        older=("ambient_temperature_degc",),
    ),
    *_counted("", "charging", columns.CHARGE_CAPACITY, columns.CHARGE_ENERGY),
    *_counted("", "discharging", columns.DISCHARGE_CAPACITY, columns.DISCHARGE_ENERGY),
    _quantity("power_watt", "Power / W", columns.POWER, turned=True, older=("power_w",)),
    # A single temperature whose place is not said belongs here, not to the surface or the chamber.
    _channel(1, columns.TEMPERATURE, older=("temperature_celsius", "Temperature / degC")),
    _quantity("step_id", "Step ID", columns.STEP_FROM_CYCLER),
    _quantity("step_type", "Step Type", columns.STATUS),
    _quantity(
        "dc_internal_resistance_ohm", "DC Internal Resistance / ohm", columns.DC_RESISTANCE,
        older=("dc_resistance_ohm", "dcir_ohm", "dcir"),
    ),
    _quantity("frequency_hertz", "Frequency / Hz", columns.FREQUENCY),
    _quantity("real_impedance_ohm", "Real Impedance / ohm", columns.Z_RE),
    _quantity("imaginary_impedance_ohm", "Imaginary Impedance / ohm", columns.Z_IM),
    _quantity("absolute_impedance_ohm", "Absolute Impedance / ohm", columns.Z_MOD),
    _quantity("phase_degree", "Phase / deg", columns.Z_PHASE),
    *(_channel(number) for number in (2, 3, 4, 5)),
    _quantity("surface_temperature_celsius", "Surface Temperature / degC", older=("surface_temperature_degc",)),
    _quantity("step_time_second", "Step Time / s"),
    # Before its meaning was settled, many wrote the number of the step in the schedule under the older names.
    _quantity(
        "step_record_index", "Step Record Index / 1", older=("step_index", "Step Index / 1", "step_index_1")
    ),
    _quantity("record_index", "Record Index / 1"),
    *_counted("", "cumulative"),
    *_counted("", "net"),
    *_counted("step", "charging", older="step_charge"),
    *_counted("step", "discharging", older="step_discharge"),
    *_counted("step", "cumulative", older="step"),
    *_counted("step", "net"),
    *_counted("cycle", "charging", older="cycle_charge"),
    *_counted("cycle", "discharging", older="cycle_discharge"),
    *_counted("cycle", "cumulative"),
    *_counted("cycle", "net"),
    *_counted("schedule", "charging"),
    *_counted("schedule", "discharging"),
    _quantity("internal_resistance_ohm", "Internal Resistance / ohm"),
    _quantity("ac_internal_resistance_ohm", "AC Internal Resistance / ohm", older=("ac_resistance_ohm", "acr")),
    _quantity("ambient_pressure_pa", "Ambient Pressure / Pa", older=("ambient_pressure_pascal",)),
    _quantity("applied_pressure_pa", "Applied Pressure / Pa", older=("applied_pressure_pascal",)),
    _quantity("surface_pressure_pa", "Surface Pressure / Pa", older=("surface_pressure_pascal",)),
)  # fmt: skip
"""All words: first what a file must have, then what it should have, then what it may have."""

UNIX_TIME = next(each for each in QUANTITIES if each.name == "unix_time_second")

METADATA_SUFFIX = ".metadata.json"
"""What is said of a file lies beside it, under its name with this behind."""


class Found(NamedTuple):
    """What a header means."""

    quantity: Quantity
    factor: float
    """Makes a value of the column one in the unit of the quantity."""


def find(header: str) -> Found | None:
    """What a header of a file means: a label, a machine-readable name or an older spelling, in any case.

    >>> find("test_time_millisecond").quantity.label
    'Test Time / s'
    >>> find("Current (mA)") is None
    True
    """
    return _spellings().get(_folded(header))


def lacking(names: Collection[str]) -> list[str]:
    """The columns of ours that a file of the format needs and a series with these names does not have."""
    return [each.columns[0] for each in QUANTITIES if each.required and each.columns[0] not in names]


@cache
def _spellings() -> dict[str, Found]:
    found: dict[str, Found] = {}
    for quantity in QUANTITIES:
        for name, factor in (Spelling(quantity.label), Spelling(quantity.name), *quantity.older):
            found[_folded(name)] = Found(quantity, factor)
    return found


def _folded(header: str) -> str:
    return re.sub(r"\s+", " ", header.strip().lower()).replace("°c", "degc").replace("℃", "degc")

"""What a program can learn of this server's data before it asks for any."""

import re
from collections.abc import Mapping
from typing import Any

from cellkeep.domain import columns

SIGN_CONVENTION = (
    "Current is positive on discharge and negative on charge. Power has the sign of the current. "
    "Directional capacities and energies are never negative."
)

_MEANINGS: Mapping[str, str] = {
    columns.TIME: "elapsed time since the first sample, over the whole test; starts at 0 and never runs backwards",
    columns.VOLTAGE: "terminal voltage",
    columns.CURRENT: "positive on discharge, negative on charge",
    columns.AREAL_CURRENT: "current by electrode area, with the same sign; of a series without totals",
    columns.POWER: "voltage times current; positive on discharge",
    columns.STEP_COUNT: "index of the step over the whole test: 0 in the first row, one more at each new step",
    columns.CYCLE_COUNT: "index of the cycle, from 0; constant within a step",
    columns.STEP_FROM_CYCLER: "step number as the cycler wrote it; it may repeat",
    columns.CYCLE_FROM_CYCLER: "cycle number as the cycler wrote it",
    columns.FRAME: "number of the procedure or sub-procedure that was running",
    columns.TEMPERATURE: "temperature of the cell",
    columns.DISCHARGE_CAPACITY: "charge moved in the discharge direction since the start of the step; never negative",
    columns.CHARGE_CAPACITY: "charge moved in the charge direction since the start of the step; never negative",
    columns.DISCHARGE_ENERGY: "energy moved in the discharge direction since the start of the step; never negative",
    columns.CHARGE_ENERGY: "energy moved in the charge direction since the start of the step; never negative",
    columns.CAPACITY: "one counter for both directions, or the x axis of an open-circuit potential curve",
    columns.ENERGY: "one counter for both directions",
    columns.FREQUENCY: "excitation frequency; null or 0 on rows that are not impedance",
    columns.Z_RE: "real part of the impedance",
    columns.Z_IM: "imaginary part itself: negative along the capacitive arc",
    columns.STOICHIOMETRY: "x axis of an open-circuit potential curve",
    columns.SOC: "x axis of an open-circuit potential curve",
    columns.NOMINAL_SOC: "derived from the net capacity and the rated capacity; stored as it is",
    columns.STATUS: "what the cycler was doing, in its own words; stored as it is",
    columns.Z_MOD: "modulus of the impedance; stored as it is",
    columns.Z_PHASE: "phase of the impedance; stored as it is",
    columns.AMBIENT_TEMPERATURE: "temperature of the chamber or the room; stored as it is",
    columns.DC_RESISTANCE: "resistance as the cycler found it from a pulse; stored as it is",
}
_UNIT = re.compile(r"\[([^\]]+)\]$")


def unit_of(column: str) -> str | None:
    """The unit in a column's name; None where it is a plain number or no number."""
    found = _UNIT.search(column)
    return found[1] if found else None


def series_columns() -> list[dict[str, Any]]:
    """The columns of a time series that are recognised."""
    return [{"name": name, "unit": unit_of(name), "description": text} for name, text in _MEANINGS.items()]


PROTOCOL_SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Protocol of a measurement",
    "description": "What was run. It is kept on the measurement, under `protocol`, as a free-form object: any keys are "
    "taken and come back as they were sent. These are the ones that are shown and searched.",
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "Name of the procedure, such as `CC-CV C/10`."},
        "ambient_temperature_degc": {"type": "number", "description": "Set-point of the chamber, in degrees Celsius."},
        "definition": {"description": "The procedure itself, in whatever form it was written."},
    },
    "additionalProperties": True,
}

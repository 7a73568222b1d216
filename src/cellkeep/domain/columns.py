"""The data format: the columns of a time series, with their units and signs, written once.

A column is named `Quantity [unit]`. The one sign convention of cellkeep:

    **Current is positive on discharge and negative on charge.** Power follows current.
    Directional capacities and energies are never negative.

Capacities are in ampere hours and energies in watt hours, as the field writes them.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Literal

from cellkeep.domain.errors import UnusableDataError

TIME = "Time [s]"
"""Elapsed seconds since the first sample over the whole test; null only on untimed impedance rows."""
BACKWARDS_S = 1e-12
"""By so much time may fall from one row to the next: it is the rounding of a sum."""
VOLTAGE = "Voltage [V]"
CURRENT = "Current [A]"
"""Positive on discharge, negative on charge."""
AREAL_CURRENT = "Current [mA.cm-2]"
"""Current by electrode area, with the same sign; of a series that has no `Current [A]`."""
POWER = "Power [W]"
"""Voltage times current: positive on discharge."""
STEP_COUNT = "Step count"
"""0-based index of the step over the whole test, one more at each new step."""
CYCLE_COUNT = "Cycle count"
STEP_FROM_CYCLER = "Step from cycler"
CYCLE_FROM_CYCLER = "Cycle from cycler"
FRAME = "Frame"
TEMPERATURE = "Temperature [degC]"
AMBIENT_TEMPERATURE = "Ambient temperature [degC]"
"""Of the chamber or the room."""
DISCHARGE_CAPACITY = "Discharge capacity [A.h]"
"""Charge moved in the discharge direction since the start of the step; never negative."""
CHARGE_CAPACITY = "Charge capacity [A.h]"
DISCHARGE_ENERGY = "Discharge energy [W.h]"
CHARGE_ENERGY = "Charge energy [W.h]"
CAPACITY = "Capacity [A.h]"
"""A single capacity of either direction; also the x axis of open-circuit potential data."""
ENERGY = "Energy [W.h]"
BY_DIRECTION: Mapping[str, tuple[str, str]] = {
    CAPACITY: (DISCHARGE_CAPACITY, CHARGE_CAPACITY),
    ENERGY: (DISCHARGE_ENERGY, CHARGE_ENERGY),
}
"""The columns that tell each direction apart, by the single one of either."""
FREQUENCY = "Frequency [Hz]"
"""Excitation frequency; null or 0 on rows that are not impedance."""
MIN_FREQUENCY_HZ = 1e-8
"""Rows with a frequency above it are impedance."""
STATUS = "Status"
"""What the cycler was doing, in its own words."""
Z_MOD = "Z_Mod [Ohm]"
Z_PHASE = "Z_Phase [deg]"
Z_RE = "Z_Re [Ohm]"
Z_IM = "Z_Im [Ohm]"
"""The imaginary part itself: negative along the capacitive arc."""
DC_RESISTANCE = "DC resistance [Ohm]"
"""As the cycler found it from a pulse."""
STOICHIOMETRY = "Stoichiometry"
SOC = "SOC"
NOMINAL_SOC = "Nominal SOC"
"""From the net capacity and the rated capacity; 1 where the cell was fullest in this test."""

OCP_X_AXES = (CAPACITY, STOICHIOMETRY, SOC)
"""An open-circuit potential curve is drawn over one of these."""
X_AXES = (TIME, *OCP_X_AXES)
"""A series needs one of these to be summarised."""

DataType = Literal["eis", "ocp"]
"""A series is cycler data unless it says that it is an impedance spectrum or an open-circuit potential curve."""

SPECTRUM = (FREQUENCY, Z_RE, Z_IM)
"""What an impedance spectrum needs."""
NUMERIC = (
    TIME, VOLTAGE, CURRENT, AREAL_CURRENT, POWER, STEP_COUNT, CYCLE_COUNT, STEP_FROM_CYCLER, CYCLE_FROM_CYCLER,
    FRAME,
    TEMPERATURE, DISCHARGE_CAPACITY, CHARGE_CAPACITY, DISCHARGE_ENERGY, CHARGE_ENERGY, CAPACITY, ENERGY,
    FREQUENCY, Z_RE, Z_IM, STOICHIOMETRY, SOC,
)  # fmt: skip

_KNOWN = frozenset({*NUMERIC, Z_MOD, Z_PHASE, STATUS, NOMINAL_SOC})
"""None of them is a misspelling of another."""

_REFUSED_WITHOUT = frozenset({TIME, VOLTAGE, STEP_COUNT})
_VERY_CLOSE = 0.85
_UNIT = re.compile(r"[\[(]([^\])]*)[\])]")


def infer_data_type(columns: Iterable[str]) -> DataType | None:
    """Tell from the columns alone what kind of series this is.

    Returns:
        `"eis"` for a spectrum that lacks what cycler data has, `"ocp"` for voltage against capacity, stoichiometry or
        SOC without a clock, None for cycler data.
    """
    names = set(columns)
    if names.issuperset(SPECTRUM) and not (names >= {STEP_COUNT, VOLTAGE} and names & set(X_AXES)):
        return "eis"
    if TIME not in names and VOLTAGE in names and not names.isdisjoint(OCP_X_AXES):
        return "ocp"
    return None


def require_usable(columns: Iterable[str], numeric: Iterable[str], data_type: DataType | None) -> None:
    """Refuse a series that no step table can be made from.

    Args:
        columns: names of all columns of the series.
        numeric: names of those with a numeric type.
        data_type: what the sender says it is, or what `infer_data_type` found.

    Raises:
        UnusableDataError: a column is missing or holds text; names the column and what was there instead.
    """
    names = list(columns)
    if data_type == "eis":
        require(sorted(SPECTRUM), names, "An impedance spectrum")
    else:
        require([VOLTAGE, STEP_COUNT], names, "A time series")
        if not set(names) & set(X_AXES):
            hint = "".join(_hint(near, TIME) for near in _similar(TIME, names)[:1])
            raise UnusableDataError(
                f"A time series needs an x axis: one of {quoted(X_AXES)}. It has {quoted(names)}.{hint}",
                detail={"required_any": list(X_AXES), "available_columns": names},
            )
    require_numeric(names, numeric)


def require_numeric(columns: Iterable[str], numeric: Iterable[str], types: Mapping[str, object] | None = None) -> None:
    """Refuse a series in which a column of the data format holds something else than numbers.

    Args:
        columns: names of all columns of the series.
        numeric: names of those with a numeric type.
        types: what to show of the others.

    Raises:
        UnusableDataError: names the columns.
    """
    names, is_numeric = set(columns), set(numeric)
    if texts := [name for name in NUMERIC if name in names and name not in is_numeric]:
        shown = f" ({', '.join(str(types[name]) for name in texts[:5])})" if types else ""
        raise UnusableDataError(
            f"{quoted(texts)} must hold numbers, but the type of the column says otherwise{shown}. "
            "Convert it before sending, so that no value is guessed here.",
            detail={"not_numeric": texts},
        )


def require(required: list[str], names: list[str], what: str) -> None:
    """Refuse what lacks a column.

    Args:
        required: the columns that are needed.
        names: the columns that are there.
        what: needs them; the subject of the message.

    Raises:
        UnusableDataError: names what is missing, and what looks like it.
    """
    missing = [name for name in required if name not in names]
    if not missing:
        return
    polar = {Z_MOD, Z_PHASE} <= set(names) and bool({Z_RE, Z_IM} & set(missing))
    hints = [_hint(near[0], name) for name in missing if (near := _similar(name, names))]
    if polar:
        hints.append(f" Of '{Z_MOD}' and '{Z_PHASE}', cellkeep.derived.with_impedance makes both parts.")
    remedy = {
        STEP_COUNT: " 'Step count' starts at 0 and rises by 1 at each new step. Where a cycler numbers the steps, call "
        "its column 'Step from cycler', and cellkeep.derived.with_step_count counts them.",
    }
    raise UnusableDataError(
        f"{what} needs the columns {quoted(required)}; {quoted(missing)} not found among {quoted(names)}."
        + "".join(hints)
        + "".join(remedy.get(name, "") for name in missing),
        detail={"missing": missing, "available_columns": names},
    )


def lookalikes(names: Iterable[str]) -> list[str]:
    """A sentence for each column that is none of the data format but looks like one that is missing.

    Columns without which a series is refused are left to `require_usable`.
    """
    present = list(names)
    missing = {_folded(name): name for name in NUMERIC if name not in {*present, *_REFUSED_WITHOUT}}
    sentences = []
    for own in present:
        near = [] if own in NUMERIC else get_close_matches(_folded(own), missing, n=1, cutoff=_VERY_CLOSE)
        if near:
            hint = _hint(own, missing[near[0]])
            sentences.append(f"'{own}' is kept as a column of your own, and not summarised.{hint}")
    return sentences


def _hint(found: str, meant: str) -> str:
    if found.lstrip().startswith(("-", "\u2212")):
        return f" '{found}' looks like '{meant}' with the other sign: negate it, then rename."
    there, wanted = (_UNIT.search(name) for name in (found, meant))
    if there and wanted and there[1].strip().lower() != wanted[1].lower():
        return f" '{found}' looks like '{meant}' in another unit: convert {there[1]} to {wanted[1]}, then rename."
    return f" Rename: '{found}' looks like '{meant}'."


def _similar(name: str, names: list[str]) -> list[str]:
    bare = _UNIT.sub("", name)
    folded = {_folded(other): other for other in names if other not in _KNOWN or _UNIT.sub("", other) == bare}
    return [folded[near] for near in get_close_matches(_folded(name), folded, n=1, cutoff=0.75)]


def _folded(name: str) -> str:
    return name.lower().replace("(", "[").replace(")", "]")


def quoted(names: Iterable[str]) -> str:
    """Names for a message, at most thirty of them."""
    shown = list(names)
    more = f" and {len(shown) - 30} more" if len(shown) > 30 else ""
    return (", ".join(f"'{name}'" for name in shown[:30]) + more) or "no columns at all"

"""What a person may say that a column of a file is, with the units in which it may be written."""

from typing import NamedTuple
from zoneinfo import available_timezones

from cellkeep.domain import columns as c
from cellkeep.readers.format import TIMESTAMP


class Offered(NamedTuple):
    """A column of the data format, as the form offers it.

    Attributes:
        said: how a mapping names it, without its unit.
        words: for people.
        units: that it may have, its own first; none where it has none.
        signed: whether the direction that is positive can be said.
    """

    said: str
    words: str
    units: tuple[str, ...] = ()
    signed: bool = False


TARGETS = (
    Offered("Time", "time since the start", ("s", "min", "h", "ms")),
    Offered(TIMESTAMP, "date and time"),
    Offered("Voltage", "voltage", ("V", "mV")),
    Offered("Current", "current", ("A", "mA", "uA", "mA.cm-2"), signed=True),
    Offered(c.STEP_FROM_CYCLER, "number of the step"),
    Offered(c.CYCLE_FROM_CYCLER, "number of the cycle"),
    Offered(c.STATUS, "what the cycler was doing, in words"),
    Offered("Temperature", "temperature of the cell", ("degC", "K")),
    Offered("Ambient temperature", "temperature around it", ("degC", "K")),
    Offered("Discharge capacity", "discharge capacity", ("A.h", "mA.h")),
    Offered("Charge capacity", "charge capacity", ("A.h", "mA.h")),
    Offered("Capacity", "capacity of either direction", ("A.h", "mA.h")),
    Offered("Discharge energy", "discharge energy", ("W.h", "mW.h")),
    Offered("Charge energy", "charge energy", ("W.h", "mW.h")),
    Offered("Power", "power", ("W", "mW")),
    Offered("Frequency", "frequency", ("Hz", "kHz")),
    Offered("Z_Re", "real part of the impedance", ("Ohm", "mOhm")),
    Offered("Z_Im", "imaginary part of the impedance", ("Ohm", "mOhm"), signed=True),
    Offered("Z_Mod", "modulus of the impedance", ("Ohm", "mOhm")),
    Offered("Z_Phase", "phase of the impedance", ("deg", "rad")),
)

ZONES = tuple(sorted(available_timezones() - {"Factory", "localtime"}))
"""Names of all time zones, which the page takes and no others."""

"""BioLogic: `.mpt` and `.txt` of EC-Lab and BT-Lab, exports as csv, and modules (`.mpr`), with the same names."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import TIMESTAMP, Format, labels, source

BIOLOGIC = Format(
    name="biologic",
    title="BioLogic",
    needs=(
        ("time", "freq", "-im(z)", "re(z)"),
        ("ecell", "ewe", "<ewe>", "re(z)", "-im(z)"),
        ("mode", "ns", "ns changes", "i", "<i>", "control", "re(z)", "ox/red", "energycharge"),
    ),
    positive="charge",
    columns=(
        source(c.TIME, "time"),
        source(c.VOLTAGE, "ecell", "ewe", "<ewe>", "ewe-ece"),
        source(c.CURRENT, "i", "<i>", unit="mA"),
        source(c.STEP_FROM_CYCLER, "ns"),
        source(c.CYCLE_FROM_CYCLER, "cycle number", "cyclenumber"),
        source(c.CHARGE_CAPACITY, "q charge", "qcharge", unit="mA.h"),
        source(c.DISCHARGE_CAPACITY, "q discharge", "qdischarge", unit="mA.h"),
        source(c.CHARGE_ENERGY, "energy charge", "energycharge"),
        source(c.DISCHARGE_ENERGY, "energy discharge", "energydischarge"),
        source(c.TEMPERATURE, "temperature"),
        source(c.FREQUENCY, "freq"),
        source(c.Z_RE, "re(z)"),
        source(c.Z_IM, "-im(z)", negated=True),
        source(c.Z_MOD, "|z|"),
        source(c.Z_PHASE, "phase(z)"),
        source(TIMESTAMP, "absolute time"),
    ),
    header=labels(
        start_time="acquisition started on",
        protocol__name="loaded setting file",
        operator="user",
        channel_number="run on channel",
        instrument="device",
        source_file_path="file",
        notes="comments",
    ),
)

"""Spectra as text: ZPlot and ZView (Solartron, Autolab), PowerSuite (Princeton), and others with plain headings."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import Format, labels, source

IMPEDANCE = Format(
    name="impedance",
    title="impedance text",
    instrument=False,
    needs=(
        ("freq", "frequency", "f"),
        ("z'", "zre", "zreal", "z re", "re(z)", "z real", "|z|", "zmod", "z mod"),
        ("z''", "zimg", "zimag", "zim", "z im", "im(z)", "z imag", '-z"', "-z''", "phase", "zphz", "z phase"),
    ),
    data_type="eis",
    columns=(
        source(c.TIME, "time"),
        source(c.FREQUENCY, "freq", "frequency", "f"),
        source(c.Z_RE, "z'", "zre", "zreal", "z re", "re(z)", "z real", not_units=("a",)),
        source(c.Z_IM, "z''", "zimg", "zimag", "zim", "z im", "im(z)", "z imag", not_units=("b",)),
        source(c.Z_IM, "-z''", "-im(z)", "-zim", "-zimag", negated=True),
        source(c.Z_MOD, "|z|", "zmod", "z mod"),
        source(c.Z_PHASE, "phase", "zphz", "z phase"),
    ),
    header=labels(start_time="date", start_clock="time", notes="comments"),
)

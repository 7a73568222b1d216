"""Units beside the names of columns."""

import pytest

from cellkeep.readers.units import Unit, heading, unit_in


@pytest.mark.parametrize(
    ("text", "wanted", "unit"),
    [
        ("Current(mA)", "A", Unit(1e-3)),
        ("Current(MA)", "A", None),
        ("Current[mA.cm-2]", "mA.cm-2", Unit(1.0)),
        ("icell_mA_cm2", "mA.cm-2", Unit(1.0)),
        ("J (A.cm-2)", "mA.cm-2", Unit(1e3)),
        ("Capacity(mAh)", "A.h", Unit(1e-3)),
        ("Capacity(mAh/g)", "A.h", None),
        ("QCharge_mA_h", "A.h", Unit(1e-3)),
        ("voltage#v", "V", Unit(1.0)),
        ("Test Time (Hr.)", "s", Unit(3600.0)),
        ("test_time_minute", "s", Unit(60.0)),
        ("Temperature[K]", "degC", Unit(1.0, -273.15)),
        ("T1[\ufffdC]", "degC", Unit(1.0)),
        ("Phase(Z)/rad", "deg", Unit(57.29577951308232)),
    ],
)
def test_a_unit_in_a_heading(text: str, wanted: str, unit: Unit | None) -> None:
    """A small m is milli, whole units are told apart, and an unknown one is none."""
    assert unit_in(heading(text).unit, wanted) == unit

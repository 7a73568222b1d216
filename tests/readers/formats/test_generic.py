"""Tables of no instrument in particular: the names that the field uses, and their units."""

from pathlib import Path

import pytest

import cellkeep
from readers.series import CURRENT, TEMPERATURE, TIME, VOLTAGE

AREAL = "Current [mA.cm-2]"
VOLTAGES = (
    "Voltage[V]", "Voltage(V)", "Ewe/V", "Ewe_V_vs_Li", "<V>/V", "Ecell/V", "Potential[V]", "Potential(V)",
    "voltage__V", "h_potential__V", "voltage_V",
)  # fmt: skip
CURRENTS = ("Current[A]", "Current(A)", "I/A", "<I>/A", "current__A", "h_current__A", "current_A")
TIMES = ("Time[s]", "Time(s)", "t_s", "time/s", "TestTime(s)", "time__s", "h_test_time__s", "test_time_s")
DEGREES = (
    "Temperature[°C]", "Temperature(°C)", "Temperature[degC]", "Temperature[C]", "Temperature(C)", "Temp(°C)",
    "Temp(C)", "Temp[degC]", "T_C", "[Neware_xls]T10", "[Neware_xls]T490", "temperature__C", "h_temperature__°C",
    "temperature_1_C",
)  # fmt: skip
NAMES = {
    **dict.fromkeys(VOLTAGES, (VOLTAGE, 300.0)),
    **dict.fromkeys(("Voltage[mV]", "Voltage(mV)", "Ewe/mV", "<V>/mV"), (VOLTAGE, 0.3)),
    **dict.fromkeys(CURRENTS, (CURRENT, 300.0)),
    **dict.fromkeys(("Current[mA]", "Current(mA)", "I/mA", "<I>/mA"), (CURRENT, 0.3)),
    **dict.fromkeys(("Current[mA.cm-2]", "Current[mA/cm2]", "icell_mA_cm2"), (AREAL, 300.0)),
    **dict.fromkeys(TIMES, (TIME, 300.0)),
    **dict.fromkeys(("Time[h]", "Time(h)", "t_h", "time/h"), (TIME, 300.0 * 3600)),
    **dict.fromkeys(DEGREES, (TEMPERATURE, 300.0)),
    **dict.fromkeys(("Temperature[K]", "Temperature(K)", "Temp(K)", "T_K"), (TEMPERATURE, 26.85)),
}


@pytest.mark.parametrize("heading", NAMES)
def test_a_name_that_the_field_uses(tmp_path: Path, heading: str) -> None:
    """A column of that name is found, and its values are those of the unit that it names."""
    target, value = NAMES[heading]
    names = {TIME: ("Time [s]", "0", "1"), VOLTAGE: ("Voltage [V]", "3.5", "3.5"), CURRENT: ("Current [A]", "0", "0")}
    names.pop(CURRENT if target == AREAL else target, None)
    columns = [*names.values(), (heading, "0" if target == TIME else "300", "300")]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(";".join(column[row] for column in columns) for row in range(3)), encoding="utf-8")
    frame = cellkeep.read(path).time_series
    assert frame[target][1] == pytest.approx(value)

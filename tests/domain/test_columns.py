"""The data format."""

import pytest

from cellkeep.domain.columns import DataType, infer_data_type, lookalikes, require, require_usable
from cellkeep.domain.errors import UnusableDataError

SERIES = ["Time [s]", "Voltage [V]", "Current [A]", "Step count"]
SPECTRUM = ["Frequency [Hz]", "Z_Re [Ohm]", "Z_Im [Ohm]"]


@pytest.mark.parametrize(
    ("columns", "data_type"),
    [
        (SERIES, None),
        ([*SERIES, *SPECTRUM], None),
        ([*SPECTRUM, "Step count"], "eis"),
        ([*SPECTRUM, "Time [s]", "Step count"], "eis"),
        ([*SPECTRUM, "Voltage [V]", "Step count"], "eis"),
        ([*SPECTRUM, "Voltage [V]", "SOC", "Step count"], "ocp"),
        (SPECTRUM, "eis"),
        ([*SPECTRUM, "Time [s]"], "eis"),
        (["Voltage [V]", "Capacity [A.h]", "Step count"], "ocp"),
        (["Voltage [V]", "SOC", "Step count"], "ocp"),
        (["Voltage [V]", "Stoichiometry"], "ocp"),
        (["Time [s]", "Voltage [V]", "SOC", "Step count"], None),
        ([], None),
    ],
)
def test_the_kind_of_a_series_is_told_by_its_columns(columns: list[str], data_type: DataType | None) -> None:
    """A spectrum alone is `eis`, voltage without a clock is `ocp`, and all else is cycler data."""
    assert infer_data_type(columns) == data_type


def test_usable_series_pass() -> None:
    """Cycler data, a curve without a clock and a spectrum alone are usable, with text in columns of no meaning."""
    require_usable([*SERIES, "Status"], SERIES, None)
    ocp = ["Voltage [V]", "Capacity [A.h]", "Step count"]
    require_usable(ocp, ocp, "ocp")
    require_usable(SPECTRUM, SPECTRUM, "eis")


def test_a_missing_step_count_is_explained() -> None:
    """Without a step count, the message names it, what was there, and how to make one."""
    columns = ["Time [s]", "Voltage [V]", "Current [A]"]
    with pytest.raises(UnusableDataError) as refused:
        require_usable(columns, columns, None)
    message = refused.value.message
    assert "'Step count' not found among 'Time [s]', 'Voltage [V]', 'Current [A]'" in message
    assert "starts at 0" in message
    assert refused.value.detail == {"missing": ["Step count"], "available_columns": columns}


@pytest.mark.parametrize("near", ["Voltage (V)", "voltage [v]", "Voltage[V]", "Voltage / V", "Voltage"])
def test_a_near_name_is_suggested(near: str) -> None:
    """A column that is nearly named right is suggested for renaming."""
    columns = ["Time [s]", near, "Step count"]
    with pytest.raises(UnusableDataError) as refused:
        require_usable(columns, columns, None)
    assert f"Rename: '{near}' looks like 'Voltage [V]'." in refused.value.message


def test_no_axis_is_explained() -> None:
    """A series without any x axis is refused with the columns that could be one."""
    columns = ["Voltage [V]", "Step count"]
    with pytest.raises(UnusableDataError, match=r"needs an x axis: one of 'Time \[s\]', 'Capacity \[A\.h\]'"):
        require_usable(columns, columns, None)


def test_an_incomplete_spectrum_is_refused() -> None:
    """What is said to be a spectrum needs the whole impedance."""
    columns = ["Frequency [Hz]", "Z_Re [Ohm]"]
    with pytest.raises(UnusableDataError, match=r"'Z_Im \[Ohm\]' not found"):
        require_usable(columns, columns, "eis")


def test_text_in_a_known_column_is_refused() -> None:
    """A known column that holds text is named, and nothing is guessed."""
    with pytest.raises(UnusableDataError, match="'Current \\[A\\]' must hold numbers") as refused:
        require_usable(SERIES, [name for name in SERIES if name != "Current [A]"], None)
    assert refused.value.detail == {"not_numeric": ["Current [A]"]}


def test_no_columns_at_all_are_refused() -> None:
    """An empty table is refused in words."""
    with pytest.raises(UnusableDataError, match="no columns at all"):
        require_usable([], [], None)


def test_a_wide_table_is_not_listed_whole() -> None:
    """The message of a table with hundreds of columns stays short."""
    with pytest.raises(UnusableDataError) as refused:
        require_usable([f"column {number}" for number in range(500)], [], None)
    assert "and 470 more" in refused.value.message
    assert len(refused.value.message) < 2000


def test_a_column_that_is_nearly_one_of_ours_is_told() -> None:
    """A slip in a name is told with the mend, another unit as a conversion, and a column of one's own not at all."""
    known = ["Time [s]", "Voltage [V]", "Step count"]
    (slip,) = lookalikes([*known, "Current (A)"])
    assert "Rename: 'Current (A)' looks like 'Current [A]'." in slip
    (unit,) = lookalikes([*known, "Current [mA]"])
    assert "convert mA to A" in unit
    assert lookalikes([*known, "Current [A]", "Ambient temperature [degC]", "My own"]) == []


def test_no_column_is_a_misspelling_of_another() -> None:
    """A real part is not told to be renamed to the imaginary one; polar parts and a turned sign are told apart."""
    with pytest.raises(UnusableDataError) as found:
        require(["Z_Im [Ohm]"], ["Frequency [Hz]", "Z_Re [Ohm]"], "A spectrum")
    assert "Rename" not in found.value.message
    with pytest.raises(UnusableDataError, match="with_impedance makes both parts") as found:
        require(["Z_Re [Ohm]", "Z_Im [Ohm]"], ["Z_Mod [Ohm]", "Z_Phase [deg]"], "A spectrum")
    assert "Rename" not in found.value.message
    with pytest.raises(UnusableDataError, match="negate it, then rename"):
        require(["Z_Im [Ohm]"], ["Z_Re [Ohm]", "-Z_Im [Ohm]"], "A spectrum")
    with pytest.raises(UnusableDataError, match=r"convert h to s"):
        require_usable(["Time [h]", "Voltage [V]", "Step count"], ["Time [h]", "Voltage [V]", "Step count"], None)

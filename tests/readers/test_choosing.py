"""Which column becomes which."""

from pathlib import Path

import pytest

import cellkeep
from cellkeep.domain.errors import InvalidError
from readers.series import CURRENT, STEP, TIME, VOLTAGE, actions


def test_two_headings_for_one_column(tmp_path: Path) -> None:
    """A mapping that names two headings for one column is refused."""
    path = tmp_path / "table.csv"
    path.write_text("a,b,c,d\n0,3.5,3.6,1\n1,3.5,3.6,1\n")
    with pytest.raises(InvalidError, match="two headings for 'Voltage"):
        cellkeep.read(path, columns={"a": TIME, "b": VOLTAGE, "c": VOLTAGE, "d": CURRENT})


def test_a_mapping_names_the_unit_and_the_sign_of_the_file(tmp_path: Path) -> None:
    """`-Current [mA]` is a current in mA that the file counts the other way, whatever the voltage says of it."""
    path = tmp_path / "table.csv"
    path.write_text("a,b,c,d\n0,3500,0,298.15\n1,3600,-50,299.15\n2,3700,-50,299.15\n")
    named = {"a": "Time [min]", "b": "Voltage [mV]", "c": "-Current [mA]", "d": "Temperature [K]"}
    reading = cellkeep.read(path, columns=named)
    series = reading.time_series
    assert series[TIME].to_list() == [0, 60, 120]
    assert series[VOLTAGE].to_list() == [3.5, 3.6, 3.7]
    assert series[CURRENT].to_list() == [0, 0.05, 0.05]
    assert series["Temperature [degC]"].to_list() == [25, 26, 26]
    assert actions(reading) == []
    assert reading.choice.by_target[CURRENT].title == "c"
    assert reading.measurement["provenance"]["options"] == {"columns": named}
    plain = cellkeep.read(path, columns={**named, "c": "+Current [mA]"})
    assert plain.time_series[CURRENT].to_list() == [0, -0.05, -0.05]


def test_a_column_of_ones_own_keeps_its_name_and_values(tmp_path: Path) -> None:
    """A quantity that the data format does not have is kept as it is named, and what is left is told."""
    path = tmp_path / "table.csv"
    path.write_text("Time [s],Voltage [V],Current [A],p,q\n0,3.5,1,7,8\n1,3.4,1,7,8\n")
    reading = cellkeep.read(path, columns={"p": "-Pressure [Pa]"})
    assert reading.time_series["-Pressure [Pa]"].to_list() == [7, 7]
    assert reading.choice.unused == ["q"]


def test_the_time_of_a_step_is_not_its_number(tmp_path: Path) -> None:
    """`Step (Sec)` is no step, wherever it stands."""
    path = tmp_path / "maccor.txt"
    path.write_text("Rec#\tStep (Sec)\tStep\tTest (Sec)\tAmps\tVolts\n1\t0\t3\t0\t0\t3.5\n2\t1\t3\t1\t0\t3.5\n")
    assert cellkeep.read(path).time_series[STEP].to_list() == [3, 3]


def test_a_damaged_row_changes_no_column(tmp_path: Path) -> None:
    """A date in the column of times in one row does not make it a column of dates."""
    rows = [f"{at}\t{at}.5\t3.5\t0\t06/05/2021 11:00:0{at}" for at in range(8)]
    rows[3] = "\t06/05/2021 11:00:03\t3.5\t0\t06/05/2021 11:00:03"
    path = tmp_path / "table.txt"
    path.write_text("\n".join(["No\tTime [s]\tVoltage [V]\tCurrent [A]\tDate", *rows, ""]))
    reading = cellkeep.read(path)
    assert reading.time_series[TIME].to_list() == [0, 1, 2, 4, 5, 6, 7]
    assert actions(reading) == ["cells_left_out", "rows_left_out"]


def test_one_decimal_point_among_commas(tmp_path: Path) -> None:
    """The decimal sign is that of most cells, so a row in another language makes no thousands of the others."""
    rows = [f"{at}\t3,{at}05\t0,001" for at in range(8)]
    rows[2] = rows[2].replace(",", ".")
    path = tmp_path / "table.txt"
    path.write_text("\n".join(["Time [s]\tVoltage [V]\tCurrent [A]", *rows, ""]))
    assert cellkeep.read(path).time_series[VOLTAGE].to_list() == [float(f"3.{at}05") for at in range(8)]


def test_a_direction_that_nothing_says(tmp_path: Path) -> None:
    """A current of which neither the file nor its format says the direction is told."""
    path = tmp_path / "table.csv"
    path.write_text("Time [s],Voltage [V],Current [A]\n0,3.5,0\n1,3.4,1\n")
    assert actions(cellkeep.read(path)) == ["direction_assumed"]
    path.write_text("Time [s],Voltage [V],Current [A]\n0,3.5,0\n1,3.4,0\n")
    assert actions(cellkeep.read(path)) == []

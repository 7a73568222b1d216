"""Rows that are measurements, and counts that are none."""

from pathlib import Path

import cellkeep
from readers.series import CYCLE, STEP, TIME, VOLTAGE, actions


def test_counts_that_are_no_numbers(tmp_path: Path) -> None:
    """A step number that is no finite number goes on with that of the row before; one too large is told."""
    path = tmp_path / "maccor.csv"
    path.write_text(
        "Test Time (s),Step,Cycle,Rec#,Voltage (V),Current (A)\n"
        "0,1,1,1,3.5,1\n1,NaN,inf,2,3.6,1\n2,1,-1e300,3,3.7,1\n3,2,1,4,3.8,1\n"
    )
    reading = cellkeep.read(path)
    frame = reading.time_series
    assert frame[STEP].to_list() == [1, None, 1, 2]
    assert frame[CYCLE].to_list() == [1, None, None, 1]
    assert frame["Step count"].to_list() == [0, 0, 0, 1]
    assert actions(reading) == ["cells_left_out"]


def test_a_spectrum_whose_clock_fails_in_one_row(tmp_path: Path) -> None:
    """The row stays, without a time."""
    path = tmp_path / "spectrum.txt"
    path.write_text("Freq(Hz)\tTime(Sec)\tZ'(a)\tZ''(b)\n1000\t1.5\t3\t-1\n100\t1e300\t4\t-2\n10\t3.5\t5\t-1\n")
    assert cellkeep.read(path).time_series[TIME].to_list() == [0.0, None, 2.0]


def test_a_value_beyond_all_bounds_is_no_measurement(tmp_path: Path) -> None:
    """A row whose voltage is beyond all bounds is left out, and told."""
    path = tmp_path / "table.csv"
    path.write_text("Time [s],Voltage [V],Current [A]\n0,3.5,0\n1,1e300,0\n2,3.4,0\n")
    reading = cellkeep.read(path)
    assert reading.time_series[VOLTAGE].to_list() == [3.5, 3.4]
    assert actions(reading) == ["rows_left_out"]

"""What a person sees of a file to say what its columns are."""

from pathlib import Path

from cellkeep.readers.headings import headings_of


def test_headings_of_a_table_that_no_reader_knows(tmp_path: Path) -> None:
    """The line that looks most like headings is shown with the first rows below it, and what is known already."""
    path = tmp_path / "own.txt"
    path.write_text("a note\nTime (min);U1;I1\n0;3,50;1,0\n10;3,49\n")
    found = headings_of(path)
    assert found is not None
    assert (found.titles, found.line, found.sheet) == (["Time (min)", "U1", "I1"], 2, "")
    assert found.rows == [["0", "3,50", "1,0"], ["10", "3,49", ""]]
    assert found.known == {"Time (min)": "Time [s]"}


def test_headings_of_a_table_that_a_reader_knows(tmp_path: Path) -> None:
    """Those of the table that is read are shown, with what the reader takes of them."""
    path = tmp_path / "known.csv"
    path.write_text("Time [s],Voltage [V],Current [mA],Remark\n0,3.5,1,a\n1,3.4,1,b\n")
    found = headings_of(path)
    assert found is not None
    assert found.known == {"Time [s]": "Time [s]", "Voltage [V]": "Voltage [V]", "Current [mA]": "Current [A]"}


def test_headings_of_plain_numbers(tmp_path: Path) -> None:
    """A table without headings has none to show."""
    path = tmp_path / "numbers.txt"
    path.write_text("0 3.5 1\n1 3.4 1\n")
    assert headings_of(path) is None

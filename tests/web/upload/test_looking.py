"""What is told of a file."""

from pathlib import Path

import pytest

from cellkeep.web.upload.figures import figure_of
from cellkeep.web.upload.looking import look_at
from cellkeep.web.upload.records import Facts, How, Look
from conftest import CYCLER_FILES
from web.upload.samples import LOCAL, PLAIN

SIGN = "current_sign_reversed"
NEGATED = "'Current [A]' negated: the voltage rose where current was positive, so that was charge."
SAID = "You said that charge is positive in this file."


def looked(folder: Path, name: str, content: str, **how: object) -> Look:
    path = folder / name
    path.write_text(content)
    return Look.model_validate(look_at(path, How.model_validate(how), folder)["look"])


def test_a_mend_says_what_it_does_and_leaves_nothing_to_be_found(tmp_path: Path) -> None:
    """What a mend would do is told before it is chosen, in words, and what was chosen is checked again."""
    turned = {"Current [A]": "-Current [A]"}
    before, after = (looked(tmp_path, "a.csv", PLAIN, columns=turned, mends=mends) for mends in ([], [SIGN]))
    assert [(each.words, each.does) for each in before.mends] == [
        (
            "Turn the sign of the current",
            [f"{NEGATED} That is the sign in the file again; reading had turned it: {SAID}"],
        )
    ]
    assert [Facts.of(look).turned for look in (before, after)] == [SAID, ""]
    assert [[each.negated for each in look.columns] for look in (before, after)] == [[True, False, False], [False] * 3]
    assert [(look.refused, len(look.findings), look.mends[0].chosen) for look in (before, after)] == [
        ([SIGN], 1, False),
        ([], 0, True),
    ]


def test_why_reading_turned_the_current_and_moved_times_is_told(tmp_path: Path) -> None:
    """By the make of a file or by its voltage, and in some rows alone by their status; the column says so as well."""
    charge_first = PLAIN.replace(",1.0", ",x").replace(",-1.0", ",1.0")
    general = looked(tmp_path, "general.csv", charge_first.replace(",x", ",-1.0"))
    unsigned = "Time [s],Voltage [V],Current [A],Status\n0,4.0,1,DChg\n60,3.9,1,DChg\n0,3.8,1,Chg\n60,3.9,1,Chg\n"
    looks = [looked(tmp_path, "make.csv", LOCAL), general, looked(tmp_path, "status.csv", unsigned)]
    assert [look.turned for look in looks[:2]] == ["Arbin counts charge as positive.", NEGATED]
    taken = [next(each for each in look.columns if each.column == "Current [A]") for look in looks]
    assert [(each.negated, each.partly) for each in taken] == [(True, False), (True, False), (False, True)]
    assert looked(tmp_path, "plain.csv", PLAIN).turned == looks[0].moved == ""
    assert Facts.of(looks[2]).moved.startswith("The clock started anew 1 times")


def test_rows_that_a_finding_names_are_marked_in_the_picture(tmp_path: Path) -> None:
    """A step of one row is marked at its time."""
    look = looked(tmp_path, "a.csv", "Time [s],Voltage [V],Current [A]\n0,4.0,1\n60,3.9,1\n120,3.8,1\n180,3.9,-1\n")
    assert [each.code for each in look.findings] == ["step_too_few_points"]
    drawn = figure_of(tmp_path, mended=False, dark=False)
    assert drawn["told"] == "Marked: 1 place that the findings name."
    assert 180 in {shape["x0"] for shape in drawn["figure"]["layout"]["shapes"]}


def test_what_was_not_read_is_told_in_the_list(tmp_path: Path) -> None:
    """A cell that is no number is left out of the series, and that is no silent matter."""
    look = looked(tmp_path, "a.csv", PLAIN.replace("60,", "60,?", 1))
    assert look.not_read == look.repairs == Facts.of(look).not_read
    assert "not numbers" in look.not_read[0]


def test_text_is_no_series_and_numbers_may_be(tmp_path: Path) -> None:
    """A note is kept as a file; a table of numbers under unknown headings is asked about."""
    assert looked(tmp_path, "note.txt", "Opened the cell, today\nAll, fine\n").kind == "file"
    assert looked(tmp_path, "own.txt", "Zeit;Wert\n0;3,5\n1;3,4\n").kind == "unknown"
    assert looked(tmp_path, "bare.txt", "0;3,5\n1;3,4\n").kind == "file"


def test_the_cell_is_taken_from_what_the_instrument_says(tmp_path: Path) -> None:
    """The label of the cell is proposed, without remarks behind it."""
    path = CYCLER_FILES / "maccor" / "battery-data-toolkit__maccor_example.001"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    look = Look.model_validate(look_at(path, How(), tmp_path)["look"])
    assert (look.cell_names, look.reader_title) == (["SET-LN3024-104"], "Maccor")
    assert (tmp_path / "before.arrow").exists()

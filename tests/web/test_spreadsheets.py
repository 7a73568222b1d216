"""Tables that are opened in a spreadsheet."""

import polars as pl
import pytest

from cellkeep.web import spreadsheets


@pytest.mark.parametrize("text", ["=HYPERLINK(A1)", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1"])
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    """A name that somebody gave is shown, and not worked out, in a cell as in a heading; numbers stay as they are."""
    table = pl.DataFrame({"Label": [text, "C1", "-5.2", None], text: [-1.0, 2.0, 3.0, None]})
    expected = f"Label,'{text}\n'{text},-1.0\nC1,2.0\n-5.2,3.0\n,\n"
    assert spreadsheets.as_csv(table).decode() == expected
    assert spreadsheets.cell(text) == f"'{text}"
    assert [spreadsheets.cell(each) for each in ("-5.2", "+1e-3", -5.2, None)] == ["-5.2", "+1e-3", -5.2, None]

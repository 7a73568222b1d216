"""Cells made numbers."""

import polars as pl
import pytest

from cellkeep.readers.cells import to_numbers


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,234", "999", "12,345"], [1234.0, 999.0, 12345.0]),
        (["1,234.5", "999.5", "1,234"], [1234.5, 999.5, 1234.0]),
        (["1,234,567", "0.5"], [1234567.0, 0.5]),
        (["3.651", "3,650", "3.649"], [3.651, None, 3.649]),
        (["-3.651", "-3,650", None], [-3.651, None, None]),
    ],
)
def test_a_comma_stands_between_thousands_or_the_cell_is_left_out(
    cells: list[str | None], numbers: list[float | None]
) -> None:
    """A lone comma among decimal points may be a decimal one, so such a cell is no number, and told."""
    loaded = to_numbers(pl.DataFrame({"0": cells}), {"0": "U"})
    assert loaded.frame["0"].to_list() == numbers
    left_out = sum(number is None and cell is not None for number, cell in zip(numbers, cells, strict=True))
    assert [each.payload["count"] for each in loaded.repairs] == [left_out] * bool(left_out)

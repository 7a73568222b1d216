"""Tables of a page, whatever a person's own table holds."""

from datetime import UTC, datetime, timedelta

import pytest

from cellkeep.web.tables import cells


@pytest.mark.parametrize("value", ["long", [1, 2], {"a": 1}, timedelta(days=1), datetime(2025, 1, 1, tzinfo=UTC), True])
def test_what_is_no_number_is_shown_as_it_is(value: object) -> None:
    """A value that a heading does not expect is shown in its own words."""
    assert cells({"V": [value, None, 0.5]}, {"V": ("V", "+.2f")})[1:] == [[""], ["+0.50"]]
    assert cells({"V": [value]}, {"V": ("V", "s")}) == [[str(value)]]

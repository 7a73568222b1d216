"""What an organization has used."""

from datetime import UTC, datetime

import pytest

from cellkeep.domain.usage import month_of


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        ("2026-03-15T09:30:00", "2026-03-01", "2026-04-01"),
        ("2026-12-31T23:59:59.999999", "2026-12-01", "2027-01-01"),
        ("2024-02-29T00:00:00", "2024-02-01", "2024-03-01"),
        ("2026-01-01T00:00:00", "2026-01-01", "2026-02-01"),
    ],
)
def test_a_month_begins_on_its_first_day(moment: str, start: str, end: str) -> None:
    """It ends where the next one begins."""
    found = month_of(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert found == tuple(datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (start, end))

"""Pages, filters and bounds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from cellkeep.domain.errors import InvalidError
from cellkeep.domain.measurements import ProjectMeasurementQuery
from cellkeep.domain.paging import Filter, ListQuery, Page, parse_filter, parse_instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eq.A 1", Filter("eq", "A 1")),
        ("ilike.%50%%", Filter("ilike", "%50%%")),
        ("eq.eq.x", Filter("eq", "eq.x")),
        ("gte.2026-01-01T00:00:00.5Z", Filter("gte", "2026-01-01T00:00:00.5Z")),
        ("neq.", Filter("neq", "")),
        ("plain", Filter("eq", "plain")),
        ("1.5.2", Filter("eq", "1.5.2")),
        ("eq", Filter("eq", "eq")),
        ("EQ.x", Filter("eq", "EQ.x")),
        ("is.null", Filter("eq", "is.null")),
        ("", Filter("eq", "")),
    ],
)
def test_filters_are_an_operator_and_a_value(text: str, expected: Filter) -> None:
    """A known operator before the first dot is one; any other text means equality."""
    assert parse_filter(text) == expected


@pytest.mark.parametrize(("sent", "taken"), [(1, 1), ("200", 200), (1000, 1000), (1001, 1000), ("9" * 40, 1000)])
def test_a_long_page_is_cut(sent: object, taken: int) -> None:
    """More than a page can hold is cut to a thousand, not refused."""
    assert ListQuery.model_validate({"limit": sent}).limit == taken


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": -1}, {"limit": "x"}, {"limit": "²"}, {"offset": -1}])
def test_nonsense_is_malformed(query: dict[str, object]) -> None:
    """Pages of nothing, and before the start, are refused."""
    with pytest.raises(ValidationError):
        ListQuery.model_validate(query)


def test_defaults() -> None:
    """Lists begin with the newest; those of a project are short unless asked."""
    asked = ListQuery()
    assert (asked.limit, asked.offset, asked.order_by, asked.order) == (1000, 0, "created_at", "desc")
    assert ProjectMeasurementQuery(project_id="p").limit == 25


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-15", datetime(2026, 3, 15, tzinfo=UTC)),
        ("2026-03-15T09:30:00", datetime(2026, 3, 15, 9, 30, tzinfo=UTC)),
        (" 2026-03-15T09:30:00.25Z ", datetime(2026, 3, 15, 9, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-03-15T09:30:00+02:00", datetime(2026, 3, 15, 9, 30, tzinfo=timezone(timedelta(hours=2)))),
    ],
)
def test_bounds_are_iso_times(text: str, expected: datetime) -> None:
    """A date, a time without a zone (UTC) and one with a zone are bounds."""
    assert parse_instant(text, "created_at_gt") == expected


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "eq.2026-03-15", "9999-12-31T23:59:59-05:00"])
def test_another_text_is_no_bound(text: str) -> None:
    """What is no time that UTC knows is malformed, and the message names the parameter."""
    with pytest.raises(InvalidError, match="created_at_gt"):
        parse_instant(text, "created_at_gt")


def test_a_page_is_used_like_a_list() -> None:
    """A page has a length, items by index and slice, and is gone through in order."""
    page = Page(items=[1, 2, 3], count=3, total=57)
    assert (len(page), page[0], page[-1], page[1:], list(page)) == (3, 1, 3, [2, 3], [1, 2, 3])

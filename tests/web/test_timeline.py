"""The timeline of a cell."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cellkeep.domain.browsing import MeasurementLine
from cellkeep.web.timeline import timeline

START = datetime(2026, 3, 15, 9, tzinfo=UTC)


def line(name: str, start: datetime | None = START, hours: float | None = None, **said: Any) -> MeasurementLine:
    blank = dict.fromkeys(MeasurementLine.model_fields)
    return MeasurementLine.model_validate({
        **blank,
        **dict.fromkeys(("id", "name", "cell_id", "cell_name", "spec_id", "spec_name", "project_id"), name),
        "created_at": datetime(2030, 1, 1, tzinfo=UTC),
        "measurement_type": "time_series",
        "processing_status": "ready",
        "checked": True,
        "errors": 0,
        "warnings": 0,
        "tags": [],
        "start_time": start,
        "time_span_s": hours and 3600 * hours,
        **said,
    })  # fmt: skip


def test_bars_lie_where_their_tests_were() -> None:
    """Each kind has its lane; a bar lasts to its end or as long as its series; those that meet lie below each other."""
    found = timeline([
        line("later", START + timedelta(hours=5), 5),
        line("first", START, 10),
        line("after", START + timedelta(hours=20), None, end_time=START + timedelta(hours=40)),
        line("spectrum", START, 1, data_type="eis"),
        line("sizes", START + timedelta(hours=30), measurement_type="properties"),
        line("unknown", None),
    ])  # fmt: skip
    assert found is not None
    assert (found.began, found.ended, found.undated) == (START, START + timedelta(hours=40), 1)
    lanes = {lane.kind: {bar.line.name: bar for bar in lane.bars} for lane in found.lanes}
    assert {kind: list(bars) for kind, bars in lanes.items()} == {
        "cycling": ["first", "later", "after"],
        "eis": ["spectrum"],
        "properties": ["sizes"],
    }
    first, later, after = (lanes["cycling"][name] for name in ("first", "later", "after"))
    assert first.top == after.top < later.top
    assert first.width == pytest.approx(later.width * 2, rel=0.01)
    assert first.left + first.width < after.left
    assert after.left + after.width == pytest.approx(100 - first.left, abs=0.01)


def test_the_scale_has_round_moments() -> None:
    """From minutes to thousands of years there are a few marks, in order and within the scale."""
    for hours in (0.01, 5, 30, 24 * 40, 24 * 400, 24 * 365 * 80, 24 * 365 * 1100):
        found = timeline([line("x", START, hours)])
        assert found is not None
        places = [tick.left for tick in found.ticks]
        assert 1 <= len(places) <= 9, hours
        assert places == sorted(places)
        assert all(0 <= place <= 100 for place in places)
        assert len({tick.label for tick in found.ticks}) == len(places)


def test_times_at_the_end_of_all_calendars_are_shown() -> None:
    """No start is too early, and no series too long."""
    for start in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert timeline([line("x", start, 1e12)]) is not None
    assert timeline([line("x", None)]) is None

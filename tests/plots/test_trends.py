"""A property from measurement to measurement as a figure."""

from datetime import UTC, datetime

import polars as pl
import pytest

from cellkeep import plots
from cellkeep.domain.errors import InvalidError
from cellkeep.domain.measurements import CellMeasurement


def measured(day: int, value: float, unit: str = "mOhm") -> dict[str, object]:
    """A measurement of the resistance on a day of January."""
    quantity = {"value": value, "unit": unit}
    start = f"2026-01-{day:02}T12:00:00+01:00"
    return {"id": f"m{day}", "name": f"Day {day}", "start_time": start, "properties": {"resistance": quantity}}


POINTS = [measured(20, 23.0), measured(1, 20.0), measured(10, 0.021, "Ohm"), {"name": "Photo", "properties": None}]


def test_values_are_drawn_over_time() -> None:
    """Points are in the order of time in UTC, in the unit of the first, with the id of their measurement."""
    figure = plots.trend(POINTS, "resistance")
    (line,) = figure.data
    assert list(line.y) == [20.0, 21.0, 23.0]
    assert str(line.x[0]).startswith("2026-01-01T11:00")
    assert [identity for (identity,) in line.customdata] == ["m1", "m10", "m20"]
    assert figure.layout.yaxis.title.text == "Resistance [mOhm]"
    assert figure.layout.xaxis.title.text == "Start time [UTC]"


def test_records_of_the_client_are_points() -> None:
    """What the client lists is drawn as it is, nested properties by dots and plain numbers without a unit."""
    common = {"cell_instance_id": "c", "project_id": "p", "created_at": datetime(2026, 1, 1, tzinfo=UTC)}
    records = [
        CellMeasurement.model_construct(
            **common, id=f"{n}", name="A", properties={"fit": {"score": n}}, start_time=None
        )
        for n in range(3)
    ]
    figure = plots.trend(records, "fit.score")
    assert list(figure.data[0].x) == [1, 2, 3]
    assert figure.layout.yaxis.title.text == "Fit, score"


def test_what_stands_in_a_list_is_named_by_its_place() -> None:
    """Places in lists are counted from 1, as the page of a record writes them."""
    points = [{"properties": {"layers": [{"d": n}, {"d": 2 * n}]}} for n in (1, 2)]
    assert list(plots.trend(points, "layers.2.d").data[0].y) == [2.0, 4.0]
    with pytest.raises(InvalidError, match="None of 2"):
        plots.trend(points, "layers.3.d")


def test_columns_of_frames_are_points() -> None:
    """A frame has a column of values, and may have times without a zone, which are in UTC."""
    frame = pl.DataFrame({"Mass [g]": [45.3, None], "start_time": [datetime(2026, 1, 1), datetime(2026, 1, 2)]})  # noqa: DTZ001
    figure = plots.trend({"A": frame, "B": frame}, "Mass [g]")
    assert [list(line.y) for line in figure.data] == [[45.3], [45.3]]
    assert figure.layout.yaxis.title.text == "Mass [g]"
    assert list(plots.trend(frame, "Mass [g]", in_order=True).data[0].x) == [1]


def test_what_can_not_be_drawn_is_told() -> None:
    """A property that nobody has, and one in units of different kinds, are refused."""
    with pytest.raises(InvalidError, match="has a number in 'weight'; their properties are 'resistance'"):
        plots.trend(POINTS, "weight")
    with pytest.raises(InvalidError, match="can not be converted to mOhm"):
        plots.trend([measured(1, 20.0), measured(2, 1.0, "V")], "resistance")
    with pytest.raises(InvalidError, match="no column of numbers"):
        plots.trend(pl.DataFrame({"Mass [g]": ["heavy"]}), "Mass [g]")

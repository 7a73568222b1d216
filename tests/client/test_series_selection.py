"""Reading a part of a series through the client, the same over HTTP and in a folder."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest
from polars.testing import assert_frame_equal

from cellkeep import BadRequestError, InvalidError, NotFoundError
from cellkeep.client import Client
from cellkeep.client.series_selection import selection
from cellkeep.domain.instances import CellInstance
from client.conftest import Lab
from client.samples import motley, series

Read = Callable[..., pl.DataFrame]
ROWS = 260_000


def long_series() -> pl.DataFrame:
    """Enough rows for an overview and for three row groups."""
    row = np.arange(ROWS)
    voltage = 3.7 + np.sin(row / 700) + row % 13 / 100
    return series(ROWS // 1000, 1000).with_columns(
        pl.Series("Voltage [V]", voltage),
        pl.lit(0.0).alias("Current [A]"),  # no current that such a voltage could follow
    )


LONG = long_series()


@pytest.fixture
def read(any_client: Client, cell: CellInstance) -> Read:
    """Reads parts of a series with columns of every kind."""
    made = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": motley()})
    return lambda **named: any_client.cell_measurement.time_series(made.id, **named)


@pytest.fixture
def read_long(any_client: Client, cell: CellInstance) -> Read:
    """Reads parts of a long series."""
    made = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "L"}, "time_series": LONG})
    return lambda **named: any_client.cell_measurement.time_series(made.id, **named)


@pytest.mark.parametrize(
    ("named", "rows"),
    [
        ({"steps": 1}, [3, 4, 5]),
        ({"steps": [1, np.int64(0)]}, [0, 1, 2, 3, 4, 5]),
        ({"steps": range(1)}, [0, 1, 2]),
        ({"cycles": {0}}, [0, 1, 2, 3, 4, 5]),
        ({"window": ("Time [s]", 1, 3)}, [1, 2, 3]),
        ({"window": ("int", None, 0)}, [3, 5]),
        ({"window": {"Time [s]": (1, None), "float": (-1, 2.0)}}, [5]),
        ({"window": ("float", float("-inf"), float("inf"))}, [0, 3, 4, 5]),
        ({"steps": 0, "window": ("Time [s]", 2, 9)}, [2]),
        ({"steps": 0, "window": ("Time [s]", 5, 9)}, []),
        ({"steps": 1, "row_range": (0, 4)}, [3]),
        ({"columns": ["when"], "row_range": (4, 99)}, [4, 5]),
        ({"max_points": 100}, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_a_part(read: Read, named: dict[str, Any], rows: list[int]) -> None:
    """Rows come as they were sent, with the type of each column, whatever it holds."""
    columns = named.get("columns", motley().columns)
    if "max_points" in named:
        columns = ["Time [s]", *(name for name in columns if name != "Time [s]")]
    assert_frame_equal(read(**named), motley()[rows].select(columns))


def test_columns_come_in_the_order_named(read: Read) -> None:
    """One or several, text and times too; a text alone is one name."""
    assert_frame_equal(read(columns=("text", "Time [s]")), motley().select("text", "Time [s]"))
    assert_frame_equal(read(columns="local"), motley().select("local"))


def test_nested_columns_come_as_they_are(any_client: Client, cell: CellInstance) -> None:
    """Lists, structures, categories and bytes pass unchanged."""
    frame = series().with_columns(
        pl.Series("list", [[1], [], None, [2, 3], [4], [5]]),
        pl.Series("struct", [{"a": 1, "b": "x"}] * 6),
        pl.Series("category", list("abcabc"), pl.Categorical),
        pl.Series("enum", list("abcabc"), pl.Enum(["a", "b", "c"])),
        pl.Series("bytes", [b"\x00\xff"] * 6),
        pl.Series("array", [[1.0, 2.0]] * 6, pl.Array(pl.Float64, 2)),
    )
    made = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "N"}, "time_series": frame})
    assert_frame_equal(any_client.cell_measurement.time_series(made.id, steps=1), frame[3:])


def test_a_cycle_of_a_long_series(read_long: Read) -> None:
    """Steps and cycles across row groups, alone and many, are those that filtering gives."""
    assert_frame_equal(read_long(cycles=[65, 3]), LONG.filter(pl.col("Cycle count").is_in([3, 65])))
    odd = range(1, ROWS // 1000, 2)
    assert_frame_equal(read_long(steps=odd), LONG.filter(pl.col("Step count") % 2 == 1))
    assert_frame_equal(read_long(window=("Time [s]", 130_000, 132_000.5)), LONG[130_000:132_001])


def test_more_steps_than_an_address_holds(any_client: Client, cell: CellInstance) -> None:
    """Ten thousand numbers that no runs shorten are sent another way."""
    frame = series(20_001, 2)
    made = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "M"}, "time_series": frame})
    wanted = range(0, 20_001, 2)
    found = any_client.cell_measurement.time_series(made.id, steps=wanted)
    assert_frame_equal(found, frame.filter(pl.col("Step count") % 2 == 0))


def test_a_picture_of_a_long_series(read_long: Read) -> None:
    """No more rows than asked for, which are rows of the series, with the extremes of the column and its axis."""
    for named in ({}, {"window": ("Time [s]", 5000, 250_000)}, {"cycles": range(1, 100)}):
        found = read_long(columns=["Voltage [V]"], max_points=1000, **named)
        assert found.columns == ["Time [s]", "Voltage [V]"]
        assert 900 < found.height <= 1000
        whole = LONG.select(found.columns)
        if "window" in named:
            whole = whole[5000:250_001]
        elif "cycles" in named:
            whole = LONG.filter(pl.col("Cycle count").is_between(1, 99)).select(found.columns)
        assert found["Time [s]"].is_sorted()
        assert_frame_equal(whole.join(found, on="Time [s]", how="semi"), found)
        assert_frame_equal(found[[0, -1]], whole[[0, -1]])
        for side in (pl.col("Voltage [V]").max(), pl.col("Voltage [V]").min()):
            assert_frame_equal(found.select(side), whole.select(side))


def test_a_picture_has_all_columns_where_none_is_named(read_long: Read) -> None:
    """Then each column of numbers is to look right."""
    found = read_long(max_points=500)
    assert found.columns == LONG.columns
    assert found.height <= 500
    numbers = cs.numeric()
    assert found.select(numbers.min()).equals(LONG.select(numbers.min()))
    assert found.select(numbers.max()).equals(LONG.select(numbers.max()))


@pytest.mark.parametrize(
    ("named", "error", "message"),
    [
        ({"columns": "voltage"}, BadRequestError, "no column 'voltage'"),
        ({"steps": 2}, BadRequestError, "no step 2"),
        ({"cycles": [0, 1]}, BadRequestError, "no cycle 1"),
        ({"steps": -1}, InvalidError, "steps"),
        ({"window": ("Time [s]", 3, 1)}, InvalidError, "ends at 1, before 3"),
        ({"window": ("Time [s]", float("nan"), 1)}, InvalidError, "NaN"),
        ({"window": ("text", 0, 1)}, BadRequestError, "'text'"),
        ({"window": ("flag", 0, 1)}, BadRequestError, "'flag'"),
        ({"window": ("when", 0, 1)}, BadRequestError, "'when'"),
        ({"max_points": 1}, InvalidError, "max_points"),
        ({"max_points": 0}, InvalidError, "max_points"),
        ({"max_points": 10**9}, InvalidError, "max_points"),
        ({"max_points": 5}, InvalidError, "at least"),
        ({"max_points": 50, "x": "flag"}, BadRequestError, "axis"),
        ({"x": "Time [s]"}, InvalidError, "max_points"),
    ],
)
def test_what_can_not_be_is_refused(read: Read, named: dict[str, Any], error: type[Exception], message: str) -> None:
    """With what is wrong and what there is."""
    with pytest.raises(error, match=message):
        read(**named)


@pytest.mark.parametrize("name", ["columns", "steps", "cycles", "window"])
def test_an_empty_list_is_refused(name: str) -> None:
    """It would be taken for all, where nothing was meant."""
    with pytest.raises(ValueError, match=f"{name} is empty"):
        selection(**{name: {} if name == "window" else []})


@pytest.mark.parametrize(
    ("named", "told"), [({"steps": [1.5]}, "1.5"), ({"cycles": "7-9"}, "'7-9'"), ({"max_points": 2000.0}, "2000.0")]
)
def test_what_is_no_whole_number_is_refused(named: dict[str, Any], told: str) -> None:
    """Nothing is rounded, and text is not taken apart."""
    with pytest.raises(TypeError, match=f"takes whole numbers, not {told}"):
        selection(**named)


def test_nothing_named_is_nothing_asked() -> None:
    """Then a series is read as it always was."""
    assert selection() == {}


def test_numbers_are_sent_short_and_bounds_exactly() -> None:
    """Runs of numbers are one, and a float is what it was."""
    assert selection(steps=[3, 1, 2, 9], window=("a", 0.1, None)) == {
        "steps": ["1-3", "9"],
        "window_column": ["a"],
        "window_from": ["0.1"],
        "window_to": [""],
    }


def test_a_pandas_client_gets_a_pandas_frame(lab: Lab, any_client: Client, cell: CellInstance) -> None:
    """Parts come in the kind of frame that the client was told to return."""
    made = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()})
    if lab.embedded is not None:
        pytest.skip("one client at a time works in this folder")
    with Client(api_url=lab.url, api_key=lab.key, dataframe_backend="pandas") as client:
        found = client.cell_measurement.time_series(made.id, steps=1)
    assert type(found).__module__.startswith("pandas")
    assert found["Step count"].tolist() == [1, 1, 1]


def test_what_is_no_series_is_told(any_client: Client, cell: CellInstance) -> None:
    """Properties have no rows, and a wrong id is not found."""
    made = any_client.cell_measurement.create_properties(cell.id, "P", {"a": "b"})
    with pytest.raises(BadRequestError, match="of type properties"):
        any_client.cell_measurement.time_series(made.id, steps=0)
    with pytest.raises(NotFoundError):
        any_client.cell_measurement.time_series("nothing", max_points=100)

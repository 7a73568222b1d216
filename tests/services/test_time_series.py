"""Parts of a stored series, against the same part of the whole frame."""

import json
import math
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from pyarrow import ipc
from pydantic import ValidationError

from cellkeep.domain.errors import BadRequestError, InvalidError, NotFoundError, NotReadyError
from cellkeep.domain.measurements import PropertiesDraft
from cellkeep.domain.people import Caller
from cellkeep.domain.time_series import SeriesQuery, shortened
from cellkeep.services import (
    growing,
    measurements,
    processing,
    row_formats,
    row_reading,
    summarising,
    thinning,
    time_series,
)
from cellkeep.storage.store import Store
from cellkeep.summarise import overview
from cellkeep.summarise.row_ranges import RowRanges
from services.bench import Bench, Never, bench, parquet, series

many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that depends on size begins with a few rows."""
    monkeypatch.setattr(summarising, "_ROWS_WORTH_AN_OVERVIEW", 1)
    monkeypatch.setattr(overview, "_BUCKET_ROWS", 8)
    monkeypatch.setattr(row_reading, "_GAP_ROWS", 5)
    monkeypatch.setattr(row_reading, "_MOST_SPANS", 3)
    monkeypatch.setattr(row_reading, "_MASK_ROWS", 7)
    monkeypatch.setattr(row_reading, "_BLOCK_ROWS", 40)
    monkeypatch.setattr(row_formats, "_BATCH_VALUES", 90)
    monkeypatch.setattr(time_series, "_FEW_VALUES", 50)
    monkeypatch.setattr(thinning, "_FINE_ENOUGH", 1)
    monkeypatch.setattr(thinning, "_BUCKETS_OF_A_STRETCH", 1)
    monkeypatch.setattr(thinning, "_MOST_BESIDE", 60)
    monkeypatch.setattr(thinning, "_MOST_VALUES", 100)


def broken(rows: int = 300) -> pl.DataFrame:
    """Steps of 1 to 9 rows, some numbers again later; missing values, rows without a time, names of every kind."""
    rng = np.random.default_rng(7)
    step = np.repeat(np.arange(rows), rng.integers(1, 10, rows))[:rows]
    step = np.where(step > 40, step - 20, step)
    voltage = np.where(rng.uniform(size=rows) < 0.05, np.nan, rng.normal(3.7, 0.3, rows))
    current = pl.Series(rng.normal(size=rows)).set(pl.Series(rng.uniform(size=rows) < 0.1), None)
    time = pl.Series(np.cumsum(rng.exponential(1.0, rows))).set(pl.Series((step == 11) | (step == 30)), None)
    return pl.DataFrame(
        {
            "Time [s]": time,
            "Voltage [V]": voltage,
            "Current [A]": current.set(pl.Series(np.arange(rows) == 123), float("inf")),
            "Step count": step,
            "Cycle count": step // 4,
            "large": 2**60 + rng.integers(0, 1000, rows),
            "^a$": rng.integers(-5, 5, rows),
            "*": rng.normal(size=rows),
            "text": [f"t{number}" for number in range(rows)],
            "list": [[number, number + 1] for number in range(rows)],
        }
    )


FRAME = broken()
BOUND = st.one_of(st.just(""), st.sampled_from(["inf", "-inf", "0", "3.7"]), st.floats(-10, 400).map(str))
NUMERIC = st.sampled_from(FRAME.select(cs.numeric()).columns)


def chosen(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[list[str]]:
    return st.one_of(st.just([]), st.lists(numbers, max_size=12).map(shortened))


@st.composite
def queries(draw: st.DrawFn) -> dict[str, Any]:
    """Any combination of what can be asked for and is there."""
    found: dict[str, Any] = {
        "columns": draw(st.lists(st.sampled_from(FRAME.columns), max_size=4)),
        "steps": draw(chosen(st.sampled_from(FRAME["Step count"].unique().to_list()))),
        "cycles": draw(chosen(st.sampled_from(FRAME["Cycle count"].unique().to_list()))),
        "row_from": draw(st.one_of(st.none(), st.integers(0, 320))),
        "window_column": draw(st.lists(NUMERIC, max_size=2)),
    }
    found["row_to"] = draw(st.one_of(st.none(), st.integers(found["row_from"] or 0, 400)))
    for name in ("window_from", "window_to"):
        found[name] = [draw(BOUND) for _ in found["window_column"]]
    return found


def expected(query: dict[str, Any]) -> pl.DataFrame:
    """The wanted rows, by filtering the whole frame; with all columns."""
    frame = FRAME[query.get("row_from") or 0 : query.get("row_to")]
    for name, texts in (("Step count", query.get("steps")), ("Cycle count", query.get("cycles"))):
        if texts:
            runs = [(int(text.split("-")[0]), int(text.split("-")[-1])) for text in texts]
            frame = frame.filter(pl.any_horizontal(pl.col(name).is_between(low, high) for low, high in runs))
    windows = zip(*(query.get(f"window_{part}", []) for part in ("column", "from", "to")), strict=True)
    for name, low, high in windows:
        values = [None if value is None or value != value else value for value in frame[name].to_list()]  # noqa: PLR0124
        low_, high_ = float(low or "-inf"), float(high or "inf")
        frame = frame.filter([value is not None and low_ <= value <= high_ for value in values])
    return frame


def read(at: Bench, measurement_id: str, caller: Caller | None = None, **query: Any) -> pl.DataFrame:
    return pl.read_ipc(written(at, measurement_id, caller, format="arrow", **query))


def written(at: Bench, measurement_id: str, caller: Caller | None = None, **query: Any) -> bytes:
    target = BytesIO()
    asked = SeriesQuery.model_validate(query)
    time_series.write_part(at.store, caller or at.caller, measurement_id, asked, target)
    return target.getvalue()


@pytest.fixture(params=["with overview", "without", "with one of the first rows"])
def stored(request: pytest.FixtureRequest, small: None, at: Bench, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of the series, with row groups of 50 rows; stored before there were overviews, after, or by pieces."""
    if request.param == "without":
        monkeypatch.setattr(summarising, "_ROWS_WORTH_AN_OVERVIEW", 10_000)
    rows = 240 if request.param == "with one of the first rows" else FRAME.height
    measurement_id = at.send(parquet(FRAME[:rows], row_group_size=50))
    at.confirm(measurement_id)
    assert ("overview" in at.keys(measurement_id)) is (request.param != "without")
    if rows < FRAME.height:
        monkeypatch.setattr(summarising, "_ROWS_WORTH_AN_OVERVIEW", 10_000)
        monkeypatch.setattr(growing, "_FEWEST_APART", 1)
        for start, end in ((rows, 260), (260, 261), (261, FRAME.height)):
            assert at.append(measurement_id, FRAME[start:end]).row_count == end
        assert at.table(measurement_id, "overview")["row number"][-1] == rows - 1
    return measurement_id


def fit(query: dict[str, Any], **more: Any) -> dict[str, Any] | None:
    """What is asked, without what is not said; None where a window runs backwards."""
    asked = {key: value for key, value in {**query, **more}.items() if value not in (None, [])}
    bounds = zip(query["window_from"], query["window_to"], strict=True)
    if any(float(low or "-inf") > float(high or "inf") for low, high in bounds):
        with pytest.raises(ValidationError, match="window"):
            SeriesQuery.model_validate(asked)
        return None
    return asked


@many
@given(query=queries())
def test_a_part_is_what_filtering_the_whole_gives(at: Bench, stored: str, query: dict[str, Any]) -> None:
    """Columns, steps, cycles, windows and ranges of rows, alone and together."""
    if (asked := fit(query)) is None:
        return
    columns = list(dict.fromkeys(query["columns"])) or FRAME.columns
    wanted = expected(query).select(cs.by_name(columns))
    assert_frame_equal(read(at, stored, **asked), wanted)
    assert_frame_equal(pl.read_ipc_stream(written(at, stored, format="arrow_stream", **asked)), wanted)


@many
@given(query=queries(), most=st.integers(20, 80), x=st.sampled_from([None, "Time [s]", "large"]))
def test_a_picture_of_a_part(at: Bench, stored: str, query: dict[str, Any], most: int, x: str | None) -> None:
    """At most so many of the part's own rows, in order, with its ends and the extremes of each column of numbers."""
    if (asked := fit(query, max_points=most, x=x)) is None:
        return
    axis = x or "Time [s]"
    columns = list(dict.fromkeys(query["columns"])) or FRAME.columns
    whole = expected(query).select(cs.by_name(columns if axis in columns else [axis, *columns]))
    found = read(at, stored, **asked)
    assert found.schema == whole.schema
    assert found.height == whole.height if whole.height <= most else found.height <= most
    require_rows_of(found, whole)
    if whole.height:
        assert_frame_equal(found[[0, -1]], whole[[0, -1]])
    for column in whole.select(cs.numeric()).iter_columns():
        assert extremes(found[column.name]) == extremes(column)


def extremes(column: pl.Series) -> tuple[Any, Any]:
    known = column.alias("column").fill_nan(None) if column.dtype.is_float() else column
    return known.min(), known.max()


def require_rows_of(found: pl.DataFrame, whole: pl.DataFrame) -> None:
    """Claim that the rows are rows of the whole, in their order."""
    remaining = map(str, whole.rows())
    for row in map(str, found.rows()):
        assert row in remaining


def test_who_steps_through_cycles_is_answered_from_memory(at: Bench, small: None) -> None:
    """What is asked for again is right each time, and from the second time on the rows around it are held."""
    made = at.create(frame=FRAME).id
    names = FRAME.select(cs.numeric()).columns
    for _ in range(2):
        for cycle in ("2", "3"):
            found = read(at, made, columns=names, cycles=[cycle])
            assert_frame_equal(found, expected({"cycles": [cycle]}).select(cs.by_name(names)))
    path = at.store.blobs.path(at.keys(made)["time_series"])  # type: ignore[attr-defined]
    path.write_bytes(b"")
    for query in ({"cycles": ["3"]}, {"steps": ["9", "11"]}, {"row_from": 45, "row_to": 50}):
        assert_frame_equal(read(at, made, columns=names, **query), expected(query).select(cs.by_name(names)))
    with pytest.raises(pl.exceptions.PolarsError):
        read(at, made, columns=names, row_from=200)


@pytest.mark.parametrize("row_format", ["parquet", "csv", "arrow", "arrow_stream"])
def test_every_format_holds_the_same(at: Bench, stored: str, row_format: str) -> None:
    """Files of each format are read back as the rows that were asked for, with names and types."""
    names = [name for name in FRAME.columns if name != "list"]
    content = written(at, stored, format=row_format, cycles=["3"], columns=names)
    readers = {"parquet": pl.read_parquet, "csv": pl.read_csv}
    readers |= {"arrow": pl.read_ipc, "arrow_stream": pl.read_ipc_stream}
    found = readers[row_format](content)
    assert_frame_equal(found, expected({"cycles": ["3"]}).select(cs.by_name(names)))


@pytest.mark.parametrize("rows", [0, 1, 40, 300])
def test_a_stream_of_many_batches_is_one(at: Bench, small: None, rows: int) -> None:
    """Of each batch the schema is left out but once; words that differ between batches are kept apart."""
    frame = series(300, 3).with_columns(
        pl.Series("word", [f"w{number // 7}" for number in range(300)], pl.Categorical),
        pl.Series("list", [[number] * (number % 3) for number in range(300)]),
    )
    made = at.create(frame=frame).id
    content = written(at, made, format="arrow_stream", row_to=rows)
    assert_frame_equal(pl.read_ipc_stream(content), frame[:rows])
    assert ipc.open_stream(content).read_all().to_pydict() == frame[:rows].to_dict(as_series=False)


def test_json_has_null_for_all_that_is_no_number(at: Bench) -> None:
    """Columns as lists; NaN and infinities are null, also within lists, times are ISO 8601, decimals are numbers."""
    frame = series(4, 2).with_columns(
        pl.Series("float", [1.5, None, math.nan, math.inf]),
        pl.Series("list", [[1.0, math.nan], [], None, [math.inf]]),
        pl.Series("when", [datetime(2026, 3, 15, 9, 30, tzinfo=UTC), None, None, None], pl.Datetime("us", "UTC")),
        pl.Series("decimal", [Decimal("1.25"), None, None, None], pl.Decimal(10, 2)),
        pl.Series("bytes", [b"\xff", None, None, None]),
        pl.Series("flag", [True, None, False, None]),
    )
    made = at.create(frame=frame).id
    found = json.loads(written(at, made, columns=["float", "list", "when", "decimal", "bytes", "flag"]))
    assert found == {
        "time_series": {
            "float": [1.5, None, None, None],
            "list": [[1.0, None], [], None, [None]],
            "when": ["2026-03-15T09:30:00Z", None, None, None],
            "decimal": [1.25, None, None, None],
            "bytes": ["_w==", None, None, None],
            "flag": [True, None, False, None],
        }
    }


def test_json_of_a_long_series_is_refused(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has too many cells for JSON is told so, with what to do; up to the limit it is answered."""
    made = at.create(frame=series(100, 4)).id
    monkeypatch.setattr(row_formats, "MAX_JSON_CELLS", 200)
    with pytest.raises(BadRequestError, match=r"max_points.*format=arrow"):
        written(at, made)
    assert len(json.loads(written(at, made, row_to=40))["time_series"]["Time [s]"]) == 40
    assert len(json.loads(written(at, made, columns=["Time [s]", "Voltage [V]"]))["time_series"]["Time [s]"]) == 100
    assert read(at, made).height == 100


def test_csv_of_lists_is_refused(at: Bench, stored: str) -> None:
    """A cell of CSV holds one value."""
    with pytest.raises(BadRequestError, match="'list'"):
        written(at, stored, format="csv")


def test_what_is_not_there_is_told_with_what_is(at: Bench, stored: str) -> None:
    """Unknown columns, steps, cycles, and columns that do not hold what is asked of them."""
    for query, message in (
        ({"columns": ["Voltage [V]", "voltage"]}, "no column 'voltage'.*'Voltage .V.'"),
        ({"columns": ["Volt.*"]}, "no column"),
        ({"columns": ["x" * 5000]}, "no column 'x{100}'"),
        ({"window_column": ["U"], "window_from": ["1"], "window_to": ["2"]}, "no column 'U'"),
        ({"window_column": ["text"], "window_from": ["1"], "window_to": ["2"]}, "'text' is of type String"),
        ({"window_column": ["list"], "window_from": ["1"], "window_to": ["2"]}, "'list' is of type List"),
        ({"max_points": 50, "x": "U"}, "no column 'U'"),
        ({"max_points": 50, "x": "text"}, "can not be an axis"),
        ({"steps": ["99999"]}, "no step 99999 in this series. There are 0 to 40"),
        ({"steps": ["3", "40-41", "70-80"]}, "no step 41"),
        ({"cycles": ["0-999999999999999999"]}, "no cycle"),
    ):
        with pytest.raises(BadRequestError, match=message):
            read(at, stored, **query)


def test_scattered_numbers_are_named_up_to_a_limit(at: Bench) -> None:
    """A message stays readable, however many runs of steps there are."""
    frame = series(200, 100).with_columns(pl.col("Step count") * 2)
    made = at.create(frame=frame).id
    with pytest.raises(BadRequestError, match=r"no step 1 in .* 0, 2, .*, 38 and more") as caught:
        read(at, made, steps=["1"])
    assert len(caught.value.detail["available"]) == 20


def test_too_few_points_for_the_columns_are_refused(at: Bench, stored: str) -> None:
    """The extremes of seven columns need 16 rows; of one column 4; of an axis other than time two more."""
    with pytest.raises(InvalidError, match="7 columns needs at least 16"):
        read(at, stored, max_points=15)
    found = read(at, stored, max_points=4, columns=["Voltage [V]"])
    assert found.columns == ["Time [s]", "Voltage [V]"]
    assert found.height <= 4
    with pytest.raises(InvalidError, match="needs at least 6"):
        read(at, stored, max_points=5, columns=["Voltage [V]"], x="large")


def test_a_picture_without_numbers(at: Bench, stored: str) -> None:
    """Of text alone rows are taken evenly, with its axis."""
    found = read(at, stored, max_points=10, columns=["text", "list"])
    assert found.columns == ["Time [s]", "text", "list"]
    assert found.height == 10


def test_a_column_named_twice_comes_once(at: Bench, stored: str) -> None:
    """In the place where it was named first."""
    assert read(at, stored, columns=["*", "text", "*"]).columns == ["*", "text"]


def test_thousands_of_steps(at: Bench) -> None:
    """Every other of ten thousand steps, which no number of slices could read one by one."""
    frame = series(40_000, 10_000)
    made = at.create(frame=frame).id
    wanted = shortened(range(0, 10_000, 2))
    assert_frame_equal(read(at, made, steps=wanted), frame.filter(pl.col("Step count") % 2 == 0))


def test_a_series_without_a_clock(at: Bench) -> None:
    """An open-circuit curve is drawn over the number of the row, or over its own axis."""
    rows = 1000
    frame = pl.DataFrame({"Capacity [A.h]": np.linspace(0, 5, rows), "Voltage [V]": np.cos(np.arange(rows) / 50),
                          "Step count": [0] * rows})  # fmt: skip
    made = at.create(frame=frame).id
    found = read(at, made, max_points=40, columns=["Voltage [V]"])
    assert found.columns == ["Voltage [V]"]
    assert found.height > 30
    assert read(at, made, max_points=40, columns=["Voltage [V]"], x="Capacity [A.h]").columns == frame.columns[:2]
    assert_frame_equal(read(at, made, steps=["0"], cycles=["0"]), frame)


def test_a_spectrum_without_steps(at: Bench) -> None:
    """It is one step, as its step table says, though it counts none itself."""
    frame = pl.DataFrame({"Frequency [Hz]": [1e3, 1e2, 1e1], "Z_Re [Ohm]": [1.0, 2, 3], "Z_Im [Ohm]": [-1.0, -2, -1]})
    measurement_id = at.send(parquet(frame))
    at.confirm(measurement_id, data_type="eis")
    assert_frame_equal(read(at, measurement_id, steps=["0"]), frame)
    window = {"window_column": ["Frequency [Hz]"], "window_from": ["50"], "window_to": [""]}
    assert_frame_equal(read(at, measurement_id, **window), frame[:2])


def test_a_step_table_that_was_sent_may_not_tell_rows(at: Bench) -> None:
    """Then steps are not found by it, which is said with what to do; a table that tells its rows is believed."""
    frame = series(100, 4)
    bare = at.send(parquet(frame), parquet(pl.DataFrame({"Step count": [0, 1]})))
    at.confirm(bare)
    with pytest.raises(BadRequestError, match=r"'Start index', 'End index'.*window"):
        read(at, bare, steps=["0"])
    own = pl.DataFrame({"Start index": [10.0, 50.0, None], "End index": [19, 500, 3], "Step count": [7, 8, 9]})
    told = at.send(parquet(frame), parquet(own), name="U")
    at.confirm(told, name="U")
    assert_frame_equal(read(at, told, steps=["7"]), frame[10:20])
    assert_frame_equal(read(at, told, steps=["8"]), frame[50:])
    with pytest.raises(BadRequestError, match="no step 9"):
        read(at, told, steps=["9"])
    with pytest.raises(BadRequestError, match="'Cycle count'"):
        read(at, told, cycles=["0"])


def test_only_what_was_read_to_its_end_is_read_here(at: Bench) -> None:
    """A series that waits, or that could not be read, could end the process; it can be downloaded."""
    waiting = at.send(parquet(series()))
    at.confirm(waiting, Never(), wait_s=0)
    with pytest.raises(NotReadyError, match="still being made"):
        read(at, waiting)
    with at.store.writing() as work:
        row = work.measurements.row(waiting)
        row.processing_status, row.processing_error = "failed", "It is odd."
    with pytest.raises(NotReadyError, match="It is odd"):
        read(at, waiting)


def test_while_rows_are_appended_the_series_is_read_as_it_was(at: Bench) -> None:
    """And after that the longer one, its steps too."""
    whole = series(100, 4)
    made = at.create(frame=whole[:60]).id
    at.append(made, whole[60:], Never())
    assert_frame_equal(read(at, made, steps=["2"]), whole[50:60])
    processing.process(at.store, made)
    assert_frame_equal(read(at, made, steps=["2"]), whole[50:75])
    assert_frame_equal(read(at, made, cycles=["1"]), whole[50:])


def test_what_is_no_series_is_told(at: Bench) -> None:
    """A measurement of another type has no rows, and one that is not there is not found."""
    draft = PropertiesDraft(name="P", properties={"a": "b"})
    with at.store.writing(at.caller) as work:
        made = measurements.create_properties(work, at.caller, at.instance_id, draft).id
    with pytest.raises(BadRequestError, match="of type properties"):
        read(at, made)
    with pytest.raises(NotFoundError):
        read(at, "nothing")


def test_a_series_that_is_removed_while_it_is_read(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not found, rather than failed at."""
    made = at.create().id
    whole = time_series.wanted_rows

    def removed(*asked: Any) -> RowRanges:
        at.remove(made)
        return whole(*asked)

    monkeypatch.setattr(time_series, "wanted_rows", removed)
    with pytest.raises(NotFoundError):
        read(at, made)


def test_a_series_whose_object_is_lost_is_no_series_that_is_not_found(at: Bench) -> None:
    """What should be there and is not is an accident."""
    made = at.create().id
    at.store.blobs.delete([at.keys(made)["time_series"]])
    with pytest.raises(OSError, match="time_series"):
        read(at, made)


def test_names_with_line_breaks_are_told_apart(at: Bench) -> None:
    """What is held of one column is not taken for what is held of two."""
    frame = series(200).with_columns(pl.lit(1).alias("a\nb"), pl.lit(2).alias("a"), pl.lit(3).alias("b"))
    made = at.create(frame=frame).id
    for _ in range(3):
        assert read(at, made, columns=["a\nb"], row_from=0, row_to=5)["a\nb"].to_list() == [1] * 5
        assert read(at, made, columns=["a", "b"], row_from=0, row_to=5).row(0) == (2, 3)


def test_windows_of_large_whole_numbers(at: Bench) -> None:
    """A clock in nanoseconds is cut to the nanosecond."""
    large = 2**59
    frame = series(4).with_columns(pl.Series("clock", [large, large + 1, large + 2, large + 300]))
    made = at.create(frame=frame).id
    bounds = {"window_column": ["clock"], "window_from": [str(large + 1)], "window_to": [str(large + 1)]}
    assert read(at, made, columns=["clock"], **bounds)["clock"].to_list() == [large + 1]


def test_durations_as_csv(at: Bench) -> None:
    """They are written as ISO 8601."""
    frame = series(4).with_columns(pl.duration(seconds=pl.int_range(4)).alias("took"))
    made = at.create(frame=frame).id
    assert written(at, made, columns=["took"], format="csv").decode().splitlines()[1:3] == ["PT0S", "PT1S"]


def test_long_texts_are_not_held(at: Bench) -> None:
    """Only columns of fixed width are kept in memory, since texts may be of any size."""
    frame = series(100).with_columns(pl.lit("x" * 100).alias("text"))
    made = at.create(frame=frame).id
    key = at.keys(made)["time_series"]
    for _ in range(3):
        read(at, made, columns=["text"], row_from=5, row_to=6)
        read(at, made, columns=["Voltage [V]"], row_from=5, row_to=6)
    held = [names for stored, _, *names in row_reading._BLOCKS._values if stored == key]
    assert held == [["Voltage [V]"]]

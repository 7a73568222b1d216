"""Parts of a series on the wire."""

from io import BytesIO
from typing import Any

import httpx2
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep.client import Client
from server.conftest import SERIES, Join, Things
from server.test_context import require_error


def at(things: Things) -> str:
    return f"/cell_measurements/{things.measurement_id}/time_series"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", [0, 1, 2]),
        ("steps=0", [0, 1]),
        ("steps=0&steps=1", [0, 1, 2]),
        ("steps=0-1", [0, 1, 2]),
        ("cycles=0", [0, 1, 2]),
        ("window_column=Time+%5Bs%5D&window_from=0.5&window_to=1.5", [1]),
        ("window_column=Time+[s]&window_from=&window_to=1", [0, 1]),
        ("row_from=1&row_to=2", [1]),
        ("row_from=9", []),
        ("max_points=100", [0, 1, 2]),
    ],
)
def test_json_has_columns_as_lists(http: httpx2.Client, things: Things, query: str, rows: list[int]) -> None:
    """Under one key, in the order of the series, as exactly `application/json`."""
    answer = http.get(f"{at(things)}?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), answer.text
    assert answer.json() == {"time_series": SERIES[rows].to_dict(as_series=False)}
    assert list(answer.json()["time_series"]) == SERIES.columns


def test_columns_come_in_the_order_asked(http: httpx2.Client, things: Things) -> None:
    """One named twice comes once."""
    names = ["Voltage [V]", "Time [s]", "Voltage [V]"]
    found = http.get(at(things), params={"columns": names, "row_to": 1}).json()["time_series"]
    assert list(found.items()) == [("Voltage [V]", [3.0]), ("Time [s]", [0.0])]


@pytest.mark.parametrize(
    ("row_format", "media_type", "read"),
    [
        ("arrow", "application/vnd.apache.arrow.file", pl.read_ipc),
        ("arrow_stream", "application/vnd.apache.arrow.stream", pl.read_ipc_stream),
        ("parquet", "application/vnd.apache.parquet", pl.read_parquet),
        ("csv", "text/csv; charset=utf-8", pl.read_csv),
    ],
)
def test_files_of_each_format(http: httpx2.Client, things: Things, row_format: str, media_type: str, read: Any) -> None:
    """Each is named by its media type, and read by what reads such files."""
    answer = http.get(at(things), params={"format": row_format, "steps": "0"})
    assert answer.headers["content-type"] == media_type
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert_frame_equal(read(BytesIO(answer.content)), SERIES[:2])


def test_other_readers_of_arrow_read_it(http: httpx2.Client, client: Client, things: Things) -> None:
    """Text comes in the form that every reader knows."""
    from pyarrow import ipc  # noqa: PLC0415  an optional package

    frame = SERIES.with_columns(pl.Series("text", ["a", None, "a longer text than fits into a view"]))
    made = client.cell_measurement.create(things.instance_id, {"measurement": {"name": "X"}, "time_series": frame})
    content = http.get(f"/cell_measurements/{made.id}/time_series?format=arrow").content
    table = ipc.open_file(content).read_all()
    assert str(table.schema.field("text").type) == "large_string"
    assert table.to_pydict() == frame.to_dict(as_series=False)


def test_what_is_too_long_for_an_address_is_asked_in_a_body(http: httpx2.Client, things: Things, join: Join) -> None:
    """The same fields as JSON give the same answer, to whoever may look."""
    asked = {"steps": [1], "columns": ["Time [s]"], "window_column": ["Time [s]"], "window_from": [0], "window_to": [9]}
    viewer = join("viewer@localhost", project_id=things.project_id)
    for reader in (http, viewer):
        assert reader.post(f"{at(things)}/query", json=asked).json() == {"time_series": {"Time [s]": [2.0]}}
    require_error(join("new@localhost").post(f"{at(things)}/query", json=asked), 404, "NOT_FOUND")
    require_error(http.post(f"{at(things)}/query", json={"step": [1]}), 422, "INVALID")
    steps = [number % 2 for number in range(20_000)]
    assert len(http.post(f"{at(things)}/query", json={"steps": steps}).json()["time_series"]["Time [s]"]) == 3


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("max_point=5", 422, "INVALID"),
        ("max_points=1", 422, "INVALID"),
        ("max_points=0", 422, "INVALID"),
        ("max_points=1e3", 422, "INVALID"),
        ("max_points=9999999999999999999999", 422, "INVALID"),
        ("max_points=4", 422, "INVALID"),
        ("steps=-1", 422, "INVALID"),
        ("steps=all", 422, "INVALID"),
        ("steps=99", 400, "BAD_REQUEST"),
        ("cycles=1", 400, "BAD_REQUEST"),
        ("columns=%00", 422, "INVALID"),
        ("columns=", 400, "BAD_REQUEST"),
        ("columns=^.*$", 400, "BAD_REQUEST"),
        ("columns=*", 400, "BAD_REQUEST"),
        ("window_column=*&window_from=0&window_to=1", 400, "BAD_REQUEST"),
        ("window_column=Time+[s]", 422, "INVALID"),
        ("window_column=Time+[s]&window_from=2&window_to=1", 422, "INVALID"),
        ("window_column=Time+[s]&window_from=nan&window_to=1", 422, "INVALID"),
        ("window_column=Time+[s]&window_from=1;2&window_to=1", 422, "INVALID"),
        ("format=xlsx", 422, "INVALID"),
        ("x=Time+[s]", 422, "INVALID"),
        ("max_points=50&x=nothing", 400, "BAD_REQUEST"),
    ],
)
def test_hostile_queries_are_refused(http: httpx2.Client, things: Things, query: str, status: int, code: str) -> None:
    """With one of our errors, which says what was wrong."""
    for row_format in ("", "&format=arrow") if "format" not in query else ("",):
        require_error(http.get(f"{at(things)}?{query}{row_format}"), status, code)


def test_a_long_answer_comes_whole(http: httpx2.Client, client: Client, things: Things) -> None:
    """What does not fit into one piece is sent piece by piece, and its length is told before."""
    rows = 600_000
    frame = pl.DataFrame({
        "Time [s]": pl.int_range(rows, eager=True).cast(pl.Float64),
        "Voltage [V]": pl.int_range(rows, eager=True).hash(1).cast(pl.Float64) / 2**64,
        "Step count": pl.repeat(0, rows, eager=True),
    })  # fmt: skip
    made = client.cell_measurement.create(things.instance_id, {"measurement": {"name": "L"}, "time_series": frame})
    path = f"/cell_measurements/{made.id}/time_series"
    answer = http.get(path, params={"format": "arrow"})
    assert int(answer.headers["content-length"]) == len(answer.content) > 4 * 1024 * 1024
    assert_frame_equal(pl.read_ipc(answer.content), frame)
    require_error(http.get(path), 400, "BAD_REQUEST")
    with http.stream("GET", path, params={"format": "csv"}) as broken_off:
        next(broken_off.iter_bytes())
    assert len(http.get(path, params={"max_points": 500}).json()["time_series"]["Time [s]"]) <= 500

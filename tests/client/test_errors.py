"""Errors as a person meets them first: what is wrong, where, what to do, and that nothing was stored."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import polars as pl
import pytest

from cellkeep import (
    BadRequestError,
    CellkeepError,
    Client,
    InvalidError,
    MeasurementValidationError,
    NotFoundError,
    TransportError,
    UnauthorizedError,
    UnusableDataError,
)
from cellkeep.client import transport
from cellkeep.domain.instances import CellInstance
from cellkeep.testing.servers import free_port
from client.conftest import Lab
from client.samples import series


def create(client: Client, cell_id: str, frame: Any, name: str = "T", **more: Any) -> Any:
    return client.cell_measurement.create(cell_id, {"measurement": {"name": name}, "time_series": frame, **more})


def require_whole(error: CellkeepError, status_code: int, error_code: str) -> None:
    """Claim that the error tells all that the server said."""
    assert (error.status_code, error.error_code) == (status_code, error_code)
    assert error.data == {"error_code": error_code, "message": error.message, "detail": error.detail}
    assert str(error) == error.message
    assert len(error.message) < 2000


@pytest.mark.parametrize(
    ("frame", "said", "detail"),
    [
        (series().rename({"Voltage [V]": "voltage [v]"}), ["'voltage [v]' looks like 'Voltage [V]'"], {}),
        (series().drop("Time [s]"), ["x axis", "'Time [s]'"], {}),
        (series()[:0], ["no rows"], {"n_rows": 0}),
    ],
    ids=["case", "no x", "no rows"],
)
def test_data_that_can_not_be_used_is_refused_with_the_reason(
    lab: Lab, any_client: Client, cell: CellInstance, frame: pl.DataFrame, said: list[str], detail: dict[str, Any]
) -> None:
    """The message names the column and the remedy, the detail holds it as data, and nothing is stored."""
    with lab.unchanged(any_client, cell), pytest.raises(UnusableDataError) as caught:
        create(any_client, cell.id, frame)
    require_whole(caught.value, 422, "UNUSABLE_DATA")
    assert all(text in caught.value.message for text in said)
    assert detail.items() <= (caught.value.detail or {}).items()
    assert create(any_client, cell.id, series()).steps_created == 2


@pytest.mark.parametrize(
    ("frame", "name"),
    [
        (series().cast({"Voltage [V]": pl.String}), "Voltage [V]"),
        (series().with_columns(pl.lit("x").alias("Step count")), "Step count"),
        (series().cast({"Time [s]": pl.Duration("us")}, strict=False), "Time [s]"),
    ],
    ids=["text", "text steps", "duration"],
)
def test_a_column_that_holds_no_numbers_is_not_sent(
    lab: Lab, any_client: Client, cell: CellInstance, frame: pl.DataFrame, name: str
) -> None:
    """The message names the column and its type; nothing is asked of the server."""
    with lab.unchanged(any_client, cell), pytest.raises(UnusableDataError, match="must hold numbers") as caught:
        create(any_client, cell.id, frame)
    assert (caught.value.detail, caught.value.data) == ({"not_numeric": [name]}, None)
    assert str(frame[name].dtype) in caught.value.message


@pytest.mark.parametrize(
    ("frame", "codes"),
    [
        (series().drop("Step count"), ["step_count_missing"]),
        (pl.DataFrame(), ["step_count_missing"]),
        (
            series().with_columns(pl.lit(None, pl.Int64).alias("Step count")),
            ["step_count_does_not_start_at_zero", "step_count_non_sequential"],
        ),
        (
            series().with_columns(pl.lit(float("nan")).alias("Step count")),
            ["step_count_does_not_start_at_zero", "step_count_non_sequential"],
        ),
        (series().with_columns(pl.lit(0.5).alias("Step count")), ["step_count_does_not_start_at_zero"]),
    ],
    ids=["no steps", "empty", "null", "nan", "half"],
)
def test_steps_that_are_not_counted_are_not_sent(
    lab: Lab, any_client: Client, cell: CellInstance, frame: pl.DataFrame, codes: list[str]
) -> None:
    """All errors are told at once, with their codes; nothing is asked of the server."""
    with lab.unchanged(any_client, cell), pytest.raises(MeasurementValidationError) as caught:
        create(any_client, cell.id, frame)
    assert [error.code for error in caught.value.errors] == codes
    assert all(caught.value.has_code(code) for code in codes)
    assert (caught.value.status_code, caught.value.error_code) == (None, None)
    assert "cellkeep.mend" in caught.value.message


def test_a_step_table_that_is_none_is_refused(lab: Lab, any_client: Client, cell: CellInstance) -> None:
    """Steps of one's own must be a table."""
    with lab.unchanged(any_client, cell), pytest.raises(InvalidError, match="steps"):
        create(any_client, cell.id, series(), steps=[1, 2])


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all", b"PAR1" + bytes(100) + b"PAR1"])
def test_garbage_is_refused(lab: Lab, any_client: Client, cell: CellInstance, content: bytes) -> None:
    """Bytes that are no parquet are refused at confirm, and nothing is stored."""
    post = any_client._transport.post
    with lab.unchanged(any_client, cell):
        at = f"/cell_instances/{cell.id}/cell_measurements/initiate-upload"
        upload = post(at, {"measurement": {"name": "T"}})
        target = upload["uploads"][0]["signed_url"]
        any_client._transport.send(target, lambda path: path.write_bytes(content) and None, "garbage")
        body = {"cell_instance_id": cell.id, "measurement": {"name": "T"}}
        for _ in range(2):
            with pytest.raises(UnusableDataError, match="not a readable parquet file") as caught:
                post(f"/cell_measurements/{upload['measurement_id']}/confirm-upload", body)
            require_whole(caught.value, 422, "UNUSABLE_DATA")
            assert caught.value.detail == {"size_bytes": len(content)}
            assert str(lab.blobs) not in caught.value.message


def test_a_series_that_was_not_sent_is_missed(lab: Lab, any_client: Client, cell: CellInstance) -> None:
    """Confirming what was never sent names the part that is missing; an id that nobody gave is not found."""
    post = any_client._transport.post
    with lab.unchanged(any_client, cell):
        upload = post(f"/cell_instances/{cell.id}/cell_measurements/initiate-upload", {"measurement": {"name": "T"}})
        body = {"cell_instance_id": cell.id, "measurement": {"name": "T"}}
        with pytest.raises(BadRequestError, match=r"time_series\.parquet") as caught:
            post(f"/cell_measurements/{upload['measurement_id']}/confirm-upload", body)
        assert caught.value.detail == {"missing": "time_series.parquet"}
        for wrong in ("nowhere", "..%2F..", upload["measurement_id"].upper()):
            with pytest.raises(NotFoundError):
                post(f"/cell_measurements/{wrong}/confirm-upload", body)


def test_an_unknown_cell_is_not_found(lab: Lab, any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """Each way to create a measurement says that there is no such cell."""
    (tmp_path / "a.txt").write_text("a")
    with lab.unchanged(any_client, cell):
        for call in (
            lambda: create(any_client, "nowhere", series()),
            lambda: any_client.cell_measurement.create_properties("nowhere", "P", {"a": 1}),
            lambda: any_client.cell_measurement.create_file("nowhere", "F", tmp_path / "a.txt"),
        ):
            with pytest.raises(NotFoundError, match="cell instance with the id 'nowhere'") as caught:
                call()
            require_whole(caught.value, 404, "NOT_FOUND")


@pytest.mark.parametrize("name", ["", "   ", None, "n" * 256])
def test_a_name_has_1_to_255_characters(
    lab: Lab, any_client: Client, cell: CellInstance, tmp_path: Path, name: str | None
) -> None:
    """No name and too long a name are refused for every type before anything is sent."""
    (tmp_path / "a.txt").write_text("a")
    with lab.unchanged(any_client, cell):
        for call in (
            lambda: create(any_client, cell.id, series(), name=name),  # type: ignore[arg-type]
            lambda: any_client.cell_measurement.create_properties(cell.id, name, {"a": 1}),  # type: ignore[arg-type]
            lambda: any_client.cell_measurement.create_file(cell.id, name, tmp_path / "a.txt"),  # type: ignore[arg-type]
        ):
            with pytest.raises(InvalidError, match="name") as caught:
                call()
            assert caught.value.status_code == 422
    assert create(any_client, cell.id, series(), name="ü" * 255).name == "ü" * 255


@pytest.mark.parametrize(
    "detail",
    [
        {"time_series": series()},
        {"measurement": {"name": "T"}},
        {"measurement": {"name": "T"}, "time_series": series(), "cycles": series()},
        {"measurement": "T", "time_series": series()},
        {"measurement": None, "time_series": series()},
        {"measurement": {}, "time_series": series()},
        series(),
        None,
    ],
    ids=["no measurement", "no series", "more", "text", "none", "no name", "frame alone", "nothing"],
)
def test_a_measurement_of_the_wrong_shape_is_explained(any_client: Client, cell: CellInstance, detail: Any) -> None:
    """The error is ours and tells the right shape."""
    with pytest.raises(InvalidError, match="name"):
        any_client.cell_measurement.create(cell.id, detail)


def test_files_must_be_there(lab: Lab, any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """A missing file, a folder, and no file at all are refused before anything is sent."""
    (tmp_path / "a").mkdir()
    (tmp_path / "there.txt").write_text("content")
    with lab.unchanged(any_client, cell):
        for paths in (tmp_path / "missing.txt", tmp_path / "a", [tmp_path / "there.txt", tmp_path / "missing.txt"]):
            with pytest.raises(FileNotFoundError, match="Nothing was stored"):
                any_client.cell_measurement.create_file(cell.id, "F", paths)
        with pytest.raises(BadRequestError, match="at least one"):
            any_client.cell_measurement.create_file(cell.id, "F", [])


def test_pictures_are_checked_where_asked(lab: Lab, any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """With validate_images each file must be the picture its name says; the error names the file."""
    content = {"photo.png": b"\xff\xd8\xff jpeg", "text.png": b"hello", "notes.txt": b"hello", "empty.jpg": b""}
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    with lab.unchanged(any_client, cell):
        for name in content:
            with pytest.raises(BadRequestError, match=name.replace(".", r"\.")):
                any_client.cell_measurement.create_file(cell.id, "F", tmp_path / name, validate_images=True)
    assert any_client.cell_measurement.create_file(cell.id, "F", tmp_path / "text.png").name == "F"


@pytest.mark.parametrize(
    "name", ["../up.txt", "/etc/passwd", "a/b", "a\\b", "..", "", " ", "a\nb", "q?x", "h#x", "ü" * 128]
)
def test_a_file_name_is_a_name_alone(lab: Lab, any_client: Client, cell: CellInstance, name: str) -> None:
    """A name with a path, a sign that no link can hold, or too many bytes is refused by the server."""
    at = f"/cell_instances/{cell.id}/cell_measurements/initiate-upload"
    body = {"measurement": {"name": "F"}, "measurement_type": "file", "filenames": [name]}
    with lab.unchanged(any_client, cell), pytest.raises(BadRequestError) as caught:
        any_client._transport.post(at, body)
    require_whole(caught.value, 400, "BAD_REQUEST")


def test_a_file_measurement_has_a_file(any_client: Client, cell: CellInstance) -> None:
    """None at all is refused by the server too."""
    at = f"/cell_instances/{cell.id}/cell_measurements/initiate-upload"
    for names in ([], None):
        body = {"measurement": {"name": "F"}, "measurement_type": "file", "filenames": names}
        with pytest.raises(BadRequestError, match="at least one"):
            any_client._transport.post(at, body)


@pytest.mark.filterwarnings("ignore::UserWarning")  # the checks tell of it, too
def test_an_end_before_the_start_is_refused(lab: Lab, any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """Each type refuses it, and nothing is stored."""
    (tmp_path / "a.txt").write_text("a")
    span = {"start_time": "2026-01-02T00:00:00Z", "end_time": "2026-01-01T00:00:00Z"}
    detail = {"measurement": {"name": "T", **span}, "time_series": series()}
    with lab.unchanged(any_client, cell):
        for call in (
            lambda: any_client.cell_measurement.create(cell.id, detail),
            lambda: any_client.cell_measurement.create_properties(cell.id, "P", {"a": 1}, **span),
            lambda: any_client.cell_measurement.create_file(cell.id, "F", tmp_path / "a.txt", **span),
        ):
            with pytest.raises(BadRequestError, match="end_time"):
                call()


def test_a_wrong_key_is_told(lab: Lab) -> None:
    """A key that is not known says how to make one, and is not repeated in the message."""
    if lab.embedded is not None:
        return
    with Client(api_url=lab.url, api_key="ck_wrong") as client, pytest.raises(UnauthorizedError) as caught:
        client.whoami()
    require_whole(caught.value, 401, "UNAUTHORIZED")
    assert "cellkeep key create" in caught.value.message
    assert "ck_wrong" not in caught.value.message


def test_no_key_is_told(lab: Lab) -> None:
    """Without a key the client does not start, and says where one can be given."""
    if lab.embedded is not None:
        return
    with pytest.raises(CellkeepError, match="CELLKEEP_API_KEY"):
        Client(api_url=lab.url)
    answer = httpx2.get(f"{lab.url}/users/me")
    assert answer.status_code == 401
    assert "X-API-Key" in answer.json()["message"]


@pytest.mark.parametrize("key", ["ck_secret\n", "ck_secret ü", " ck_secret\r\n"])
def test_a_key_that_no_header_can_hold_is_told_without_showing_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """A line break or a letter outside ASCII in the key is the caller's mistake, and the key stays secret."""
    monkeypatch.setattr(transport, "_BACK_OFF_S", 0.001)
    if lab.embedded is not None:
        return
    try:
        with Client(api_url=lab.url, api_key=key) as client:
            client.whoami()
    except CellkeepError as error:
        assert "ck_secret" not in str(error)  # noqa: PT017  the class matters as much
        assert "Is the server running" not in str(error)  # noqa: PT017


def test_no_configuration_at_all_is_told() -> None:
    """Without any setting the client says what can be done, a folder included."""
    with pytest.raises(CellkeepError) as caught:
        Client()
    assert all(text in str(caught.value) for text in ("cellkeep serve", "CELLKEEP_API_URL", "cellkeep.open"))


def test_no_server_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection names the address and how to start a server; there is no status."""
    monkeypatch.setattr(transport, "_BACK_OFF_S", 0.001)
    url = f"http://127.0.0.1:{free_port()}"
    with Client(api_url=url, api_key="ck_secret") as client:
        for call in (client.whoami, lambda: client.project.create({"name": "x"}), lambda: client.project.delete("x")):
            with pytest.raises(TransportError) as caught:
                call()
            assert url in caught.value.message
            assert "cellkeep serve" in caught.value.message
            assert (caught.value.status_code, caught.value.error_code, caught.value.data) == (None, None, None)
            assert "ck_secret" not in str(caught.value)


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[str]:
    """A web server that is not cellkeep."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    (tmp_path / "web" / "projects").mkdir(parents=True)
    handler = lambda *args: Quiet(*args, directory=str(tmp_path / "web"))  # noqa: E731
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_server_that_is_not_cellkeep_is_told(stranger: str) -> None:
    """An answer that is none of ours leads to the question whether the address is right."""
    with Client(api_url=stranger, api_key="ck_secret") as client:
        for call in (
            client.health_check,
            lambda: client.project.get("p"),
            lambda: client.project.create({"name": "x"}),
            lambda: client.project.update("x", {}),
            client.project.list,
        ):
            with pytest.raises(CellkeepError, match="cellkeep server"):
                call()


def test_an_address_without_a_scheme_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """`localhost:8780` is a frequent slip; the error says that http:// is missing."""
    monkeypatch.setattr(transport, "_BACK_OFF_S", 0.001)
    with pytest.raises(CellkeepError, match="http://"), Client(api_url="localhost:8780", api_key="x") as client:
        client.whoami()

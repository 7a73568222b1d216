"""Raw files, and the measurements they belong to, through either client."""

import io
import urllib.request
from pathlib import Path
from typing import Any

import pytest

CONTENT = b"time,voltage\n0,3.7\n" * 1000
NAME = "Zelle #1 100%25 日本.csv"
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def properties(client: Any, cell: Any) -> Any:
    return client.cell_measurement.create_properties(cell.id, "Thickness", {"thickness": {"value": 1, "unit": "mm"}})


def test_a_file_comes_back_as_it_was_sent(client: Any, project_id: str, file: Path) -> None:
    """Every key of the record is there, and the content is equal."""
    made = client.raw_data.upload(project_id, str(file), source="cycler 3", metadata={"channel": 7, "list": [1.5]})
    assert (made.name, made.filename, made.source, made.project_id) == (NAME, NAME, "cycler 3", project_id)
    assert (made.content_type, made.size_bytes) == ("text/csv", len(CONTENT))
    assert made.metadata == {"channel": 7, "list": [1.5]}
    assert made.organization_id == client.project.get(project_id).organization_id
    assert "@" in made.created_by_email
    assert made.created_at == made.updated_at
    assert len(made.sha256) == 64
    assert client.raw_data.get(made.id) == made
    assert client.raw_data.download(made.id) == CONTENT
    assert client.raw_data.download(made.id, use_cache=False, read_timeout=30.0) == CONTENT


def test_a_link_reads_the_file_without_a_key(client: Any, project_id: str, file: Path) -> None:
    """The link that is given for a download needs nothing else."""
    made = client.raw_data.upload(project_id, file)
    with urllib.request.urlopen(client.raw_data.download_url(made.id), timeout=30) as answer:  # noqa: S310
        assert answer.read() == CONTENT


@pytest.mark.parametrize("content", [b"", b"x", CONTENT * 100])
def test_a_stream_is_a_file_too(client: Any, project_id: str, content: bytes) -> None:
    """A stream without a name is called `upload.bin`, whatever its size; what it is called can be said."""
    made = client.raw_data.upload(project_id, io.BytesIO(content), name="called", timeout=(10.0, 60.0))
    assert (made.name, made.filename, made.size_bytes) == ("called", "upload.bin", len(content))
    assert made.content_type == "application/octet-stream"
    assert client.raw_data.download(made.id, use_cache=False) == content


def test_a_stream_is_read_from_where_it_stands(client: Any, project_id: str, file: Path) -> None:
    """What was read of an open file before is not stored."""
    with file.open("rb") as stream:
        stream.seek(len(CONTENT) - 6)
        made = client.raw_data.upload(project_id, stream, timeout=60)
    assert (made.filename, made.size_bytes) == (NAME, 6)
    assert client.raw_data.download(made.id) == CONTENT[-6:]


def test_files_are_listed_newest_first(client: Any, project_id: str) -> None:
    """In pages, with the number of all."""
    made = [client.raw_data.upload(project_id, io.BytesIO(b"x"), name=f"n{number}").id for number in range(3)]
    page = client.raw_data.list(project_id)
    assert ([each.id for each in page], page.total) == (made[::-1], 3)
    page = client.raw_data.list(project_id, limit=1, offset=1)
    assert ([each.id for each in page.items], page.total) == ([made[1]], 3)
    assert client.raw_data.list(project_id, 5, 3).items == []


def test_what_is_said_can_be_changed(client: Any, project_id: str, file: Path) -> None:
    """Only what is given changes, an empty source clears it, and the content stays."""
    made = client.raw_data.upload(project_id, file, source="here", metadata={"a": 1})
    assert client.raw_data.update(made.id, name="new").source == "here"
    changed = client.raw_data.update(made.id, source="", metadata={"b": 2})
    assert (changed.name, changed.source, changed.metadata, changed.filename) == ("new", None, {"b": 2}, NAME)
    assert client.raw_data.update(made.id).name == "new"
    assert client.raw_data.get(made.id).metadata == {"b": 2}
    assert client.raw_data.download(made.id) == CONTENT


def test_files_and_measurements_are_linked(client: Any, project_id: str, file: Path, properties: Any) -> None:
    """Files are listed by the measurement, and the measurement by its files; saying it again changes nothing."""
    one, two = (client.raw_data.upload(project_id, file, name=name) for name in ("one", "two"))
    for _ in range(2):
        assert client.cell_measurement.attach_raw_data(properties.id, [one.id, two.id]) is None
    page = client.cell_measurement.list_raw_data(properties.id)
    assert ([each.id for each in page], page.total) == ([two.id, one.id], 2)
    page = client.cell_measurement.list_raw_data(properties.id, limit=1, offset=1)
    assert ([each.name for each in page], page.total) == (["one"], 2)
    listed = client.raw_data.list_measurements(one.id)
    assert (list(listed), listed.total) == ([properties.id], 1)
    assert client.raw_data.list_measurements(one.id, limit=1, offset=1).items == []
    for _ in range(2):
        assert client.cell_measurement.detach_raw_data(properties.id, one.id) is None
    assert client.raw_data.list_measurements(one.id).total == 0
    assert [each.id for each in client.cell_measurement.list_raw_data(properties.id)] == [two.id]


def test_what_lies_above_decides(
    client: Any, project_id: str, file: Path, properties: Any, errors: type[Exception]
) -> None:
    """A removed measurement leaves its files, a removed file leaves its measurements, a removed project leaves none."""
    one, two = (client.raw_data.upload(project_id, file) for _ in range(2))
    client.cell_measurement.attach_raw_data(properties.id, [one.id, two.id])
    assert client.raw_data.delete(one.id) is None
    assert [each.id for each in client.cell_measurement.list_raw_data(properties.id)] == [two.id]
    client.cell_measurement.delete(properties.id)
    assert client.raw_data.download(two.id) == CONTENT
    client.project.delete(project_id)
    for gone in (one, two):
        with pytest.raises(errors) as refused:
            client.raw_data.get(gone.id)
        assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")


def test_what_makes_no_sense_is_refused(
    client: Any, project_id: str, file: Path, properties: Any, errors: type[Exception]
) -> None:
    """What is unknown, malformed or of another project is told apart, and nothing is done by halves."""
    made = client.raw_data.upload(project_id, file)
    other = client.project.create({"name": f"Other {made.id}"}).id
    theirs = client.raw_data.upload(other, file)
    for status, call in (
        (404, lambda: client.raw_data.upload(NOWHERE, file)),
        (404, lambda: client.raw_data.list(NOWHERE)),
        (404, lambda: client.raw_data.get(NOWHERE)),
        (404, lambda: client.raw_data.update(NOWHERE, name="x")),
        (404, lambda: client.raw_data.delete(NOWHERE)),
        (404, lambda: client.raw_data.download_url(NOWHERE)),
        (404, lambda: client.raw_data.list_measurements(NOWHERE)),
        (404, lambda: client.cell_measurement.attach_raw_data(NOWHERE, [made.id])),
        (404, lambda: client.cell_measurement.attach_raw_data(properties.id, [made.id, NOWHERE])),
        (404, lambda: client.cell_measurement.detach_raw_data(NOWHERE, made.id)),
        (404, lambda: client.cell_measurement.list_raw_data(NOWHERE)),
        (400, lambda: client.cell_measurement.attach_raw_data(properties.id, [made.id, theirs.id])),
        (422, lambda: client.raw_data.upload(project_id, file, name=" ")),
    ):
        with pytest.raises(errors) as refused:
            call()
        assert refused.value.status_code == status, refused.value
    assert client.raw_data.list(project_id).total == 1
    assert client.cell_measurement.list_raw_data(properties.id).total == 0
    client.project.delete(other)


def test_a_file_that_is_not_there_is_not_found(client: Any, project_id: str, tmp_path: Path) -> None:
    """A path that leads to nothing is told before anything is sent."""
    with pytest.raises(FileNotFoundError):
        client.raw_data.upload(project_id, tmp_path / "nothing.csv")
    assert client.raw_data.list(project_id).total == 0

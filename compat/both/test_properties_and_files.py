"""Properties and file measurements, through either client."""

from pathlib import Path
from typing import Any

import pytest
from samples import series

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)
CONTENT = {"a b.pdf": b"%PDF-1.4 nothing", "sem.PNG": PNG, "rows.npy": bytes(range(256)) * 40, "empty.txt": b""}
SAID: dict[str, Any] = {
    "notes": "n",
    "protocol": {"name": "p"},
    "start_time": "2026-03-15T09:30:00Z",
    "end_time": "2026-03-15T10:30:00Z",
    "test_setup": {"operator": "J"},
    "tags": ["baseline"],
}


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    for name, content in CONTENT.items():
        (tmp_path / name).write_bytes(content)
    return [str(tmp_path / name) for name in CONTENT]


@pytest.fixture
def made(client: Any, cell: Any, paths: list[str]) -> Any:
    return client.cell_measurement.create_file(cell.id, "Post mortem", paths, **SAID)


def _check_said(found: Any) -> None:
    for key in ("notes", "protocol", "test_setup", "tags"):
        assert getattr(found, key) == SAID[key]
    assert (found.processing_status, str(found.start_time)[:10]) == ("ready", "2026-03-15")


def test_properties_are_kept_with_their_units(client: Any, cell: Any) -> None:
    """Quantities, text and numbers come back as they were given, and such a measurement is ready at once."""
    values = {"thickness": {"value": 0.52, "unit": "mm"}, "colour": "grey", "count": 3}
    made = client.cell_measurement.create_properties(cell.id, "Thickness", values, **SAID)
    found = client.cell_measurement.get(made.id)
    assert (found.measurement_type, found.properties) == ("properties", values)
    _check_said(found)
    detail = client.cell_measurement.detail(made.id)
    assert (detail.properties, detail.steps, detail.time_series, detail.files) == (values, None, None, None)


def test_properties_can_be_changed(client: Any, cell: Any) -> None:
    """An update replaces the values."""
    made = client.cell_measurement.create_properties(cell.id, "Thickness", {"a": 1})
    changed = client.cell_measurement.update(made.id, {"properties": {"b": {"value": 2, "unit": "V"}}})
    assert changed.properties == {"b": {"value": 2, "unit": "V"}}


def test_properties_have_no_rows(client: Any, cell: Any, errors: type[Exception]) -> None:
    """Asking for what another type has is refused by name."""
    made = client.cell_measurement.create_properties(cell.id, "Thickness", {"a": 1})
    for ask in (client.cell_measurement.steps, client.cell_measurement.time_series, client.cell_measurement.list_files):
        with pytest.raises(errors) as refused:
            ask(made.id)
        assert (refused.value.status_code, refused.value.error_code) == (400, "BAD_REQUEST")


def test_files_come_back_byte_for_byte(client: Any, made: Any) -> None:
    """All files, some of them, or one; an empty one too."""
    assert client.cell_measurement.list_files(made.id) == list(CONTENT)
    assert client.cell_measurement.download_files(made.id, use_cache=False) == CONTENT
    some = client.cell_measurement.download_files(made.id, use_cache=False, filenames=["sem.PNG"])
    assert some == {"sem.PNG": PNG}
    for name, content in CONTENT.items():
        assert client.cell_measurement.get_file(made.id, name) == content


def test_a_file_measurement_keeps_what_was_said(client: Any, made: Any) -> None:
    """Its record holds every field, it is ready at once, and its detail has the files."""
    found = client.cell_measurement.get(made.id)
    assert (found.name, found.measurement_type, made.steps_created) == ("Post mortem", "file", 0)
    _check_said(found)
    assert client.cell_measurement.detail(made.id).files == CONTENT
    assert found.file_metadata["sem.PNG"]["size_bytes"] == len(PNG)


def test_a_file_that_is_not_there_is_not_found(client: Any, made: Any, errors: type[Exception]) -> None:
    """Neither a file that was never sent nor one of a removed measurement."""
    with pytest.raises(errors) as refused:
        client.cell_measurement.get_file(made.id, "no such.txt")
    assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")
    client.cell_measurement.delete(made.id)
    with pytest.raises(errors) as refused:
        client.cell_measurement.get_file(made.id, "empty.txt")
    assert refused.value.status_code == 404


def test_images_are_looked_at_where_that_is_asked(client: Any, cell: Any, paths: list[str], tmp_path: Path) -> None:
    """A picture passes; a file that only says that it is one does not, and nothing is stored."""
    (picture,) = (path for path in paths if path.endswith("PNG"))
    client.cell_measurement.create_file(cell.id, "Picture", [picture], validate_images=True)
    (tmp_path / "no.png").write_bytes(b"no picture")
    with pytest.raises(Exception, match=r"no\.png"):
        client.cell_measurement.create_file(cell.id, "None", [str(tmp_path / "no.png")], validate_images=True)
    assert client.cell_measurement.list(cell.id).total == 1


def test_a_file_that_is_not_on_this_machine_is_not_sent(client: Any, cell: Any, tmp_path: Path) -> None:
    """The client says so, and nothing is stored."""
    with pytest.raises(FileNotFoundError):
        client.cell_measurement.create_file(cell.id, "None", [str(tmp_path / "nowhere")])
    assert client.cell_measurement.list(cell.id).total == 0


def test_files_named_alike_are_all_kept(client: Any, cell: Any, tmp_path: Path) -> None:
    """Logs of two runs have one name; the second gets a number, and each is read by its own."""
    paths = []
    for run in ("run 1", "run 2"):
        (tmp_path / run).mkdir()
        (tmp_path / run / "log.csv").write_text(run)
        paths.append(str(tmp_path / run / "log.csv"))
    made = client.cell_measurement.create_file(cell.id, "Logs", paths)
    assert client.cell_measurement.list_files(made.id) == ["log.csv", "log (2).csv"]
    assert client.cell_measurement.get_file(made.id, "log.csv") == b"run 1"
    assert client.cell_measurement.get_file(made.id, "log (2).csv") == b"run 2"


def test_a_record_can_be_written_back(client: Any, cell: Any, made: Any) -> None:
    """What was read and is sent again changes nothing, of every type of measurement."""
    ids = [
        made.id,
        client.cell_measurement.create(cell.id, series("S")).id,
        client.cell_measurement.create_properties(cell.id, "P", {"a": 1}).id,
    ]
    for key in ids:
        before = client.cell_measurement.get(key).model_dump(mode="json")
        after = client.cell_measurement.update(key, before).model_dump(mode="json")
        assert {**after, "updated_at": None} == {**before, "updated_at": None}


def test_a_series_and_files_have_properties_too(client: Any, cell: Any, made: Any) -> None:
    """What was measured beside them is kept with them, and can be said later."""
    health = {"state_of_health": {"value": 0.93, "unit": "dimensionless"}}
    detail = series("S")
    detail["measurement"]["properties"] = health
    assert client.cell_measurement.get(client.cell_measurement.create(cell.id, detail).id).properties == health
    assert client.cell_measurement.update(made.id, {"properties": health}).properties == health

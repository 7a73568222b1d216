"""What requests the server must take, item by item of the list that breaks the official client if it is missed."""

import gzip
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ionworks
import polars as pl
import pytest
from proxy import Proxy
from samples import names, series, two_steps
from wire import Wire

LARGE_BODY_BYTES = 524_288
"""From this size on the official client compresses a body."""


def test_item_10_confirms_are_answered_in_time(through: Any, proxy: Proxy, cell: Any) -> None:
    """With more of them at once than wait for their tables, each is answered well within the client's 10 s."""
    row = pl.int_range(500_000, eager=True)
    frame = pl.DataFrame({"Time [s]": row * 1.0, "Voltage [V]": 3.7 + row % 7 / 10, "Step count": row // 50})

    def create(number: int) -> str:
        return str(through.cell_measurement.create(cell.id, series(str(number), frame), wait_for_processing=False).id)

    with ThreadPoolExecutor(12) as pool:
        ids = list(pool.map(create, range(12)))
    confirms = proxy.passed("POST", "/confirm-upload")
    assert len(confirms) == 12
    assert max(each.seconds for each in confirms) < 8.0
    assert {json.loads(each.answer)["processing_status"] for each in confirms} <= {"pending", "running", "ready"}
    done = through.cell_measurement.wait_for_processing(ids)
    assert {(one["processing_status"], one["step_count"]) for one in done.values()} == {("ready", 10_000)}


def _series(client: Any, cell: Any, path: str) -> str:
    return str(client.cell_measurement.create(cell.id, series("Once")).id)


def _file(client: Any, cell: Any, path: str) -> str:
    return str(client.cell_measurement.create_file(cell.id, "Once", [path]).id)


@pytest.mark.parametrize("create", [_series, _file], ids=["rows", "files"])
@pytest.mark.parametrize("lost", ["/initiate-upload", "/confirm-upload"])
def test_item_11_a_lost_answer_to_an_upload_is_asked_for_again(
    through: Any, proxy: Proxy, cell: Any, tmp_path: Path, create: Callable[..., str], lost: str
) -> None:
    """The client sends the same again after the server has done it, and there is one measurement and no error."""
    (tmp_path / "f").write_bytes(b"content")
    proxy.lose_answer("POST", lost)
    made = create(through, cell, str(tmp_path / "f"))
    sent = proxy.passed("POST", lost)
    assert [each.body for each in sent] == [sent[0].body] * 2
    assert sent[1].status < 300
    found = through.cell_measurement.list(cell.id)
    assert ([one.id for one in found], found.total) == ([made], 1)
    detail = through.cell_measurement.detail(made)
    assert detail.files == {"f": b"content"} or detail.time_series.equals(two_steps())


def test_item_11_an_answer_lost_three_times_is_asked_for_again(through: Any, proxy: Proxy, cell: Any) -> None:
    """However often the answer to a confirm is lost, one measurement is there and is told of in the end."""
    for _ in range(3):
        proxy.lose_answer("POST", "/confirm-upload")
    made = through.cell_measurement.create(cell.id, series())
    assert len(proxy.passed("POST", "/confirm-upload")) == 4
    assert made.steps_created == 2
    assert through.cell_measurement.list(cell.id).total == 1


def test_item_11_lost_answers_to_other_calls(through: Any, proxy: Proxy, cell: Any, project_id: str) -> None:
    """Tags are not added twice, create_or_get gets what it made, and a plain create names what it made."""
    made = through.cell_measurement.create_properties(cell.id, "Values", {"a": 1})
    proxy.lose_answer("POST", "/tags/bulk")
    through.cell_measurement.add_tags(made.id, ["x", "y"])
    assert through.cell_measurement.get(made.id).tags == ["x", "y"]
    proxy.lose_answer("POST", "/cell_specifications")
    spec = through.cell_spec.create_or_get({"name": "Once"})
    assert names(through.cell_spec.list(project_id=project_id, name_exact="Once")) == [spec.name]
    proxy.lose_answer("POST", "/projects")
    with pytest.raises(ionworks.IonworksError) as refused:
        through.project.create({"name": f"once {project_id}"})
    assert refused.value.status_code == 409
    (found,) = through.project.list(name_exact=f"once {project_id}")
    assert refused.value.data["detail"]["existing_id"] == found.id
    proxy.lose_answer("PATCH", spec.id)
    assert through.cell_spec.update(spec.id, {"notes": "n"}).notes == "n"
    proxy.lose_answer("DELETE", spec.id)
    with pytest.raises(ionworks.IonworksError) as refused:
        through.cell_spec.delete(spec.id)
    assert refused.value.status_code == 404


def test_item_11_a_lost_answer_to_an_extension_appends_once(through: Any, proxy: Proxy, cell: Any) -> None:
    """However often an extension is confirmed, its rows are appended once."""
    made = through.cell_measurement.create(cell.id, series())
    more = two_steps().with_columns(pl.col("Time [s]") + 7300, pl.col("Step count") + 2)
    for lost in ("/initiate-extend", "/confirm-extend"):
        proxy.lose_answer("POST", lost)
    assert through.cell_measurement.extend(made.id, more).steps_created == 4
    assert len(proxy.passed("POST", "/confirm-extend")) == 2
    found = through.cell_measurement.time_series(made.id, use_cache=False)
    assert found.equals(pl.concat([two_steps(), more]))


def test_item_11_a_lost_answer_to_a_raw_file_keeps_one(
    through: Any, proxy: Proxy, project_id: str, tmp_path: Path
) -> None:
    """A raw file that is confirmed twice is there once, and so is its link to a measurement."""
    (tmp_path / "raw.mpr").write_bytes(b"raw")
    for lost in ("/initiate-upload", "/confirm-upload"):
        proxy.lose_answer("POST", lost)
    made = through.raw_data.upload(project_id, str(tmp_path / "raw.mpr"))
    found = through.raw_data.list(project_id)
    assert ([one.id for one in found], found.total) == ([made.id], 1)
    assert through.raw_data.download(made.id, use_cache=False) == b"raw"


@pytest.mark.parametrize("missing_bytes", [0, 1])
def test_item_12_large_bodies_are_compressed(through: Any, proxy: Proxy, missing_bytes: int) -> None:
    """From 512 KiB on a body comes with gzip, below that as it is; both are taken."""
    body = {"name": "Large", "project_id": through.project_id, "notes": ""}
    body["notes"] = "n" * (LARGE_BODY_BYTES - len(json.dumps(body)) - missing_bytes)
    made = through.cell_spec.create(body)
    (sent,) = proxy.passed("POST", "/cell_specifications")
    assert sent.headers.get("content-encoding") == (None if missing_bytes else "gzip")
    plain = sent.body if missing_bytes else gzip.decompress(sent.body)
    assert len(plain) == LARGE_BODY_BYTES - missing_bytes
    assert through.cell_spec.get(made.id).notes == body["notes"]


@pytest.mark.parametrize("further", [0, LARGE_BODY_BYTES])
def test_item_12_bodies_hold_nan(through: Any, proxy: Proxy, cell: Any, further: int) -> None:
    """The bare words NaN and Infinity become null, in plain bodies and in compressed ones."""
    values = {"a": {"value": float("nan"), "unit": "V"}, "b": [1.5, float("inf"), -float("inf")], "c": "n" * further}
    made = through.cell_measurement.create_properties(cell.id, "Values", values)
    (sent,) = proxy.passed("POST", "/create")
    body = gzip.decompress(sent.body) if further else sent.body
    assert b"NaN" in body
    assert b"-Infinity" in body
    found = through.cell_measurement.get(made.id).properties
    assert (found["a"], found["b"]) == ({"value": None, "unit": "V"}, [1.5, None, None])


def test_item_15_the_navigator_pages_by_two_hundred(through: Any, proxy: Proxy, wire: Wire, spec: Any) -> None:
    """It finds all of 250 cells, and all measurements of one of them, in pages of 200."""
    below = f"/cell_specifications/{spec.id}/cell_instances"
    for number in range(250):
        assert wire.post(below, json={"name": f"C{number:03}"}).status_code < 300
    navigator = ionworks.Navigator(through)
    assert {name: found.id for name, found in navigator.specs().items()} == {spec.name: spec.id}
    cells = navigator.instances(spec.name)
    assert sorted(names(cells)) == [f"C{number:03}" for number in range(250)]
    assert [each.path.partition("?")[2] for each in proxy.passed("GET", below)] == [
        "limit=200&offset=0",
        "limit=200&offset=200",
    ]
    made = through.cell_measurement.create_properties(cells[0].id, "Values", {"a": 1})
    assert [found.id for found in navigator.measurements(cells[0].id)] == [made.id]
    assert len(wire.get(f"{below}?limit=100000").json()["items"]) == 250

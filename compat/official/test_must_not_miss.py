"""What answers must look like, item by item of the list that breaks the official client if it is missed.

Items about requests are in `test_must_not_miss_requests.py`, those about storage in `test_must_not_miss_storage.py`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
import pytest
from proxy import Proxy
from samples import series, two_steps
from story import objects, told, walk
from wire import Wire

EVERY_RECORD = "id name organization_id created_at updated_at created_by created_by_email"
PROJECT = f"{EVERY_RECORD} description"
SPEC = f"""{EVERY_RECORD} project_id form_factor manufacturer ratings properties source notes anode_id cathode_id
    electrolyte_id separator_id case_id anode cathode electrolyte separator case instance_ids"""
BATCH = f"""{EVERY_RECORD} project_id cell_specification_id notes date_manufactured properties instance_count"""
INSTANCE = f"""{EVERY_RECORD} project_id cell_specification_id batch_id batch_name date_manufactured
    measured_properties notes measurement_ids"""
MEASUREMENT = f"""{EVERY_RECORD} cell_instance_id specification_id project_id measurement_type channel_id protocol_id
    start_time end_time estimated_end_time estimated_end_time_note estimated_end_time_calculated_at processing_status
    processing_error tags protocol test_setup notes properties file_metadata step_labels_validated"""
NOT_IN_A_RECORD = {
    "time_series": {"instance_id", "steps", "time_series", "cycles"},
    "file": {"instance_id", "files"},
    "properties": {"instance_id"},
}


@pytest.fixture
def walked(through: Any, proxy: Proxy, project_id: str, tmp_path: Path) -> Proxy:
    """The proxy after a walk through all calls for cells and measurements."""
    walk(through, project_id, tmp_path)
    return proxy


def test_item_01_content_type_is_exactly_application_json(walked: Proxy, wire: Wire) -> None:
    """Every JSON answer says `application/json` and no more, errors included."""
    kinds = {each.answer_headers.get("content-type") for each in walked.exchanges if "/blobs/" not in each.path}
    assert kinds == {"application/json", None}
    for bodiless in (each for each in walked.exchanges if "content-type" not in each.answer_headers):
        assert bodiless.answer == b""
        assert "location" in bodiless.answer_headers or bodiless.method in {"DELETE", "PUT"}
    for path in ("/cell_specifications/nowhere", "/no/such/route", "/cell_measurements?limit=x"):
        assert wire.get(path).headers["Content-Type"] == "application/json"


def test_item_02_every_post_and_patch_answers_with_an_object(walked: Proxy) -> None:
    """No creation and no change is answered with an empty body."""
    asked = [*walked.passed("POST"), *walked.passed("PATCH")]
    assert len(asked) >= 15
    for each in asked:
        found = json.loads(each.answer)
        assert isinstance(found, dict), each.path
        assert found, each.path


def test_item_03_ids_are_strings(walked: Proxy) -> None:
    """Wherever a key is an id or ends like one, its value is text, or null where there is none."""
    seen = 0
    for each, answer in told(walked):
        for found in objects(answer):
            for key, value in found.items():
                if key == "id":
                    assert isinstance(value, str), (each.path, key)
                elif key.endswith("_id"):
                    assert isinstance(value, (str, type(None))), (each.path, key)
                elif key.endswith("_ids"):
                    assert all(isinstance(item, str) for item in value or []), (each.path, key)
                seen += key.endswith("id")
    assert seen > 100


def test_item_04_tags_are_a_list_and_the_type_is_one_of_three(walked: Proxy, wire: Wire, cell: Any) -> None:
    """Neither is ever null, whatever was sent."""
    records = [found for _, answer in told(walked) for found in objects(answer) if "cell_instance_id" in found]
    assert {found["measurement_type"] for found in records} == {"time_series", "file", "properties"}
    assert all(isinstance(found["tags"], list) for found in records)
    body = {"name": "null", "measurement_type": "properties", "properties": {}, "tags": None}
    made = wire.post(f"/cell_instances/{cell.id}/cell_measurements/create", json=body).json()
    assert made["tags"] == []
    assert wire.patch(f"/cell_measurements/{made['id']}", json={"tags": None}).json()["tags"] == []


def test_item_05_steps_created_is_an_integer(walked: Proxy, client: Any, cell: Any) -> None:
    """A confirmed upload tells the number of steps, which of files is zero."""
    found = [json.loads(each.answer) for each in walked.passed("POST", "/confirm-upload")]
    assert {one["measurement_type"]: one["steps_created"] for one in found} == {"time_series": 2, "file": 0}
    assert client.cell_measurement.create(cell.id, series()).steps_created == 2


def test_item_05_of_an_extension_too(client: Any, cell: Any) -> None:
    """An appended series tells the number of its steps."""
    made = client.cell_measurement.create(cell.id, series())
    more = two_steps().with_columns(pl.col("Time [s]") + 7300, pl.col("Step count") + 2)
    assert client.cell_measurement.extend(made.id, more).steps_created == 4


def test_item_06_upload_targets_are_whole(initiated: Callable[..., dict[str, Any]]) -> None:
    """A place for rows and one for steps, each with an absolute address, a token and a path."""
    targets = initiated()["uploads"]
    assert [target["filename"] for target in targets] == ["time_series.parquet", "steps.parquet"]
    for target in targets:
        assert all(isinstance(target[key], str) for key in ("signed_url", "token", "path"))
        assert urlsplit(target["signed_url"]).scheme == "http"
        assert urlsplit(target["signed_url"]).netloc
        assert target["multipart"] is None


def test_item_07_records_hold_no_key_of_their_content(walked: Proxy, through: Any) -> None:
    """A record never names what the client sets beside it, not even as null; so that a detail can be read."""
    seen = set()
    for each, answer in told(walked):
        for found in objects(answer):
            if "cell_instance_id" in found and "measurement_type" in found:
                assert not found.keys() & NOT_IN_A_RECORD[found["measurement_type"]], each.path
                seen.add(found["id"])
    assert len(seen) == 3
    assert {through.cell_measurement.detail(one).id for one in seen} == seen


def test_item_13_numbers_of_a_column_are_all_written_alike(wire: Wire, client: Any, cell: Any) -> None:
    """A column holds integers or floats and never both, also where some are whole and some are missing."""
    frame = two_steps().with_row_index("row")
    frame = frame.with_columns(frame["row"].cast(float).alias("Temperature [degC]").set(frame["row"] < 61, None))
    made = client.cell_measurement.create(cell.id, series(frame=frame.drop("row")))
    for path in ("cycles", "steps_and_cycles"):
        text = wire.get(f"/cell_measurements/{made.id}/{path}").text
        tables = json.loads(text, parse_float=lambda _: float, parse_int=lambda _: int, parse_constant=pytest.fail)
        for table in tables.values():
            assert len({len(column) for column in table.values()}) == 1
            for name, column in table.items():
                assert not {int, float} <= set(column), name
        assert tables["cycles"]["Discharge capacity [A.h]"] == [float]
        assert tables["cycles"]["Cycle count"] == [int]
    both = client.cell_measurement.steps_and_cycles(made.id)
    assert (both.steps.height, both.cycles.height) == (2, 1)


def test_item_14_totals_are_of_all_matches(wire: Wire, client: Any, spec: Any, cell: Any, project_id: str) -> None:
    """A page of one tells how many there are in all, as an integer, whatever it lists."""
    for number in range(2):
        client.cell_spec.create({"name": f"S{number}"})
        client.cell_batch.create(spec.id, {"name": f"L{number}"})
        client.cell_instance.create(spec.id, {"name": f"C{number}"})
        client.cell_measurement.create_properties(cell.id, f"M{number}", {"a": 1}, tags=[f"t{number}"])
    for path, total in {
        f"/cell_specifications?project_id={project_id}": 3,
        f"/cell_specifications/{spec.id}/cell_batches?": 2,
        f"/cell_specifications/{spec.id}/cell_instances?": 3,
        f"/cell_instances/{cell.id}/cell_measurements?": 2,
        f"/cell_measurements?project_id={project_id}": 2,
        f"/cell_measurements/tags?project_id={project_id}": 2,
    }.items():
        found = wire.get(f"{path}&limit=1").json()
        assert (len(found["items"]), found["count"], found["total"]) == (1, 1, total), path
    assert wire.get("/projects?limit=1").json()["total"] == client.project.list().total > 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/no/such/route", None, 404),
        ("PUT", "/cell_specifications", None, 405),
        ("GET", "/cell_specifications/nowhere", None, 404),
        ("GET", "/cell_measurements", None, 422),
        ("GET", "/projects?limit=many", None, 422),
        ("POST", "/cell_specifications", b"{no json", 422),
        ("POST", "/cell_specifications", b'["a list"]', 422),
        ("POST", "/cell_specifications", b"", 422),
        ("POST", "/projects", b'"text"', 422),
        ("PATCH", "/cell_measurements/nowhere", b"null", 422),
        ("DELETE", "/cell_batches/nowhere", None, 404),
    ],
)
def test_item_20_errors_are_objects(wire: Wire, method: str, path: str, body: bytes | None, status: int) -> None:
    """Whatever was wrong, the answer is an object that says it in words."""
    answer = wire.request(method, path, data=body, headers={"Content-Type": "application/json"})
    found = answer.json()
    assert (answer.status_code, set(found)) == (status, {"error_code", "message", "detail"})
    assert found["message"]


def test_item_21_conflicts_of_a_name_say_whose_it_is(
    wire: Wire, spec: Any, cell: Any, project_id: str, client: Any, initiated: Callable[..., dict[str, Any]]
) -> None:
    """A taken name answers with the id of the record that has it; no other conflict carries one."""
    name = client.project.get(project_id).name
    batch = client.cell_batch.create(spec.id, {"name": "LOT"})
    early = initiated("Cycling")
    made = client.cell_measurement.create(cell.id, series())
    values = {"name": "Cycling", "measurement_type": "properties", "properties": {}}
    below = f"/cell_specifications/{spec.id}"
    for path, body, existing in (
        ("/projects", {"name": name}, project_id),
        ("/cell_specifications", {"name": spec.name, "project_id": project_id}, spec.id),
        (f"{below}/cell_batches", {"name": "lot"}, batch.id),
        (f"{below}/cell_instances", {"name": cell.name}, cell.id),
        (f"/cell_instances/{cell.id}/cell_measurements/create", values, made.id),
        (f"/cell_instances/{cell.id}/cell_measurements/initiate-upload", {"measurement": {"name": "Cycling"}}, made.id),
        (
            f"/cell_measurements/{early['measurement_id']}/confirm-upload",
            {"cell_instance_id": cell.id, "measurement": {"name": "Cycling"}, "measurement_type": "time_series"},
            made.id,
        ),
    ):
        answer = wire.post(path, json=body)
        found = answer.json()
        assert (answer.status_code, found["error_code"], found["detail"]) == (
            409,
            "CONFLICT",
            {"existing_id": existing},
        ), path
    other = client.cell_instance.create(spec.id, {"name": "other"})
    body = {"cell_instance_id": other.id, "measurement": {"name": "x"}, "measurement_type": "time_series"}
    answer = wire.post(f"/cell_measurements/{made.id}/confirm-upload", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (409, None)


def test_item_22_every_documented_key_is_emitted(walked: Proxy) -> None:
    """Records carry all keys where they are made, read, listed and changed, null where nothing was said."""
    records = {"project": PROJECT, "spec": SPEC, "batch": BATCH, "instance": INSTANCE, "measurement": MEASUREMENT}
    seen = dict.fromkeys(records, 0)
    for each, answer in told(walked):
        for found in answer.get("items", [answer]):
            if (kind := _kind(found)) is not None:
                assert set(records[kind].split()) <= found.keys(), each.path
                seen[kind] += 1
    assert min(seen.values()) >= 3


def _kind(found: dict[str, Any]) -> str | None:
    for kind, key in {
        "measurement": "cell_instance_id",
        "batch": "instance_count",
        "instance": "batch_id",
        "spec": "ratings",
    }.items():
        if key in found:
            return kind
    return "project" if {"description", "organization_id"} <= found.keys() else None

"""The wire as the clients of the field need it."""

import random
from typing import Any

import httpx2
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep.client import Client
from cellkeep.domain.errors import NotReadyError
from conftest import Server
from server.conftest import SERIES, Things

EMITTED = {
    "id", "name", "cell_instance_id", "measurement_type", "channel_id", "protocol_id", "start_time", "end_time",
    "estimated_end_time", "estimated_end_time_note", "estimated_end_time_calculated_at", "processing_status",
    "processing_error", "tags", "protocol", "test_setup", "notes", "properties", "file_metadata",
    "step_labels_validated", "specification_id", "project_id", "organization_id", "created_by", "created_by_email",
    "created_at", "updated_at",
}  # fmt: skip
FORBIDDEN = {"instance_id", "steps", "time_series", "cycles", "files"}


def test_a_record_has_every_key_and_none_that_breaks_a_client(http: httpx2.Client, things: Things) -> None:
    """Every documented key is there, null where unset; keys that clients add themselves never are, nor null tags."""
    http.patch(f"/cell_measurements/{things.measurement_id}", json={**dict.fromkeys(FORBIDDEN, 1), "tags": None})
    for key in (things.measurement_id, things.properties_id, things.file_id):
        found = http.get(f"/cell_measurements/{key}?include_steps=false&include_time_series=false").json()
        assert found.keys() >= EMITTED
        assert not found.keys() & FORBIDDEN
        assert found["tags"] == []
        assert found["measurement_type"] in {"time_series", "file", "properties"}
        assert found["processing_status"] == "ready"
        assert found["processing_error"] is None
        assert found["created_at"].endswith("Z")


def test_other_records_have_every_key(http: httpx2.Client, things: Things) -> None:
    """Keys of specifications, cells and lots are there, null where unset."""
    spec = http.get(f"/cell_specifications/{things.spec_id}").json()
    assert spec.keys() >= {
        *("id", "name", "project_id", "organization_id", "form_factor", "manufacturer", "ratings", "anode_id"),
        *("cathode_id", "electrolyte_id", "separator_id", "case_id", "anode", "cathode", "electrolyte", "separator"),
        *("case", "properties", "source", "notes", "created_at", "updated_at", "created_by", "created_by_email"),
        "instance_ids",
    }
    cell = http.get(f"/cell_instances/{things.instance_id}").json()
    assert cell.keys() >= {
        *("id", "name", "cell_specification_id", "batch_id", "batch_name", "project_id", "organization_id"),
        *("date_manufactured", "measured_properties", "notes", "created_at", "updated_at", "created_by"),
        *("created_by_email", "measurement_ids"),
    }
    lot = http.get(f"/cell_batches/{things.batch_id}").json()
    assert isinstance(lot["instance_count"], int)
    assert lot["instance_count"] == 1


def test_json_is_called_json_and_nothing_else(http: httpx2.Client, things: Things) -> None:
    """The content type is exactly `application/json`, for records, lists, tables and created things."""
    m, cell = things.measurement_id, things.instance_id
    answers = [
        http.get(path)
        for path in (
            "/users/me", "/projects", f"/projects/{things.project_id}", f"/cell_measurements/{m}",
            f"/cell_measurements/{m}/cycles", f"/cell_measurements/{m}/steps_and_cycles", "/openapi.json",
            f"/cell_measurements/{things.file_id}/files", f"/cell_measurements/tags?project_id={things.project_id}",
        )
    ]  # fmt: skip
    answers += [
        http.post("/projects", json={"name": "another"}),
        http.patch(f"/cell_instances/{cell}", json={}),
        http.post(f"/cell_instances/{cell}/cell_measurements/initiate-upload", json={"measurement": {"name": "new"}}),
        http.post("/cell_measurements/tags/bulk", json={"measurement_ids": [m], "add": ["x"], "remove": []}),
    ]
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}
    assert all(answer.status_code in {200, 201} and isinstance(answer.json(), dict) for answer in answers)


@pytest.mark.parametrize("limit", ["1", "200", "1000", "5000"])
def test_lists_have_one_envelope(http: httpx2.Client, things: Things, limit: str) -> None:
    """Every list is items, count and the number of all matches; long pages are cut and not refused."""
    for path in (
        "/projects",
        "/cell_specifications",
        f"/cell_specifications/{things.spec_id}/cell_instances",
        f"/cell_specifications/{things.spec_id}/cell_batches",
        f"/cell_instances/{things.instance_id}/cell_measurements",
        f"/cell_measurements?project_id={things.project_id}",
        f"/cell_measurements/tags?project_id={things.project_id}",
    ):
        answer = http.get(path, params={**httpx2.URL(path).params, "limit": limit})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert page.keys() == {"items", "count", "total"}
        assert len(page["items"]) == page["count"] == min(int(limit), page["total"])
    assert http.get(f"/cell_instances/{things.instance_id}/cell_measurements").json()["total"] == 3


def test_filters_of_the_field_are_read(http: httpx2.Client, things: Things) -> None:
    """Operators come as prefixes, several tags as a repeated key, and the text may hold dots and signs."""
    path = f"/cell_instances/{things.instance_id}/cell_measurements"
    http.patch(f"/cell_measurements/{things.measurement_id}", json={"name": "v1.5, eq.x", "tags": ["a b", "c,d"]})
    for query, total in (
        ("name=eq.v1.5%2C+eq.x", 1),
        ("name=ilike.%25EQ.X%25", 1),
        ("name=v1.5%2C+eq.x", 1),
        ("name=neq.P", 2),
        ("name=like.v%25", 1),
        ("name=ilike.%25nothing%25", 0),
        ("tags_all=a+b&tags_all=c%2Cd", 1),
        ("tags_any=c%2Cd&tags_any=zzz", 1),
        ("tags_all=a+b&tags_all=zzz", 0),
        ("unknown=1", 3),
        ("measurement_type=file", 1),
    ):
        answer = http.get(f"{path}?{query}")
        assert (answer.status_code, answer.json().get("total")) == (200, total), query


def test_a_download_is_a_redirect_to_a_link_that_stands_alone(
    http: httpx2.Client, stranger: httpx2.Client, things: Things
) -> None:
    """Rows, steps and files redirect to an absolute link, which needs no key and minds no foreign headers."""
    m = things.measurement_id
    for path in (f"{m}/time_series/download", f"{m}/steps/download", f"{things.file_id}/files/a.txt"):
        answer = http.get(f"/cell_measurements/{path}")
        assert answer.status_code == 307
        link = answer.headers["location"]
        assert link.startswith("http://127.0.0.1:")
        foreign = {
            "X-API-Key": "foreign",
            "Authorization": "Bearer foreign",
            "X-Organization-Id": "o",
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        assert stranger.get(link).content == stranger.get(link, headers=foreign).content != b""


def test_polars_reads_a_link(http: httpx2.Client, things: Things) -> None:
    """A link is read lazily by polars' own reader, row by row and as a whole."""
    link = http.get(f"/cell_measurements/{things.measurement_id}/time_series/download").headers["location"]
    assert_frame_equal(pl.scan_parquet(link).slice(1, 1).collect(), SERIES[1:2])
    assert_frame_equal(pl.scan_parquet(link).collect(), SERIES)
    assert_frame_equal(
        pl.scan_parquet(link).filter(pl.col("Step count") == 1).select("Time [s]").collect(), SERIES[2:, :1]
    )


def test_tables_in_json_hold_numbers_and_null(http: httpx2.Client, client: Client, things: Things) -> None:
    """Columns are equally long, floats are written as floats, and NaN is null."""
    steps = pl.DataFrame({"a": [1.0, float("nan"), 2.5], "b": [1, None, 3]})
    made = client.cell_measurement.create(
        things.instance_id, {"measurement": {"name": "own"}, "time_series": SERIES, "steps": steps}
    )
    answer = http.get(f"/cell_measurements/{made.id}/steps_and_cycles")
    assert answer.json()["steps"] == {"a": [1.0, None, 2.5], "b": [1, None, 3]}
    assert "[1.0,null,2.5]" in answer.text.replace(" ", "")
    assert "NaN" not in answer.text
    cycles = http.get(f"/cell_measurements/{made.id}/cycles").json()
    assert cycles.keys() == {"cycles"}
    assert len({len(column) for column in cycles["cycles"].values()}) == 1


def test_deleting_answers_nothing(http: httpx2.Client, things: Things) -> None:
    """204 without a body; a second time there is nothing to delete."""
    for key in (things.measurement_id, things.file_id):
        answer = http.delete(f"/cell_measurements/{key}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert http.delete(f"/cell_measurements/{key}").status_code == 404


def test_the_order_of_a_page_is_stable(client: Client, http: httpx2.Client, things: Things) -> None:
    """Pages of records of one name's length, one tag, one moment: together they are each record once."""
    made = {client.cell_measurement.create_properties(things.instance_id, f"n{n}", {"a": 1}).id for n in range(9)}
    path = f"/cell_instances/{things.instance_id}/cell_measurements"
    found: list[Any] = []
    for offset in random.Random(1).sample(range(0, 12, 2), 6):
        query = {"limit": "2", "offset": str(offset), "order_by": "start_time", "order": "asc"}
        found += [each["id"] for each in http.get(path, params=query).json()["items"]]
    assert len(found) == len(set(found)) == 12
    assert made <= set(found)


def test_a_series_without_tables_hides_no_other(server: Server, client: Client, things: Things) -> None:
    """Where they could not be made, both tables are null with the reason, so that details of a cell can be read."""
    reason = "'Step count' must be a whole number in every row."
    with server.store.writing() as work:
        row = work.measurements.row(things.measurement_id)
        row.processing_status, row.processing_error = "failed", reason
    path = f"{server.url}/cell_measurements/{things.measurement_id}"
    headers = {"X-API-Key": server.key}
    answer = httpx2.get(f"{path}/steps_and_cycles", headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"steps": None, "cycles": None, "processing_error": reason})
    for part in ("cycles", "steps/download"):
        assert httpx2.get(f"{path}/{part}", headers=headers).status_code == 409
    for call in (client.cell_measurement.steps_and_cycles, client.cell_measurement.cycles):
        with pytest.raises(NotReadyError, match="must be a whole number"):
            call(things.measurement_id)
    detail = client.cell_measurement.detail(things.measurement_id)
    assert (detail.steps, detail.cycles, detail.processing_status) == (None, None, "failed")

"""Materials, datasets, analyses and studies on the wire."""

import json
import math
import re
import socket
import time
from io import BytesIO
from typing import Any
from urllib.parse import urlparse

import httpx2
import polars as pl
import pytest

from cellkeep.client import Client
from cellkeep.server import admission
from server.conftest import Things
from server.routes import table

RECORD = {"id", "name", "organization_id", "created_at", "updated_at", "created_by", "created_by_email", "project_id"}
SOURCES = {"source_pipeline_id", "source_simple_pipeline_id", "source_analysis_id", "source_label"}
DATASETS = "/material_property_datasets"


def dataset(things: Things, **fields: str) -> dict[str, str]:
    return {"material_id": things.material_id, "project_id": things.project_id, "name": "D", **fields}


def analysis(things: Things, **fields: str) -> dict[str, str]:
    return {"measurement_id": things.measurement_id, "name": "A", "analysis_type": "t", **fields}


def test_records_have_every_key(http: httpx2.Client, things: Things) -> None:
    """Every documented key is there, null where unset, and none is null that a client takes for a list or object."""
    material = http.get(f"/materials/{things.material_id}").json()
    assert material.keys() == RECORD | {"manufacturer", "product_id", "definition"}
    assert (material["manufacturer"], material["product_id"], material["definition"]) == (None, None, {})
    dataset = http.get(f"{DATASETS}/{things.dataset_id}").json()
    assert dataset.keys() == RECORD | SOURCES | {"material_id", "columns", "data_version", "nan_counts"}
    assert dataset["columns"] == [
        {"name": "x", "unit": "m", "source_column_index": 0},
        {"name": "y", "unit": "", "source_column_index": 1},
    ]
    assert (dataset["data_version"], dataset["nan_counts"]) == (1, {"x": 0, "y": 1})
    analysis = http.get(f"/analyses/{things.analysis_id}").json()
    told = {"measurement_id", "analysis_type", "columns", "plots", "metadata", "notes"}
    assert analysis.keys() == RECORD | SOURCES | told
    assert (analysis["plots"], analysis["metadata"], analysis["notes"]) == ([], {}, None)
    study = http.get(f"/projects/{things.project_id}/studies/{things.study_id}").json()
    assert study.keys() == RECORD | {"description", "measurement_count"}
    assert (study["description"], study["measurement_count"]) == (None, 1)
    for found in (material, dataset, analysis, study):
        assert found["created_at"].endswith("Z")
        assert found["created_by_email"] == "admin@localhost"
        assert all(found[key] is None for key in SOURCES & found.keys())


def test_answers_are_objects_called_json(http: httpx2.Client, things: Things) -> None:
    """Whatever makes or changes a record answers it whole, as exactly `application/json`."""
    study = f"/projects/{things.project_id}/studies/{things.study_id}"
    answers = [
        http.get(f"/materials?project_id={things.project_id}"),
        http.get(f"{DATASETS}/{things.dataset_id}/data"),
        http.get(f"{DATASETS}/{things.dataset_id}/download-url"),
        http.get(f"/analyses/{things.analysis_id}/download-url"),
        http.get(f"{study}/measurements"),
        http.post(DATASETS, data=dataset(things), files=table()),
        http.patch(f"{DATASETS}/{things.dataset_id}/file", files=table()),
        http.patch(f"{DATASETS}/{things.dataset_id}", json={}),
        http.post("/analyses", data=analysis(things, columns="[]", plots="[]", metadata="{}"), files=table()),
        http.patch(f"/analyses/{things.analysis_id}", json={}),
        http.post(f"{study}/measurements/{things.file_id}", json={}),
        http.post(f"{study}/measurements/{things.file_id}"),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5 + [201] + [200] * 2 + [201] + [200] * 3
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}
    assert all(answer.json() and isinstance(answer.json(), dict) for answer in answers)
    for path in (f"{study}/measurements/{things.file_id}", study, f"/analyses/{things.analysis_id}"):
        for _ in range(2 if "/measurements/" in path else 1):
            gone = http.delete(path)
            assert (gone.status_code, gone.content) == (204, b"")


def test_lists_have_one_envelope(http: httpx2.Client, things: Things) -> None:
    """Items, their count and a true total; pages of analyses end at 100, and materials come by name."""
    for path in (
        f"/materials?project_id={things.project_id}",
        f"{DATASETS}?material_id={things.material_id}",
        f"{DATASETS}?material_id={things.material_id}&project_id={things.project_id}",
        f"/analyses?measurement_id={things.measurement_id}&limit=5000",
        f"/analyses?project_id={things.project_id}",
        f"/projects/{things.project_id}/studies?name=ilike.%25Y%25",
        f"/projects/{things.project_id}/studies/{things.study_id}/measurements?limit=1&offset=0",
    ):
        found = http.get(path).json()
        assert found.keys() == {"items", "count", "total"}, path
        assert (found["count"], found["total"]) == (len(found["items"]), 1), path
    for path in ("/materials", DATASETS, "/analyses?limit=0", f"/materials?project_id={things.project_id}&order_by=no"):
        assert http.get(path).status_code == 422, path
    both = f"/analyses?measurement_id={things.measurement_id}&project_id={things.project_id}"
    for path in ("/analyses", both):
        answer = http.get(path)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "BAD_REQUEST"), path
    for path in ("/materials?project_id=x", f"{DATASETS}?material_id=x", "/analyses?project_id=x"):
        assert http.get(path).status_code == 404, path


@pytest.mark.parametrize("text", ["%00", "ilike.%25%00%25", "eq.%F0%9F%94%8B", "'; --", "like.%25%5C%25", "eq."])
def test_an_odd_query_is_no_accident(http: httpx2.Client, things: Things, text: str) -> None:
    """Filters and ids of every kind are answered or refused, and never fail."""
    for key in ("name", "manufacturer", "product_id", "created_at", "updated_at"):
        answer = http.get(f"/materials?project_id={things.project_id}&{key}={text}")
        assert answer.status_code in {200, 422}, answer.text
    for path in ("/materials/", "/analyses/", f"{DATASETS}/", f"/projects/{things.project_id}/studies/"):
        assert http.get(path + text).status_code in {404, 422}
    for path in ("/analyses?measurement_id=", f"{DATASETS}?material_id="):
        assert http.get(path + text).status_code in {404, 422}


def test_every_number_is_written_as_a_float(http: httpx2.Client, things: Things) -> None:
    """Whole numbers carry their point, what is none is null, and the object is the table itself."""
    frame = pl.DataFrame({"a": [None, 2, 3], "b": [1.5, float("nan"), 1e300], "c": [0, -(2**40), 10**17]})
    made = http.post(DATASETS, data=dataset(things), files={"file": ("d", _bytes(frame))}).json()["id"]
    text = http.get(f"{DATASETS}/{made}/data").text
    assert json.loads(text) == {"a": [None, 2.0, 3.0], "b": [1.5, None, 1e300], "c": [0.0, -(2.0**40), 1e17]}
    numbers = re.findall(r"[-+.\deE]*\d[-+.\deE]*", re.sub(r'"[^"]*"', "", text))
    assert len(numbers) == 7
    assert all("." in number or "e" in number for number in numbers), numbers
    assert all(isinstance(value, float) for column in json.loads(text).values() for value in column if value)


def test_a_large_dataset_is_answered_in_time(http: httpx2.Client, things: Things) -> None:
    """A million numbers come and go well before a client of the field gives up."""
    frame = pl.DataFrame({"a": pl.int_range(500_000, eager=True) / 7, "b": pl.int_range(500_000, eager=True)})
    begun = time.monotonic()
    made = http.post(DATASETS, data=dataset(things), files={"file": ("d", _bytes(frame))}).json()["id"]
    found = http.get(f"{DATASETS}/{made}/data").json()
    assert time.monotonic() - begun < 8
    assert math.fsum(found["b"]) == 500_000 * 499_999 / 2


def test_links_read_without_a_key(http: httpx2.Client, things: Things) -> None:
    """The numbers, the original and the table of an analysis are read by whoever has the link, also in ranges."""
    for path in (
        f"{DATASETS}/{things.dataset_id}/download-url",
        f"{DATASETS}/{things.dataset_id}/download-url?kind=parquet",
        f"{DATASETS}/{things.dataset_id}/download-url?kind=original",
        f"/analyses/{things.analysis_id}/download-url",
    ):
        answer = http.get(path).json()
        assert answer.keys() == {"url"}
        names = ["x", "y"] if "original" not in path and "analyses" not in path else ["x [m]", "y"]
        assert pl.read_parquet(httpx2.get(answer["url"]).content).columns == names
        assert pl.scan_parquet(answer["url"]).select(names[1]).collect().to_series().to_list() == [None, 2.5]
        suffix = httpx2.get(answer["url"], headers={"range": "bytes=-4"})
        assert (suffix.status_code, suffix.content) == (206, b"PAR1")
    assert http.get(f"{DATASETS}/{things.dataset_id}/download-url?kind=csv").status_code == 422


def test_a_link_outlives_a_replacement(http: httpx2.Client, things: Things) -> None:
    """Who holds a link to a file that is replaced reads it to the end."""
    link = http.get(f"{DATASETS}/{things.dataset_id}/download-url").json()["url"]
    assert http.patch(f"{DATASETS}/{things.dataset_id}/file", files=table()).json()["data_version"] == 2
    assert pl.read_parquet(httpx2.get(link).content).height == 2


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({"columns": "{"}, 422, "columns: '{' is not JSON"),
        ({"columns": ""}, 422, "columns: '' is not JSON"),
        ({"columns": "{}"}, 422, "columns: Input should be a valid list"),
        ({"columns": "null"}, 201, ""),
        ({"columns": "[1]"}, 422, "columns.0"),
        ({"columns": "[" * 100_000}, 422, "is not JSON"),
        ({"columns": '[{"name":"a","source_column_index":' + "9" * 5000 + "}]"}, 422, "is not JSON"),
        ({"columns": '[{"name":"a","source_column_index":1.5}]'}, 422, "source_column_index"),
        ({"columns": '[{"name":"a","source_column_index":9}]'}, 400, "has 2 columns"),
        ({"columns": '[{"name":"a","source_column_index":"1","k":NaN}]'}, 201, ""),
        ({"columns": '[{"name":"\\ud800","source_column_index":0}]'}, 422, "no text"),
        ({"name": ""}, 422, "name"),
        ({"name": "a\0b"}, 422, "no text"),
        ({"name": "n" * 256}, 422, "name"),
        ({"name": "n" * 2_000_000}, 400, "exceeded maximum size"),
        ({"material_id": "nothing"}, 404, "no material"),
        ({"project_id": "nowhere"}, 404, "no project"),
        ({f"field-{number}": "x" for number in range(60)}, 400, "Too many fields"),
    ],
)
def test_hostile_fields_are_refused(
    http: httpx2.Client, things: Things, fields: dict[str, str], status: int, message: str
) -> None:
    """What is malformed is refused by its name, with one of our errors, and nothing is kept."""
    before = http.get(f"{DATASETS}?material_id={things.material_id}").json()["total"]
    answer = http.post(DATASETS, data=dataset(things, **fields), files=table())
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.json().keys() == {"error_code", "message", "detail"}
        assert message in answer.json()["message"]
    after = http.get(f"{DATASETS}?material_id={things.material_id}").json()["total"]
    assert after == before + (status < 400)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"columns": '[{"name":"x"}]', "plots": '[{"x":"nope"}]'}, "plots.0.x names the column 'nope'"),
        ({"plots": "{}"}, "plots"),
        ({"plots": '["x"]'}, "plots.0"),
        ({"metadata": "[]"}, "metadata"),
        ({"metadata": '{"a":' * 60 + "1" + "}" * 60}, "nested"),
        ({"columns": '[{"unit":"V"}]'}, "columns.0.name"),
        ({"measurement_id": "nothing"}, "no cell measurement"),
        ({"analysis_type": " "}, "analysis_type"),
    ],
)
def test_hostile_fields_of_an_analysis_are_refused(
    http: httpx2.Client, things: Things, fields: dict[str, str], message: str
) -> None:
    """What is malformed is refused by its name, and nothing is kept."""
    answer = http.post("/analyses", data=analysis(things, **fields), files=table())
    assert 400 <= answer.status_code < 500
    assert message in answer.json()["message"]
    assert http.get(f"/analyses?measurement_id={things.measurement_id}").json()["total"] == 1


def test_a_form_that_is_none_is_refused(http: httpx2.Client, things: Things) -> None:
    """JSON, no body, no file, a text in its place, two files and a broken form are told apart from a table."""
    head = {"content-type": "multipart/form-data; boundary=b"}
    for sent, status in (
        ({"json": dataset(things)}, 422),
        ({}, 422),
        ({"data": dataset(things)}, 422),
        ({"data": dataset(things, file="PAR1")}, 422),
        ({"data": dataset(things), "files": [*table().items(), *table().items()]}, 400),
        ({"data": dataset(things), "files": {"other": table()["file"]}}, 422),
        ({"content": b"nothing of the kind", "headers": head}, 400),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400),
        ({"data": dataset(things), "files": {"file": ("d", b"PAR1" + bytes(99))}}, 422),
        ({"files": table()}, 422),
    ):
        answer = http.post(DATASETS, **sent)
        assert answer.status_code == status, (sent, answer.text)
        assert answer.json().keys() == {"error_code", "message", "detail"}
        assert answer.headers["content-type"] == "application/json"


def test_a_form_without_its_end_is_refused(http: httpx2.Client, things: Things) -> None:
    """A file whose part does not end is no file, however it is cut."""
    whole = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nPAR1\r\n--b--\r\n'
    for end in (0, 1, 30, -4, -6, -12):
        content = iter([whole[:end][:20], whole[:end][20:]])
        answer = http.post(DATASETS, content=content, headers={"content-type": "multipart/form-data; boundary=b"})
        assert answer.status_code == 400, (end, answer.text)
        assert "breaks off" in answer.json()["message"]
    for end in (-2, None):
        answer = http.post(DATASETS, content=whole[:end], headers={"content-type": "multipart/form-data; boundary=b"})
        assert answer.status_code == 422


@pytest.fixture
def small_forms(monkeypatch: pytest.MonkeyPatch) -> int:
    """Forms may be no larger than this here."""
    monkeypatch.setattr(admission, "LARGEST_FORM_BYTES", 3_000_000)
    return 3_000_000


def test_a_form_beyond_bounds_is_refused(http: httpx2.Client, things: Things, small_forms: int) -> None:
    """It is refused while it is received, whether it tells its size or not."""
    content = bytes(small_forms)
    whole = http.post(DATASETS, data=dataset(things), files={"file": ("d", content)})
    assert (whole.status_code, whole.json()["error_code"]) == (413, "BAD_REQUEST")
    assert "larger than" in whole.json()["message"]
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    pieces = http.post(
        DATASETS,
        content=iter([head, content, b"\r\n--b--"]),
        headers={"content-type": "multipart/form-data; boundary=b"},
    )
    assert pieces.status_code == 413


def test_a_wrong_key_is_refused_before_a_form_is_received(stranger: httpx2.Client, things: Things) -> None:
    """Nothing of the form is looked at: not even that it is none."""
    for key in ("", "ck_wrong"):
        for content in (b"", b"nothing of the kind"):
            headers = {"x-api-key": key, "content-type": "multipart/form-data"}
            assert stranger.post(DATASETS, content=content, headers=headers).status_code == 401


def test_a_form_that_breaks_off_leaves_nothing(server: Any, http: httpx2.Client, things: Things) -> None:
    """A client that goes away in the middle of its form leaves no record, and the server goes on."""
    target = urlparse(server.url)
    with socket.create_connection((target.hostname, target.port or 80)) as wire:
        wire.sendall(
            f"POST {DATASETS} HTTP/1.1\r\nHost: x\r\nX-API-Key: {server.key}\r\nContent-Length: 100000\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
            '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nPAR1'.encode()
        )
    assert http.get(f"{DATASETS}?material_id={things.material_id}").json()["total"] == 1


def test_what_another_organization_makes_is_not_linked(client: Client, things: Things) -> None:
    """Text fields can not carry ids or times that only the server sets."""
    made = client._transport._http.post(
        DATASETS,
        data=dataset(things, id="mine", data_version="9", created_by="me", nan_counts="{}", source_label="s", k="v"),
        files=table(),
    ).json()
    assert made["id"] != "mine"
    assert (made["data_version"], made["source_label"], made["k"]) == (1, None, "v")
    assert made["created_by"] != "me"


def test_the_description_tells_of_forms(http: httpx2.Client) -> None:
    """Routes that take a table say so, with the fields they need."""
    paths = http.get("/openapi.json").json()["paths"]
    for method, path, needed in (
        ("post", DATASETS, ["material_id", "name", "file"]),
        ("patch", f"{DATASETS}/{{dataset_id}}/file", ["file"]),
        ("post", "/analyses", ["measurement_id", "name", "analysis_type", "file"]),
    ):
        content = paths[path][method]["requestBody"]["content"]
        assert content["multipart/form-data"]["schema"]["required"] == needed


def _bytes(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()

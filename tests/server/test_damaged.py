"""Tables with one wrong byte, which would end the process that reads them; it is the server of these tests."""

from typing import Any

import httpx2
import polars as pl
import pytest

from server.conftest import SERIES, Things
from server.test_context import require_error
from server.test_uploads import confirm, initiate
from services.bench import deadly, parquet, series

ROWS = pl.concat([SERIES[:1]] * 200).with_columns(pl.int_range(3, 203).cast(pl.Float64).alias("Time [s]"))


def require_damaged(answer: httpx2.Response, what: str) -> None:
    require_error(answer, 422, "UNUSABLE_DATA")
    assert answer.json()["message"].startswith(f"The {what} is damaged: reading it ended the reader")


def upload(http: httpx2.Client, things: Things, *contents: bytes) -> httpx2.Response:
    found = initiate(http, things.instance_id)
    for target, content in zip(found["uploads"], contents, strict=False):
        assert httpx2.put(target["signed_url"], content=content).status_code == 200
    return confirm(http, things.instance_id, found["measurement_id"])


def test_a_damaged_series_is_unprocessable_and_the_server_works_on(http: httpx2.Client, things: Things) -> None:
    """It is refused as often as it is sent, and so is a damaged step table; a whole series is taken after them."""
    for _ in range(2):
        require_damaged(upload(http, things, deadly()), "time series")
    require_damaged(upload(http, things, parquet(series(1000)), deadly()), "step table")
    assert upload(http, things, parquet(series())).status_code == 201
    assert http.get(f"/cell_instances/{things.instance_id}/cell_measurements").json()["total"] == 4


def test_damaged_rows_to_append_are_unprocessable(http: httpx2.Client, things: Things) -> None:
    """The series stays as it was, and whole rows are appended after that."""
    at = f"/cell_measurements/{things.measurement_id}"
    before = http.get(at).json()
    rows = ROWS.with_columns(pl.lit(2, pl.Int64).alias("Step count"))
    for content, status in ((deadly(rows), 422), (parquet(rows), 200)):
        link = http.post(f"{at}/initiate-extend", json={}).json()["uploads"][0]["signed_url"]
        httpx2.put(link, content=content)
        answer = http.post(f"{at}/confirm-extend", json={})
        assert answer.status_code == status, answer.text
        if status == 422:
            require_damaged(answer, "table of rows to append")
            assert http.get(at).json() == before
    assert http.get(at).json()["row_count"] == 203


@pytest.mark.parametrize("kind", ["dataset", "file", "analysis"])
def test_a_damaged_table_is_unprocessable(http: httpx2.Client, things: Things, kind: str) -> None:
    """Datasets, the files that replace theirs, and analyses are tried before they are read."""

    def send(content: bytes) -> httpx2.Response:
        files: Any = {"file": ("t.parquet", content, "application/octet-stream")}
        if kind == "file":
            return http.patch(f"/material_property_datasets/{things.dataset_id}/file", files=files)
        if kind == "dataset":
            fields = {"material_id": things.material_id, "project_id": things.project_id, "name": "new"}
            return http.post("/material_property_datasets", data=fields, files=files)
        fields = {"measurement_id": things.measurement_id, "name": "new", "analysis_type": "t"}
        return http.post("/analyses", data=fields, files=files)

    require_damaged(send(deadly()), "analysis table" if kind == "analysis" else "property dataset")
    answer = send(parquet(series()))
    assert answer.status_code in {200, 201}, answer.text

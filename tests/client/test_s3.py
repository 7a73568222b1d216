"""The client with a server that keeps its objects in a bucket."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import httpx2
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep import Client, UnusableDataError
from cellkeep.app import open_store, served_app
from cellkeep.services import accounts
from cellkeep.services.blob_rows import rows_keys
from cellkeep.settings import ServerSettings
from cellkeep.storage.store import Store
from cellkeep.testing import servers
from client.samples import motley, series

Place = tuple[Client, Store, str]


@pytest.fixture
def place(
    settings: ServerSettings, s3_server: servers.S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Place]:
    """A client, its server's store, and the address of the bucket's server."""
    if settings.database_url.startswith("sqlite"):
        pytest.skip("a bucket is used with PostgreSQL")
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    inside = ServerSettings(settings.data_dir, settings.database_url, f"{s3_server.url}/{tmp_path.name}")
    with ExitStack() as stack:
        store = open_store(inside)
        key = accounts.create_key(store, accounts.ensure_first_admin(store).user_id, "test")
        url = stack.enter_context(servers.served(served_app(inside, store)))
        client = stack.enter_context(Client(api_url=url, api_key=key))
        yield client, store, s3_server.environment["AWS_ENDPOINT_URL"]


def test_everything_works_with_a_bucket(place: Place, tmp_path: Path) -> None:
    """Everything comes back, links lead to the bucket, and what is deleted is gone there."""
    client, store, endpoint = place
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    frame = motley()
    made = client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": frame})
    assert made.steps_created == 2
    assert_frame_equal(client.cell_measurement.time_series(made.id), frame)
    assert_frame_equal(client.cell_measurement.time_series(made.id, row_range=(1, 4)), frame[1:4])
    assert client.cell_measurement.time_series(made.id, row_range=(0, 0)).height == 0
    assert client.cell_measurement.steps_and_cycles(made.id).steps.height == 2

    name = "Übersicht 100% a+b.txt"
    (tmp_path / name).write_bytes(b"content")
    (tmp_path / "empty").write_bytes(b"")
    for path in (tmp_path / name, tmp_path / "empty"):
        files = client.cell_measurement.create_file(cell.id, path.name, path)
        assert client.cell_measurement.download_files(files.id) == {path.name: path.read_bytes()}
    properties = client.cell_measurement.create_properties(cell.id, "P", {"a": {"value": 1, "unit": "V"}})
    assert client.cell_measurement.get(properties.id).canonical == {"a": {"value": 1.0, "unit": "V"}}

    link = client._transport.location(f"/cell_measurements/{made.id}/time_series/download")
    assert link.startswith(endpoint)
    assert httpx2.get(link).status_code == 200

    with pytest.raises(UnusableDataError):
        client.cell_measurement.create(cell.id, {"measurement": {"name": "bad"}, "time_series": series()[:0]})
    assert len(list(store.blobs.list("measurements"))) == 5
    client.cell_instance.delete(cell.id)
    assert list(store.blobs.list("measurements")) == []


def test_a_test_grows_in_a_bucket(place: Place) -> None:
    """Rows are appended, windows of rows cross the seam, and what took the place of nothing is gone."""
    client, store, _ = place
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    whole = series(steps=4, rows=10)
    made = client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": whole[:15]})
    assert client.cell_measurement.extend(made.id, whole[15:25]).steps_created == 3
    assert client.cell_measurement.extend(made.id, whole[25:]).steps_created == 4
    with pytest.raises(UnusableDataError, match="the stored series ends at 39 s"):
        client.cell_measurement.extend(made.id, whole[:1])
    assert_frame_equal(client.cell_measurement.time_series(made.id), whole)
    assert_frame_equal(client.cell_measurement.time_series(made.id, row_range=(13, 27)), whole[13:27])
    with store.reading() as work:
        assert {blob.key for blob in store.blobs.list("measurements")} == work.objects.used()


def test_a_long_test_grows_in_a_bucket(place: Place) -> None:
    """Rows that lie beside a long series are read with it in parts, and in one file by who reads all."""
    client, store, _ = place
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    whole = series(steps=160, rows=1000)
    cuts = [140_000, 140_500, 150_000, 160_000]
    made = client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": whole[: cuts[0]]})
    for start, end in pairwise(cuts):
        assert client.cell_measurement.extend(made.id, whole[start:end]).row_count == end
    read = client.cell_measurement.time_series
    assert_frame_equal(
        read(made.id, steps=[3, 139, 140, 159]), whole.filter(pl.col("Step count").is_in([3, 139, 140, 159]))
    )
    assert_frame_equal(read(made.id, window=("Time [s]", 139_999, 140_600)), whole[139_999:140_601])
    assert read(made.id, columns="Voltage [V]", max_points=100).height <= 100
    with store.reading() as work:
        assert len(rows_keys(work.measurements.row(made.id))) == 4
    assert_frame_equal(read(made.id), whole)
    with store.reading() as work:
        assert len(rows_keys(work.measurements.row(made.id))) == 1
        assert {blob.key for blob in store.blobs.list("measurements")} == work.objects.used()


def test_a_part_of_a_series_in_a_bucket(place: Place) -> None:
    """Steps, windows and pictures are read where the series lies, by ranges of bytes."""
    client, _, _ = place
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    frame = series(120, 1000)
    made = client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": frame})
    read = client.cell_measurement.time_series
    assert_frame_equal(read(made.id, steps=[3, 100]), frame[3000:4000].vstack(frame[100_000:101_000]))
    assert_frame_equal(read(made.id, window=("Time [s]", 50_000, 50_001)), frame[50_000:50_002])
    picture = read(made.id, columns="Voltage [V]", max_points=100)
    assert picture.height <= 100
    assert_frame_equal(picture[[0, -1]], frame.select(picture.columns)[[0, -1]])

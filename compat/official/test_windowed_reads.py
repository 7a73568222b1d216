"""Windows of rows are read from storage by polars itself, and only the row groups that hold them are transferred."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import ionworks
import polars as pl
import pyarrow.parquet as pq
import pytest
import requests
from clients import connect
from proxy import Exchange, Proxy
from stands import Stand

ROWS = 20_000_000
STEP_ROWS = 1_000_000
OLDER_POLARS = Path(sys.prefix) / "polars-1.44"
GUESS_BYTES = 262_144
"""What polars 2.1 asks for first, in the hope that it holds the footer."""
LARGE_WINDOWS = [(0, 5), (10_049_990, 10_050_010), (9_999_000, 10_001_000), (ROWS - 3, ROWS)]
SMALL_WINDOWS = [(0, 3), (50, 60), (118, 500), (0, 0), (500, 600)]


def rows(first: int, end: int) -> pl.DataFrame:
    """These rows of a series at rest with a little noise; without a current there is no sign of it to check."""
    row = pl.int_range(first, end, dtype=pl.UInt32)
    noise = (row * 2_654_435_761 % 4096).cast(pl.Float32) / 409_600
    return pl.select(
        row.cast(pl.Float64).alias("Time [s]"),
        (3.7 + noise).cast(pl.Float32).alias("Voltage [V]"),
        (row // STEP_ROWS).cast(pl.UInt8).alias("Step count"),
    )


@dataclass
class Stored:
    """A series, and the ways to it on which bytes are counted."""

    api_url: str
    api_key: str
    measurement_id: str
    api: Proxy
    storage: Proxy

    def link(self) -> str:
        client = ionworks.Ionworks(api_key=self.api_key, api_url=self.api_url)
        return str(client.redirect_url(f"/cell_measurements/{self.measurement_id}/time_series/download"))

    def reads(self) -> list[Exchange]:
        """What storage was asked since the last time this was asked."""
        found = [each for each in self.storage.exchanges if self.storage is not self.api or "/blobs/" in each.path]
        self.storage.exchanges.clear()
        return found


@pytest.fixture(scope="module")
def ways(installation: Stand) -> Iterator[tuple[Proxy, Proxy]]:
    """Proxies before the API and before storage, which with local disk are one server."""
    with ExitStack() as stack:
        endpoint = installation.environment.get("AWS_ENDPOINT_URL")
        if endpoint is None:
            api = stack.enter_context(Proxy(installation.api_url).running())
            yield api, api
            return
        storage = stack.enter_context(Proxy(endpoint, own_host=False).running())
        yield stack.enter_context(Proxy(installation.api_url, moved=(endpoint, storage.url)).running()), storage


def _store(installation: Stand, ways: tuple[Proxy, Proxy], frame: pl.DataFrame) -> Stored:
    client = connect(installation.api_url, installation.api_key)
    project = client.project.create({"name": f"windows {uuid4()}"})
    spec = client.cell_spec.create({"name": "S", "project_id": project.id})
    cell = client.cell_instance.create(spec.id, {"name": "C"})
    made = client.cell_measurement.create(cell.id, {"measurement": {"name": "Rest"}, "time_series": frame})
    return Stored(ways[0].url, installation.api_key, made.id, *ways)


@pytest.fixture(scope="module")
def large(installation: Stand, ways: tuple[Proxy, Proxy]) -> Stored:
    return _store(installation, ways, rows(0, ROWS))


@pytest.fixture(scope="module")
def small(installation: Stand, ways: tuple[Proxy, Proxy]) -> Stored:
    return _store(installation, ways, rows(0, 120))


def _read_by_this_polars(stored: Stored, windows: list[tuple[int, int]]) -> list[dict[str, Any]]:
    client = ionworks.Ionworks(api_key=stored.api_key, api_url=stored.api_url)
    return [
        client.cell_measurement.time_series(stored.measurement_id, use_cache=False, row_range=window).to_dict(
            as_series=False
        )
        for window in windows
    ]


def _read_by_older_polars(stored: Stored, windows: list[tuple[int, int]]) -> list[dict[str, Any]]:
    ends = [str(end) for window in windows for end in window]
    program = [sys.executable, str(Path(__file__).with_name("windows.py"))]
    done = subprocess.run(
        [*program, stored.api_url, stored.api_key, stored.measurement_id, *ends],
        env={**os.environ, "PYTHONPATH": str(OLDER_POLARS)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["polars"].startswith("1.44.")
    found: list[dict[str, Any]] = told["windows"]
    return found


READERS = {"polars-2.1": _read_by_this_polars, "polars-1.44": _read_by_older_polars}
reader = pytest.mark.parametrize("reader", READERS)


def _metadata(stored: Stored) -> tuple[int, pq.FileMetaData]:
    """The size of the stored file, and what its footer says."""
    link = stored.link()
    end = requests.get(link, headers={"Range": "bytes=-8"}, timeout=20)
    size = int(end.headers["Content-Range"].rpartition("/")[2])
    footer_bytes = int.from_bytes(end.content[:4], "little") + 8
    footer = requests.get(link, headers={"Range": f"bytes=-{footer_bytes}"}, timeout=20)
    return size, pq.read_metadata(io.BytesIO(footer.content))


def _group_bytes(footer: pq.FileMetaData) -> int:
    """Of the largest row group, as it is stored."""
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    return max(sum(group.column(n).total_compressed_size for n in range(footer.num_columns)) for group in groups)


@reader
def test_a_window_of_twenty_million_rows_takes_its_row_groups_alone(large: Stored, reader: str) -> None:
    """Rows come back as they were sent, and a few times a row group and the footer pass, not the file."""
    size, footer = _metadata(large)
    assert footer.num_rows == ROWS
    assert footer.num_row_groups >= 80
    large.reads()
    found = READERS[reader](large, LARGE_WINDOWS)
    asked = large.reads()
    assert found == [rows(*window).to_dict(as_series=False) for window in LARGE_WINDOWS]
    # No window here lies in more than two row groups, and both readers look for the footer once per window.
    most = len(LARGE_WINDOWS) * (2 * _group_bytes(footer) + footer.serialized_size + GUESS_BYTES)
    assert 0 < sum(each.answer_bytes for each in asked) <= most
    assert most < size / 5
    assert all(each.status == 206 for each in asked if each.method == "GET")


@reader
def test_windows_of_a_small_series(small: Stored, reader: str) -> None:
    """A file smaller than what polars guesses for a footer is read as well, also beyond its last row."""
    small.reads()
    found = READERS[reader](small, SMALL_WINDOWS)
    asked = small.reads()
    assert found == [rows(first, max(first, min(end, 120))).to_dict(as_series=False) for first, end in SMALL_WINDOWS]
    assert all(each.status == 206 for each in asked if each.method == "GET")


def test_the_older_polars_asks_for_the_head_first(small: Stored) -> None:
    """What it is answered, 200 with the length or a refusal, it goes on with ranges."""
    small.reads()
    _read_by_older_polars(small, [(0, 1)])
    first, *further = small.reads()
    assert first.method == "HEAD"
    assert {each.method for each in further} == {"GET"}
    assert all("range" in each.headers and "x-api-key" not in each.headers for each in further)


@pytest.mark.parametrize("asked", ["bytes=-262144", "bytes=0-99999999", "bytes=0-0", "bytes=-8"])
def test_every_range_is_answered_with_206(small: Stored, asked: str) -> None:
    """Also one that covers the object and more; the answer says where in the object its bytes lie."""
    link = small.link()
    whole = requests.get(link, timeout=20)
    part = requests.get(link, headers={"Range": asked}, timeout=20)
    assert (whole.status_code, part.status_code) == (200, 206)
    first, _, last = asked.removeprefix("bytes=").partition("-")
    begin = int(first) if first else max(len(whole.content) - int(last), 0)
    end = min(int(last), len(whole.content) - 1) if first else len(whole.content) - 1
    assert part.headers["Content-Range"] == f"bytes {begin}-{end}/{len(whole.content)}"
    assert part.content == whole.content[begin : end + 1]
    assert part.headers.get("Content-Encoding") is None

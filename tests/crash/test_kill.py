"""A server that is killed at any moment loses nothing it has confirmed and shows nothing it has not."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import polars as pl
import pytest

import cellkeep
from cellkeep.client import Client
from cellkeep.domain.errors import CellkeepError, TransportError
from cellkeep.testing.servers import free_port

KEY = "ck_a_key_that_outlives_every_kill"
KILLS = 4
ROWS_PER_STEP = 2_000


def series(number: int) -> pl.DataFrame:
    """Rows that no other number has, in one to nine steps."""
    steps = number % 9 + 1
    rows = steps * ROWS_PER_STEP
    return pl.DataFrame({"row": pl.int_range(rows, eager=True)}).select(
        pl.col("row").cast(pl.Float64).alias("Time [s]"),
        (3.0 + ((pl.col("row") * (number + 7)) % 1009) / 1009 + pl.col("row") * 1e-7).alias("Voltage [V]"),
        pl.lit(0.0).alias("Current [A]"),  # such a voltage follows no other
        (pl.col("row") // ROWS_PER_STEP).alias("Step count"),
    )


@dataclass
class Lab:
    """A server process that can be killed and started again on the same data."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> Client:
        return Client(api_url=self.url, api_key=KEY)

    def program(self) -> list[str]:
        """What is run as the server, before its arguments."""
        return [sys.executable, "-m", "cellkeep"]

    def start(self) -> None:
        environment = {**os.environ, "CELLKEEP_ADMIN_KEY": KEY, "CELLKEEP_CONFIG": str(self.folder / "config.json")}
        command = [*self.program(), "serve", "--port", str(self.port), "--data", str(self.folder)]
        with (self.folder.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx2.get(f"{self.url}/healthz", timeout=1)
            except httpx2.TransportError:
                assert self.process.poll() is None, (self.folder.parent / "server.log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@dataclass
class Uploads:
    """What a client was told of each of its uploads."""

    cell_id: str
    confirmed: set[int] = field(default_factory=set)
    unanswered: set[int] = field(default_factory=set)
    never_confirmed: set[int] = field(default_factory=set)
    next_number: int = 0

    def run(self, lab: Lab) -> None:
        """Upload one after the other until the server is gone; leave every fourth without its confirm."""
        with lab.client() as client:
            while True:
                number, self.next_number = self.next_number, self.next_number + 1
                detail = {"measurement": {"name": f"M{number}"}, "time_series": series(number)}
                try:
                    if number % 4 == 3:
                        self.never_confirmed.add(number)
                        self._send_only(client, number)
                    else:
                        self.unanswered.add(number)
                        client.cell_measurement.create(self.cell_id, detail)
                        self.unanswered.discard(number)
                        self.confirmed.add(number)
                except TransportError:
                    return

    def _send_only(self, client: Client, number: int) -> None:
        transport = client._transport
        path = f"/cell_instances/{self.cell_id}/cell_measurements/initiate-upload"
        upload = transport.post(path, {"measurement": {"name": f"M{number}"}})
        transport.send(upload["uploads"][0]["signed_url"], series(number).write_parquet, "part")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path / "data")
    lab.folder.mkdir()
    lab.start()
    yield lab
    lab.kill()


def check(lab: Lab, uploads: Uploads, numbers: set[int]) -> None:
    """What is listed is what was confirmed, perhaps with what was never answered; all of it whole and processed."""
    with lab.client() as client:
        listed = {int(found.name[1:]): found.id for found in client.cell_measurement.list(uploads.cell_id)}
        assert uploads.confirmed <= listed.keys()
        assert listed.keys() <= uploads.confirmed | uploads.unanswered
        assert not listed.keys() & uploads.never_confirmed
        client.cell_measurement.wait_for_processing(listed.values())
        for number in numbers & listed.keys():
            assert client.cell_measurement.time_series(listed[number]).equals(series(number))
            assert client.cell_measurement.steps(listed[number]).height == number % 9 + 1
            found = [each.code for each in client.cell_measurement.findings(listed[number])]
            assert found == [each.code for each in cellkeep.findings(series(number), strict=True)]


def test_nothing_confirmed_is_lost_when_the_server_is_killed(lab: Lab) -> None:
    """Killed again and again amid uploads, the server still has every confirmed series, equal to the last bit."""
    moments = random.Random(1)
    with lab.client() as client:
        spec = client.cell_spec.create({"name": "Killed"})
        uploads = Uploads(client.cell_instance.create(spec.id, {"name": "K1"}).id)
    for _ in range(KILLS):
        before = uploads.next_number
        thread = threading.Thread(target=uploads.run, args=(lab,))
        thread.start()
        time.sleep(moments.uniform(0.02, 1.4))
        lab.kill()
        thread.join(60)
        assert not thread.is_alive()
        lab.start()
        check(lab, uploads, set(range(before, uploads.next_number)))
    check(lab, uploads, set(range(uploads.next_number)))
    assert uploads.confirmed


def test_a_damaged_upload_is_named_and_leaves_nothing(lab: Lab) -> None:
    """After a kill, an upload that never arrived whole is refused by name when it is confirmed."""
    with lab.client() as client:
        spec = client.cell_spec.create({"name": "Killed"})
        cell = client.cell_instance.create(spec.id, {"name": "K1"})
        path = f"/cell_instances/{cell.id}/cell_measurements/initiate-upload"
        upload = client._transport.post(path, {"measurement": {"name": "M"}})
        lab.kill()
        lab.start()
        body = {"cell_instance_id": cell.id, "measurement": {"name": "M"}}
        with pytest.raises(CellkeepError, match=r"'time_series\.parquet' was not received"):
            client._transport.post(f"/cell_measurements/{upload['measurement_id']}/confirm-upload", body)
        assert client.cell_measurement.list(cell.id).total == 0

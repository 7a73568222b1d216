"""A server that is killed while a measurement is read again shows one version or the other, whole, and all before."""

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cellkeep.client import Client
from cellkeep.domain.errors import CellkeepError
from client.acme import BETTER, FIRST, install, written
from crash.test_kill import Lab

KILLS = 2
ROWS = 5_000
FIRST_VOLTAGE = {1: 3.6, 0: 3.5}
"""By the parity of the version that reads it so."""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path / "data")
    lab.folder.mkdir()
    lab.start()
    yield lab
    lab.kill()


def read_on(lab: Lab, patch: pytest.MonkeyPatch, measurement_id: str, once: threading.Event) -> None:
    """Read again, each time by the other declaration, until the server is gone; tell when it was done once."""
    with lab.client() as client:
        while True:
            try:
                number = client.cell_measurement.versions(measurement_id)[0].number
                fmt = BETTER if number % 2 else FIRST
                install(patch, replace(fmt, version=number + 1))
                client.cell_measurement.reread(measurement_id)
                once.set()
            except CellkeepError:
                return


def check(client: Client, measurement_id: str) -> int:
    """Every version has all rows as its declaration yields them, with tables of exactly these; how many there are."""
    client.cell_measurement.wait_for_processing(measurement_id)
    versions = client.cell_measurement.versions(measurement_id)
    assert [each.number for each in versions] == list(range(len(versions), 0, -1))
    for each in versions:
        series, steps, cycles = (
            client.cell_measurement.earlier(measurement_id, each.number, part)
            for part in ("time_series", "steps", "cycles")
        )
        assert (series.height, series["Voltage [V]"][0]) == (ROWS, FIRST_VOLTAGE[each.number % 2])
        assert (steps.height, steps["End index"][-1], cycles.height) == (2, ROWS - 1, 1)
        assert steps["Start voltage [V]"][0] == series["Voltage [V]"][0]
        assert each.provenance is not None
        assert each.provenance.reader_version == each.number
    record = client.cell_measurement.get(measurement_id)
    assert (record.processing_status, record.processing_error) == ("ready", None)
    return len(versions)


def test_versions_are_whole_whenever_the_server_is_killed(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed twice amid rereads, a measurement has all of its versions, and none twice or by half."""
    moments = random.Random(1)
    install(monkeypatch, FIRST)
    with lab.client() as client:
        cell = client.cell_instance.create(client.cell_spec.create({"name": "Killed"}).id, {"name": "K1"})
        path = written(tmp_path / "a.csv", ROWS)
        made = client.cell_measurement.create_from_file(cell.id, path, timezone="UTC", despite="current_sign_reversed")
    found = 1
    for _ in range(KILLS):
        once = threading.Event()
        thread = threading.Thread(target=read_on, args=(lab, monkeypatch, made.id, once))
        thread.start()
        assert once.wait(60)
        time.sleep(moments.uniform(0.0, 0.3))
        lab.kill()
        thread.join(60)
        assert not thread.is_alive()
        lab.start()
        with lab.client() as client:
            before, found = found, check(client, made.id)
        assert found > before

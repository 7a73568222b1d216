"""A server that is killed while rows are appended shows the old series or the new, whole, and goes on from there."""

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from cellkeep.client import Client
from cellkeep.domain.errors import TransportError
from crash.test_kill import Lab

KILLS = 2
START = 150_000
"""Rows from which others are kept beside the series."""
STEP = 3_000
"""Rows of a step; pieces end amid steps."""


def rows(start: int, end: int) -> pl.DataFrame:
    """These rows of a series without end."""
    row = pl.int_range(start, end, eager=True).alias("row").to_frame()
    return row.select(
        pl.col("row").cast(pl.Float64).alias("Time [s]"),
        (3.0 + ((pl.col("row") * 7919) % 1009) / 1009 + pl.col("row") * 1e-7).alias("Voltage [V]"),
        pl.lit(0.0).alias("Current [A]"),  # such a voltage follows no other
        (pl.col("row") // STEP).alias("Step count"),
    )


@dataclass
class Growth:
    """What a client was told of the series that it makes grow."""

    measurement_id: str
    confirmed: int
    """Rows that are said to be stored."""
    sent: int
    """Rows that may be stored: with those whose answer never came."""

    def run(self, lab: Lab, moments: random.Random) -> None:
        """Append one piece after the other until the server is gone."""
        with lab.client() as client:
            while True:
                piece = rows(self.confirmed, self.confirmed + moments.randrange(1, 20_000))
                self.sent = self.confirmed + piece.height
                try:
                    client.cell_measurement.extend(self.measurement_id, piece)
                except TransportError:
                    return
                self.confirmed = self.sent


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path / "data")
    lab.folder.mkdir()
    lab.start()
    yield lab
    lab.kill()


def check(client: Client, growth: Growth) -> None:
    """At once after a start, and when all is done: whole rows with the tables of exactly these rows, none lost."""
    for settled in (False, True):
        if settled:
            client.cell_measurement.wait_for_processing(growth.measurement_id)
        series = client.cell_measurement.time_series(growth.measurement_id)
        assert series.equals(rows(0, series.height))
        assert series.height in {growth.confirmed, growth.sent}
        if settled:  # before, one may have been read of the old version and the other of the new
            record = client.cell_measurement.get(growth.measurement_id)
            assert (record.row_count, record.processing_error) == (series.height, None)
            steps = client.cell_measurement.steps(growth.measurement_id)
            assert steps["End index"][-1] == series.height - 1
            assert steps.height == record.step_count == -(-series.height // STEP)
            assert record.finding_counts == {}
    growth.confirmed = series.height


def test_a_series_is_whole_whenever_the_server_is_killed(lab: Lab) -> None:
    """Killed twice amid extensions, a series has every confirmed row once, and nothing of half an extension."""
    moments = random.Random(1)
    with lab.client() as client:
        spec = client.cell_spec.create({"name": "Killed"})
        cell = client.cell_instance.create(spec.id, {"name": "K1"})
        detail = {"measurement": {"name": "Running"}, "time_series": rows(0, START)}
        growth = Growth(client.cell_measurement.create(cell.id, detail).id, START, START)
    for _ in range(KILLS):
        thread = threading.Thread(target=growth.run, args=(lab, moments))
        thread.start()
        time.sleep(moments.uniform(0.05, 0.7))
        lab.kill()
        thread.join(60)
        assert not thread.is_alive()
        lab.start()
        with lab.client() as client:
            check(client, growth)
    assert growth.confirmed > START

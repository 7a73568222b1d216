"""The Battery Data Format, by labels and machine names, as csv, compressed and parquet."""

import gzip
import io
from pathlib import Path

import polars as pl
import pytest

import cellkeep
from readers.samples import BDF_LABELS, BDF_MACHINE
from readers.series import (
    AMBIENT,
    CHARGE,
    CHARGE_ENERGY,
    CURRENT,
    CYCLE,
    CYCLE_COUNT,
    DISCHARGE,
    DISCHARGE_ENERGY,
    STEP_COUNT,
    TIME,
    VOLTAGE,
    Columns,
    actions,
    assert_holds,
)

SERIES: Columns = {
    TIME: [0, 10, 20, 30, 40],
    VOLTAGE: [3.5, 3.6, 3.7, 3.4, 3.3],
    CURRENT: [0, -1.5, -1.5, 1.5, 1.5],
    CYCLE: [1, 1, 1, 2, 2],
    STEP_COUNT: [0, 1, 1, 2, 2],
    CYCLE_COUNT: [0, 0, 0, 1, 1],
    CHARGE: [0, 0, 0.1, 0, 0],
    DISCHARGE: [0, 0, 0, 0, 0.1],
    CHARGE_ENERGY: [0, 0, 0.4, 0, 0],
    DISCHARGE_ENERGY: [0, 0, 0, 0, 0.3],
    AMBIENT: [25, 25.1, 25.2, 25.3, 25.4],
}


@pytest.mark.parametrize("text", [BDF_MACHINE, BDF_LABELS], ids=["machine names", "labels"])
@pytest.mark.parametrize("name", ["x.csv", "x.bdf", "x.bdf.csv", "x.csv.gz", "x.bdf.gz", "x.parquet", "x.bdf.parquet"])
def test_a_file_of_the_battery_data_format(tmp_path: Path, text: str, name: str) -> None:
    """Each way of writing it gives the same; positive currents charge, as the format says and the counters agree."""
    path = tmp_path / name
    if name.endswith("parquet"):
        pl.read_csv(io.StringIO(text)).write_parquet(path)
    else:
        path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    reading = cellkeep.read(path)
    assert reading.reader == "bdf"
    assert_holds(reading, SERIES)
    assert reading.measurement["start_time"] == "2023-11-14T22:13:20+00:00"
    assert not actions(reading)


def test_an_older_file_may_have_the_other_sign(tmp_path: Path) -> None:
    """The counters tell that its positive currents discharge, and that is a repair."""
    path = tmp_path / "x.bdf.csv"
    path.write_text(BDF_MACHINE.replace(",-1.5,", ",+1.5,").replace(",1.5,", ",-1.5,"))
    reading = cellkeep.read(path)
    assert_holds(reading, SERIES)
    assert actions(reading) == ["current_signed_by_counters"]

"""Measurements as files, the same over HTTP and in a folder."""

import gzip
import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cellkeep import InvalidError, MeasurementProcessingError, NotFoundError, UnusableDataError
from cellkeep.client import Client, bdf_frames, export_files
from cellkeep.client.bdf_frames import RunningTotal
from cellkeep.client.export_files import safe_name
from cellkeep.client.exporting import FORMATS, Exported
from cellkeep.domain.instances import CellInstance
from client.samples import motley, series

CYCLED = pl.DataFrame(
    {
        "Step count": [0, 0, 1, 1, 2, 2, 3, 3],
        "Time [s]": [0.0, 1800, 1800, 3600, 3600, 5400, 5400, 7200],
        "Voltage [V]": [4.0, 3.5, 3.5, 3.6, 3.7, 4.1, 4.0, 3.8],
        "Current [A]": [1.0, 1, 0, 0, -2, -2, 1.5, 1.5],
        "Power [W]": [4.0, 3.5, 0, 0, -7.4, -8.2, 6, 5.7],
        "Discharge capacity [A.h]": [0.0, 0.5, 0, 0, 0, 0, 0, 0.75],
        "Charge capacity [A.h]": [0.0, 0, 0, 0, 0, 1, 0, 0],
        "Cycle count": [0, 0, 0, 0, 0, 0, 1, 1],
        "Cycle from cycler": [7, 7, 7, 7, 7, 7, 8, 8],
        "Temperature [degC]": [25.0, None, float("nan"), 25, 25, 25, 25, 25],
        "Status": ["D", "D", "R", "R", "C", "C", "D", "D"],
        "My own": [1, 2, 3, 4, 5, 6, 7, 8],
    }
)
"""0.5 A.h out, a rest, 1 A.h in, 0.75 A.h out."""

AS_BDF = """\
Test Time / s,Voltage / V,Current / A,Unix Time / s,Cycle Count / 1,Step Count / 1,Charging Capacity / Ah,\
Discharging Capacity / Ah,Power / W,Temperature T1 / degC,Step Type,Cycle count,My own
0.0,4.0,-1.0,1773567000.0,7,0,0.0,0.0,-4.0,25.0,D,0,1
1800.0,3.5,-1.0,1773568800.0,7,0,0.0,0.5,-3.5,,D,0,2
1800.0,3.5,0.0,1773568800.0,7,1,0.0,0.5,0.0,,R,0,3
3600.0,3.6,0.0,1773570600.0,7,1,0.0,0.5,0.0,25.0,R,0,4
3600.0,3.7,2.0,1773570600.0,7,2,0.0,0.5,7.4,25.0,C,0,5
5400.0,4.1,2.0,1773572400.0,7,2,1.0,0.5,8.2,25.0,C,0,6
5400.0,4.0,-1.5,1773572400.0,8,3,1.0,0.5,-6.0,25.0,D,1,7
7200.0,3.8,-1.5,1773574200.0,8,3,1.0,1.25,-5.7,25.0,D,1,8
"""


def stored(client: Client, cell: CellInstance, frame: pl.DataFrame, name: str = "T", **facts: Any) -> str:
    data = {"measurement": {"name": name, **facts}, "time_series": frame}
    return client.cell_measurement.create(cell.id, data, despite="cumulative_value_not_reset").id


@pytest.fixture
def cycled(any_client: Client, cell: CellInstance) -> str:
    return stored(any_client, cell, CYCLED, start_time="2026-03-15T10:30:00+01:00")


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_parquet_is_what_is_stored(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """All columns of every kind come out as they went in."""
    path = any_client.export(stored(any_client, cell, motley()), tmp_path / "all.parquet")
    assert path == [tmp_path / "all.parquet"]
    assert_frame_equal(pl.read_parquet(path[0]), motley())


@pytest.mark.parametrize("extension", ["csv", "csv.gz"])
def test_csv_has_every_value(any_client: Client, cell: CellInstance, tmp_path: Path, extension: str) -> None:
    """Numbers come back to the last digit, null apart from NaN and from empty text, and times with their zone."""
    sent = motley()
    (path,) = any_client.export(stored(any_client, cell, sent), tmp_path / f"all.{extension}")
    text = path.read_bytes()
    text = gzip.decompress(text) if extension == "csv.gz" else text
    assert b",2026-03-15T09:30:00.123456+0000,2026-03-15T09:30:00.123456," in text
    types = {name: pl.String() if dtype.is_temporal() else dtype for name, dtype in sent.schema.items()}
    found = pl.read_csv(text, schema=types)
    read = {"when": "%FT%T%.6f%z", "local": "%FT%T%.6f"}
    found = found.with_columns(pl.col(name).str.to_datetime(form, time_unit="us") for name, form in read.items())
    assert_frame_equal(found, sent, check_exact=True)


def test_the_battery_data_format_is_written_by_its_rules(any_client: Client, cycled: str, tmp_path: Path) -> None:
    """Charge is positive, counters go on over the whole test, and the first row is at 9:30 UTC, computed by hand."""
    (path,) = any_client.export(cycled, tmp_path)
    assert path.name == "M50-001__T.bdf.csv"
    assert path.read_text() == AS_BDF


def test_text_packed_text_and_parquet_hold_the_same(any_client: Client, cycled: str, tmp_path: Path) -> None:
    """The three files of the Battery Data Format have equal rows."""
    for extension in ("bdf.csv", "bdf.gz", "bdf.parquet"):
        any_client.export(cycled, tmp_path, extension)
    assert gzip.decompress((tmp_path / "M50-001__T.bdf.gz").read_bytes()).decode() == AS_BDF
    assert_frame_equal(
        pl.read_parquet(tmp_path / "M50-001__T.bdf.parquet"), pl.read_csv(tmp_path / "M50-001__T.bdf.csv")
    )


def test_names_can_be_those_of_machines_and_extra_columns_left_out(
    any_client: Client, cycled: str, tmp_path: Path
) -> None:
    """Headers like `voltage_volt`, and none that the format does not know."""
    (path,) = any_client.export(cycled, tmp_path, names="machine", extra_columns=False)
    assert pl.read_csv(path).columns == [
        "test_time_second", "voltage_volt", "current_ampere", "unix_time_second", "cycle_count", "step_count",
        "charging_capacity_ah", "discharging_capacity_ah", "power_watt", "temperature_t1_celsius", "step_type",
    ]  # fmt: skip


def test_what_is_said_of_a_measurement_lies_beside_its_file(any_client: Client, cycled: str, tmp_path: Path) -> None:
    """Where each column comes from and what was done to it, names and start, but nobody's address."""
    (path,) = any_client.export(cycled, tmp_path)
    text = path.with_name(path.name + ".metadata.json").read_text()
    told = json.loads(text)
    assert (told["cell"]["name"], told["specification"]["name"]) == ("M50-001", "LG M50")
    assert told["measurement"]["start_time"] == "2026-03-15T09:30:00Z"
    assert told["columns"]["Current / A"] == {
        "from": "Current [A]", "unit": "A", "done": "sign turned: positive on charge"
    }  # fmt: skip
    assert "@" not in text


def test_an_own_column_never_takes_the_place_of_another(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """A column that is called as one of the format is kept under a name of its own."""
    own = series().with_columns(pl.lit(9.0).alias("Current / A"))
    found = pl.read_csv(any_client.export(stored(any_client, cell, own), tmp_path)[0])
    assert found["Current / A"].to_list() == (-own["Current [A]"]).to_list()
    assert found["Current / A (2)"].to_list() == [9.0] * 6


@pytest.mark.filterwarnings("ignore:.*is 0.25 where step 2 begins")
def test_counters_go_on_over_rows_without_a_value(
    any_client: Client, cell: CellInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Untimed impedance rows have no total, and behind them the total goes on, also when rows are read in pieces."""
    monkeypatch.setattr(bdf_frames, "ROW_GROUP_ROWS", 2)
    frame = pl.DataFrame(
        {
            "Time [s]": [0.0, 1, None, None, 1, 2, 3],
            "Voltage [V]": [4.0, 3.9, None, None, 3.9, 3.8, 3.7],
            "Current [A]": [1.0, 1, None, None, 1, 1, 1],
            "Step count": [0, 0, 1, 1, 2, 2, 2],
            "Frequency [Hz]": [None, None, 1e3, 1e2, None, None, None],
            "Z_Re [Ohm]": [None, None, 0.01, 0.02, None, None, None],
            "Z_Im [Ohm]": [None, None, -0.001, -0.002, None, None, None],
            "Discharge capacity [A.h]": [0.0, 0.5, None, None, 0.25, 0.5, 1.0],
            "Charge capacity [A.h]": [0.0, 0, None, None, 0, 0, 0],
        }
    )
    (path,) = any_client.export(stored(any_client, cell, frame), tmp_path, "bdf.parquet")
    found = pl.read_parquet(path)
    # The 0.25 with which the last step begins are taken off, as the step table takes them off.
    assert found["Discharging Capacity / Ah"].to_list() == [0.0, 0.5, None, None, 0.5, 0.75, 1.25]
    assert found["Imaginary Impedance / ohm"].to_list() == frame["Z_Im [Ohm]"].to_list()
    assert found["Current / A"].to_list() == [-1.0, -1, None, None, -1, -1, -1]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.one_of(st.just(float("nan")), st.floats(0, 10))), min_size=1),
    st.integers(1, 5),
)
def test_totals_do_not_depend_on_the_pieces(rows: list[tuple[int, float]], size: int) -> None:
    """Piece by piece the totals are those of all rows at once."""
    steps, values = np.array([step for step, _ in rows]), np.array([value for _, value in rows])
    total = RunningTotal()
    pieces = [total.add(values[at : at + size], steps[at : at + size]) for at in range(0, len(rows), size)]
    np.testing.assert_allclose(np.concatenate(pieces), RunningTotal().add(values, steps), atol=1e-9)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"Frequency [Hz]": [1e3, 1e2], "Z_Re [Ohm]": [0.01, 0.02], "Z_Im [Ohm]": [-0.001, -0.002]}),
        series().rename({"Current [A]": "Current [mA.cm-2]"}),
    ],
    ids=["spectrum", "areal"],
)
def test_what_the_battery_data_format_has_no_form_for_is_written_plainly(
    any_client: Client, cell: CellInstance, tmp_path: Path, frame: pl.DataFrame
) -> None:
    """A spectrum and a current by area keep their columns and signs, and their extension says so; a file is refused."""
    made = stored(any_client, cell, frame)
    with pytest.raises(UnusableDataError, match=r"'Current \[A\]'.*Export it as csv"):
        any_client.export(made, tmp_path / "T.bdf.csv")
    assert everything(tmp_path) == set()
    (path,) = any_client.export(made, tmp_path, "bdf.csv")
    assert path.name == "M50-001__T.csv"
    assert_frame_equal(pl.read_csv(path), frame)


def test_properties_are_json_and_files_are_as_they_are(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """Values with units as they were written, bytes under their names, in a folder of their own."""
    mass = {"mass": {"value": 68.2, "unit": "g"}}
    weighed = any_client.cell_measurement.create_properties(cell.id, "weighed", mass)
    scan = tmp_path / "scan.TXT"
    scan.write_bytes(b"\x00scan")
    scanned = any_client.cell_measurement.create_file(cell.id, "scan", scan)
    out = tmp_path / "out"
    paths = any_client.export([weighed.id, scanned.id, weighed.id], out)
    assert paths == [out / "M50-001__weighed.json", out / "M50-001__scan" / "scan.TXT"]
    assert json.loads(paths[0].read_text())["measurement"]["properties"] == mass
    assert paths[1].read_bytes() == b"\x00scan"
    (out / "M50-001__scan" / "mine").touch()
    any_client.export(scanned.id, out, overwrite=True)
    assert everything(out / "M50-001__scan") == {"scan.TXT", "mine"}
    with pytest.raises(InvalidError, match="name a folder"):
        any_client.export(weighed.id, tmp_path / "w.csv")


HOSTILE = ["../../out", "/etc/passwd", "..", "C:\\x", "a" * 255, "ä" * 255, "CON", "x\u202etxt", "RPT", "rpt", "Rpt. "]


def test_no_name_leads_elsewhere(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """Whatever measurements are called, each has one file in the folder, and no two differ by case alone."""
    ids = [stored(any_client, cell, series(), name) for name in HOSTILE]
    out = tmp_path / "deep" / "out"
    paths = any_client.export(ids, out, "csv")
    assert [path.parent for path in paths] == [out] * len(HOSTILE)
    assert everything(tmp_path) == {"deep", "deep/out", *(f"deep/out/{path.name}" for path in paths)}
    assert len({unicodedata.normalize("NFC", path.name).casefold() for path in paths}) == len(HOSTILE)
    assert all(len(path.name.encode()) <= 255 for path in paths)


@given(st.text())
def test_a_safe_name_is_a_name(text: str) -> None:
    """Of any text becomes a name that is no path, not hidden, and stays as it is when made safe again."""
    name = safe_name(text)
    assert name
    assert Path(name).name == name
    assert not name.startswith(".")
    assert not name.endswith((".", " "))
    assert safe_name(name) == name


def test_files_that_are_there_stay(any_client: Client, cell: CellInstance, cycled: str, tmp_path: Path) -> None:
    """Nothing is written where one file exists, unless overwriting is allowed."""
    other = stored(any_client, cell, series(), "other")
    there = tmp_path / "M50-001__T.csv"
    there.write_text("mine")
    with pytest.raises(FileExistsError, match=r"M50-001__T\.csv"):
        any_client.export([other, cycled], tmp_path, "csv")
    assert everything(tmp_path) == {there.name}
    assert there.read_text() == "mine"
    any_client.export(cycled, tmp_path, "csv", overwrite=True)
    assert pl.read_csv(there).height == 8
    assert everything(tmp_path) == {there.name}


def test_a_file_that_appears_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another program wrote under the name is kept, also on a disk without links between files."""
    target = tmp_path / "x"

    def no_links(*_: object) -> None:
        raise OSError("There are none.")

    def write() -> None:
        with export_files.fresh(target, overwrite=False) as temporary:
            temporary.write_text("ours")
            target.write_text("theirs")

    with pytest.raises(FileExistsError, match="unless overwriting"):
        write()
    target.unlink()
    monkeypatch.setattr("os.link", no_links)
    with pytest.raises(FileExistsError, match="unless overwriting"):
        write()
    assert everything(tmp_path) == {"x"}
    assert target.read_text() == "theirs"


def test_what_fails_leaves_nothing_behind(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """A column that CSV can not hold is named, and there is no file, neither whole nor in part."""
    listed = stored(any_client, cell, series().with_columns(pl.Series("pairs", [[1, 2]] * 6)))
    with pytest.raises(UnusableDataError, match="'pairs': use parquet"):
        any_client.export(listed, tmp_path, "csv")
    assert everything(tmp_path) == set()


def test_what_is_not_ready_is_named(
    any_client: Client, cell: CellInstance, cycled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reasons are told by id, and nothing is written, not even of those that are ready."""
    made = {state: stored(any_client, cell, series(), state) for state in ("running", "failed")}
    get = any_client.cell_measurement.get

    def told(key: str) -> Any:
        record = get(key)
        state = record.name if record.name in made else "ready"
        return record.model_copy(update={"processing_status": state, "processing_error": "no disk"})

    monkeypatch.setattr(any_client.cell_measurement, "get", told)
    with pytest.raises(MeasurementProcessingError) as caught:
        any_client.export([cycled, *made.values()], tmp_path / "out")
    assert caught.value.failures.keys() == set(made.values())
    assert "wait_for_processing" in caught.value.failures[made["running"]]
    assert "no disk" in caught.value.failures[made["failed"]]
    assert not (tmp_path / "out").exists()


def test_what_can_not_be_asked_is_refused(any_client: Client, cycled: str, tmp_path: Path) -> None:
    """Unknown formats, names and ids, and a format that is not that of the file; the known formats are listed."""
    unknown: Any = "xlsx"
    with pytest.raises(InvalidError, match=r"'xlsx'. There are 'bdf.csv', 'bdf.parquet', 'bdf.gz', 'csv', 'csv.gz'"):
        any_client.export(cycled, tmp_path, unknown)
    with pytest.raises(InvalidError, match="'labels' or 'machine'"):
        any_client.export(cycled, tmp_path, names=unknown)
    with pytest.raises(InvalidError, match="that of a csv, and the format is"):
        any_client.export(cycled, tmp_path / "x.csv", "bdf.csv")
    with pytest.raises(InvalidError, match="name a folder"):
        any_client.export([cycled, stored_again(any_client, cycled)], tmp_path / "x.csv")
    with pytest.raises(NotFoundError, match="nowhere"):
        any_client.export([cycled, "nowhere"], tmp_path)
    assert everything(tmp_path) == set()


def stored_again(client: Client, measurement_id: str) -> str:
    cell = client.cell_instance.get(client.cell_measurement.get(measurement_id).cell_instance_id)
    return stored(client, cell, series(), "again")


def test_each_measurement_is_told_when_it_is_written(any_client: Client, cycled: str, tmp_path: Path) -> None:
    """In each format: the format that it has, and the paths, which are those returned."""
    for chosen in FORMATS:
        told: list[Exported] = []
        paths = any_client.export(cycled, tmp_path, chosen, done=told.append)
        assert [(each.measurement.id, each.format, each.paths) for each in told] == [(cycled, chosen, paths)]
        assert paths[0].name.endswith(f"T.{chosen}")

"""Files of cyclers as series that can be sent."""

import hashlib
import warnings
from pathlib import Path

import polars as pl
import pytest

import cellkeep
from readers.exports import arbin, table


def test_a_file_is_told_by_its_content_and_becomes_a_series_in_the_data_format(tmp_path: Path) -> None:
    """Current positive on discharge, time from 0, steps and cycles counted, counters from 0 in each step."""
    reading = cellkeep.read(arbin(tmp_path / "export.dat"), timezone="UTC")
    frame = reading.time_series
    assert reading.reader == "arbin"
    assert "'Test Time (s)'" in reading.reason
    assert frame["Time [s]"].to_list() == [60.0 * row for row in range(12)]
    assert frame["Current [A]"].to_list() == ([-0.5] * 3 + [0.5] * 3) * 2
    assert frame["Step count"].to_list() == [row // 3 for row in range(12)]
    assert frame["Cycle count"].to_list() == [row // 6 for row in range(12)]
    assert frame["Charge capacity [A.h]"].to_list() == pytest.approx([0, 1 / 120, 1 / 60, 0, 0, 0] * 2, abs=1e-6)
    assert cellkeep.findings(frame) == []


def test_what_a_file_says_of_the_test_is_told_with_its_provenance(tmp_path: Path) -> None:
    """Name, start in UTC, cycler; reader with version and options, and the digest of the file."""
    path = arbin(tmp_path / "NCM-001.csv")
    told = cellkeep.read(path, timezone="Europe/Berlin").measurement
    assert told["name"] == "NCM-001"
    assert told["start_time"] == "2026-01-31T07:00:00+00:00"
    assert told["test_setup"] == {"cycler": "Arbin"}
    source = told["provenance"]
    assert (source["reader"], source["reader_version"]) == ("arbin", 1)
    assert source["options"] == {"timezone": "Europe/Berlin"}
    assert source["files"] == [
        {
            "name": "NCM-001.csv",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size_bytes": path.stat().st_size,
            "raw_data_id": None,
        }
    ]
    assert [each["action"] for each in told["repairs"]] == ["timezone_stated"]


def test_a_start_without_a_zone_is_no_start_time(tmp_path: Path) -> None:
    """It is told as the clock of the instrument showed it."""
    reading = cellkeep.read(arbin(tmp_path / "a.csv"))
    assert "start_time" not in reading.measurement
    assert f"{reading.local_start:%Y-%m-%d %H:%M}" == "2026-01-31 08:00"


def test_a_direction_that_no_file_tells_is_told_by_the_voltage(tmp_path: Path) -> None:
    """A table of no instrument whose current is positive on charge is turned, and that is a repair."""
    rows = range(40)
    path = table(
        tmp_path / "own.csv",
        {
            "Time [s]": [10 * row for row in rows],
            "Voltage [V]": [3.5 + 0.01 * (row if row < 20 else 39 - row) for row in rows],
            "Current [A]": [1 if row < 20 else -1 for row in rows],
        },
    )
    reading = cellkeep.read(path)
    assert reading.time_series["Current [A]"].to_list() == [-1] * 20 + [1] * 20
    assert [each.action for each in reading.repairs] == ["current_negated"]


def test_columns_may_be_named(tmp_path: Path) -> None:
    """A mapping makes a series of a table that no reader knows."""
    path = table(tmp_path / "lab.txt", {"t": [0, 1, 2], "U1": [3.5, 3.4, 3.3], "I1": [1, 1, 1]}, "\t")
    with pytest.raises(cellkeep.UnusableDataError, match="'t', 'U1', 'I1'"):
        cellkeep.read(path)
    reading = cellkeep.read(path, columns={"t": "Time [s]", "U1": "Voltage [V]", "I1": "Current [A]"})
    assert reading.time_series["Voltage [V]"].to_list() == [3.5, 3.4, 3.3]
    assert reading.measurement["provenance"]["options"] == {
        "columns": {"t": "Time [s]", "U1": "Voltage [V]", "I1": "Current [A]"}
    }


def test_what_can_not_be_named_is_refused_in_words(tmp_path: Path) -> None:
    """A reader, a zone, a heading and a file that are not there."""
    path = arbin(tmp_path / "a.csv")
    with pytest.raises(cellkeep.InvalidError, match=r"no reader 'arbim'.*'arbin'"):
        cellkeep.read(path, reader="arbim")
    with pytest.raises(cellkeep.InvalidError, match=r"no time zone 'Berlin'.*'Europe/Berlin'"):
        cellkeep.read(path, timezone="Berlin")
    with pytest.raises(cellkeep.InvalidError, match=r"'Amps'.*'Current \(A\)'"):
        cellkeep.read(path, columns={"Amps": "Current [A]"})
    with pytest.raises(FileNotFoundError, match="There is no file"):
        cellkeep.read(tmp_path / "b.csv")
    with pytest.raises(FileNotFoundError, match="is a folder"):
        cellkeep.read(tmp_path)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("cell.csv", "cell"),
        ("cell.bdf.csv", "cell"),
        ("cell.bdf.csv.gz", "cell"),
        ("cell.057", "cell"),
        ("v1.2 of cell.xlsx", "v1.2 of cell"),
        ("cell", "cell"),
        (".hidden", ".hidden"),
    ],
)
def test_a_measurement_is_named_as_its_file_without_extensions(tmp_path: Path, file: str, name: str) -> None:
    """Only what says the format is taken off."""
    assert cellkeep.read(arbin(tmp_path / file)).measurement["name"] == name


def test_parts_of_one_test_are_as_the_whole(tmp_path: Path) -> None:
    """Files whose clock goes on are joined row by row, whatever order they are given in."""
    whole = cellkeep.read(arbin(tmp_path / "whole.csv", 24)).time_series
    lines = (tmp_path / "whole.csv").read_text().splitlines()
    parts = []
    for number, (first, last) in enumerate([(1, 8), (8, 17), (17, 25)]):
        part = tmp_path / f"part{number}.csv"
        part.write_text("\n".join([lines[0], *lines[first:last]]) + "\n")
        parts.append(part)
    joined = cellkeep.read([parts[2], parts[0], parts[1]])
    assert joined.time_series.equals(whole)
    assert [each["name"] for each in joined.measurement["provenance"]["files"]] == [part.name for part in parts]
    seams = [each for each in joined.repairs if each.action == "files_joined"]
    assert [(each.payload["row"], each.payload["gap_s"], each.payload["restart"]) for each in seams] == [
        (7, 60.0, False),
        (16, 60.0, False),
    ]


def test_a_restart_comes_after_its_pause_and_begins_a_step_and_a_cycle(tmp_path: Path) -> None:
    """Files whose clocks start anew follow one another by the moments at which they begin."""
    first = arbin(tmp_path / "a.csv", 3)
    second = arbin(tmp_path / "b.csv", 3, begin="01/31/2026 09:00:00")
    joined = cellkeep.read([second, first], timezone="UTC")
    frame = joined.time_series
    assert frame["Time [s]"].to_list() == [0, 60, 120, 3600, 3660, 3720]
    assert frame["Step count"].to_list() == [0, 0, 0, 1, 1, 1]
    assert frame["Cycle count"].to_list() == [0, 0, 0, 1, 1, 1]
    assert joined.measurement["start_time"] == "2026-01-31T08:00:00+00:00"
    assert any("'b.csv' begins at 3600 s, 3480 s after 'a.csv'" in each.message for each in joined.repairs)


def test_one_file_for_each_cycle(tmp_path: Path) -> None:
    """Tables without moments follow one another in the order given; each may be a cycle of its own."""
    columns = {"Time [s]": [0, 10, 20], "Voltage [V]": [3.5, 3.6, 3.7]}
    files = [table(tmp_path / f"cycle{n}.csv", {**columns, "Current [A]": [-1 - n] * 3}) for n in range(3)]
    joined = cellkeep.read(files, cycle_per_file=True).time_series
    assert joined["Time [s]"].to_list() == [0, 10, 20, 30, 40, 50, 60, 70, 80]
    assert joined["Cycle count"].to_list() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert cellkeep.read(files).time_series["Cycle count"].n_unique() == 1


def test_files_that_overlap_are_no_parts_of_one_test(tmp_path: Path) -> None:
    """An earlier copy of a longer export is told, and so are files of two formats."""
    shorter, longer = arbin(tmp_path / "a.csv", 5), arbin(tmp_path / "b.csv", 9)
    with pytest.raises(cellkeep.UnusableDataError, match=r"'b\.csv' begins 240 s before 'a\.csv' ends"):
        cellkeep.read([shorter, longer])
    own = table(tmp_path / "own.csv", {"Time [s]": [0, 1], "Voltage [V]": [3, 3], "Current [A]": [1, 1]})
    with pytest.raises(cellkeep.UnusableDataError, match=r"one format: 'a\.csv' is arbin, 'own\.csv' is generic"):
        cellkeep.read([shorter, own])
    with pytest.raises(cellkeep.UnusableDataError, match="named twice"):
        cellkeep.read([own, own])
    with pytest.raises(cellkeep.InvalidError, match="No file is named"):
        cellkeep.read([])


def test_a_series_read_can_be_sent_without_a_warning(tmp_path: Path) -> None:
    """No column of it looks like a misspelt one."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = cellkeep.read(arbin(tmp_path / "a.csv")).time_series
    assert frame.schema["Step count"] == pl.Int64


def test_a_counter_that_begins_anew_amid_a_step_is_counted_on(tmp_path: Path) -> None:
    """As one that is set back at the change of a cycle; that is a repair."""
    path = table(
        tmp_path / "own.csv",
        {
            "Time [s]": range(0, 3600, 600),
            "Voltage [V]": [3.5, 3.52, 3.54, 3.56, 3.58, 3.6],
            "Current [A]": [-0.6] * 6,
            "Charge capacity [Ah]": [0.5, 0.6, 0.7, 0.0, 0.1, 0.2],
        },
    )
    reading = cellkeep.read(path)
    counted = [0, 0.1, 0.2, 0.2, 0.3, 0.4]
    assert reading.time_series["Charge capacity [A.h]"].to_list() == pytest.approx(counted, abs=1e-12)
    assert "counter_continued" in [each.action for each in reading.repairs]

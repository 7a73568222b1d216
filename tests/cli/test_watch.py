"""`cellkeep watch`, as a process of its own."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cellkeep
from readers.exports import arbin

_KILLS = 2


def _watching(lab: Path, inbox: Path, *options: str) -> list[str]:
    command = [sys.executable, "-m", "cellkeep", "watch", str(inbox), "--data", str(lab), "--spec", "S"]
    return [*command, "--cell", "{folder}", "--timezone", "UTC", "--jobs", "1", *options]


def _once(lab: Path, inbox: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_watching(lab, inbox, "--once", *options), capture_output=True, text=True, check=False)


def test_killed_at_any_moment_it_goes_on_with_the_next_row(tmp_path: Path) -> None:
    """However often it is killed while a file grows, each row is there once in the end."""
    lab, inbox = tmp_path / "lab", tmp_path / "inbox"
    (inbox / "A1").mkdir(parents=True)
    lines = arbin(tmp_path / "whole.csv", 4000).read_bytes().splitlines(keepends=True)
    file = inbox / "A1" / "t.csv"
    file.write_bytes(b"".join(lines[:50]))
    assert "begun, 49 rows" in _once(lab, inbox).stdout
    dice, written = random.Random(11), 50
    with file.open("ab") as growing:
        for _ in range(_KILLS):
            process = subprocess.Popen(_watching(lab, inbox, "--every", "0.01"), stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            until = None
            while until is None or time.monotonic() < until:
                growing.write(b"".join(lines[written : written + 20]))
                growing.write(lines[written + 20][:7])  # half a row, for now
                growing.flush()
                growing.write(lines[written + 20][7:])
                written += 21
                if until is None:
                    assert "rows more" in process.stdout.readline()
                    until = time.monotonic() + dice.uniform(0, 0.3)
                time.sleep(0.02)
            process.kill()
            process.communicate()
        growing.write(b"".join(lines[written:]))
    done = _once(lab, inbox, "--settle", "0")
    assert done.returncode == 0, done.stderr
    with cellkeep.open(lab) as client:
        (record,) = client.cell_measurement.list_by_project(client.project.list()[0].id).items
        assert client.cell_measurement.time_series(record.id).equals(cellkeep.read(file, timezone="UTC").time_series)
        assert len(client.cell_measurement.versions(record.id)) == 1
        assert [raw.filename for raw in client.cell_measurement.list_raw_data(record.id).items] == ["t.csv"]


@pytest.mark.parametrize(
    ("options", "told"),
    [((), "does not say in which time zone"), (("--timezone", "Berlin"), "There is no time zone 'Berlin'")],
)
def test_what_fails_is_told_with_the_reason(tmp_path: Path, options: tuple[str, ...], told: str) -> None:
    """The status is 1, and nothing is stored."""
    lab, inbox = tmp_path / "lab", tmp_path / "inbox"
    (inbox / "A1").mkdir(parents=True)
    arbin(inbox / "A1" / "t.csv", 4)
    command = [sys.executable, "-m", "cellkeep", "watch", str(inbox), "--data", str(lab), "--spec", "S"]
    done = subprocess.run([*command, "--cell", "A1", "--once", *options], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert told in done.stdout + done.stderr
    with cellkeep.open(lab) as client:
        assert client.cell_measurement.list_by_project(client.project.list()[0].id).total == 0

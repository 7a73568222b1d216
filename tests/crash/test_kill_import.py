"""An import that is killed at any moment is completed by the next, with each file exactly once."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import cellkeep
from cellkeep.client.reading import source_file
from client.samples import arbin_csv

FILES = 24
KILLS = 2
"""Each comes a little after the run has stored something, wherever it is then."""


def started(files: Path, lab: Path, temporary: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cellkeep", "import", str(files), "--data", str(lab), "--cell", "C", "--spec", "S"]
    with (files.parent / "import.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "TMPDIR": str(temporary)})


def objects(lab: Path) -> int:
    return sum(path.is_file() for path in (lab / "blobs").rglob("*"))


def test_an_import_that_is_killed_and_run_again_has_each_file_once(tmp_path: Path) -> None:
    """Killed twice, it ends with one measurement for each file, linked to one raw file of its content."""
    moments = random.Random(2)
    files, lab, temporary = tmp_path / "files", tmp_path / "lab", tmp_path / "temporary"
    files.mkdir()
    temporary.mkdir()
    for number in range(FILES):
        (files / f"{number}.csv").write_text(arbin_csv(number))
    for _ in range(KILLS):
        process, before = started(files, lab, temporary), objects(lab)
        deadline = time.monotonic() + 60
        while objects(lab) == before and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(moments.uniform(0, 0.3))
        process.kill()
        process.wait()
    assert started(files, lab, temporary).wait(60) == 0, (tmp_path / "import.log").read_text()
    with cellkeep.open(lab) as client:
        project = client.project.list()[0]
        found = client.cell_measurement.list_by_project(project.id, limit=1000).items
        assert sorted(int(each.name) for each in found) == list(range(FILES))
        assert client.raw_data.list(project.id, limit=1000).total == FILES
        client.cell_measurement.wait_for_processing([each.id for each in found])
        for each in found:
            (raw,) = client.cell_measurement.list_raw_data(each.id)
            source = source_file(files / f"{each.name}.csv")
            assert (raw.filename, raw.sha256) == (source.name, source.sha256)
            assert each.provenance is not None
            assert each.provenance.files[0].raw_data_id == raw.id
            assert each.row_count == 40
    assert not list(temporary.glob("*/series.arrow"))

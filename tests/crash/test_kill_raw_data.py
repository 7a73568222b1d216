"""Killed while it confirms a raw file, a server leaves garbage at most, and the upload can be confirmed again."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from cellkeep.app import open_store
from cellkeep.services.sweep import sweep
from cellkeep.settings import ServerSettings
from crash.test_kill import KEY, Lab

CONTENT = os.urandom(3_000_000)

DOOMED = """
import os, signal, sys
from cellkeep.cli import main
from cellkeep.storage.raw_data import RawFiles

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

RawFiles.add = die
sys.argv[0] = "cellkeep"
main()
"""
"""A server that dies at the moment when the object of a raw file is stored and its record is not."""


@dataclass
class DoomedLab(Lab):
    """A lab whose server dies there, as long as it is doomed."""

    doomed: bool = True

    def program(self) -> list[str]:
        return [sys.executable, "-c", DOOMED] if self.doomed else super().program()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[DoomedLab]:
    lab = DoomedLab(tmp_path / "data")
    lab.folder.mkdir()
    lab.start()
    yield lab
    lab.kill()


def test_killed_between_object_and_record_only_garbage_is_left(lab: DoomedLab) -> None:
    """No record is seen, the orphan is swept, and the same confirm then stores the file."""
    headers = {"X-API-Key": KEY}
    with httpx2.Client(base_url=lab.url, headers=headers, timeout=30) as http:
        project = http.get("/projects").json()["items"][0]["id"]
        about = {"project_id": project, "name": "dump", "filename": "dump.csv"}
        upload = http.post("/raw_data/initiate-upload", json=about).json()
        assert httpx2.put(upload["uploads"][0]["signed_url"], content=CONTENT).status_code == 200
        path = f"/raw_data/{upload['raw_data_id']}/confirm-upload"
        body = {**about, "size_bytes": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}
        with pytest.raises(httpx2.TransportError):
            http.post(path, json=body)
    assert lab.process is not None
    lab.process.wait(30)
    orphans = _objects(lab)
    assert len(orphans) == 1

    lab.doomed = False
    lab.start()
    with lab.client() as client, httpx2.Client(base_url=lab.url, headers=headers, timeout=30) as http:
        assert client.raw_data.list(project).total == 0
        made = http.post(path, json=body)
        assert made.status_code == 201, made.text
        assert client.raw_data.list(project).total == 1
        assert client.raw_data.download(upload["raw_data_id"]) == CONTENT
        with closing(open_store(ServerSettings.embedded(lab.folder))) as store:
            assert sweep(store, orphaned_for_s=-1) == 1
        assert not orphans & _objects(lab)
        assert client.raw_data.download(upload["raw_data_id"]) == CONTENT


def _objects(lab: DoomedLab) -> set[Path]:
    return {path for path in (lab.folder / "blobs" / "raw_data").rglob("*") if path.is_file()}

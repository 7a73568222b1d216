"""What happens to files that were under way when the server ended."""

import errno
import time
from pathlib import Path
from typing import Any

import pytest

from cellkeep.client import Client
from cellkeep.domain.people import Caller, Organization
from cellkeep.web.upload.desk import Desk
from cellkeep.web.upload.records import Look, Upload

LAB = Organization(id="o", name="Lab")
JANE = Caller(user_id="jane", email="jane@lab.org", organization=LAB, organization_role="Admin")


def nobody(_user_id: str, _heard: Any) -> Client:
    raise AssertionError("Nothing is to be stored.")


def test_a_restart_goes_on_reading_and_asks_before_it_stores(tmp_path: Path) -> None:
    """A file that waited to be read is read; one that was being stored is ready again, and says why."""
    first = Desk(tmp_path, nobody)
    uploads = [first.staging.begin("jane", f"{name}.csv", 1) for name in ("read", "stored")]
    for arriving in uploads:
        arriving.write(b"a")
    read, stored = (arriving.finish() for arriving in uploads)
    first.staging.change("jane", stored.id, state="storing", look=Look(kind="series"))
    again = Desk(tmp_path, nobody)
    again.start()

    def settled(upload: Upload) -> Upload:
        while (found := again.staging.get("jane", upload.id)).state in {"waiting", "reading"}:
            time.sleep(0.05)
        return found

    try:
        assert settled(read).state == "file"
        kept = settled(stored)
        assert (kept.state, kept.problem and "started anew" in kept.problem.message) == ("ready", True)
    finally:
        again.close()


def test_the_crew_outlives_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written of a file the next ones are read all the same, however often that was so."""
    desk = Desk(tmp_path, nobody)
    change, left = desk.staging.change, list(range(8))

    def full(*of: Any, **changed: Any) -> Upload | None:
        if left:
            left.pop()
            raise OSError(errno.ENOSPC, "full")
        return change(*of, **changed)

    monkeypatch.setattr(desk.staging, "change", full)

    def sent(name: str) -> Upload:
        arriving = desk.begin(JANE, name, 1)
        arriving.write(b"a")
        return desk.finish(arriving)

    try:
        for number in range(4):
            sent(f"{number}.csv")
        give_up = time.monotonic() + 60
        while left:
            assert time.monotonic() < give_up
            time.sleep(0.02)
        last = sent("last.csv")
        while (found := desk.staging.get("jane", last.id)).state in {"waiting", "reading"}:
            assert time.monotonic() < give_up
            time.sleep(0.02)
        assert found.state == "file"
    finally:
        desk.close()

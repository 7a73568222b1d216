"""What happens to files that were under way when the server ended."""

import time
from pathlib import Path
from typing import Any

from cellkeep.client import Client
from cellkeep.web.upload.desk import Desk
from cellkeep.web.upload.records import Look, Upload


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

"""Where files wait."""

import os
import shutil
import stat
import time
from pathlib import Path

import pytest

from cellkeep.domain.errors import BadRequestError, NotFoundError
from cellkeep.web.upload import staging
from cellkeep.web.upload.records import Look, Upload
from cellkeep.web.upload.staging import Staging


@pytest.fixture
def waiting(tmp_path: Path) -> Staging:
    return Staging(tmp_path / "uploads")


def sent(waiting: Staging, name: str = "a.csv", content: bytes = b"abc", user: str = "jane") -> Upload:
    arriving = waiting.begin(user, name, len(content))
    arriving.write(content)
    return arriving.finish()


def test_what_arrived_is_there_after_a_restart(waiting: Staging, tmp_path: Path) -> None:
    """A file and all that is known of it outlive the server, and only its owner on the machine reads it."""
    upload = sent(waiting)
    waiting.change("jane", upload.id, state="ready", look=Look(kind="series", rows=7))
    again = Staging(tmp_path / "uploads")
    (found,) = again.listed("jane")
    look = again.look(found)
    assert (found.state, look and look.rows, again.content(found).read_bytes()) == ("ready", 7, b"abc")
    assert again.everybodys() == [found]
    for folder in (tmp_path / "uploads", tmp_path / "uploads" / "jane", again.folder("jane", found.id)):
        assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IRWXU


@pytest.mark.parametrize("content", [b"ab", b"abcd"])
def test_what_does_not_arrive_whole_leaves_nothing(waiting: Staging, content: bytes) -> None:
    """Fewer or more bytes than were said are no file."""
    arriving = waiting.begin("jane", "a.csv", 3)

    def receive() -> None:
        arriving.write(content)
        arriving.finish()

    with pytest.raises(BadRequestError, match="send"):
        receive()
    arriving.give_up()
    assert waiting.listed("jane") == []


def test_there_is_room_for_so_many(waiting: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is too large is refused before it is sent, and so is one too many of a person."""
    with pytest.raises(BadRequestError, match="cellkeep import"):
        waiting.begin("jane", "a.csv", staging.LARGEST_BYTES + 1)
    monkeypatch.setattr(staging, "MOST_FILES", 1)
    sent(waiting)
    with pytest.raises(BadRequestError, match="wait already"):
        waiting.begin("jane", "b.csv", 3)
    assert sent(waiting, user="joe").filename == "a.csv"


def test_a_full_disk_is_told(waiting: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would take the room that the server itself needs is refused."""
    monkeypatch.setattr(staging, "_LEFT_FREE_BYTES", 1 << 60)
    with pytest.raises(BadRequestError, match="almost full") as caught:
        waiting.begin("jane", "a.csv", 3)
    assert caught.value.status_code == 507


def test_room_is_promised_once(waiting: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is still to arrive of one file is no room for another, until it is given up."""
    free = shutil.disk_usage(waiting._root.parent).free
    monkeypatch.setattr(staging, "_LEFT_FREE_BYTES", free - (3 << 30))
    first = waiting.begin("jane", "a.csv", 2 << 30)
    with pytest.raises(BadRequestError, match="almost full"):
        waiting.begin("joe", "b.csv", 2 << 30)
    first.give_up()
    waiting.begin("joe", "b.csv", 2 << 30).give_up()


def test_what_is_being_stored_is_not_taken_away(waiting: Staging) -> None:
    """A file goes with all that is known of it, unless it is in a state in which it is needed."""
    upload = sent(waiting)
    waiting.change("jane", upload.id, state="queued")
    assert not waiting.remove("jane", upload.id, unless={"queued", "storing"})
    assert waiting.content(upload).exists()
    assert waiting.remove("jane", upload.id)
    assert waiting.listed("jane") == []


def test_an_older_wish_changes_nothing(waiting: Staging) -> None:
    """What was begun before a person asked for something else counts no more."""
    upload = sent(waiting)
    assert waiting.change("jane", upload.id, at_turn=0, turn=1) is not None
    assert waiting.change("jane", upload.id, at_turn=0, state="ready", look=Look(kind="series")) is None
    assert (waiting.get("jane", upload.id).state, waiting.look(upload)) == ("waiting", None)


def test_what_nobody_touched_for_a_day_goes(waiting: Staging) -> None:
    """Old files are swept, also those that never arrived; young ones stay."""
    old, young = sent(waiting), sent(waiting, "b.csv")
    broken = waiting.begin("jane", "c.csv", 3)
    yesterday = time.time() - staging.LIFETIME_S - 60
    for path in (waiting.folder("jane", old.id) / "state.json", broken._folder):
        os.utime(path, (yesterday, yesterday))
    waiting.sweep()
    broken._file.close()
    assert [each.name for each in waiting.folder("jane", young.id).parent.iterdir()] == [young.id]


@pytest.mark.parametrize("upload_id", ["..", "../joe/x", "0" * 31, "A" * 32, ""])
def test_an_id_leads_nowhere_else(waiting: Staging, upload_id: str) -> None:
    """Only an id as they are made names a folder."""
    with pytest.raises(NotFoundError):
        waiting.get("jane", upload_id)

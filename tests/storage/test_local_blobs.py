"""Blobs in a folder."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.local_blobs import FolderBlobs, LocalBlobs

OUTSIDE = ["", "/", "../x", "a/../../x", "a/./b", "a//b", "/etc/passwd", "a/", "a\\..\\x", "..\\x", "a/b\0c", ".", ".."]


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs", b"secret")


@pytest.mark.parametrize("key", OUTSIDE)
def test_a_key_that_leads_out_is_refused(blobs: LocalBlobs, tmp_path: Path, key: str) -> None:
    """No operation follows a key out of the folder, or to a place with a second name."""
    (tmp_path / "x").write_bytes(b"outside")
    with pytest.raises(BlobNotFoundError):
        blobs.get(key)
    with pytest.raises(BlobNotFoundError):
        blobs.head(key)
    with pytest.raises(BlobNotFoundError):
        blobs.put(key, b"1")
    with pytest.raises(BlobNotFoundError):
        blobs.copy(key, "a")
    with pytest.raises(BlobNotFoundError), blobs.overwriting(key) as file:
        file.write(b"1")
    with pytest.raises(BlobNotFoundError), blobs.local_copy(key):
        pass
    assert (tmp_path / "x").read_bytes() == b"outside"
    assert not list(files(blobs))


def test_a_broken_write_leaves_nothing(blobs: LocalBlobs) -> None:
    """A write that ends with an error shows nothing under the key, and leaves no piece behind."""
    with pytest.raises(ConnectionError):
        break_off(blobs, "staging/a")
    assert blobs.head("staging/a") is None
    assert not list(files(blobs))


def test_a_write_under_way_is_not_seen(blobs: LocalBlobs) -> None:
    """While new content is written the old is read, and a broken write leaves the old as it was."""
    blobs.put("staging/a", b"old")
    with pytest.raises(ConnectionError):
        break_off(blobs, "staging/a", expected=b"old")
    assert blobs.get("staging/a") == b"old"
    with blobs.overwriting("staging/a") as file:
        file.write(b"new")
    assert blobs.get("staging/a") == b"new"


def test_a_reader_keeps_what_it_opened(blobs: LocalBlobs) -> None:
    """Overwriting replaces a file and does not change the one that is being read."""
    blobs.put("staging/a", b"old")
    with blobs.path("staging/a").open("rb") as reading:
        with blobs.overwriting("staging/a") as file:
            file.write(b"new")
        assert reading.read() == b"old"


def test_links_expire(blobs: LocalBlobs) -> None:
    """A link holds for its time, for its method, key and expiry alone, and not with another signature."""
    link = blobs.sign_get("a/b", lifetime_s=60, base_url="http://x/")
    assert link.startswith("http://x/blobs/a/b?")
    expires, signature = signed(link)
    assert blobs.accepts("GET", "a/b", expires, signature)
    assert not blobs.accepts("PUT", "a/b", expires, signature)
    assert not blobs.accepts("GET", "a/c", expires, signature)
    assert not blobs.accepts("GET", "a/b", expires + 1, signature)
    assert not blobs.accepts("GET", "a/b", expires, "")
    assert not blobs.accepts("GET", "a/b", expires, "ü" * 64)
    assert not LocalBlobs(blobs.root, b"other").accepts("GET", "a/b", expires, signature)
    assert LocalBlobs(blobs.root, b"secret").accepts("GET", "a/b", expires, signature)


def test_an_expired_link_is_refused(blobs: LocalBlobs) -> None:
    """A link whose time has passed opens nothing, although it was signed here."""
    expires, signature = signed(blobs.sign_get("a/b", lifetime_s=-5, base_url="http://x"))
    assert expires < time.time()
    assert not blobs.accepts("GET", "a/b", expires, signature)


def test_links_of_a_folder_are_files(tmp_path: Path) -> None:
    """In the same process a link is the file itself, and asking for one leaves no trace."""
    blobs = FolderBlobs(tmp_path / "blöb s", b"secret")
    blobs.put("a/b", b"1")
    assert blobs.sign_get("a/b", lifetime_s=60, base_url="x") == (tmp_path / "blöb s" / "a" / "b").as_uri()
    target = blobs.sign_put("staging/new/c", lifetime_s=60, base_url="x")
    assert target == (tmp_path / "blöb s" / "staging" / "new" / "c").as_uri()
    assert not (tmp_path / "blöb s" / "staging" / "new").exists()
    with pytest.raises(BlobNotFoundError):
        blobs.sign_get("../x", lifetime_s=60, base_url="x")


def test_the_place_of_incoming_files_outlives_a_sweep_of_them(blobs: LocalBlobs) -> None:
    """Removing what a crash left among incoming files does not hinder the next write."""
    left_over = blobs.root / "staging" / ".incoming" / "abc"
    left_over.write_bytes(b"half")
    keys = [blob.key for blob in blobs.list("staging")]
    assert keys == ["staging/.incoming/abc"]
    blobs.delete(keys)
    with blobs.overwriting("staging/a") as file:
        file.write(b"1")
    assert blobs.get("staging/a") == b"1"


def test_a_copy_is_as_young_as_the_copying(blobs: LocalBlobs) -> None:
    """A copy of an old object is new: its age says since when it is under way."""
    blobs.put("staging/a", b"1")
    os.utime(blobs.path("staging/a"), (1, 1))
    blobs.copy("staging/a", "measurements/a")
    copied = blobs.head("measurements/a")
    assert copied is not None
    assert copied.modified_at.timestamp() > time.time() - 60


def test_writers_and_removers_do_not_hinder_each_other(blobs: LocalBlobs) -> None:
    """Uploads that come and go at once in the same folders all succeed."""
    together = threading.Barrier(8)

    def come_and_go(number: int) -> None:
        together.wait()
        for turn in range(40):
            staged, kept = f"staging/o/{number}-{turn}/x", f"measurements/o/{number}-{turn}/r/x"
            with blobs.overwriting(staged) as file:
                file.write(b"1")
            blobs.copy(staged, kept)
            blobs.put(f"{kept}2", b"2")
            blobs.delete([staged])
            assert blobs.get(kept) == b"1"
            blobs.delete([kept, f"{kept}2"])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(come_and_go, range(8)))
    assert not list(files(blobs))


def break_off(blobs: LocalBlobs, key: str, expected: bytes | None = None) -> None:
    """Write half of an object, look at what is seen of it, and fail."""
    with blobs.overwriting(key) as file:
        file.write(b"half")
        file.flush()
        assert expected is None or blobs.get(key) == expected
        raise ConnectionError


def files(blobs: LocalBlobs) -> list[Path]:
    return [path for path in blobs.root.rglob("*") if path.is_file()]


def signed(link: str) -> tuple[int, str]:
    query = parse_qs(urlparse(link).query)
    return int(query["expires"][0]), query["signature"][0]

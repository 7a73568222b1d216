"""The contract of a blob store, as tests that any store must pass."""

import os
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from cellkeep.storage.blobs import BlobExistsError, BlobNotFoundError, BlobStore


class BlobStoreContract:
    """Subclass it, and give it a `blobs` fixture with an empty store and a `base_url` fixture its links start with."""

    def test_what_is_put_is_got(self, blobs: BlobStore) -> None:
        """Bytes come back as they were put, from memory or from a file."""
        blobs.put("a/one", b"first")
        assert blobs.get("a/one") == b"first"

    def test_a_file_is_put_whole(self, blobs: BlobStore, tmp_path: Path) -> None:
        """A file of many megabytes comes back byte for byte."""
        content = os.urandom(9_000_001)
        (tmp_path / "large").write_bytes(content)
        blobs.put("a/large", tmp_path / "large")
        with blobs.local_copy("a/large") as path:
            assert path.read_bytes() == content

    def test_an_empty_object_is_an_object(self, blobs: BlobStore) -> None:
        """Nothing at all can be stored."""
        blobs.put("a/empty", b"")
        assert blobs.get("a/empty") == b""
        assert (found := blobs.head("a/empty")) is not None
        assert found.size_bytes == 0

    def test_a_key_is_written_once(self, blobs: BlobStore) -> None:
        """A taken key is refused, and its content stays."""
        blobs.put("a/one", b"first")
        with pytest.raises(BlobExistsError):
            blobs.put("a/one", b"second")
        assert blobs.get("a/one") == b"first"

    def test_a_missing_object_is_not_found(self, blobs: BlobStore) -> None:
        """Every way to read says that there is no such object."""
        assert blobs.head("no/such") is None
        with pytest.raises(BlobNotFoundError):
            blobs.get("no/such")
        with pytest.raises(BlobNotFoundError):
            blobs.copy("no/such", "elsewhere")
        with pytest.raises(BlobNotFoundError), blobs.local_copy("no/such"):
            pass

    def test_a_copy_is_independent(self, blobs: BlobStore, base_url: str) -> None:
        """Neither a new write to the source nor its removal changes the copy."""
        blobs.put("staging/x", b"first")
        blobs.copy("staging/x", "kept/x")
        _put(blobs.sign_put("staging/x", lifetime_s=60, base_url=base_url), b"second")
        assert blobs.get("kept/x") == b"first"
        blobs.delete(["staging/x"])
        assert blobs.get("kept/x") == b"first"

    def test_listing_finds_what_lies_below(self, blobs: BlobStore) -> None:
        """A listing holds the objects below the prefix, with their sizes, and no others."""
        for key, content in {"a/one": b"1", "a/b/two": b"22", "ab/three": b"333"}.items():
            blobs.put(key, content)
        found = {blob.key: blob.size_bytes for blob in blobs.list("a")}
        assert found == {"a/one": 1, "a/b/two": 2}
        assert list(blobs.list("nothing")) == []

    def test_deleting_passes_over_what_is_missing(self, blobs: BlobStore) -> None:
        """Deleting removes what is there and does not mind what is not."""
        blobs.put("a/one", b"1")
        blobs.delete(["a/one", "a/never"])
        blobs.delete([])
        assert blobs.head("a/one") is None

    def test_a_signed_link_writes_and_overwrites(self, blobs: BlobStore, base_url: str) -> None:
        """A signed link takes bytes without credentials, again and again, and never answers that the key is taken."""
        link = blobs.sign_put("staging/y", lifetime_s=60, base_url=base_url)
        for content in (b"first", b"second", b""):
            _put(link, content)
            assert blobs.get("staging/y") == content

    def test_a_signed_link_reads(self, blobs: BlobStore, base_url: str) -> None:
        """A signed link gives all bytes, or a range of them, also counted from the end."""
        blobs.put("a/read", b"0123456789")
        link = blobs.sign_get("a/read", lifetime_s=60, base_url=base_url)
        assert _get(link) == b"0123456789"
        assert _get(link, "bytes=2-4") == b"234"
        assert _get(link, "bytes=-3") == b"789"

    def test_a_link_does_only_what_it_was_signed_for(self, blobs: BlobStore, base_url: str) -> None:
        """A link to read does not write, a link to write does not read, and a link to one key opens no other."""
        blobs.put("a/one", b"1")
        blobs.put("a/two", b"2")
        reading = blobs.sign_get("a/one", lifetime_s=60, base_url=base_url)
        writing = blobs.sign_put("a/one", lifetime_s=60, base_url=base_url)
        with pytest.raises(urllib.error.HTTPError, match="403"):
            _put(reading, b"changed")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            _get(writing)
        with pytest.raises(urllib.error.HTTPError, match="403"):
            _get(reading.replace("a/one", "a/two"))
        assert blobs.get("a/one") == b"1"


def _put(url: str, content: bytes) -> None:
    request = urllib.request.Request(  # noqa: S310  a link of the store under test
        url, data=content, method="PUT", headers={"Content-Type": "application/octet-stream"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        assert answer.status < 400


def _get(url: str, byte_range: str | None = None) -> bytes:
    headers = {"Range": byte_range} if byte_range else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  a link of the store under test
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content

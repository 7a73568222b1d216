"""The contract of a blob store, as tests that any store must pass."""

import os
import urllib.error
import urllib.request
from pathlib import Path

import polars as pl
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
        pieces = list(blobs.pieces("a/large"))
        assert b"".join(pieces) == content
        assert len(pieces) > 1

    def test_a_file_of_many_parts_is_put_whole(self, blobs: BlobStore, tmp_path: Path) -> None:
        """A file that is too large for one request comes back byte for byte, and its key is written once."""
        content = os.urandom(1_000_003) * 70
        (tmp_path / "large").write_bytes(content)
        blobs.put("a/larger", tmp_path / "large")
        with blobs.local_copy("a/larger") as path:
            assert path.read_bytes() == content
        with pytest.raises(BlobExistsError):
            blobs.put("a/larger", tmp_path / "large")

    def test_a_file_of_the_workspace_is_put(self, blobs: BlobStore) -> None:
        """What is made in the workspace is put like any file, and stays when the workspace goes."""
        with blobs.workspace() as folder:
            (folder / "made").write_bytes(b"made")
            blobs.put("a/made", folder / "made")
            with pytest.raises(BlobExistsError):
                blobs.put("a/made", folder / "made")
        assert not folder.exists()
        assert blobs.get("a/made") == b"made"
        assert [found.key for found in blobs.list("a")] == ["a/made"]

    def test_a_table_is_scanned_where_it_lies(self, blobs: BlobStore, tmp_path: Path) -> None:
        """The end of a table is read without the rest."""
        pl.DataFrame({"a": range(1000)}).write_parquet(tmp_path / "table", row_group_size=100)
        blobs.put("a/table", tmp_path / "table")
        scan = pl.scan_parquet(blobs.scannable("a/table"), glob=False)
        assert scan.select("a").tail(1).collect().rows() == [(999,)]

    def test_the_end_is_got_without_the_rest(self, blobs: BlobStore) -> None:
        """As many of the last bytes as are asked for, or all there are."""
        blobs.put("a/one", b"0123456789")
        blobs.put("a/empty", b"")
        assert [blobs.end("a/one", length) for length in (1, 4, 10, 11)] == [b"9", b"6789", *[b"0123456789"] * 2]
        assert blobs.end("a/empty", 8) == b""

    def test_an_empty_object_is_an_object(self, blobs: BlobStore) -> None:
        """Nothing at all can be stored."""
        blobs.put("a/empty", b"")
        assert blobs.get("a/empty") == b""
        assert b"".join(blobs.pieces("a/empty")) == b""
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
            blobs.end("no/such", 8)
        with pytest.raises(BlobNotFoundError):
            list(blobs.pieces("no/such"))
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

    def test_a_link_serves_ranges_as_readers_of_tables_ask_for_them(self, blobs: BlobStore, base_url: str) -> None:
        """Every range is answered with 206 and its place, and a suffix longer than the object with all of it."""
        blobs.put("a/table", b"0123456789")
        link = blobs.sign_get("a/table", lifetime_s=60, base_url=base_url)
        for asked, content_range, content in (
            ("bytes=2-4", "bytes 2-4/10", b"234"),
            ("bytes=-262144", "bytes 0-9/10", b"0123456789"),
            ("bytes=0-9", "bytes 0-9/10", b"0123456789"),
        ):
            request = urllib.request.Request(link, headers={"Range": asked})  # noqa: S310
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                assert (answer.status, answer.headers["Content-Range"]) == (206, content_range)
                assert answer.read() == content

    def test_a_table_is_scanned_through_its_link(self, blobs: BlobStore, base_url: str, tmp_path: Path) -> None:
        """The reader of tables finds the rows that are asked for behind a link."""
        pl.DataFrame({"row": range(100_000)}).write_parquet(tmp_path / "table", row_group_size=10_000)
        blobs.put("a/table", tmp_path / "table")
        link = blobs.sign_get("a/table", lifetime_s=60, base_url=base_url)
        assert pl.scan_parquet(link, glob=False).slice(50_000, 3).collect()["row"].to_list() == [50_000, 50_001, 50_002]

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

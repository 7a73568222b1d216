"""The footer of a stored table, without the table."""

import struct
from pathlib import Path

import polars as pl
import pytest

from cellkeep.domain.errors import UnusableDataError
from cellkeep.services.footers import footer_of
from cellkeep.storage.blobs import BlobInfo, BlobNotFoundError
from cellkeep.storage.local_blobs import LocalBlobs
from services.bench import parquet, series


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs", b"secret")


def put(blobs: LocalBlobs, content: bytes) -> BlobInfo:
    blobs.put("a/table", content)
    found = blobs.head("a/table")
    assert found is not None
    return found


def test_it_tells_columns_and_rows(blobs: LocalBlobs) -> None:
    """A reader finds the schema and the number of rows in it, in a file that is as large and holds nothing else."""
    content = parquet(series(300_000), row_group_size=1000)
    with footer_of(blobs, put(blobs, content), "time series") as path:
        scan = pl.scan_parquet(path, glob=False)
        assert scan.collect_schema() == series(1).schema
        assert scan.select(pl.len()).collect().item() == 300_000
        assert path.stat().st_size == len(content)
        assert path.read_bytes()[1000:2000] == bytes(1000)


@pytest.mark.parametrize("content", [b"", b"x", b"PAR1", b"no table at all", parquet(series())[:-1]])
def test_what_is_no_table_is_left_as_it_is(blobs: LocalBlobs, content: bytes) -> None:
    """Its reader says what is wrong with it."""
    with footer_of(blobs, put(blobs, content), "time series") as path:
        assert path.read_bytes()[-8:] == content[-8:]
        assert path.stat().st_size == len(content)
        with pytest.raises(pl.exceptions.PolarsError):
            pl.scan_parquet(path, glob=False).collect_schema()


def test_a_footer_that_says_it_is_longer_than_the_file_is_the_file(blobs: LocalBlobs) -> None:
    """No more is read than there is."""
    content = b"short" + struct.pack("<I", 2**32 - 1) + b"PAR1"
    with footer_of(blobs, put(blobs, content), "time series") as path:
        assert path.read_bytes() == content


def test_a_footer_beyond_all_reason_is_refused(blobs: LocalBlobs) -> None:
    """Nobody makes the server read gigabytes by saying that they are a footer."""
    found = put(blobs, struct.pack("<I", 2**32 - 1) + b"PAR1")
    with (
        pytest.raises(UnusableDataError, match="has a footer of 4,294,967,303 bytes"),
        footer_of(blobs, BlobInfo(found.key, 2**40, found.modified_at), "time series"),
    ):
        pass


def test_what_is_not_there_is_not_found(blobs: LocalBlobs) -> None:
    """An object that was removed is no table that is damaged."""
    found = put(blobs, b"x")
    blobs.delete([found.key])
    with pytest.raises(BlobNotFoundError), footer_of(blobs, found, "time series"):
        pass

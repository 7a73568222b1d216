"""What is told of a file by its beginning."""

import zlib
from pathlib import Path

import pytest

import cellkeep
from cellkeep.domain.errors import UnusableDataError
from cellkeep.readers.preview import encoding_of


def test_a_broken_gzip_is_told_whichever_library_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader of Neware's files puts another in place of Python's own, whose errors are of another kind."""
    isal_zlib = pytest.importorskip("isal.isal_zlib")
    monkeypatch.setattr(zlib, "decompressobj", isal_zlib.decompressobj)
    (tmp_path / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\x00cut off")
    with pytest.raises(UnusableDataError, match="can not be unpacked"):
        cellkeep.read(tmp_path / "cut.csv.gz")


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("T1[°C],U[V]\n25,3.5\n".encode(), "utf-8"),
        ("T1[°C],U[V]\n25,3.5\n".encode("latin-1"), "latin-1"),
        ("T1[°C],U[V]\n2".encode() + b"\xb5,3.5\n26,3.6\n", "utf-8"),
        (b"T1,U[V]\n2\xb5,3.5\n26,3.6\n", "latin-1"),
        (b"\xff\xfeT\x001\x00", "utf-16-le"),
        (b"\x00\x01\x02\x03" * 100, None),
    ],
)
def test_the_encoding_of_a_text(head: bytes, encoding: str | None) -> None:
    """One damaged byte does not change the encoding of all other letters."""
    assert encoding_of(head) == encoding

"""What is told of a file by its beginning."""

from pathlib import Path

import pytest

import cellkeep
from cellkeep.domain.errors import UnusableDataError


def test_a_broken_gzip_is_told_whichever_library_unpacks(tmp_path: Path) -> None:
    """The reader of Neware's files puts another in place of Python's own, whose errors are of another kind."""
    pytest.importorskip("isal")
    pytest.importorskip("fastnda.ndax")
    (tmp_path / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\x00cut off")
    with pytest.raises(UnusableDataError, match="can not be unpacked"):
        cellkeep.read(tmp_path / "cut.csv.gz")

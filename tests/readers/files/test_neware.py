"""Neware's own files."""

import zlib

import pytest

import cellkeep
from conftest import CYCLER_FILES

pytestmark = pytest.mark.skipif(not CYCLER_FILES.is_dir(), reason="the files of cyclers are not there")


def test_python_unpacks_as_before_once_a_file_was_read() -> None:
    """The library puts another in its place while it reads."""
    plain = zlib.decompress, zlib.decompressobj
    cellkeep.read(CYCLER_FILES / "neware" / "navani__test.ndax")
    assert (zlib.decompress, zlib.decompressobj) == plain

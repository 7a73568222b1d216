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


def test_sensors_that_the_file_does_not_describe_are_told() -> None:
    """Its rows are there and numbered without a gap; of two sensors beside them nothing says what they measure."""
    reading = cellkeep.read(CYCLER_FILES / "neware" / "fastnda__Unit27_Example_Corrupt.ndax")
    (told,) = reading.repairs
    assert (told.action, reading.time_series.height) == ("sensors_left_out", 301)
    assert told.payload == {"parts": ["data_AUX_10_3_1.ndc", "data_AUX_9_3_1.ndc"]}

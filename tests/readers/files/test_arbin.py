"""Databases of Arbin, by either library."""

import shutil
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

import cellkeep
from conftest import CYCLER_FILES

_FILE = CYCLER_FILES / "arbin" / "navani__arbin_example.res"

pytestmark = pytest.mark.skipif(not _FILE.is_file(), reason="the files of cyclers are not there")


def _without_mdbtools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)


@pytest.mark.skipif(shutil.which("mdb-export") is None, reason="mdbtools are not installed")
def test_both_libraries_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without mdbtools makes the same measurement."""
    by_mdbtools = cellkeep.read(_FILE, timezone="UTC")
    _without_mdbtools(monkeypatch)
    by_access_parser = cellkeep.read(_FILE, timezone="UTC")
    assert_frame_equal(by_mdbtools.time_series, by_access_parser.time_series, rel_tol=1e-6)
    assert by_mdbtools.measurement["start_time"] == by_access_parser.measurement["start_time"]


def test_a_database_is_read_without_mdbtools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows come in the order of their numbers, which is not that of the file."""
    _without_mdbtools(monkeypatch)
    frame = cellkeep.read(_FILE, timezone="UTC").time_series
    assert frame.height == 2150
    assert frame["Time [s]"].is_sorted()


def test_a_damaged_database_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The error names the file, the fault and what to do."""
    _without_mdbtools(monkeypatch)
    cut = tmp_path / "cut.res"
    cut.write_bytes(_FILE.read_bytes()[:50_000])
    with pytest.raises(cellkeep.UnusableDataError, match=r"'cut\.res' is no database of Arbin.*apt install mdbtools"):
        cellkeep.read(cut)

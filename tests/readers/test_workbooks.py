"""Workbooks that are damaged."""

import zipfile
from pathlib import Path

import pytest

import cellkeep
from cellkeep.domain.errors import UnusableDataError
from readers.samples import ARBIN
from readers.workbooks import write_workbook


def test_a_workbook_whose_checksum_is_wrong(tmp_path: Path) -> None:
    """A number that changed within a workbook is not read as another."""
    path = write_workbook(tmp_path / "arbin.xlsx", {"Channel": [line.split(",") for line in ARBIN.splitlines()]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert cellkeep.read(path).time_series.height == 5
    content = path.read_bytes()
    path.write_bytes(content.replace(b"3.70", b"3.20"))
    with pytest.raises(UnusableDataError, match="is a workbook that is damaged"):
        cellkeep.read(path)

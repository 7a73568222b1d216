"""The page on figures: its code runs, and it tells of every figure."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cellkeep import plots

PAGE = "docs/plots.md"


def test_the_page_runs(page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every block runs in order, and each line that is printed stands in a comment beside its call."""
    page(PAGE).run()
    shown = [line.rpartition("  # ")[2] for line in page(PAGE).text.splitlines() if "  # " in line]
    assert capsys.readouterr().out.splitlines() == shown
    assert (here / "three-cycles.html").exists()


def test_every_figure_is_documented(page: Callable[[str], Any]) -> None:
    """Every figure has its row in the table, and is drawn on the page."""
    rows = "".join(re.findall(r"^\| (\[`.+?) \|", page(PAGE).text, re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", rows)) == set(plots.__all__)
    for name in plots.__all__:
        assert f"plots.{name}(" in "".join(page(PAGE).blocks()), name

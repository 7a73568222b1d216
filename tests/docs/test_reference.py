"""The reference pages are complete: every setting, error, column, command and link."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import cellkeep
from cellkeep.cli import app
from cellkeep.client.exporting import FORMATS
from cellkeep.domain import bdf, columns
from cellkeep.domain.errors import CellkeepError
from cellkeep.readers.detection import FORMATS as READERS
from cellkeep.summarise import cycles, steps

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))

NONE = "\N{EN DASH}"

WRITTEN = [each for each in bdf.QUANTITIES if each.columns]

RICH = pl.DataFrame({
    "Time [s]": [0.0, 1, 2, 3, 4],
    "Voltage [V]": [3.6, 3.7, 3.8, 3.7, 3.6],
    "Current [A]": [-1.0, -1, -1, 1, 1],
    "Temperature [degC]": [25.0, 25, 25, 26, 26],
    "Frequency [Hz]": [None, None, None, 1e3, 1e2],
    "Frame": [0, 0, 0, 1, 1],
    "Step count": [0, 0, 0, 1, 1],
    "Step from cycler": [1, 1, 1, 2, 2],
    "Cycle count": [0, 0, 0, 0, 0],
    "Cycle from cycler": [1, 1, 1, 1, 1],
    "Discharge capacity [A.h]": [0.0, 0, 0, 0, 1e-3],
    "Charge capacity [A.h]": [0.0, 1e-3, 2e-3, 0, 0],
    "Energy [W.h]": [0.0, 1e-3, 2e-3, 3e-3, 4e-3],
})  # fmt: skip


def test_every_setting_is_documented(page: Callable[[str], Any]) -> None:
    """Every variable that the source reads is in the table of the README and on the page of settings."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r"CELLKEEP_[A-Z][A-Z_]*[A-Z]", source))
    assert "CELLKEEP_DATA" in read
    for path in ("README.md", "docs/settings.md"):
        rows = set(re.findall(r"^\| `(CELLKEEP_[A-Z_]+)` \|", page(path).text, re.MULTILINE))
        assert rows == read, path


def test_every_error_is_documented(page: Callable[[str], Any]) -> None:
    """Every exported error has a row with its status and code."""
    exported = {name: getattr(cellkeep, name) for name in cellkeep.__all__ if name.endswith("Error")}
    assert len(exported) >= 12
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (\S+) \|", page("docs/errors.md").text, re.MULTILINE)
    documented = {name: (status, code.strip("`")) for name, status, code in rows}
    for name, kind in exported.items():
        assert issubclass(kind, CellkeepError)
        status, code = documented[name]
        assert code == (kind.error_code or NONE)
        assert status == ("5xx" if kind is cellkeep.ServerError else str(kind.status_code or NONE))


def test_every_column_of_the_data_format_is_documented(page: Callable[[str], Any]) -> None:
    """Every column that the source names has a row."""
    named = {value for name, value in vars(columns).items() if name.isupper() and isinstance(value, str)}
    assert {"Time [s]", "Step count", "SOC"} <= named
    rows = set(re.findall(r"^\| `([^`]+)` \|", page("docs/data-format.md").text, re.MULTILINE))
    assert named <= rows


def test_every_word_of_the_battery_data_format_that_is_written_is_documented(page: Callable[[str], Any]) -> None:
    """The page on exports has a row for each such word with its columns, in order, and one for each format."""
    text = page("docs/export.md").text
    rows = re.findall(r"^\| (`.+`) \| `(.+)` \| `(\w+)` \| (.*)\|$", text, re.MULTILINE)
    changes = {(True, False): "sign", (False, True): "counted on", (False, False): ""}
    assert [(", or else ".join(f"`{own}`" for own in each.columns), each.label, each.name) for each in WRITTEN] == [
        row[:3] for row in rows
    ]
    assert [changes[each.turned, each.whole_test] for each in WRITTEN] == [row[3].strip() for row in rows]
    formats = text.split("\n## Formats\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z.]+)` \|", formats, re.MULTILINE)) == set(FORMATS)


@pytest.mark.parametrize(("heading", "table"), [("Step table", steps(RICH)), ("Cycle table", cycles(steps(RICH)))])
def test_every_column_of_the_tables_is_documented(
    page: Callable[[str], Any], heading: str, table: pl.DataFrame
) -> None:
    """Each column that is made has a row under the heading of its table, and no other column has one."""
    part = page("docs/tables.md").text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]+`) \|", part, re.MULTILINE)
    assert {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)} == set(table.columns)


def test_every_derived_quantity_is_documented(page: Callable[[str], Any]) -> None:
    """Every function has its row in the table, is used on the page, and has a docstring with its result and errors."""
    derived = page("docs/derived.md")
    rows = "".join(re.findall(r"^\| (\[`.+?) \|", derived.text, re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", rows)) == set(cellkeep.derived.__all__)
    for name in cellkeep.derived.__all__:
        assert f"derived.{name}(" in "".join(derived.blocks()), name
        told = getattr(cellkeep.derived, name).__doc__
        assert {"Args:", "Returns:"} <= set(told.split()), name


@pytest.mark.parametrize("path", PAGES)
def test_links_lead_somewhere(page: Callable[[str], Any], path: str) -> None:
    """Every link within the checkout leads to a file, and to a heading where it names one."""
    for link in re.findall(r"\]\(([^)\s]+)\)", page(path).text):
        if link.startswith("https://"):
            continue
        target, _, heading = link.partition("#")
        found = (ROOT / path).parent / target if target else ROOT / path
        assert found.exists(), link
        if heading:
            titles = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}, link


@pytest.mark.parametrize("path", PAGES)
def test_commands_exist(page: Callable[[str], Any], path: str) -> None:
    """Every `cellkeep` command and every target of `make` that a page names is there."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = {name for name in app if not name.startswith("-")}
    code = "\n".join([*re.findall(r"`([^`\n]+)`", page(path).text), *page(path).blocks("sh")])
    assert set(re.findall(r"^make ([a-z]+)", code, re.MULTILINE)) <= targets
    assert set(re.findall(r"^cellkeep ([a-z]+)", code, re.MULTILINE)) <= commands


def test_every_reader_and_every_repair_is_documented(page: Callable[[str], Any]) -> None:
    """Every format has its place in the first table of cycler files, and every repair in the second."""
    first, second = page("docs/cycler-files.md").text.split("\n| repair |")

    def named(text: str) -> set[str]:
        rows = re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE)
        return {name for cell in rows for name in re.findall(r"`([^`]+)`", cell)}

    assert named(first) == {fmt.name for fmt in READERS}
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/cellkeep/readers").rglob("*.py"))
    source += (ROOT / "src/cellkeep/client/reading.py").read_text(encoding="utf-8")
    assert set(re.findall(r'action="(\w+)"', source)) - {"more_repairs"} <= named(second.split("\n**")[0])

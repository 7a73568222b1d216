"""The page on checks lists all of them, and each of its examples shows what its heading names."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

import cellkeep
from cellkeep.domain.findings import Code
from cellkeep.summarise.mending import MENDED_CODES
from cellkeep.validate import catalogue

PAGE = "docs/checks.md"
TEXT = (Path(__file__).parents[2] / PAGE).read_text(encoding="utf-8")
HEADING = re.compile(r"^(##|###) (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Section(NamedTuple):
    """What stands below one heading, or below several that follow each other directly."""

    codes: list[str]
    text: str
    line: int

    def blocks(self) -> list[str]:
        """Its code, each block behind so many empty lines that an error names the line of the page."""
        return [
            "\n" * (self.line + self.text.count("\n", 0, found.start(1))) + found[1]
            for found in BLOCK.finditer(self.text)
        ]


def sections() -> Iterator[Section]:
    """The sections of findings, in the order of the page."""
    headings = list(HEADING.finditer(TEXT))
    codes: list[str] = []
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        if (code := re.fullmatch(r"`(\w+)`", heading[2])) is None:
            continue
        codes.append(code[1])
        text = TEXT[heading.end() : following.start() if following else None]
        if text.strip():
            yield Section(codes, text, TEXT.count("\n", 0, heading.end()))
            codes = []
    assert not codes


SECTIONS = list(sections())
PLAIN_BLOCKS = len(BLOCK.findall(TEXT)) - sum(len(section.blocks()) for section in SECTIONS)


def shown(code: str) -> list[str]:
    """The lines that code prints, as its comments say: beside a call, or right below one."""
    lines: list[str] = []
    below = False
    for line in code.splitlines():
        beside = line.rpartition("  # ")
        if beside[1]:
            lines.append(beside[2])
        elif below and line.startswith("# "):
            lines.append(line.removeprefix("# "))
        below = "print(" in line or (below and line.startswith("# "))
    return lines


def test_the_table_is_that_of_the_checks() -> None:
    """Between its marks the page has the table as the checks tell it."""
    table = TEXT.split("<!-- checks -->\n")[1].split("\n<!-- /checks -->")[0]
    assert table == catalogue.table()


def test_every_code_has_a_section() -> None:
    """There is a heading for each code, in the order of the table, and for nothing else."""
    headings = [code for section in SECTIONS for code in section.codes]
    assert headings == [entry.code for entry in catalogue.entries()]
    assert set(headings) == set(Code)


def test_the_table_of_repairs_is_that_of_mend() -> None:
    """The repairs that the page lists are of the findings that are mended, and of no others."""
    part = TEXT.split("\n## Mending\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]+`) \|", part, re.MULTILINE)
    assert {code for cell in cells for code in re.findall(r"`(\w+)`", cell)} == MENDED_CODES


def test_the_page_runs_up_to_its_sections(
    page: Callable[[str], Any],
    here: Path,
    closing: Callable[[dict[str, Any]], dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The blocks before the sections of findings run in order, print what they say, and leave mended rows stored."""
    found = closing(page(PAGE).run(last=PLAIN_BLOCKS))
    assert capsys.readouterr().out.splitlines() == shown("".join(page(PAGE).blocks()[:PLAIN_BLOCKS]))
    with cellkeep.open(here / "my-lab") as client:
        stored = {each.name: each for each in client.cell_measurement.list(found["cell"].id)}
        assert set(stored) == {"Charge and discharge", "Long rest", "Stored as it came"}
        series = client.cell_measurement.time_series(stored["Charge and discharge"].id)
    assert series.equals(found["mended"].frame)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.codes[0])
def test_a_section_shows_its_finding(section: Section, capsys: pytest.CaptureFixture[str]) -> None:
    """Each block runs by itself and prints what it says; together they find what the headings name, and nothing else.

    Where the finding is mended, the example has it mended, and nothing is found any more.
    """
    codes: set[str] = set()
    for block in section.blocks():
        namespace: dict[str, Any] = {"__name__": "page", "cellkeep": cellkeep, "pl": pl}
        exec(compile(block, PAGE, "exec"), namespace)  # noqa: S102  our own page
        printed = capsys.readouterr().out.splitlines()
        assert printed
        assert printed == shown(block)
        codes |= {each.code for each in namespace["found"]}
        if MENDED_CODES & set(section.codes):
            assert namespace["mended"].repairs
            assert printed[-1] == "[]"
    assert codes == set(section.codes)

"""The way of a folder of files from the drop to the comparison, in the steps that a person takes."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

SPEC = "Round robin"
READ_MS = 60_000
"""A process for reading is started for the first file."""
DRAWN = "section.figure.drawn:not(.busy)"


def sign_in(page: Page, link: str) -> None:
    """Open the link that somebody was given; it works once."""
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def open_upload(page: Page) -> None:
    """Choose `Upload` at the top of any page."""
    page.get_by_role("navigation", name="pages").get_by_role("link", name="Upload").click()
    expect(page.get_by_text("Drop files of cyclers here")).to_be_visible()


def drop(page: Page, folder: Path) -> None:
    """Give the page all files of a folder."""
    page.set_input_files("#pick-folder", folder)


def wait_until_read(page: Page, names: list[str]) -> None:
    """Wait until the page says of each file what it is."""
    for name in names:
        expect(file_row(page, name)).to_be_visible(timeout=READ_MS)
    expect(page.locator("#summary")).not_to_contain_text("under way", timeout=READ_MS)


def file_row(page: Page, name: str) -> Locator:
    """The part of the table that is about a file."""
    return page.locator("table.files > tbody").filter(has=page.get_by_role("button", name=name, exact=True))


def choose_project(page: Page, name: str) -> None:
    """Say in which project the files go; what was dropped stays."""
    page.locator("#where select[name=project]").select_option(label=name)
    expect(page.locator("#where")).to_be_visible()


def say_where(page: Page, zone: str = "Europe/Berlin") -> None:
    """Name the specification, which is new, and the time zone that some files do not tell."""
    page.get_by_label("Specification of the cells").fill(SPEC)
    page.get_by_label("Time zone of the cyclers").fill(zone)


def name_cells(page: Page, names: list[str]) -> None:
    """Give each file a cell of its own, named after the cycler."""
    for name in names:
        field = page.get_by_label(f"cell of {name}")
        if field.is_visible():
            field.fill(cell_of(name))


def cell_of(name: str) -> str:
    """The cell that was on the cycler which wrote a file."""
    return f"{Path(name).stem.upper()}-01"


def look_into(page: Page, name: str) -> None:
    """Open a file: its curve, what the checks say, what became of its columns."""
    file_row(page, name).get_by_role("button", name=name, exact=True).click()
    file_row(page, name).locator("section.figure.drawn").first.wait_for()


def close(page: Page, name: str) -> None:
    """Close a file that was opened."""
    file_row(page, name).get_by_role("button", name=name, exact=True).click()


def store(page: Page) -> None:
    """Store everything that is ready."""
    page.get_by_role("button", name="Store all").click()
    expect(page.locator("#store-all")).to_be_disabled(timeout=READ_MS)
    expect(page.locator("#summary")).not_to_contain_text("under way", timeout=READ_MS)


def open_measurement(page: Page, name: str) -> None:
    """Land on the measurement that a file became."""
    file_row(page, name).get_by_role("link", name="Open").click()
    page.locator(DRAWN).first.wait_for()


def choose(page: Page, names: list[str]) -> None:
    """Choose measurements in the list of all, by the button in their row."""
    page.get_by_role("navigation", name="pages").get_by_role("link", name="Measurements").click()
    for name in names:
        page.get_by_role("button", name=f"compare {Path(name).stem} of {cell_of(name)}").click()
    expect(page.locator("[data-basket-count]")).to_have_text(str(len(names)))


def compare(page: Page) -> None:
    """Lay what was chosen over each other, by cycle first."""
    page.get_by_role("navigation", name="pages").get_by_role("link", name="Compare").click()
    page.locator(DRAWN).wait_for()


def plot(page: Page, kind: str, **controls: str) -> None:
    """Draw something else of the same measurements."""
    for name, value in {"plot": kind, **controls}.items():
        page.locator(f"#comparison select[name={name}]").select_option(value)
        page.locator(DRAWN).wait_for()


def lines(page: Page) -> list[dict[str, Any]]:
    """What the figure draws: of each line the cell, its y axis and its values."""
    found: list[dict[str, Any]] = page.evaluate(_LINES)
    return found


_LINES = """
document.querySelector('#comparison .plot')._fullData.filter((line) => line.x?.length > 1).map((line) =>
  ({name: line.name, axis: line.yaxis, x: [...line.x], y: [...line.y]}))
"""

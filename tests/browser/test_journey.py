"""The way that docs/first-files.md tells, taken by a person who knows the browser alone."""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from browser import journey, makers
from browser.looks import shot
from browser.stand import Open, Stand

_VOLTS = (0.5, 4.5)
"""Between which every voltage lies of the cells that are cycled."""


def test_a_folder_of_files_becomes_a_comparison(open_page: Open, stand: Stand, tmp_path: Path) -> None:
    """From the login link to curves of several makers over each other, with the right sign and plausible values."""
    page = open_page(cookies=[])
    made = makers.fill(tmp_path)
    journey.sign_in(page, stand.login(_newcomer(stand)))
    journey.open_upload(page)
    journey.drop(page, tmp_path)
    journey.wait_until_read(page, made.names)
    journey.choose_project(page, "First files")
    journey.wait_until_read(page, made.names)
    assert page.locator("table.files button.opener").all_inner_texts() == sorted(made.names)
    expect(journey.file_row(page, makers.EMPTY)).to_contain_text("has no row of measured values")
    journey.look_into(page, made.cycled[0])
    journey.close(page, made.cycled[0])
    journey.say_where(page)
    journey.name_cells(page, made.names)
    journey.store(page)
    number = len(made.names)
    expect(page.locator("#summary")).to_have_text(f"{number} files: 1 not readable, {number - 1} stored.")
    shot(page, "journey stored")
    journey.open_measurement(page, made.cycled[0])
    expect(page.get_by_role("heading", level=1)).to_have_text(Path(made.cycled[0]).stem)
    journey.choose(page, made.cycled)
    journey.compare(page)
    _check_capacities(page, made.cycled)
    journey.plot(page, "voltage_capacity", normalise="first")
    _check_curves(page, made.cycled)
    shot(page, "journey compared")
    journey.plot(page, "time_series")
    _check_signs(page, made.cycled)


def _newcomer(stand: Stand) -> str:
    """Somebody with two projects to choose from, and a list of files of their own."""
    for name in ("Other files", "First files"):
        project = stand.client.project.create({"name": name})
        member = stand.client.project.invite_member(project.id, "newcomer@example.org", "Project Contributor")
    return str(member.user_id)


def _by_cell(page: Page, names: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The lines of each cell; all cells that were chosen have some."""
    found = defaultdict(list)
    for line in journey.lines(page):
        found[line["name"]].append(line)
    assert set(found) == {journey.cell_of(name) for name in names}
    return found


def _check_capacities(page: Page, names: list[str]) -> None:
    """Cycles count up, and no capacity is negative or that of no cell."""
    for cell, (line, *more) in _by_cell(page, names).items():
        assert not more
        assert all(one < other for one, other in pairwise(line["x"])), cell
        assert all(0 <= capacity < 10 for capacity in line["y"]), cell


def _check_curves(page: Page, names: list[str]) -> None:
    """On the scale of the first full cycle, each cell comes to about one."""
    for cell, lines in _by_cell(page, names).items():
        capacities = [x for line in lines for x in line["x"] if x is not None]
        voltages = [y for line in lines for y in line["y"] if y is not None]
        assert min(capacities) >= 0, cell
        assert 0.9 < max(capacities) < 1.5, cell
        assert _VOLTS[0] < min(voltages) < max(voltages) < _VOLTS[1], cell


def _check_signs(page: Page, names: list[str]) -> None:
    """While current flows out of a cell, which counts as positive, its voltage falls on the whole."""
    for cell, lines in _by_cell(page, names).items():
        voltage, current = sorted(lines, key=lambda line: line["axis"])[:2]
        flows = dict(zip(current["x"], current["y"], strict=True))
        steps = pairwise(zip(voltage["x"], voltage["y"], strict=True))
        moved = [
            (flows.get(at, 0) or 0, after - before) for (at, before), (_, after) in steps if None not in (before, after)
        ]
        assert sum(rise for amps, rise in moved if amps > 0) < 0, cell
        assert sum(rise for amps, rise in moved if amps < 0) > 0, cell

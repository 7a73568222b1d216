"""The way of files from being dropped to being compared."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from browser.lab import HOSTILE
from browser.looks import require_usable, shot
from browser.stand import Open, Stand
from web.upload.samples import LOCAL, PLAIN, UNKNOWN

_READ_MS = 30_000
"""A process for reading is started for the first file."""


def row(page: Page, filename: str) -> Locator:
    """The part of the table that is about a file."""
    return page.locator("table.files > tbody").filter(has=page.get_by_role("button", name=filename, exact=True))


def send(page: Page, folder: Path, **content: str | bytes) -> None:
    """Choose files, as `name__csv` for `name.csv`."""
    paths = []
    for name, each in content.items():
        paths.append(folder / name.replace("__", "."))
        paths[-1].write_bytes(each if isinstance(each, bytes) else each.encode())
    page.set_input_files("#pick", paths)


def send_folder(page: Page, folder: Path, name: str, content: str) -> None:
    """Choose a folder with one file in it, whose name says in which folder it lies there."""
    path = folder / name
    path.parent.mkdir(parents=True)
    path.write_text(content)
    page.set_input_files("#pick-folder", folder)


def look(page: Page, name: str) -> None:
    """Keep pictures of the page in light and dark, wide and narrow, and hold it against the rules."""
    shot(page, f"{name} 1440 light")
    require_usable(page)
    page.emulate_media(color_scheme="dark")
    for width in (1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        shot(page, f"{name} {width} dark")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    require_usable(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def own_list(open_page: Open, stand: Stand, name: str) -> tuple[Page, str]:
    """The page of somebody who has sent nothing yet, for a project of their own, and its id: a list is a person's."""
    project = stand.client.project.create({"name": name})
    invited = stand.client.project.invite_member(project.id, f"{name.lower()}@lab.org", "Project Contributor")
    page = open_page(cookies=stand.cookies(invited.user_id))
    page.goto(f"/ui/upload?project={project.id}")
    return page, project.id


def require_set_apart(page: Page, filename: str) -> None:
    """This file, and no other, is left from an earlier visit."""
    expect(page.locator("#earlier")).to_contain_text("From an earlier visit")
    expect(page.locator("#earlier tbody:visible")).to_have_count(1)
    expect(page.locator("#earlier").get_by_role("button", name=filename, exact=True)).to_be_visible()
    expect(page.locator("#files")).to_be_hidden()


def require_within(page: Page) -> None:
    """No button of a line reaches beyond the table's frame, which would cut it off."""
    beyond = """
      () => [...document.querySelectorAll("table.files td.ways > *")].filter((each) => each.offsetParent
        && each.getBoundingClientRect().right > each.closest(".scroll").getBoundingClientRect().right).length"""
    for width in (1440, 1400, 1300, 1281, 1200, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(beyond) == 0, width
    page.set_viewport_size({"width": 1440, "height": 900})


def require_zone_corrected(page: Page, filename: str) -> None:
    """A word that is no time zone is told at once, and the zone that ends with it is offered."""
    page.get_by_label("Time zone").fill("berlin")
    expect(row(page, filename)).to_contain_text("correct the time zone above")
    page.get_by_role("button", name="Europe/Berlin", exact=True).click()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")


def require_shared_cell(page: Page, filename: str, typed: str) -> None:
    """A cell that is named for all is that of a file beside which none was typed."""
    before = page.get_by_label(f"cell of {typed}").input_value()
    page.get_by_label("Cell for all").fill("Shared")
    expect(page.get_by_label(f"cell of {filename}")).to_have_value("Shared")
    expect(page.get_by_label(f"cell of {typed}")).to_have_value(before)
    page.get_by_label("Cell for all").fill("")


def test_files_go_from_the_drop_to_their_pages(open_page: Open, stand: Stand, tmp_path: Path) -> None:
    """Several files are read at once, asked about where something is open, mended, stored together, and compared."""
    page, _ = own_list(open_page, stand, "Dropped")
    expect(page.get_by_text("Drop files of cyclers here")).to_be_visible()
    look(page, "upload empty")
    send(
        page,
        tmp_path,
        plain__csv=PLAIN,
        eigen__txt=UNKNOWN.replace("I1", "I1 mA"),
        photo__png=b"\x89PNG\r\n\x1a\n0",
    )
    send_folder(page, tmp_path / "lot", "A-001/arbin.csv", LOCAL)
    expect(row(page, "plain.csv")).to_contain_text("40 rows", timeout=_READ_MS)
    expect(row(page, "eigen.txt")).to_contain_text("name its columns")
    expect(row(page, "arbin.csv")).to_contain_text("say the time zone")
    expect(row(page, "arbin.csv")).to_contain_text("current turned")
    expect(page.get_by_label("cell of arbin.csv")).to_have_value("A-001")
    require_within(page)

    require_zone_corrected(page, "arbin.csv")
    page.get_by_label("Specification of the cells").fill("NCM 500")
    page.get_by_label("Rated capacity").fill("0.5")
    row(page, "photo.png").get_by_label("cell of photo.png").fill("plain")
    require_shared_cell(page, "arbin.csv", "photo.png")
    expect(page.get_by_role("button", name="Store all 3 that are ready")).to_be_enabled()

    eigen = row(page, "eigen.txt")
    eigen.get_by_role("button", name="Name columns").click()
    for title, what, unit in (("Zeit", "Time", "min"), ("U1", "Voltage", "mV")):
        eigen.get_by_label(f"what {title} is").select_option(what)
        eigen.get_by_label(f"unit of {title}").select_option(unit)
    eigen.get_by_label("what I1 mA is").select_option("Current")
    expect(eigen.get_by_label("unit of I1 mA")).to_have_value("mA")
    eigen.get_by_label("direction of I1 mA").select_option("+")
    shot(page, "upload columns 1440 light")
    eigen.get_by_role("button", name="Read it so").click()
    expect(eigen).to_contain_text("the checks refuse it")
    eigen.get_by_label("Turn the sign of the current").check()
    expect(eigen.get_by_role("heading", name="As it will be stored")).to_be_visible()
    expect(eigen.locator("section.figure.drawn")).to_have_count(2)
    look(page, "upload mended")

    page.get_by_role("button", name="Store all 4 that are ready").click()
    expect(page.locator("#summary")).to_have_text("4 files: 4 stored.", timeout=_READ_MS)
    compare = page.get_by_role("link", name="Compare what was stored").get_attribute("href") or ""
    assert compare.count("m=") == 3
    shot(page, "upload stored 1440 light")
    page.reload()
    row(page, "eigen.txt").get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("eigen")


def test_one_file_leads_to_its_measurement(open_page: Open, stand: Stand, tmp_path: Path) -> None:
    """Who stores one file alone lands on it, whatever was left before; sent again, it is told to be there."""
    page, project_id = own_list(open_page, stand, "One")
    send(page, tmp_path, eigen__txt=UNKNOWN)
    expect(row(page, "eigen.txt")).to_contain_text("name its columns", timeout=_READ_MS)
    send(page, tmp_path, one__csv=LOCAL)
    page.get_by_role("button", name="Use Europe/Berlin").click(timeout=_READ_MS)
    page.get_by_label("Specification of the cells").fill(HOSTILE)
    one = row(page, "one.csv")
    one.get_by_label("cell of one.csv").fill(HOSTILE)
    one.get_by_role("button", name="Store", exact=True).click(timeout=_READ_MS)
    expect(page.get_by_role("heading", level=1)).to_have_text("one", timeout=_READ_MS)
    (cell,) = stand.client.cell_instance.list(stand.client.cell_spec.list(project_id=project_id).items[0].id).items
    page.evaluate("sessionStorage.clear()")
    page.goto(f"/ui/upload?project={project_id}&cell={cell.id}")
    require_set_apart(page, "eigen.txt")
    send(page, tmp_path, again__csv=LOCAL)
    expect(row(page, "again.csv").get_by_label("cell of again.csv")).to_have_value(HOSTILE, timeout=_READ_MS)
    expect(row(page, "again.csv")).to_contain_text("was stored before")
    expect(row(page, "again.csv")).not_to_contain_text("zone")
    expect(page.locator("#ask-zone")).to_be_hidden()
    expect(page.locator("#summary")).to_have_text("1 file: 1 stored before.")
    page.get_by_role("button", name="Clear what is stored").click()
    expect(page.locator("#files")).to_be_hidden()
    page.get_by_role("button", name="Put them away").click()
    expect(page.locator("#earlier")).to_be_hidden()


def test_who_may_not_write_is_told_so(open_page: Open, stand: Stand) -> None:
    """A viewer sees no place to drop anything, and whom to ask."""
    page = open_page(cookies=stand.cookies(stand.lab.viewer))
    page.goto("/ui/upload")
    expect(page.get_by_text("Project Contributor")).to_be_visible()
    expect(page.get_by_text("Drop files")).to_have_count(0)
    shot(page, "upload viewer 1440 light")
    require_usable(page)

"""Every page, as a person meets it: nothing fails on it, everybody can use it, and it fits the window."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.lab import HOSTILE, LONG, Lab
from browser.looks import require_usable, shot
from browser.stand import Open, Stand
from browser.watch import Watch

PAGES: dict[str, Callable[[Lab], str]] = {
    "home": lambda _: "/ui/",
    "home of a project": lambda lab: f"/ui/?project={lab.project}",
    "home of hostile names": lambda lab: f"/ui/?project={lab.other_project}",
    "cycled": lambda lab: f"/ui/measurements/{lab.cycled}",
    "impedance": lambda lab: f"/ui/measurements/{lab.impedance}",
    "spectrum": lambda lab: f"/ui/measurements/{lab.spectrum}",
    "imported": lambda lab: f"/ui/measurements/{lab.imported}",
    "properties": lambda lab: f"/ui/measurements/{lab.properties[-1]}",
    "files": lambda lab: f"/ui/measurements/{lab.files}",
    "findings": lambda lab: f"/ui/measurements/{lab.findings}",
    "failed": lambda lab: f"/ui/measurements/{lab.failed}",
    "pending": lambda lab: f"/ui/measurements/{lab.pending}",
    "hostile series": lambda lab: f"/ui/measurements/{lab.hostile[0]}",
    "hostile values": lambda lab: f"/ui/measurements/{lab.hostile[1]}",
    "hostile files": lambda lab: f"/ui/measurements/{lab.hostile[2]}",
    "long name": lambda lab: f"/ui/measurements/{lab.long}",
}
"""Every page of which the look is kept, and what it shows."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound(page: Page, stand: Stand, watch: Watch, name: str) -> None:
    """No script and no request fails, the rules of accessibility are kept, and a phone need not scroll aside."""
    page.goto(PAGES[name](stand.lab))
    watch.settle(page)
    shot(page, f"{name} 1440 light")
    require_usable(page)
    page.emulate_media(color_scheme="dark")
    shot(page, f"{name} 1440 dark")
    require_usable(page)
    for width in (1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        shot(page, f"{name} {width} dark")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_login_link_leads_home(open_page: Open, stand: Stand) -> None:
    """Who follows a link that was printed for them sees the laboratory, and may look at the rest of it."""
    page = open_page(cookies=[])
    page.goto(stand.login())
    expect(page).to_have_url(f"{stand.url}/ui/")
    page.get_by_role("link", name="Post-mortem").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Post-mortem")
    expect(page.get_by_text("tomography.tiff")).to_be_visible()


def test_a_page_that_is_not_there_says_so(page: Page, watch: Watch) -> None:
    """What leads nowhere says what did not work, on a page as sound as any other."""
    watch.expect("answer 404 /ui/measurements/none")
    page.goto("/ui/measurements/none")
    expect(page.get_by_role("heading", level=1)).to_have_text("That did not work")
    shot(page, "not there 1440 light")
    require_usable(page)


def test_names_stay_text(page: Page, stand: Stand) -> None:
    """A name with a script in it is read as it was written, and so is one that is as long as names may be."""
    page.goto(f"/ui/measurements/{stand.lab.hostile[0]}")
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    page.goto(f"/ui/measurements/{stand.lab.long}")
    expect(page.get_by_role("heading", level=1)).to_have_text(LONG)

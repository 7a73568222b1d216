"""Every page, as a person meets it: nothing fails on it, everybody can use it, and it fits the window."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from browser.files import HOSTILE_FILE
from browser.lab import HOSTILE, LONG, Lab
from browser.looks import look_over, require_usable, shot
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
    "mend": lambda lab: f"/ui/measurements/{lab.findings}/mend",
    "failed": lambda lab: f"/ui/measurements/{lab.failed}",
    "pending": lambda lab: f"/ui/measurements/{lab.pending}",
    "hostile series": lambda lab: f"/ui/measurements/{lab.hostile[0]}",
    "hostile values": lambda lab: f"/ui/measurements/{lab.hostile[1]}",
    "hostile files": lambda lab: f"/ui/measurements/{lab.hostile[2]}",
    "cells": lambda _: "/ui/cells",
    "measurements": lambda lab: f"/ui/measurements?project={lab.project}&sort=found&order=desc",
    "cell": lambda lab: f"/ui/cells/{lab.cells[0]}",
    "hostile cell": lambda lab: f"/ui/cells/{lab.hostile_cell}",
    "specification": lambda lab: f"/ui/specs/{lab.spec}",
    "batch": lambda lab: f"/ui/batches/{lab.batches[0]}",
    "account": lambda _: "/ui/account",
    "search": lambda _: "/ui/search?q=ageing",
    "lab": lambda lab: f"/ui/lab?channel={lab.channels[2]}",
    "lab without cyclers": lambda lab: f"/ui/lab?project={lab.other_project}",
    "converted": lambda lab: f"/ui/measurements/{lab.properties[1]}?unit.thickness=um",
    "picture": lambda lab: f"/ui/measurements/{lab.files}?file=tomography.tiff&page=2",
    "document": lambda lab: f"/ui/measurements/{lab.files}?file=report.pdf",
    "array": lambda lab: f"/ui/measurements/{lab.files}?file=map.npy",
    "hostile text": lambda lab: f"/ui/measurements/{lab.files}?file={quote(HOSTILE_FILE)}",
    "long name": lambda lab: f"/ui/measurements/{lab.long}",
}
"""Every page of which the look is kept, and what it shows."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound(page: Page, stand: Stand, watch: Watch, name: str) -> None:
    """No script fails and no request, everybody can use it, light and dark, and it fits a phone."""
    page.goto(PAGES[name](stand.lab))
    look_over(page, watch, name)


def test_a_stranger_is_led_to_a_sound_door(open_page: Open, watch: Watch) -> None:
    """Who is not signed in finds a form in place of any page."""
    page = open_page(cookies=[])
    page.goto("/ui/")
    expect(page.get_by_role("button", name="Sign in").first).to_be_visible()
    look_over(page, watch, "sign in")


def test_a_login_link_leads_home(open_page: Open, stand: Stand) -> None:
    """Who follows a link that was printed for them sees the laboratory, and may look at the rest of it."""
    page = open_page(cookies=[])
    page.goto(stand.login())
    expect(page).to_have_url(f"{stand.url}/ui/")
    page.goto("/ui/search?q=Post-mortem")
    page.get_by_role("link", name="Post-mortem").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Post-mortem")
    expect(page.get_by_text("tomography.tiff")).to_be_visible()


def test_a_page_that_is_not_there_says_so(page: Page, watch: Watch) -> None:
    """What leads nowhere says what did not work, on a page as sound as any other."""
    watch.expect("answer 404 /ui/measurements/none")
    page.goto("/ui/measurements/none")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    shot(page, "not there 1440 light")
    require_usable(page)


def test_names_stay_text(page: Page, stand: Stand) -> None:
    """A name with a script in it is read as it was written, and so is one that is as long as names may be."""
    page.goto(f"/ui/measurements/{stand.lab.hostile[0]}")
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    page.goto(f"/ui/measurements/{stand.lab.long}")
    expect(page.get_by_role("heading", level=1)).to_have_text(LONG)

"""The wall of the laboratory, as a browser gets it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from cellkeep.domain.people import Caller
from cellkeep.domain.planned_measurements import PlannedDraft
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.records import now
from cellkeep.services import accounts, lab, planned_measurements
from cellkeep.settings import LAB_STALE_AFTER_S
from cellkeep.web.lab import KNOWN
from conftest import Server
from services.lab_bench import LabBench, lab_bench

HOSTILE = "<b>C/10</b>"

pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


@pytest.fixture
def admin(server: Server) -> Caller:
    return accounts.ensure_first_admin(server.store)


@pytest.fixture
def browser(server: Server, admin: Caller) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, headers={"Accept": "text/html"}, follow_redirects=True) as browser:
        browser.get("/ui/login", params={"token": accounts.create_login_token(server.store, admin.user_id)})
        yield browser


@pytest.fixture
def at(server: Server, admin: Caller) -> LabBench:
    """Five channels: occupied, stale, out of commission, reserved, free."""
    at = lab_bench(server.store, admin, 5)
    at.run("Busy", 0, protocol={"name": HOSTILE}, estimated_end_time="2026-01-02")
    quiet = at.run("Quiet", 1)
    with at.store.writing() as work:
        work.measurements.row(quiet).updated_at = now() - timedelta(seconds=LAB_STALE_AFTER_S + 26 * 3600)
    at.set_channel(2, out_of_commission=True, incident_category="hardware_failure", incident_notes="relay sticks")
    at.set_channel(4, max_amps=6, min_volts=0, max_volts=5, notes="contact worn")
    begins = now() + timedelta(days=3, minutes=1)
    draft = {
        "name": "Check-up",
        "status": "scheduled",
        "protocol_id": "rpt",
        "cell_specification_id": at.spec_id,
        "channel_id": at.channel_ids[3],
        "planned_start_time": begins.isoformat(),
        "planned_end_time": (begins + timedelta(days=1)).isoformat(),
    }
    with at.store.writing(admin) as work:
        planned_measurements.create(work, admin, at.project_id, PlannedDraft.model_validate(draft))
    return at


def tiles(page: str) -> list[str]:
    """What is written on each tile, in the order of the page."""
    found = re.findall(r'<li class="tile (\w+)"[^>]*>(.*?)</li>', page, re.DOTALL)
    return [f"{state}: {' '.join(re.sub('<[^>]+>', ' ', content).split())}" for state, content in found]


def test_each_tile_says_what_its_channel_does(at: LabBench, browser: httpx2.Client) -> None:
    """By state, sign and word, with cell, test, protocol and times, or with the reason; all is counted at the top."""
    page = browser.get("/ui/lab").text
    said = tiles(page)
    assert re.fullmatch(r"occupied: 1 ● occupied C Busy &lt;b&gt;C/10&lt;/b&gt; \d+ d , due \d+ d ago", said[0])
    assert said[1:] == [
        "stale: 2 ! stale C Quiet silent for 2.1 d",
        "out_of_commission: 3 \u00d7 out hardware failure: relay sticks 0 min",
        "free: 4 ○ free reserved in 3 d",
        "free: 5 ○ free 6 A, 0 to 5 V",
    ]
    assert "<b>" not in page
    assert re.search(r"<strong>40 %</strong> in use\s*<span class=\"of\">of 5 channels", page)
    assert f'href="/ui/cells/{at.instance_id}"' in page
    of_project = browser.get("/ui/lab", params={"project": at.project_id}).text
    assert f'href="/ui/cells/{at.instance_id}?project={at.project_id}"' in of_project
    assert tiles(of_project) == said


ASKED: list[tuple[dict[str, str | list[str]], list[str]]] = [
    ({"state": "free"}, ["4", "5"]),
    ({"state": ["stale", "occupied"]}, ["1", "2"]),
    ({"state": "none of these"}, ["1", "2", "3", "4", "5"]),
    ({"q": "  RACK 1   3"}, ["3"]),
    ({"q": "quiet", "state": "free"}, []),
    ({"watched": "1"}, []),
    ({"site": "elsewhere"}, []),
]


def test_the_address_says_which_channels_are_shown(at: LabBench, browser: httpx2.Client) -> None:
    """By state, site, words and what is watched; and where there is none, a way back to all of them."""
    for query, shown in ASKED:
        page = browser.get("/ui/lab", params=query).text
        assert [tile.split()[1] for tile in tiles(page)] == shown, query
        assert ("No channel is like that." in page) == (not shown)


def test_a_channel_tells_its_story(at: LabBench, browser: httpx2.Client) -> None:
    """The panel has the notes of the channel, its outages and what is to come; one that is gone is passed over."""
    told = {n: browser.get("/ui/lab", params={"channel": at.channel_ids[n]}).text for n in (2, 3, 4)}
    assert "relay sticks" in told[2].split('<div id="channel">')[1]
    assert "<h3>To come</h3>" in told[3]
    assert '<dd class="said">contact worn</dd>' in told[4]
    assert "<aside" not in browser.get("/ui/lab", params={"channel": "gone"}).text


def test_an_open_page_gets_only_what_has_changed(at: LabBench, browser: httpx2.Client) -> None:
    """The wall comes again once something on it is different, and not because time has passed."""
    headers = {"Accept": "application/json"}
    first = browser.get("/ui/lab", headers=headers).json()
    assert len(tiles(first["wall"])) == 5
    headers[KNOWN] = first["version"]
    assert browser.get("/ui/lab", headers=headers).json()["wall"] is None
    with at.store.writing(at.caller) as work:
        lab.watch(work, at.caller, at.status().sites[0].cyclers[0].channels[0].measurement.id)
    again = browser.get("/ui/lab", headers=headers).json()
    versions = [re.findall('data-v="([^"]+)"', found["wall"]) for found in (first, again)]
    assert [before == after for before, after in zip(*versions, strict=True)] == [False, True, True, True, True]
    assert len(tiles(browser.get("/ui/lab", params={"watched": 1}).text)) == 1


def test_who_is_in_no_project_sees_nothing_of_it(at: LabBench, admin: Caller) -> None:
    """Neither that there are cyclers, nor why a channel is out, nor what it is reserved for."""
    other = admin.model_copy(update={"organization_role": "Member", "project_roles": {}})
    with at.store.reading(other) as work:
        assert work.lab.extents() == {}
        assert work.lab.outages(at.project_id) == []
        assert work.lab.reservations(at.project_id, now()) == []
    with at.store.reading(admin) as work:
        assert work.lab.extents() == {at.project_id: (1, 5)}
        assert len(work.lab.outages(at.project_id)) == len(work.lab.reservations(at.project_id, now())) == 1


def test_without_a_cycler_the_page_says_how_to_make_one(browser: httpx2.Client, server: Server, admin: Caller) -> None:
    """With the lines of Python for this server; and of many projects with cyclers, one is asked for."""
    page = browser.get("/ui/lab").text
    assert server.url in page
    assert "client.cycler.create_or_get" in page
    at = lab_bench(server.store, admin, 1)
    for number in range(4):
        with server.store.writing(admin) as work:
            project = work.projects.create(ProjectDraft(name=f"P{number}"), admin)
        at.add_cycler(f"Rack of P{number}", project.id)
    page = browser.get("/ui/lab").text
    assert "Of which project?" in page
    assert "1 cycler, 0 channels" in page
    assert not tiles(page)
    assert len(tiles(browser.get("/ui/lab", params={"project": at.project_id}).text)) == 1

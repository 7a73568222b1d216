"""The lists, the pages of specifications, lots and cells, and search."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from cellkeep.client import Client
from cellkeep.domain.people import Caller
from cellkeep.services import accounts
from conftest import Server
from storage.world import add_measurement, person
from web.signed import signed_in

LISTS = ("specs", "batches", "cells", "measurements")
HOSTILE = "<script>alert(1)</script>\"'&{{ 7 * 191919 }}"

pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Lab:
    """Ids of what there is: everything has the hostile name, unless another is said.

    Attributes:
        spec: with ratings and a cathode.
        batch: of the first two cells.
        cells: one with measurements, one measured otherwise, one without anything, of a name of 255 characters.
        measurement: properties, on the first cell.
        viewer: somebody who may only look.
    """

    project: str
    spec: str
    batch: str
    cells: tuple[str, str, str]
    measurement: str
    material: str
    viewer: str


@pytest.fixture
def lab(server: Server, client: Client) -> Lab:
    cathode = {
        "material": {"name": HOSTILE},
        "properties": {"loading": {"value": 20, "unit": "mg/cm**2"}, "x": HOSTILE},
    }
    capacity = {"capacity": {"value": 5000, "unit": "mA*h"}}
    spec = client.cell_spec.create({"name": HOSTILE, "notes": HOSTILE, "ratings": capacity, "cathode": cathode})

    def cell(name: str, loading: float | None = None) -> str:
        measured = {"cathode": {"loading": {"value": loading, "unit": "mg.cm-2"}, HOSTILE: HOSTILE}} if loading else {}
        said = {"name": name, "notes": HOSTILE, "measured_properties": measured, "own": {"key": [HOSTILE, True]}}
        return client.cell_instance.create(spec.id, {**said, **({"batch": HOSTILE} if loading else {})}).id

    cells = cell(HOSTILE, 19), cell("Second", 21), cell("x" * 255)
    said: dict[str, Any] = {"tags": [HOSTILE], "protocol": {"name": HOSTILE}, "notes": HOSTILE}
    kept = client.cell_measurement.create_properties(cells[0], HOSTILE, {"a": 1}, start_time="2026-03-15", **said)
    with server.store.writing() as work:
        admin = accounts.ensure_first_admin(server.store)
        viewer = person(work, admin.organization, "viewer@lab.org", roles={spec.project_id: "Project Viewer"})
    batch = client.cell_instance.get(cells[0]).batch_id
    assert batch
    assert spec.cathode
    assert spec.cathode.material_id
    return Lab(spec.project_id, spec.id, batch, cells, kept.id, spec.cathode.material_id, viewer.user_id)


@pytest.fixture
def admin(server: Server) -> Iterator[httpx2.Client]:
    with signed_in(server) as browser:
        yield browser


def test_every_page_shows_names_as_text(admin: httpx2.Client, lab: Lab) -> None:
    """Lists, pages of records and search show what people wrote as they wrote it, and no markup of theirs."""
    paths = [
        f"/ui/{kind}{query}" for kind in ("specs", "batches", "cells", "measurements") for query in ("", "?q=alert")
    ]
    paths += [f"/ui/specs/{lab.spec}", f"/ui/batches/{lab.batch}", *(f"/ui/cells/{cell}" for cell in lab.cells[:2])]
    paths += [f"/ui/specs?material={lab.material}", f"/ui/measurements?cell={lab.cells[0]}", "/ui/search?q=alert"]
    for path in paths:
        answer = admin.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text, path
        assert "&lt;script&gt;alert" in answer.text, path
        assert str(7 * 191919) not in answer.text, path
        assert "style=" not in answer.text
    cells = list(csv.DictReader(admin.get("/ui/cells.csv?sort=name").text.splitlines()))
    assert cells[0]["tags"] == HOSTILE
    assert float(cells[0]["capacity [mA*h]"]) == 5000
    assert f"<h1>{'x' * 255}</h1>" in admin.get(f"/ui/cells/{lab.cells[2]}").text


def test_a_list_is_narrowed_sorted_and_paged_by_its_address(server: Server, admin: httpx2.Client, lab: Lab) -> None:
    """Fields hold what the address says, headings lead to the other order, and pages keep all of it."""
    with server.store.writing() as work:
        caller: Caller = accounts.ensure_first_admin(server.store)
        for number in range(60):
            add_measurement(work, caller, lab.cells[1], f"Run {number:02}")
    page = admin.get(f"/ui/measurements?spec={lab.spec}&q=run&sort=name&order=desc&state=&page=2").text
    assert "51\u201360 of 60" in page
    assert "Run 09" in page
    assert "Run 10" not in page
    assert f'<option value="{lab.spec}" selected>' in page
    assert 'aria-sort="descending"' in page
    kept = f"/ui/measurements?spec={lab.spec}&amp;q=run&amp;"
    assert f'href="{kept}sort=name&amp;order=asc"' in page
    assert f'href="{kept}sort=name&amp;order=desc&amp;page=1"' in page
    table = admin.get(f"/ui/measurements.csv?spec={lab.spec}&q=run&sort=name&order=desc&page=2")
    assert table.headers["content-disposition"].startswith('attachment; filename="measurements.csv"')
    assert [line["name"] for line in csv.DictReader(table.text.splitlines())] == [
        f"Run {59 - at:02}" for at in range(60)
    ]
    assert f'href="/ui/measurements.csv?spec={lab.spec}&amp;q=run&amp;sort=name&amp;order=desc" download' in page
    assert "Nothing matches" in admin.get("/ui/measurements?q=nowhere").text
    assert "ends before this page" in admin.get("/ui/measurements?page=9").text
    refused = admin.get("/ui/cells?sort=colour")
    assert refused.status_code == 422
    assert "sort: &#39;colour&#39; can not be asked for" in refused.text


def test_an_empty_list_says_how_to_begin(server: Server, admin: httpx2.Client) -> None:
    """Where there is nothing, the page leads to a first record, with this server's own address; the search asks."""
    for kind in LISTS:
        page = admin.get(f"/ui/{kind}").text
        assert f"api_url=&#34;{server.url}&#34;" in page
        assert "Clear filters" not in page
    assert "At least 2 letters" in admin.get("/ui/search").text
    assert "Nothing has this in it" in admin.get("/ui/search?q=zzz").text


def test_a_cell_is_compared_with_what_is_specified(admin: httpx2.Client, lab: Lab) -> None:
    """A cell tells the difference in per cent, a lot the spread of its cells, a rating its unit of both kinds."""
    page = admin.get(f"/ui/cells/{lab.cells[0]}").text
    assert "-5.00 %" in page
    assert '<svg height="26" role="group" aria-label="properties">' in page
    assert "= 5 A·h" in admin.get(f"/ui/specs/{lab.spec}").text
    lot = admin.get(f"/ui/batches/{lab.batch}").text
    assert re.findall(r'<th scope="row" colspan="2">(.*?)</th><td class="n">(.*?)</td>', lot)[:3] == [
        ("specified", "20"),
        ("mean", "20"),
        ("standard deviation", "1.4142"[:5]),
    ]


def test_who_sees_a_record_is_told_on_its_page(server: Server, admin: httpx2.Client, lab: Lab) -> None:
    """All who see it are named with the reason; who may only look finds no editor, and nobody else finds the page."""
    paths = [f"/ui/specs/{lab.spec}", f"/ui/batches/{lab.batch}", f"/ui/cells/{lab.cells[0]}"]
    paths += [f"/ui/measurements/{lab.measurement}"]
    with server.store.writing() as work:
        stranger = person(work, accounts.ensure_first_admin(server.store).organization, "stranger@lab.org")
    with signed_in(server, lab.viewer) as viewer, signed_in(server, stranger.user_id) as outside:
        for path in paths:
            for page in (admin.get(path).text, viewer.get(path).text):
                assert "admin of the organization" in page
                assert "viewer: sees" in page
                assert "stranger" not in page
            assert outside.get(path).status_code == 404
        assert f'data-tags="{lab.measurement}"' in admin.get(paths[2]).text
        assert "data-tags" not in viewer.get(paths[2]).text
        assert "not a member of any project" in outside.get("/ui/cells").text


def test_search_leads_to_the_pages(server: Server, client: Client, admin: httpx2.Client, lab: Lab) -> None:
    """What is found is grouped by kind and leads to its page, or to that of what it belongs to; a box gets JSON."""
    study = client.study.create({"name": "alert study"}, project_id=lab.project)
    client.project.create({"name": "alert project"})
    page = admin.get("/ui/search?q=alert").text
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    assert headings == ["Projects", "Specifications", "Batches", "Cells", "Measurements", "Materials", "Studies"]
    found = admin.get("/ui/search.json", params={"q": " alert "}).json()
    places = {group["kind"]: group["results"][0]["href"] for group in found["groups"]}
    assert places["cell_batch"] == f"/ui/batches/{lab.batch}"
    assert places["study"] == f"/ui/measurements?project={lab.project}&study={study.id}"
    for place in places.values():
        assert admin.get(place).status_code == 200
    assert admin.get("/ui/search.json?q=a").json()["groups"] == []
    assert "Search in all projects" in admin.get(f"/ui/search?q=zzz&project={lab.project}").text


def test_old_addresses_lead_to_these_pages(server: Server, admin: httpx2.Client, lab: Lab) -> None:
    """The places that a client names are the pages of what it names."""
    with Client(api_url=server.url, api_key=server.key, project_id=lab.project) as client:
        for link, path in [
            (client.urls.cell_specs(), "/ui/specs"),
            (client.urls.cell_instances(lab.spec), "/ui/cells"),
            (client.urls.material(lab.material), "/ui/specs"),
            (client.urls.project(), "/ui/"),
        ]:
            answer = admin.get(link)
            assert (answer.status_code, answer.url.path) == (200, path)
            assert answer.url.params["project"] == lab.project
        assert lab.cells[1] in admin.get(client.urls.cell_instances(lab.spec)).text


def test_a_page_offers_to_change_and_to_delete_only_what_may_be(server: Server, admin: httpx2.Client, lab: Lab) -> None:
    """It says how much goes with a record, and asks for its name where something does; a viewer is shown none of it."""
    goes = {
        f"specs/{lab.spec}": "With it go 3 cells, 1 batch, 1 measurement with all data.",
        f"batches/{lab.batch}": "its 2 cells stay, with their measurements, and belong to no batch then.",
        f"cells/{lab.cells[0]}": "With it goes 1 measurement with all data.",
        f"cells/{lab.cells[2]}": "It has no measurements, so nothing goes with it.",
        f"measurements/{lab.measurement}": "Its properties are deleted",
    }
    with signed_in(server, lab.viewer) as viewer:
        for path, words in goes.items():
            page = admin.get(f"/ui/{path}").text
            assert words in page, path
            assert 'data-edit="name"' in page
            assert ("to be sure" in page) == ("With it" in words)
            seen = viewer.get(f"/ui/{path}").text
            assert not re.search("data-edit|data-delete|Delete", seen), path

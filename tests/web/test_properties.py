"""The page of properties, as a browser gets it."""

import csv
import html
import io
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from cellkeep.client import Client
from cellkeep.services import accounts
from conftest import Server

HOSTILE = '"><script>alert(1)</script>'

pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


@pytest.fixture
def browser(server: Server) -> Iterator[httpx2.Client]:
    user_id = accounts.ensure_first_admin(server.store).user_id
    with httpx2.Client(base_url=server.url, headers={"Accept": "text/html"}, follow_redirects=True) as browser:
        browser.get("/ui/login", params={"token": accounts.create_login_token(server.store, user_id)})
        yield browser


def record(client: Client, name: str, properties: dict[str, Any], **said: Any) -> str:
    spec = client.cell_spec.create_or_get({"name": "S"})
    cell = client.cell_instance.create_or_get(spec.id, {"name": "C"})
    return client.cell_measurement.create_properties(cell.id, name, properties, **said).id


def cells(page: str) -> dict[str, list[str]]:
    """What the rows of the table say, by property."""
    found = re.findall(r'<tr>\s*<th scope="row">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
    plain = [[_plain(name), *map(_plain, re.findall(r"<td.*?</td>", rest, re.DOTALL))] for name, rest in found]
    return {name: values for name, *values in plain}


def _plain(markup: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", markup).replace("\u203a", ">").split())


def test_a_table_shows_each_property_in_the_unit_of_choice(client: Client, browser: httpx2.Client) -> None:
    """Nested ones by their way, numbers as exactly as they were sent; what is not understood stays as it is."""
    properties = {
        "thickness": {"value": 0.5234567, "unit": "mm"},
        "anode": {"mass_loading": {"value": 12, "unit": "mg.cm-2"}, "solvents": ["EC", "EMC"]},
        "ripeness": {"value": 3, "unit": "bananas"},
        "layers": [{"porosity": 0.3}],
        HOSTILE: HOSTILE,
    }
    made = record(client, "Inspection", properties, notes="as it was\nleft")
    page = browser.get(f"/ui/measurements/{made}", params={"unit.thickness": "um", "unit.ripeness": "kg"}).text
    shown = cells(page)
    assert shown["thickness"][0] == "0.5234567 mm = 523.4567"
    assert shown["thickness"][2] == "0.000523457 m"
    assert '<option value="um" selected>' in page
    assert shown["anode > mass loading"][0] == "12"
    assert shown["anode > mass loading"][2] == "0.12 kg·m⁻²"
    assert shown["anode > solvents"] == ["EC, EMC"]
    assert shown["ripeness"][:2] == ["3", "bananas not understood"]
    assert shown["layers > 1 > porosity"][0] == "0.3"
    assert "<script>alert" not in page
    assert f'client.cell_measurement.get("{made}")' in html.unescape(page)
    answer = browser.get(f"/ui/measurements/{made}/properties.csv", params={"unit.thickness": "um"})
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(answer.text))}
    assert rows["thickness"] == ["523.4567", "um", "0.5234567", "mm", "0.0005234567", "m"]
    assert rows["anode.solvents"][0] == "EC, EMC"


def test_a_number_is_shown_across_the_records_of_its_cell(client: Client, browser: httpx2.Client) -> None:
    """Against time, in the unit that is asked for; a record that has it in another kind of unit is left out."""
    values = [{"value": 500, "unit": "um"}, {"value": 0.6, "unit": "mm"}, {"value": 7, "unit": "kg"}]
    made = [
        record(client, f"No {number}", {"thickness": value, "grade": "A"}, start_time=f"2026-0{number}-01")
        for number, value in enumerate(values, 1)
    ]
    page = browser.get(f"/ui/measurements/{made[0]}").text
    assert "in 3 records" in page
    assert '<polyline points="0,24 100,0"/>' in page
    place = f"/ui/measurements/{made[0]}/figures/trend"
    assert f'data-later="{place}?name=thickness&amp;unit=um"' in page
    drawn = browser.get(
        place, params={"name": "thickness", "unit": "mm"}, headers={"Accept": "application/json"}
    ).json()
    assert "1 of 3 records" in drawn["told"]
    assert "unit='mm'" in drawn["python"]
    assert f"if each.id not in ['{made[2]}']" in drawn["python"]
    rows = list(csv.reader(io.StringIO(browser.get(f"{place}.csv", params={"name": "thickness", "unit": "mm"}).text)))
    assert [(row[2][:10], float(row[4])) for row in rows[1:]] == [("2026-01-01", 0.5), ("2026-02-01", 0.6)]
    for wrong, status in ({"name": "grade", "unit": "mm"}, 400), ({"name": HOSTILE}, 404), ({}, 404):
        answer = browser.get(place, params=wrong)
        assert (answer.status_code, "<script>" in answer.text) == (status, False), wrong

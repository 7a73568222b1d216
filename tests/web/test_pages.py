"""The pages, as a browser gets them."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import polars as pl
import pytest

import cellkeep
from cellkeep.client import Client
from cellkeep.readers.format import source
from cellkeep.services import accounts
from client.acme import BETTER, FIRST, install, written
from conftest import Server

SERIES = pl.DataFrame(
    {
        "Time [s]": [0.0, 1, 2, 3],
        "Voltage [V]": [3.0, 3.1, 3.2, 3.3],
        "Current [A]": [-1.0] * 4,
        "Step count": [0, 0, 1, 1],
    }
)


@pytest.fixture
def browser(server: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, follow_redirects=True) as browser:
        yield browser


@pytest.fixture
def signed_in(server: Server, browser: httpx2.Client) -> httpx2.Client:
    with server.store.reading() as work:
        admin = work.people.first_admin()
    assert admin
    answer = browser.get("/ui/login", params={"token": accounts.create_login_token(server.store, admin.user_id)})
    assert answer.status_code == 200
    return browser


def test_nothing_is_shown_to_a_stranger(browser: httpx2.Client) -> None:
    """Without a session a browser is led from every page to where one signs in; a program is told so."""
    for path in ("/", "/ui", "/ui/", "/ui/measurements/x"):
        answer = browser.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert (answer.status_code, answer.url.path) == (200, "/ui/login")
        assert "cellkeep user link" in answer.text
        answer = browser.get(path)
        assert answer.status_code == 401
        assert "sign in at /ui/login" in answer.text


def test_an_empty_project_says_how_to_begin(server: Server, signed_in: httpx2.Client) -> None:
    """An empty project shows the lines of Python with this server's own address."""
    page = signed_in.get("/ui/").text
    assert f"api_url=&#34;{server.url}&#34;" in page or f'api_url="{server.url}"' in page


def test_each_type_of_measurement_has_its_page(client: Client, signed_in: httpx2.Client, tmp_path: Path) -> None:
    """A series shows its tables and downloads, properties their values with units, files their links."""
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    series = client.cell_measurement.create(cell.id, {"measurement": {"name": "Run"}, "time_series": SERIES})
    values = client.cell_measurement.create_properties(cell.id, "Sizes", {"thickness": {"value": 0.52, "unit": "mm"}})
    (tmp_path / "a.txt").write_bytes(b"hello")
    files = client.cell_measurement.create_file(cell.id, "Notes", [tmp_path / "a.txt"])
    home = signed_in.get("/ui/").text
    assert all(name in home for name in ("Run", "Sizes", "Notes"))
    page = signed_in.get(f"/ui/measurements/{series.id}").text
    assert "Constant current charge" in page
    link = f"/ui/measurements/{series.id}/time_series"
    assert f"/ui/measurements/{series.id}/export?format=parquet" in page
    assert pl.read_parquet(signed_in.get(link, follow_redirects=True).content).equals(SERIES)
    assert httpx2.get(signed_in.base_url.join(link)).status_code == 401
    assert '<td class="n">0.52</td>' in signed_in.get(f"/ui/measurements/{values.id}").text
    assert "a.txt" in signed_in.get(f"/ui/measurements/{files.id}").text


def test_names_are_text_and_never_markup(client: Client, signed_in: httpx2.Client) -> None:
    """A name with a script in it is shown as it was written."""
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    hostile = "<script>alert(1)</script>"
    made = client.cell_measurement.create_properties(cell.id, hostile, {hostile: hostile})
    for path in ("/ui/", f"/ui/measurements/{made.id}"):
        answer = signed_in.get(path)
        assert "<script>" not in answer.text
        assert "&lt;script&gt;" in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_an_unknown_measurement_is_a_page_that_says_so(signed_in: httpx2.Client) -> None:
    """A wrong id is told in a sentence."""
    answer = signed_in.get("/ui/measurements/nothing")
    assert answer.status_code == 404
    assert "There is no cell measurement" in answer.text


def test_links_that_clients_make_lead_to_the_page(client: Client, signed_in: httpx2.Client) -> None:
    """The link of a measurement shows it, and links of places that have no page yet lead to the list."""
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    made = client.cell_measurement.create_properties(cell.id, "Weighing", {"weight": {"value": 1, "unit": "g"}})
    shown = signed_in.get(f"/ui/projects/p/data/measurements/{made.id}")
    assert shown.url.path == f"/ui/measurements/{made.id}"
    assert "Weighing" in shown.text
    assert signed_in.get("/ui/projects/p/studies").url.path == "/ui/"


def test_what_was_found_and_repaired_is_shown(client: Client, signed_in: httpx2.Client) -> None:
    """The page tells each kind of finding with its number, and each repair in words; or that nothing was found."""
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    repairs = [{"action": "time_shifted", "message": "5 s were <b>subtracted</b>.", "codes": ["x_y"]}]
    frame = SERIES.with_columns(pl.Series("Discharge energy [W.h]", [0.0, 1, 2, 3]))
    with pytest.raises(cellkeep.MeasurementValidationError) as caught:
        client.cell_measurement.create(cell.id, {"measurement": {"name": "A"}, "time_series": frame})
    assert caught.value.has_code("cumulative_value_not_reset")
    energy = frame.with_columns(pl.Series("Discharge energy [W.h]", [0.0, 1, 0, 1]))
    detail = {"measurement": {"name": "B", "repairs": repairs}, "time_series": energy}
    made = client.cell_measurement.create(cell.id, detail)
    shown = signed_in.get(f"/ui/measurements/{made.id}?view=checks").text
    assert "discharge_energy_integral_mismatch" in shown
    assert "5 s were &lt;b&gt;subtracted&lt;/b&gt;." in shown
    assert "x_y" in shown
    good = client.cell_measurement.create(cell.id, {"measurement": {"name": "C"}, "time_series": SERIES})
    assert "Nothing was found." in signed_in.get(f"/ui/measurements/{good.id}?view=checks").text


def test_where_a_series_comes_from_and_what_it_was_is_shown(
    client: Client, signed_in: httpx2.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page names reader, options and files with a link to the raw file, and the versions with what changed."""
    install(monkeypatch, FIRST)
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    path = written(tmp_path / "<b>a&.csv")
    made = client.cell_measurement.create_from_file(cell.id, path, timezone="Europe/Berlin")
    assert "<h2>Versions" not in signed_in.get(f"/ui/measurements/{made.id}?view=origin").text
    install(monkeypatch, replace(BETTER, columns=(*BETTER.columns, source("<i>Sense", "voltage"))))
    client.cell_measurement.reread(made.id)
    page = signed_in.get(f"/ui/measurements/{made.id}?view=origin").text
    for shown in (
        "acme, version 2",
        "<dt>timezone</dt><dd>Europe/Berlin</dd>",
        hashlib.sha256(path.read_bytes()).hexdigest(),
        "columns added: &#39;Room temperature [degC]&#39;, &#39;&lt;i&gt;Sense&#39;; &#39;Voltage [V]&#39; differs by",
        "&lt;b&gt;a&amp;.csv",
    ):
        assert shown in page
    assert "<b>" not in page
    assert "<i>" not in page
    links = re.findall(r'href="(/ui/(?:raw_data|measurements)/[^"]+)"', page)
    raw = next(link for link in links if link.startswith("/ui/raw_data/"))
    assert signed_in.get(raw).content == path.read_bytes()
    first = f"/ui/measurements/{made.id}/versions/1/time_series"
    assert first in links
    assert pl.read_parquet(signed_in.get(first).content).equals(
        pl.DataFrame(client.cell_measurement.earlier(made.id, 1))
    )
    with httpx2.Client(base_url=signed_in.base_url) as stranger:
        for link in (raw, first):
            assert stranger.get(link).status_code == 401
    client.raw_data.delete(raw.rpartition("/")[2])
    assert "(not kept)" in signed_in.get(f"/ui/measurements/{made.id}?view=origin").text


def test_a_provenance_is_text_and_never_markup(client: Client, signed_in: httpx2.Client) -> None:
    """Whatever a sender says of where a series comes from is shown as it was said."""
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    hostile = '"><script>alert(1)</script>'
    files = [{"name": hostile, "sha256": "0" * 64, "size_bytes": 1, "raw_data_id": f"../{hostile}"}]
    said = {"reader": hostile, "reader_version": 1, "reason": hostile, "options": {hostile: hostile}, "files": files}
    detail = {"measurement": {"name": "A", "provenance": said}, "time_series": SERIES}
    page = signed_in.get(f"/ui/measurements/{client.cell_measurement.create(cell.id, detail).id}?view=origin").text
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") == 5
    assert "/ui/raw_data/" not in page

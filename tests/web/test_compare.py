"""The page that compares, its figures and its tables."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx2
import polars as pl
import pytest

from cellkeep.client import Client
from cellkeep.services.spectra import NO_CLOCK, NO_CYCLES, NO_PULSES
from conftest import Server, new_database, serving
from web.compared import CYCLES, Compared, fill, signed_in

TABLE_ROW = "Ageing  Large  Lot  A  2.000  4  2.0000  1.7000  85.00%  100.000%  100.00%  500.00  25.0"


@pytest.fixture(scope="module")
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Compared]]:
    """A server with cells to compare; the tests leave it as it is."""
    data = tmp_path_factory.mktemp("compare")
    with (
        new_database(request, "sqlite", data) as database_url,
        serving(data, database_url) as server,
        Client(api_url=server.url, api_key=server.key) as client,
    ):
        yield server, fill(client)


@pytest.fixture(scope="module")
def made(lab: tuple[Server, Compared]) -> Compared:
    return lab[1]


@pytest.fixture(scope="module")
def browser(lab: tuple[Server, Compared]) -> Iterator[httpx2.Client]:
    with signed_in(lab[0]) as browser:
        yield browser


def figure(browser: httpx2.Client, query: str) -> dict[str, Any]:
    answer = browser.get(f"/ui/compare/figure?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def drawn(found: dict[str, Any]) -> list[str]:
    """What the lines with points are called."""
    return [
        trace["name"] for trace in found["figure"]["data"] if trace.get("hoverinfo") != "skip" and trace["x"] != [None]
    ]


def test_nothing_chosen_says_how_to_choose(browser: httpx2.Client) -> None:
    """An empty comparison tells of the buttons and the search, and draws nothing."""
    page = browser.get("/ui/compare").text
    assert "Nothing is chosen yet" in page
    assert 'id="add"' in page
    assert '<section class="figure"' not in page
    assert figure(browser, "")["told"] == "Nothing is chosen."


def test_a_list_and_a_table_of_what_is_compared(browser: httpx2.Client, made: Compared) -> None:
    """Each has its colour, its names as text, and its row of figures, in the order that is asked for."""
    query = made.query("first", "second", "other", sort="last", order="desc")
    answer = browser.get(f"/ui/compare?{query}")
    assert "<script>alert" not in answer.text
    assert answer.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 1
    assert {"#0072B2", "#D55E00", "#009E73"} <= set(re.findall(r'fill="(#\w+)"', answer.text))
    table = answer.text.partition("<tbody>")[2]
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in table.split("</tr>")[:3]]
    assert [row[0] for row in rows] == ["C1", "C2", "&lt;script&gt;alert(1)&lt;/script&gt;"]
    assert "  ".join(rows[0][1:]) == TABLE_ROW
    frame = pl.read_csv(BytesIO(browser.get(f"/ui/compare/table.csv?{query}").content))
    assert frame["Last capacity [A.h]"].to_list() == pytest.approx([1.7, 1.53, 0.85])
    assert frame["Measurement id"][2] == made.other
    lacking = browser.get(f"/ui/compare?{made.query('impedance')}").text
    assert lacking.count(f'<td class="n" title="{NO_CYCLES}">\N{EN DASH}</td>') == 7
    assert "Impedance spectra have no cycles." in lacking
    assert "too few of these" not in lacking
    assert "too few of these" not in answer.text


@pytest.mark.parametrize(
    ("names", "said", "curves"),
    [
        ("first second other", {}, 3),
        ("first second other", {"normalise": "first", "x": "days", "colour": "spec"}, 3),
        ("first second", {"plot": "charge_capacity", "normalise": "rated", "x": "full_cycles"}, 2),
        ("first second", {"plot": "retention", "normalise": "reference", "reference": "1", "x": "throughput"}, 2),
        ("first second", {"plot": "voltages", "colour": "tag"}, 4),
        ("first second other", {"plot": "coulombic_efficiency", "group": "spec", "spread": "deviation"}, 2),
        ("first second other", {"plot": "voltage_capacity", "normalise": "first", "colour": "batch"}, 9),
        ("first", {"plot": "incremental_capacity", "cycles": "0-1"}, 4),
        ("first second", {"plot": "differential_voltage", "normalise": "rated", "cycles": "2"}, 4),
        ("first second", {"plot": "time_series", "cycles": "0,2", "y": "Voltage [V]"}, 2),
        ("first second other", {"plot": "time_series"}, 6),
        ("first other", {"plot": "time_series", "y": "Temperature [degC]"}, 1),
        ("first second", {"plot": "pulse_resistance", "colour": "temperature"}, 8),
        ("impedance", {"plot": "nyquist"}, 1),
        ("impedance", {"plot": "bode"}, 2),
        ("first second", {"plot": "properties", "of": "test:Last capacity", "over": "test:Mean temperature"}, 2),
    ],
    ids=lambda value: ",".join(value.values()) if isinstance(value, dict) else None,
)  # fmt: skip
def test_the_python_beside_a_figure_draws_the_same(
    lab: tuple[Server, Compared],
    browser: httpx2.Client,
    monkeypatch: pytest.MonkeyPatch,
    names: str,
    said: dict[str, str],
    curves: int,
) -> None:
    """Each figure has its lines, and the code that is shown with it makes the very same ones."""
    server, made = lab
    found = figure(browser, made.query(*names.split(), **said))
    assert found["lacking"] == {}
    assert found["name"].startswith("C1_")
    assert found["name"].endswith(said.get("plot", "capacity"))
    assert len(drawn(found)) == curves
    monkeypatch.setenv("CELLKEEP_API_KEY", server.key)
    code, show = found["python"].rsplit("\n", 1)
    assert show == "figure.show()"
    namespace: dict[str, Any] = {}
    exec(code, namespace)  # noqa: S102  it is what we are about to offer
    namespace["client"].close()
    assert json.loads(namespace["figure"].to_json())["data"] == found["figure"]["data"]


def test_what_can_not_be_drawn_is_told_and_stops_nobody(browser: httpx2.Client, made: Compared) -> None:
    """Properties, a spectrum, a cell without a rating and an id that leads nowhere; the rest is drawn."""
    query = made.query("first", "other", "impedance", normalise="rated") + f"&m={made.sizes[0]}&m=nowhere"
    found = figure(browser, query)
    assert drawn(found) == ["C1 \N{MIDDLE DOT} Ageing"]
    assert list(found["chips"]) == [made.first]
    assert found["told"] == "4 of 5 are not drawn; the list says why."
    assert found["lacking"] == {
        made.other: "Its specification has no rated capacity.",
        made.impedance: NO_CYCLES,
        made.sizes[0]: "It holds properties, and no series.",
        "nowhere": "There is no such measurement, or you do not see it.",
    }
    for plot, why in {"voltage_capacity": NO_CYCLES, "pulse_resistance": NO_PULSES, "time_series": NO_CLOCK}.items():
        assert figure(browser, made.query("impedance", plot=plot))["lacking"] == {made.impedance: why}
    alone = figure(browser, made.query("first", "impedance", plot="nyquist"))
    (line,) = alone["figure"]["data"]
    assert line["line"]["color"] == alone["chips"][made.impedance] == "#D55E00"
    assert "'#D55E00'" in alone["python"]
    page = browser.get(f"/ui/compare?{query}").text
    assert "There is no such measurement, or you do not see it." in page


def test_a_link_shows_no_more_than_one_may_see(lab: tuple[Server, Compared]) -> None:
    """Who is not of a project gets neither names nor numbers of it, and a stranger nothing at all."""
    server, made = lab
    query = made.query("first", "other")
    with signed_in(server, made.viewer) as viewer:
        assert "&lt;script&gt;" not in viewer.get(f"/ui/compare?{query}").text
        found = figure(viewer, query)
        assert (list(found["chips"]), list(found["lacking"])) == ([made.first], [made.other])
        assert viewer.get("/ui/compare/search", params={"q": "alert"}).json() == {"found": []}
    for path in ("", "/figure", "/figure.csv", "/table.csv", "/search"):
        assert httpx2.get(f"{server.url}/ui/compare{path}?{query}", follow_redirects=False).status_code in {303, 401}


def test_cycles_are_chosen_for_one_and_for_all(browser: httpx2.Client, made: Compared) -> None:
    """Those of a measurement go before those of the page; without either some full ones are taken."""
    query = f"m={made.first}:0,2-3&m={made.second}&cycles=1&plot=voltage_capacity"
    table = pl.read_csv(BytesIO(browser.get(f"/ui/compare/figure.csv?{query}").content))
    assert table.columns == ["Label", "Step count", "Cycle count", "Capacity [A.h]", "Voltage [V]"]
    seen = {
        label: sorted(set(part["Cycle count"])) for (label,), part in table.partition_by("Label", as_dict=True).items()
    }
    assert seen == {"C1": [0, 2, 3], "C2": [1]}
    some = pl.read_csv(BytesIO(browser.get(f"/ui/compare/figure.csv?m={made.first}&plot=voltage_capacity").content))
    assert sorted(set(some["Cycle count"])) == [0, 2, CYCLES - 1]
    cycles = pl.read_csv(BytesIO(browser.get(f"/ui/compare/figure.csv?m={made.first}:1-2").content))
    assert cycles.rows() == [("C1", 1, pytest.approx(1.9)), ("C1", 2, pytest.approx(1.8))]


@pytest.mark.parametrize("plot", ["capacity", "voltage_capacity"])
def test_a_run_without_an_end_takes_no_more_than_there_is(browser: httpx2.Client, made: Compared, plot: str) -> None:
    """However many cycles an address names, those of the table are taken."""
    found = figure(browser, f"m={made.first}:2-{'9' * 30}&plot={plot}")
    assert "[2, 3]" in found["python"]


def test_properties_over_age(browser: httpx2.Client, made: Compared) -> None:
    """The records of a cell are one line, over the days since the first of them."""
    found = figure(browser, f"m={made.sizes[0]}&m={made.sizes[1]}&plot=properties&of=measurement:thickness")
    (line,) = found["figure"]["data"]
    assert line["name"] == "C1"
    assert found["figure"]["layout"]["xaxis"]["title"]["text"] == "Time since first record [d]"
    table = browser.get(
        f"/ui/compare/figure.csv?m={made.sizes[0]}&m={made.sizes[1]}&plot=properties&of=measurement:thickness"
    )
    assert [row.split(",")[2:] for row in table.text.splitlines()[-2:]] == [["0.0", "0.51"], ["10.0", "0.52"]]


def test_hidden_ones_keep_their_place(browser: httpx2.Client, made: Compared) -> None:
    """Hiding the first changes no other colour, and a place in the palette can be named."""
    found = figure(browser, made.query("first", "second", hide=made.first))
    assert found["chips"] == {made.second: "#D55E00"}
    assert figure(browser, f"m={made.first}::4&m={made.second}")["chips"] == {
        made.first: "#E69F00",
        made.second: "#0072B2",
    }
    assert figure(browser, made.query("first", hide=made.first))["told"] == "All measurements are hidden."


def test_what_is_not_understood_is_told(browser: httpx2.Client, made: Compared) -> None:
    """A plot that there is not, cycles that are none, and a property of which nobody says anything."""
    for said, told in (
        ({"plot": "pie"}, "none of capacity"),
        ({"cycles": "a"}, "5, 7-9"),
        ({"colour": "cell:x"}, "cell:x"),
    ):
        answer = browser.get(f"/ui/compare/figure?{made.query('first', **said)}")
        assert answer.status_code == 400
        assert told in answer.text
    assert browser.get(f"/ui/compare?{made.query('first', colour='cell:x')}").status_code == 200


def test_measurements_are_found_by_their_cell(browser: httpx2.Client, made: Compared) -> None:
    """Words of the cell, the specification and the measurement are found together, whatever the case."""

    def found(q: str) -> list[str]:
        return [each["id"] for each in browser.get("/ui/compare/search", params={"q": q}).json()["found"]]

    assert found("c1 ageing large") == [made.first]
    assert set(found("LARGE")) == {made.first, made.second, made.impedance, *made.sizes}
    assert found("c") == found("nothing of this kind") == []

"""The page of a time series, its figures and what leaves it, by plain HTTP."""

import base64
import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import numpy as np
import plotly.io as pio
import polars as pl
import pytest

from cellkeep.client import Client
from conftest import new_database, serving
from web.signed import signed_in

_EIS = 40


def _cycling(cycles: int = 4, rows: int = 60) -> pl.DataFrame:
    """Cycles of a discharge, a rest, a charge and a rest at 1 A, a row each minute."""
    step = np.arange(cycles * 4 * rows) // rows
    current = np.select([step % 4 == 0, step % 4 == 2], [1.0, -1.0], 0.0)
    return pl.DataFrame(
        {
            "Time [s]": np.arange(step.size) * 60.0,
            "Voltage [V]": 4.0 - np.cumsum(current) / rows - 0.02 * current,
            "Current [A]": current,
            "Step count": step,
            "Cycle count": step // 4,
        }
    )


def _spectrum() -> pl.DataFrame:
    omega = 2 * np.pi * np.logspace(4, -1, _EIS)
    z = 0.02 + 0.01 / (1 + 1j * omega * 0.05) + 1j * omega * 5e-8
    return pl.DataFrame({"Frequency [Hz]": omega / 2 / np.pi, "Z_Re [Ohm]": z.real, "Z_Im [Ohm]": z.imag})


def _with_clock() -> pl.DataFrame:
    small = {"Voltage [V]": 3.7, "Current [A]": 1e-7, "Step count": 0}
    clock = pl.Series("Time [s]", np.arange(_EIS) * 10.0)
    return _spectrum().with_columns(clock, *(pl.lit(value).alias(name) for name, value in small.items()))


@dataclass(frozen=True)
class Shown:
    """A browser, and the places of three measurements."""

    browser: httpx2.Client
    key: str
    cycling: str
    spectrum: str
    by_area: str
    broken: str
    """Whose first cycle begins with half of a discharge."""
    with_clock: str
    """A spectrum with the small currents and the counts of a cycler beside it."""


@pytest.fixture(scope="module")
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    data = tmp_path_factory.mktemp("series-page")
    with (
        new_database(request, "sqlite", data) as url,
        serving(data, url) as server,
        Client(api_url=server.url, api_key=server.key) as client,
        signed_in(server) as browser,
    ):
        yield Shown(browser, server.key, *_filled(client))


def _filled(client: Client) -> tuple[str, ...]:
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    broken = _cycling(5).slice(30).with_columns(pl.col("Time [s]") - 1800)
    by_area = _cycling(1).rename({"Current [A]": "Current [mA.cm-2]"})
    frames = {
        "Cycling": _cycling(),
        "Spectrum": _spectrum(),
        "By area": by_area,
        "Broken": broken,
        "With clock": _with_clock(),
    }
    file = {"name": "a.csv", "size_bytes": 1, "sha256": "0" * 64}
    mapped = {"reader": "generic", "reader_version": 1, "options": {"columns": {"u_cell": "V"}}, "files": [file]}
    made = [
        client.cell_measurement.create(
            cell.id, {"measurement": {"name": name, "provenance": mapped}, "time_series": frame}
        )
        for name, frame in frames.items()
    ]
    return tuple(f"/ui/measurements/{each.id}" for each in made)


def _values(sent: Any) -> Any:
    """Numbers as plotly sends them, packed or as a list."""
    if not isinstance(sent, dict):
        return np.array(sent)
    numbers = np.frombuffer(base64.b64decode(sent["bdata"]), sent["dtype"])
    return numbers.reshape([int(length) for length in sent["shape"].split(",")]) if "shape" in sent else numbers


def _run(lines: str) -> Any:
    """The figure that lines of Python make, without showing it."""
    *before, last = lines.replace(".show()", "").splitlines()
    scope: dict[str, Any] = {}
    exec("\n".join([*before, f"figure = {last}" if last.startswith("plots.") else last]), scope)  # noqa: S102
    return scope.get("figure")


KINDS = {
    "time_series": "x=Step time [s]&cycles=1-2&y=Power [W]&y=Voltage [V]",
    "findings": "",
    "cycles": "reference=1&show=capacity&show=efficiency",
    "voltage_capacity": "cycles=1",
    "incremental_capacity": "cycle=2&resolution=5&smoothing=10",
    "differential_voltage": "cycles=1",
    "pulses": "",
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_figure_comes_with_its_python_and_its_numbers(
    shown: Shown, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A figure is plotly's JSON with data in it, lines of Python that draw the same, and a table of its points."""
    answer = shown.browser.get(f"{shown.cycling}/figures/{kind}?{KINDS[kind]}&theme=dark")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    figure = pio.from_json(json.dumps(found["figure"]))
    assert any(len(trace.x) for trace in figure.data if trace.x is not None)
    monkeypatch.setenv("CELLKEEP_API_KEY", shown.key)
    drawn = _run(found["python"])
    if kind != "findings":
        assert [len(trace.x) for trace in drawn.data] == [len(_values(each["x"])) for each in found["figure"]["data"]]
    table = shown.browser.get(f"{shown.cycling}/figures/{kind}.csv?{KINDS[kind]}")
    rows = list(csv.DictReader(table.text.splitlines()))
    assert rows
    assert all(row["x axis"] and row["y axis"] and "<" not in row["y axis"] for row in rows)
    assert table.headers["content-disposition"].startswith(f'attachment; filename="C_Cycling_{kind}.csv"')
    assert found["name"] == f"C_Cycling_{kind}"


def test_a_zoom_shows_each_row_of_its_part(shown: Shown) -> None:
    """A part of the axis is drawn of exactly the rows in it, with their steps and cycles."""
    found = shown.browser.get(f"{shown.cycling}/figures/time_series?from=3600&to=7200").json()
    trace = found["figure"]["data"][0]
    expected = _cycling().filter(pl.col("Time [s]").is_between(3600, 7200))
    assert _values(trace["x"]).tolist() == expected["Time [s]"].to_list()
    assert _values(trace["y"]).tolist() == expected["Voltage [V]"].to_list()
    assert _values(trace["customdata"]).tolist() == [
        list(row) for row in expected[["Step count", "Cycle count"]].rows()
    ]


def test_retention_refers_to_the_chosen_cycle(shown: Shown) -> None:
    """With a reference cycle the figure and its Python both refer to it; one that is not there is refused in words."""
    found = shown.browser.get(f"{shown.cycling}/figures/cycles?show=retention&reference=2").json()
    trace = found["figure"]["data"][0]
    assert _values(trace["y"])[2] == pytest.approx(100)
    assert "reference_cycle=2" in found["python"]
    refused = shown.browser.get(
        f"{shown.cycling}/figures/cycles?reference=99",
        headers={"Accept": "application/json", "X-Cellkeep-Page": "1"},
    )
    assert refused.status_code == 400
    assert "no cycle 99" in refused.json()["message"]


def test_retention_does_not_refer_to_a_cycle_that_began_half_way(shown: Shown) -> None:
    """It refers to the first comparable cycle, and to another only where somebody asks for it; the figure says so."""
    found = shown.browser.get(f"{shown.broken}/figures/cycles?show=retention").json()
    trace = found["figure"]["data"][0]
    assert _values(trace["y"])[1] == pytest.approx(100)
    assert trace["marker"]["symbol"] == ["circle-open", *["circle"] * 4]
    assert "refers to cycle 1, the first comparable one, since cycle 0 is not full. Hollow points" in found["told"]
    assert "reference_cycle=1" in found["python"]
    assert "refers to cycle 1<" in shown.browser.get(f"{shown.broken}?view=cycles").text
    asked = shown.browser.get(f"{shown.broken}/figures/cycles?show=retention&reference=0").json()
    assert "refers to cycle 0, which is not full" in asked["told"]


def test_spectra_are_drawn_with_the_sign_of_the_field(shown: Shown) -> None:
    """Nyquist draws the negative imaginary part upwards, and the page of a spectrum begins with it."""
    found = shown.browser.get(f"{shown.spectrum}/figures/nyquist").json()
    trace = found["figure"]["data"][0]
    assert sorted(_values(trace["y"])) == pytest.approx(sorted((-_spectrum()["Z_Im [Ohm]"]).to_list()))
    page = shown.browser.get(shown.spectrum).text
    for kind in ("nyquist", "bode"):
        assert f'data-src="{shown.spectrum}/figures/{kind}"' in page
        assert f'data-csv href="{shown.spectrum}/figures/{kind}.csv"' in page
    for place in (shown.spectrum, shown.with_clock):
        views = re.findall(r"\?view=(\w+)", shown.browser.get(place).text)
        assert "<dt>u_cell</dt><dd>V</dd>" in shown.browser.get(f"{place}?view=origin").text
        assert (views[0], {"cycles", "voltage_capacity", "pulses"} & set(views)) == ("impedance", set())


def test_a_part_of_a_computed_axis_is_a_part_in_python(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all rows are read to know the axis, the lines of Python show the same part of it."""
    monkeypatch.setenv("CELLKEEP_API_KEY", shown.key)
    found = shown.browser.get(f"{shown.cycling}/figures/time_series?x=Throughput [A.h]&from=0.5&to=1").json()
    assert _run(found["python"]).layout.xaxis.range == (0.5, 1)


def test_charge_of_chosen_steps_counts_from_the_start_in_python_too(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of one cycle lie where they lie among all, on the page and in the notebook."""
    monkeypatch.setenv("CELLKEEP_API_KEY", shown.key)
    found = shown.browser.get(f"{shown.cycling}/figures/time_series?x=Throughput [A.h]&cycles=2&steps=8-9").json()
    drawn = _run(found["python"])
    assert drawn.data[0].x.tolist() == pytest.approx(_values(found["figure"]["data"][0]["x"]).tolist())
    assert drawn.data[0].x[0] > 3


def test_a_line_breaks_between_chosen_cycles_in_python_too(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where cycles are left out no line is drawn, on the page and in the notebook."""
    monkeypatch.setenv("CELLKEEP_API_KEY", shown.key)
    found = shown.browser.get(f"{shown.cycling}/figures/time_series?cycles=0,2-3&y=Voltage [V]").json()
    broken = np.flatnonzero(np.isnan(_values(found["figure"]["data"][0]["y"]))).tolist()
    assert broken == np.flatnonzero(np.isnan(_run(found["python"]).data[0].y)).tolist() == [240]


def test_a_series_by_area_is_drawn_over_charge_by_area(shown: Shown) -> None:
    """Axes and views that a series by area can not have are not offered, and those that it can have are drawn."""
    page = shown.browser.get(shown.by_area).text
    assert "Net capacity [A.h]" not in page
    assert "view=pulses" not in page
    for axis in ("Step time [s]", "Net capacity [mA.h.cm-2]", "Throughput [mA.h.cm-2]"):
        assert f">{axis}</option>" in page
        assert shown.browser.get(f"{shown.by_area}/figures/time_series", params={"x": axis}).status_code == 200


@pytest.mark.parametrize(
    "view", ["series", "cycles", "voltage_capacity", "incremental_capacity", "pulses", "checks", "origin"]
)
def test_each_view_has_its_own_address(shown: Shown, view: str) -> None:
    """A view is shown by its name in the address, and says which it is."""
    page = shown.browser.get(shown.cycling, params={"view": view})
    assert page.status_code == 200
    assert page.text.count('aria-current="page"') == 2
    assert f'view={view}" aria-current="page"' in page.text.replace("?", "").replace("&amp;", "")


def test_steps_are_listed_page_by_page_and_lead_to_their_part(shown: Shown) -> None:
    """A row of the step table carries its number and the part of the time axis that it is about."""
    page = shown.browser.get(shown.cycling).text
    assert '<tr data-key="1" data-from="3600.0" data-to="7140.0" tabindex="0">' in page
    assert "Constant current discharge" in page
    assert "16" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("figures/time_series?x=Nothing", "Nothing"),
        ("figures/time_series?from=abc", "no number"),
        ("figures/time_series?from=nan", "no number"),
        ("figures/time_series?steps=5-", "numbers"),
        ("figures/time_series?cycles=99", "99"),
        ("figures/cycles?reference=1.5", "whole"),
        ("figures/cycles?reference=1e300", "whole"),
        ("figures/time_series?x=Net capacity [mA.h.cm-2]", "mA.h.cm-2"),
        ("figures/pie", "no figure"),
        ("figures/incremental_capacity?resolution=0&cycles=1", "resolution"),
        ("figures/time_series?from=10&to=5", "ends"),
    ],
)
def test_what_can_not_be_drawn_is_refused_in_words(shown: Shown, query: str, words: str) -> None:
    """A person who writes an address by hand is told what is wrong with it."""
    headers = {"Accept": "application/json", "X-Cellkeep-Page": "1"}
    answer = shown.browser.get(f"{shown.cycling}/{query}", headers=headers)
    assert 400 <= answer.status_code < 500
    assert words in answer.json()["message"]


def test_files_of_pages_are_kept_for_ever_and_compressed(shown: Shown) -> None:
    """Scripts have addresses of their own content, are compressed, and are not there under any other address."""
    page = shown.browser.get(shown.cycling).text
    own = page.split('src="/ui/static/')[1].split('"')[0]
    for name in (own, own.replace("core.js", "style.css")):
        answer = shown.browser.get(f"/ui/static/{name}")
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
    assert shown.browser.get("/ui/static/0000000000000000/core.js").status_code == 404
    plotly = page.split('id="plotly" defer src="')[1].split('"')[0]
    assert len(shown.browser.get(plotly, headers={"Accept-Encoding": "identity"}).content) > 1_000_000


def test_no_script_and_no_style_is_in_a_page(shown: Shown) -> None:
    """The policy lets scripts and styles come from files of ours alone, and the pages need nothing else."""
    for place in ("/ui/", shown.cycling, f"{shown.cycling}?view=checks", "/ui/compare", "/ui/upload", "/ui/cells"):
        answer = shown.browser.get(place)
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
        assert "<style" not in answer.text
        assert " style=" not in answer.text
        assert " onclick" not in answer.text

"""Ten million rows on a page: quick, and in bounded memory."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from playwright.sync_api import Page

from browser.looks import shot
from browser.stand import Open, Stand

_ROWS = 10_000_000
_ROWS_OF_A_STEP = 2500
_ZOOMS = 6
_MOST_MB = 60
"""What a page may hold more of after many zooms than after the first picture."""


@pytest.fixture(scope="module")
def long_series(stand: Stand) -> str:
    """The id of a measurement of ten million rows."""
    project = stand.client.project.create({"name": "Long series"})
    spec = stand.client.cell_spec.create({"name": "Long", "project_id": project.id})
    cell = stand.client.cell_instance.create(spec.id, {"name": "Ten million"})
    content = {"measurement": {"name": "Ten million rows"}, "time_series": _series()}
    return stand.client.cell_measurement.create(cell.id, content).id


def test_ten_million_rows_are_drawn_and_zoomed(
    open_page: Open, stand: Stand, long_series: str, record_property: Callable[[str, object], None]
) -> None:
    """The first picture and each zoom come from the same page, whose memory does not grow with what was looked at."""
    page = open_page(cookies=stand.cookies())  # a browser that has seen nothing yet
    page.goto("/ui/")
    link = page.get_by_role("link", name="Ten million rows").first
    begun = page.evaluate("performance.timeOrigin + performance.now()")
    link.click()
    page.wait_for_selector("section.figure.drawn")
    first_ms = page.evaluate("performance.timeOrigin + performance.now()") - begun
    shot(page, "ten million rows 1440 light")
    before_mb = _held_mb(page)
    took = [_zoom(page) for _ in range(_ZOOMS)]
    shot(page, "ten million rows zoomed 1440 light")
    rows = page.evaluate("document.querySelector('.plot').calcdata[0].length")
    assert rows > 1000
    for _ in range(_ZOOMS):
        page.go_back()
    page.wait_for_selector("section.figure.drawn:not(.busy)")
    grown_mb = _held_mb(page) - before_mb
    assert grown_mb < _MOST_MB
    record_property(
        "measured",
        f"10,000,000 rows in Chromium: first picture {first_ms:.0f} ms after the click; zooms "
        f"{', '.join(f'{each:.0f}' for each in took)} ms; the page held {before_mb:.0f} MB, and {grown_mb:+.0f} MB "
        f"after {2 * _ZOOMS} zooms",
    )


def _zoom(page: Page) -> float:
    """Drag over the middle third of the first plot; the time until its rows are there in full detail."""
    box = page.locator(".plot .nsewdrag").first.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 3, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 2 / 3, y, steps=3)
    page.evaluate(
        "section => { window.drawn = new Promise(done => section.addEventListener('drawn', "
        "() => done(performance.now()), {once: true})); window.addEventListener('mouseup', "
        "() => { window.begun = performance.now(); }, {once: true, capture: true}); }",
        page.query_selector("section.figure"),
    )
    page.mouse.up()
    return float(page.evaluate("window.drawn.then(drawn => drawn - window.begun)"))


def _held_mb(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return float(metrics["JSHeapUsedSize"]) / 1e6


def _series() -> pl.DataFrame:
    """Full cycles of four steps each: discharge, rest, charge, rest."""
    number = np.arange(_ROWS)
    step = number // _ROWS_OF_A_STEP
    share = (number % _ROWS_OF_A_STEP) / _ROWS_OF_A_STEP
    kinds = [step % 4 == kind for kind in range(4)]
    noise = np.random.default_rng(7).normal(0, 1e-3, _ROWS)
    voltage = np.select(kinds, [4.1 - share, 3.2 + 0.1 * share, 3.3 + 0.8 * share, 4.1 - 0.05 * share]) + noise
    return pl.DataFrame(
        {
            "Time [s]": number.astype(np.float64),
            "Voltage [V]": voltage,
            "Current [A]": np.select(kinds, [2.0, 0.0, -2.0, 0.0]),
            "Temperature [degC]": 25 + 3 * np.sin(number / 1e5),
            "Step count": step,
            "Cycle count": step // 4,
        }
    )

"""Ten million rows on a page: quick, and in bounded memory."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from playwright.sync_api import Page

from browser.chromium import MISSING, PATH
from browser.looks import shot
from browser.stand import Stand
from browser.unwatched import Unwatched, unwatched

_ROWS = 10_000_000
_ROWS_OF_A_STEP = 2500
_FIRST, _ZOOMS = 3, 6
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


@pytest.mark.skipif(PATH is None, reason=MISSING)
def test_ten_million_rows_are_there_at_once(
    stand: Stand, long_series: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """A click on a link leads to a picture, in a browser that has seen nothing yet and in one that has."""
    assert PATH
    with unwatched(PATH, tmp_path) as browser:
        took = [_first_picture(browser, stand, long_series) for _ in range(_FIRST)]
    each = ", ".join(f"{seconds * 1000:.0f}" for seconds in took)
    record_property("measured", f"10,000,000 rows in Chromium: first picture {each} ms after the click")


def _first_picture(browser: Unwatched, stand: Stand, measurement_id: str) -> float:
    """The time from the click until the picture is there, in seconds."""
    browser.go(f"{stand.url}/ui/", stand.cookies())
    begun = time.monotonic()
    browser.click(f"a[href^='/ui/measurements/{measurement_id}']")
    browser.wait("document.querySelector('section.figure.drawn .main-svg') !== null")
    return time.monotonic() - begun


def test_ten_million_rows_are_zoomed(
    page: Page, long_series: str, record_property: Callable[[str, object], None]
) -> None:
    """Each zoom comes from the same page, whose memory does not grow with what was looked at."""
    page.goto(f"/ui/measurements/{long_series}")
    page.wait_for_selector("section.figure.drawn")
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
        f"10,000,000 rows in Chromium: zooms {', '.join(f'{each:.0f}' for each in took)} ms; the page held "
        f"{before_mb:.0f} MB, and {grown_mb:+.0f} MB after {2 * _ZOOMS} zooms",
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

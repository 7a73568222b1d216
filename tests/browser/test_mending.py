"""The way from a finding to the mended series."""

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from browser import series
from browser.looks import look_over, shot
from browser.stand import Stand
from browser.watch import Watch

_MEND_MS = 30_000
"""A process for mending is started for the first series."""


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_reversed_current_is_mended_on_the_page(page: Page, stand: Stand, watch: Watch) -> None:
    """A finding leads to what mending does, before and after; stored, it is a new version in which nothing is found.

    In every format of export the series is offered to be taken away.
    """
    spec = stand.client.cell_spec.create(
        {"name": "Mended", "project_id": stand.client.project.create({"name": "Mended"}).id}
    )
    cell = stand.client.cell_instance.create(spec.id, {"name": "M-1"})
    steps = [series.Step(3600, 2.5, 20), series.Step(600, 0, 20), series.Step(3600, -2.5, 20)]
    wrong = series.recorded(steps).with_columns(-pl.col("Current [A]"))
    detail = {"measurement": {"name": "Charge counted as positive"}, "time_series": wrong}
    made = stand.client.cell_measurement.create(cell.id, detail, despite=["current_sign_reversed"])
    page.goto(f"/ui/measurements/{made.id}?view=checks")
    page.get_by_text("all formats").click()
    expect(page.get_by_role("link", name="Battery Data Format, packed")).to_be_visible()
    look_over(page, watch, "finding to be mended")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="mend: turn the sign of the current").click()
    expect(page.get_by_text("'Current [A]' negated: ").first).to_be_visible(timeout=_MEND_MS)
    expect(page.locator("section.figure.drawn")).to_have_count(2)
    expect(page.get_by_text("Nothing is left.")).to_be_visible()
    look_over(page, watch, "mend")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Store the mended series as a new version").click()
    versions = page.locator("table").filter(has_text="what changed")
    expect(versions.locator("tbody tr")).to_have_count(2, timeout=_MEND_MS)
    expect(versions).to_contain_text("'Current [A]' negated: ")
    shot(page, "mended origin 1440 light")
    page.get_by_role("link", name="Checks").click()
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    expect(page.get_by_text("'Current [A]' negated: ")).to_be_visible()
    shot(page, "mended checks 1440 light")

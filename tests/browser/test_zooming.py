"""Where the axes of a figure go: by hand, by a row of a table, by a button, and by the address."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.stand import Stand

_STEP_TIME = "Step time [s]"


def test_the_picture_goes_where_it_is_led(page: Page, stand: Stand) -> None:
    """What was drawn to by hand does not hold a picture that a row, a button or the way back leads elsewhere."""
    page.goto(f"/ui/measurements/{stand.lab.titration}")
    whole = _seen(page)
    _drag(page)
    by_hand = _seen(page)
    assert whole[0] < by_hand[0] < by_hand[1] < whole[1]
    page.get_by_role("link", name="Cycles").click()
    page.get_by_role("link", name="Series").click()
    assert _seen(page) == pytest.approx(by_hand)
    row = page.locator("table[data-of=series] tr[data-from]").nth(12)
    row.locator("td").first.click()
    assert _seen(page) == pytest.approx([float(row.get_attribute(f"data-{end}") or 0) for end in ("from", "to")])
    page.go_back()
    assert _seen(page) == pytest.approx(by_hand)
    page.get_by_role("button", name="show all").click()
    assert _seen(page) == pytest.approx(whole)


def test_another_axis_is_seen_as_a_whole(page: Page, stand: Stand) -> None:
    """A part of one axis that a link shows is no part of the next, and controls go back with the address."""
    page.goto(f"/ui/measurements/{stand.lab.titration}?from=1000&to=5000&y=Voltage+[V]")
    assert _seen(page) == pytest.approx([1000, 5000])
    page.get_by_label("over").select_option(_STEP_TIME)
    assert _seen(page)[1] == pytest.approx(3600, abs=1)
    expect(page.locator("#series .status")).to_be_empty()
    page.locator("table[data-of=series] tr[data-from] td").first.click()
    assert _seen(page) == pytest.approx([0, 600], abs=1)
    expect(page.get_by_label("over")).to_have_value("Time [s]")
    page.locator("#series summary").first.click()
    page.get_by_label("Voltage [V]").uncheck()
    _seen(page)
    page.go_back()
    expect(page.get_by_label("Voltage [V]")).to_be_checked()
    page.go_forward()
    expect(page.get_by_label("Voltage [V]")).not_to_be_checked()


def _seen(page: Page) -> Any:
    """Both ends of the x axis, once all that was asked for is drawn."""
    expect(page.locator("#series.drawn:not(.busy)")).to_be_visible()
    return page.evaluate("document.querySelector('#series .plot').layout.xaxis.range")


def _drag(page: Page) -> None:
    """Draw over a part of the first plot."""
    box = page.locator("#series .nsewdrag").first.bounding_box()
    assert box is not None
    x, y = box["x"], box["y"] + box["height"] / 2
    page.mouse.move(x + box["width"] * 0.2, y)
    page.mouse.down()
    page.mouse.move(x + box["width"] * 0.4, y + box["height"] / 4, steps=5)
    page.mouse.up()
    page.wait_for_url("**from=*")
    # The address tells no part of the other axis, which so shows all that there is.
    assert page.evaluate("document.querySelector('#series .plot').layout.yaxis.autorange") is not False

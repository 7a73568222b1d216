"""The page that compares, in the hands of a person."""

from playwright.sync_api import Page, expect

from browser.lab import HOSTILE
from browser.looks import look_over, shot, until
from browser.stand import Stand
from browser.watch import Watch

DRAWN = "section.figure.drawn:not(.busy)"


def chips(page: Page) -> list[str]:
    """The colours of the list, as they are shown."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('#entries .in-light')].map((c) => c.getAttribute('fill'))"
    )
    return found


def names(page: Page) -> list[str]:
    return [text.split()[0] for text in page.locator("#entries .who").all_inner_texts()]


def test_cells_are_chosen_and_compared(page: Page, stand: Stand, watch: Watch) -> None:
    """From nothing to a picture: found by name, hidden, removed, grouped; colours stay, and so do the ways back."""
    page.goto("/ui/compare")
    look_over(page, watch, "nothing compared")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    for number, cell in enumerate(("A-002", "A-003", "A-004"), 1):
        page.get_by_label("add a cell or measurement").fill(cell)
        expect(page.locator("#matches button")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.locator("#entries li")).to_have_count(number)
        page.locator(DRAWN).wait_for()
    watch.settle(page)
    assert chips(page) == ["#0072B2", "#D55E00", "#009E73"]
    expect(page.locator("[data-basket-count]")).to_have_text("3")
    page.get_by_role("button", name="remove A-002").click()
    expect(page.locator("#entries li")).to_have_count(2)
    watch.settle(page)
    assert (names(page), chips(page)) == (["A-003", "A-004"], ["#D55E00", "#009E73"])
    expect(page.get_by_role("button", name="remove A-003")).to_be_focused()
    page.get_by_role("button", name="hide A-003").click()
    until(page, "document.querySelector('#entries .swatch').hasAttribute('data-none')")
    page.get_by_label("plot").select_option("voltage_capacity")
    page.get_by_label("scale").select_option("rated")
    until(page, "document.querySelector('.plot').layout?.xaxis.title.text === 'Capacity / rated capacity'")
    page.get_by_label("cycles of A-004").fill("2, 4-5")
    page.keyboard.press("Tab")
    until(page, "new Set(document.querySelector('.plot').data.map((line) => line.name)).size === 3")
    shared = page.url
    page.go_back()
    page.go_back()
    page.go_back()
    until(page, "document.querySelector('.plot').layout?.yaxis.title.text.startsWith('Discharge capacity')")
    assert page.get_by_label("plot").input_value() == "capacity"
    page.goto(shared)
    page.locator(DRAWN).wait_for()
    assert page.get_by_label("cycles of A-004").input_value() == "2, 4-5"
    page.get_by_role("link", name="Compare").click()
    page.locator(DRAWN).wait_for()
    watch.settle(page)
    assert (names(page), chips(page)) == (["A-003", "A-004"], ["#D55E00", "#009E73"])


def test_an_address_without_a_selection_is_that_of_the_basket(page: Page, stand: Stand) -> None:
    """Typed or bookmarked, it leads at once to what was chosen before, with the rest of what it says."""
    page.goto("/ui/measurements?q=A-003")
    page.locator("button[data-basket]").first.click()
    page.goto("/ui/compare?plot=voltages")
    page.locator(DRAWN).wait_for()
    assert (names(page), page.get_by_label("plot").input_value()) == (["A-003"], "voltages")
    assert "?m=" in page.url


def test_a_link_with_everything_in_it(page: Page, stand: Stand, watch: Watch) -> None:
    """Many cells of both projects, some of which can not be drawn: the list says why, as text, and the look is kept."""
    lab = stand.lab
    ids = [lab.cycled, *lab.siblings, lab.hostile[0], lab.failed, lab.files, lab.impedance, lab.titration, lab.long]
    page.goto("/ui/compare?" + "&".join(f"m={each}" for each in ids))
    page.locator(DRAWN).wait_for()
    look_over(page, watch, "comparison")
    expect(page.locator("#entries")).to_contain_text(HOSTILE)
    expect(page.locator("#entries .why:visible").first).to_contain_text("has no step table")
    page.get_by_label("group").select_option("temperature")
    page.locator("select[name=x]").select_option("days")
    until(page, "document.querySelector('.plot').data.some((line) => line.fill === 'toself')")
    shot(page, "comparison of groups")

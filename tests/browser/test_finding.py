"""Finding records: lists that answer at once, the search box, tags edited where they stand."""

from playwright.sync_api import Page, expect

from browser.lab import HOSTILE
from browser.looks import require_usable, shot
from browser.stand import Open, Stand


def test_a_list_answers_as_soon_as_something_is_chosen(page: Page, stand: Stand) -> None:
    """A field that is chosen is in the address, going back undoes it, and headings sort either way."""
    page.goto(f"/ui/measurements?project={stand.lab.project}")
    page.get_by_label("state").select_option("failed")
    expect(page).to_have_url(f"{stand.url}/ui/measurements?project={stand.lab.project}&state=failed")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.go_back()
    expect(page.get_by_label("state")).to_have_value("")
    for order in ("descending", "ascending"):
        page.get_by_role("link", name="lasted").click()
        expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", order)


def test_the_search_box_answers_while_somebody_types(page: Page, stand: Stand) -> None:
    """A slash leads into it, arrows choose, Enter goes to the page of what is chosen."""
    page.goto("/ui/")
    page.keyboard.press("/")
    page.keyboard.type("post-mor")
    option = page.get_by_role("option", name="Post-mortem")
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    shot(page, "search box 1440 light")
    require_usable(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{stand.url}/ui/measurements/{stand.lab.files}")


def test_tags_are_edited_where_they_stand(page: Page, open_page: Open, stand: Stand) -> None:
    """Tags are added and taken away by keys, stay text beside those of others, and are only read by who may look."""
    spec = stand.client.cell_spec.create(
        {"name": "Tagged", "project_id": stand.client.project.create({"name": "T"}).id}
    )
    cell = stand.client.cell_instance.create(spec.id, {"name": "T-1"})
    kept = stand.client.cell_measurement.create_properties(cell.id, "Sizes", {"a": 1}, tags=["old"])
    page.goto(f"/ui/cells/{cell.id}")
    page.get_by_role("button", name="edit the tags of Sizes").click()
    field = page.get_by_label("a tag for Sizes")
    expect(field).to_be_focused()
    page.keyboard.press("Backspace")
    expect(page.get_by_role("button", name="remove the tag old")).to_have_count(0)
    stand.client.cell_measurement.update(kept.id, {"tags": ["theirs"]})
    page.keyboard.type(f" {HOSTILE} ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"remove the tag {HOSTILE}")).to_be_visible()
    shot(page, "tags edited 1440 light")
    require_usable(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name=HOSTILE)).to_be_visible()
    assert stand.client.cell_measurement.get(kept.id).tags == [HOSTILE, "theirs"]
    viewer = open_page(cookies=stand.cookies(stand.lab.viewer))
    viewer.goto(f"/ui/cells/{stand.lab.cells[0]}")
    expect(viewer.get_by_role("link", name="post-mortem", exact=True)).to_be_visible()
    expect(viewer.locator(".pen")).to_have_count(0)

"""Changing what is said of a record where it stands, and deleting it."""

import re
from datetime import datetime

from playwright.sync_api import Page, Route, expect

from browser import series
from browser.looks import look_over, until
from browser.stand import Open, Stand
from browser.watch import Watch
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.specs import CellSpecification
from cellkeep.services import accounts
from cellkeep.services.processing import process
from services.bench import Bench, Never


def made(stand: Stand, name: str) -> tuple[CellSpecification, CellInstance]:
    """A specification of a project of its own, with two cells, of which the first was measured."""
    given = {"capacity": {"value": 5, "unit": "A.h"}, "remark": "as printed"}
    project = stand.client.project.create({"name": name}).id
    spec = stand.client.cell_spec.create({"name": name, "project_id": project, "ratings": given})
    cell = stand.client.cell_instance.create(spec.id, {"name": "E-1"})
    stand.client.cell_instance.create(spec.id, {"name": "E-2"})
    stand.client.cell_measurement.create_properties(cell.id, "Weighed", {"mass": {"value": 70, "unit": "g"}})
    return spec, cell


def test_a_record_is_changed_where_it_stands(page: Page, stand: Stand, watch: Watch) -> None:
    """Name, notes, lot and day are edited by the keyboard; a taken name is refused in the server's words.

    What somebody else has said meanwhile is shown before it is replaced.
    """
    _, cell = made(stand, "Edited")
    page.goto(f"/ui/cells/{cell.id}")
    page.get_by_role("button", name="Edit the name").click()
    field = page.get_by_label("name", exact=True)
    field.fill("E-2")
    watch.expect(f"answer 409 /cell_instances/{cell.id}")
    field.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("A cell instance named 'E-2' is already there.")
    field.fill("E-3")
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("E-3")
    expect(page).to_have_title(re.compile("^E-3 "))
    expect(page.get_by_role("button", name="Edit the name")).to_be_focused()
    page.get_by_role("button", name="Add notes").press("Enter")
    page.get_by_label("notes", exact=True).fill("<b>dented</b>")
    page.get_by_label("notes", exact=True).press("Shift+Enter")
    page.keyboard.type("twice")
    stand.client.cell_instance.update(cell.id, {"notes": "looks fine"})
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("to “looks fine”. Save again to replace that.")
    page.keyboard.press("Enter")
    expect(page.locator("p.notes")).to_have_text("<b>dented</b>\ntwice", use_inner_text=True)
    for said, value in (("batch", "LOT-1"), ("day of manufacture", "2026-01-31")):
        page.get_by_role("button", name=f"Add {said}").click()
        page.get_by_label(said, exact=True).fill(value)
        page.get_by_label(said, exact=True).press("Enter")
        expect(page.locator("aside")).to_contain_text(value)
    page.get_by_role("button", name="Edit the batch").click()
    page.get_by_text("Delete…").click()
    look_over(page, watch, "edited")
    page.get_by_label("batch", exact=True).press("Escape")
    expect(page.locator("form.edit")).to_have_count(0)


def test_a_cell_is_deleted_and_ratings_are_changed(page: Page, stand: Stand, watch: Watch) -> None:
    """Deleting says what goes along, asks for the name, leads to where the record lay, and says what was deleted.

    Its measurements are not compared any more. There, of the ratings, value and unit are changed, one is added, and
    what is no quantity stays, as does all that somebody else has said of them meanwhile.
    """
    spec, cell = made(stand, "Deleted")
    page.goto(f"/ui/cells/{cell.id}")
    gone, stays = stand.client.cell_measurement.list(cell.id).items[0].id, stand.lab.quiet
    page.evaluate(f"localStorage['cellkeep.basket'] = JSON.stringify([{{id: '{gone}'}}, {{id: '{stays}', colour: 1}}])")
    page.get_by_role("button", name="Edit the name").click()
    page.get_by_text("Delete…").click()
    expect(page.get_by_text("With it goes 1 measurement with all data.")).to_be_visible()
    page.get_by_label("The name of the cell").fill("E-2")
    page.get_by_label("The name of the cell").press("Enter")
    expect(page.get_by_text("That is not its name. Nothing was deleted.")).to_be_visible()
    page.get_by_label("The name of the cell").fill("E-1")
    page.get_by_role("button", name="Delete this cell").click()
    expect(page).to_have_url(re.compile(f"/ui/specs/{spec.id}$"))
    expect(page.locator(".told")).to_have_text("The cell “E-1” is deleted.")
    assert page.evaluate("JSON.parse(localStorage['cellkeep.basket'])") == [{"id": stays, "colour": 1}]
    page.get_by_role("button", name="Edit the ratings").click()
    page.get_by_label("value of capacity").fill("4.8")
    page.get_by_role("button", name="+ rating").click()
    page.get_by_label("name of the new rating").fill("remark")
    page.get_by_label("value of new rating").fill("4,2")
    page.get_by_label("unit of new rating").fill("V")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“4,2” as remark is no number.")).to_be_visible()
    page.get_by_label("value of new rating").fill("4.2")
    look_over(page, watch, "ratings edited")
    page.keyboard.press("Enter")
    expect(page.get_by_text("There is a rating remark already, and it is kept")).to_be_visible()
    page.get_by_label("name of the new rating").fill("voltage max")
    wanted = {"capacity": {"value": 5, "unit": "A.h", "tolerance": 0.1}, "mass": {"value": 70, "unit": "g"}}
    stand.client.cell_spec.update(spec.id, {"ratings": {"remark": "as printed", **wanted}})
    page.keyboard.press("Enter")
    expect(page.get_by_text('to “capacity: {"tolerance":0.1,"unit":"A.h","value":5}”. Save again')).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("value: 4.8; unit: A.h; tolerance: 0.1")).to_be_visible()
    wanted = {**wanted, "capacity": {**wanted["capacity"], "value": 4.8}, "voltage_max": {"value": 4.2, "unit": "V"}}
    assert stand.client.cell_spec.get(spec.id).ratings == {"remark": "as printed", **wanted}


def test_a_renamed_series_is_so_where_it_is_chosen(page: Page, stand: Stand, watch: Watch) -> None:
    """A measurement in the basket takes its new name along, and leaves it when it is deleted, to its cell's page.

    When a test began is typed in the zone of who looks, and an end before that is refused.
    """
    spec = stand.client.cell_spec.create(
        {"name": "Renamed", "project_id": stand.client.project.create({"name": "Renamed"}).id}
    )
    cell = stand.client.cell_instance.create(spec.id, {"name": "R-1"})
    frame = series.recorded([series.Step(3600, -2.5, 20)])
    made = stand.client.cell_measurement.create(cell.id, {"measurement": {"name": "Before"}, "time_series": frame})
    page.goto(f"/ui/measurements/{made.id}")
    page.get_by_role("button", name="compare Before of R-1").click()
    page.get_by_role("button", name="Edit the name").click()
    page.get_by_label("name", exact=True).fill("After")
    page.get_by_label("name", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("After")
    expect(page.get_by_role("button", name="stop comparing After of R-1")).to_be_visible()
    until(page, "() => JSON.parse(localStorage['cellkeep.basket'])[0].name === 'After'")
    for said, moment in (("start", "2026-03-15T10:30:00"), ("end", "2026-03-15T10:29:59")):
        page.get_by_role("button", name=f"Add {said}").click()
        field = page.get_by_label(re.compile(f"^{said}, in the time of "))
        field.fill(moment)
        if said == "end":
            watch.expect(f"answer 400 /cell_measurements/{made.id}")
        field.press("Enter")
        expect(page.locator("aside")).to_contain_text("lies before start_time" if said == "end" else "2026-03-15 10:30")
    began = page.evaluate("new Date('2026-03-15T10:30:00').toISOString()")
    assert stand.client.cell_measurement.get(made.id).start_time == datetime.fromisoformat(began)
    field.press("Escape")
    page.get_by_text("Delete…").click()
    page.get_by_role("button", name="Delete this measurement").click()
    expect(page).to_have_url(re.compile(f"/ui/cells/{cell.id}$"))
    expect(page.locator(".told")).to_have_text("The measurement “After” is deleted.")
    assert page.evaluate("localStorage['cellkeep.basket']") == "[]"


def test_a_project_is_made_in_the_menu(page: Page, stand: Stand, watch: Watch) -> None:
    """Among the projects one is made whose name is typed there: a taken name is refused, and a new one leads to it."""
    page.goto("/ui/lab")
    page.locator("header .menu summary").first.click()
    page.get_by_role("button", name="New project…").click()
    watch.expect("answer 409 /projects")
    page.keyboard.type("My project")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("A project named 'My project' is already there.")
    page.get_by_label("name of the new project").fill("Made in the menu")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Made in the menu")
    expect(page.locator(".told")).to_contain_text("is made, and empty")
    made = stand.client.project.list(name="Made in the menu").items[0].id
    assert page.url.endswith(f"/ui/?project={made}")


def test_what_is_typed_is_kept(open_page: Open, stand: Stand) -> None:
    """Where a series is there while somebody types, its page says so; who is signed out as they save signs in again."""
    spec, cell = made(stand, "Typed")
    store = stand.server.store
    bench = Bench(store, accounts.ensure_first_admin(store), spec.project_id, spec.id, cell.id)
    sent = bench.create("Just sent", series.recorded([series.Step(3600, -2.5, 20)]), Never()).id
    page = open_page(cookies=stand.cookies())
    page.goto(f"/ui/measurements/{sent}")
    page.get_by_role("button", name="Add notes").click()
    notes = page.get_by_label("notes", exact=True)
    notes.fill("long thought of")
    process(store, sent)
    expect(page.get_by_role("status").filter(has_text="It is there: load the page.")).to_be_visible()
    expect(notes).to_have_value("long thought of")

    def sign_out(route: Route) -> None:
        answer = route.fetch()
        if route.request.method == "PATCH":
            page.context.clear_cookies()
        route.fulfill(response=answer)

    page.route(f"**/cell_measurements/{sent}", sign_out)
    notes.press("Enter")
    expect(page).to_have_url(re.compile("/ui/login"))
    assert stand.client.cell_measurement.get(sent).notes == "long thought of"

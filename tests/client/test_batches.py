"""`client.cell_batch`, the same over HTTP and in a folder."""

from datetime import date

import pytest

from cellkeep import BadRequestError, ConflictError, InvalidError, NotFoundError
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.specs import CellSpecification

COATING = {"coating": {"value": 12.1, "unit": "mg.cm-2"}}


def test_a_lot_comes_back_as_it_was_made(any_client: Client, spec: CellSpecification) -> None:
    """What was sent is there, with a canonical form of its quantities, and counts of its cells."""
    lot = {"name": "LOT-2025-Q1", "notes": "n", "date_manufactured": "2025-01-15", "properties": COATING, "mine": [1]}
    made = any_client.cell_batch.create(spec.id, lot)
    assert (made.name, made.notes, made.date_manufactured) == ("LOT-2025-Q1", "n", date(2025, 1, 15))
    assert made.properties == COATING
    assert made.canonical == {"coating": {"value": pytest.approx(0.121), "unit": "kg.m-2"}}
    assert made.mine == [1]
    assert (made.cell_specification_id, made.project_id) == (spec.id, spec.project_id)
    assert made.instance_count == 0
    assert any_client.cell_batch.get(made.id) == made


def test_a_name_is_taken_once_in_any_case(any_client: Client, spec: CellSpecification) -> None:
    """Names of lots are compared without case; create_or_get gives the lot that is there, unchanged."""
    made = any_client.cell_batch.create(spec.id, {"name": "Straße 1"})
    with pytest.raises(ConflictError) as caught:
        any_client.cell_batch.create(spec.id, {"name": "STRASSE 1"})
    assert caught.value.existing_id == made.id
    assert any_client.cell_batch.create_or_get(spec.id, {"name": "strasse 1", "notes": "other"}) == made


def test_update_changes_and_clears(any_client: Client, spec: CellSpecification) -> None:
    """Keys that are sent change, null clears; a lot can change the case of its own name."""
    made = any_client.cell_batch.create(
        spec.id, {"name": "a", "notes": "n", "date_manufactured": "2025-01-15", "properties": COATING}
    )
    assert any_client.cell_batch.update(made.id, {"name": "A"}).notes == "n"
    cleared = any_client.cell_batch.update(made.id, {"notes": None, "date_manufactured": None, "properties": None})
    assert (cleared.name, cleared.notes, cleared.date_manufactured) == ("A", None, None)
    assert (cleared.properties, cleared.canonical) == ({}, {})
    with pytest.raises(BadRequestError, match="name"):
        any_client.cell_batch.update(made.id, {"name": None})


def test_a_rename_to_a_taken_name_is_refused(any_client: Client, spec: CellSpecification) -> None:
    """The lot keeps its name, and the error tells which one has it."""
    first, second = (any_client.cell_batch.create(spec.id, {"name": name}) for name in ("one", "two"))
    with pytest.raises(ConflictError) as caught:
        any_client.cell_batch.update(second.id, {"name": "ONE"})
    assert caught.value.existing_id == first.id
    assert any_client.cell_batch.get(second.id).name == "two"


def test_a_new_name_shows_on_every_cell(any_client: Client, spec: CellSpecification, cell: CellInstance) -> None:
    """Cells show their lot's present name; a deleted lot leaves its cells, which then belong to none."""
    lot = any_client.cell_batch.create(spec.id, {"name": "old"})
    any_client.cell_instance.update(cell.id, {"batch_id": lot.id})
    assert any_client.cell_batch.update(lot.id, {"name": "new"}).instance_count == 1
    assert any_client.cell_instance.get(cell.id).batch_name == "new"
    any_client.cell_batch.delete(lot.id)
    left = any_client.cell_instance.get(cell.id)
    assert (left.batch_id, left.batch_name) == (None, None)
    with pytest.raises(NotFoundError):
        any_client.cell_batch.get(lot.id)


def test_lists_are_filtered(any_client: Client, spec: CellSpecification) -> None:
    """The lots of one specification, by part of the name or the whole, in pages."""
    made = [any_client.cell_batch.create(spec.id, {"name": name}) for name in ("alpha", "beta", "alphabet")]
    other = any_client.cell_spec.create({"name": "other", "project_id": spec.project_id})
    any_client.cell_batch.create(other.id, {"name": "alpha"})
    assert [each.id for each in any_client.cell_batch.list(spec.id)] == [each.id for each in reversed(made)]
    assert {each.name for each in any_client.cell_batch.list(spec.id, name="ALPHA")} == {"alpha", "alphabet"}
    assert any_client.cell_batch.list(spec.id, name_exact="alpha").items == [made[0]]
    page = any_client.cell_batch.list(spec.id, 1, 1, order_by="name", order="asc")
    assert ([each.name for each in page], page.total) == (["alphabet"], 3)
    with pytest.raises(NotFoundError, match="specification"):
        any_client.cell_batch.list("nowhere")


def test_a_day_is_a_day(any_client: Client, spec: CellSpecification) -> None:
    """A date that is none is refused by name."""
    with pytest.raises(InvalidError, match="date_manufactured"):
        any_client.cell_batch.create(spec.id, {"name": "x", "date_manufactured": "last spring"})
    assert any_client.cell_batch.list(spec.id).total == 0

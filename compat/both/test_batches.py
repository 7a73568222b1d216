"""Lots of cells, through either client."""

from typing import Any

import pytest
from samples import names


@pytest.fixture
def batch(client: Any, spec: Any) -> Any:
    return client.cell_batch.create(
        spec.id,
        {
            "name": "LOT-2025-Q1",
            "notes": "first",
            "date_manufactured": "2025-01-15",
            "properties": {"coating": {"value": 12.1, "unit": "mg.cm-2"}},
        },
    )


def test_a_lot_keeps_what_was_said(client: Any, spec: Any, batch: Any, project_id: str) -> None:
    """Read again, it holds every field, and knows its specification and project."""
    found = client.cell_batch.get(batch.id)
    assert (found.name, found.notes, found.instance_count) == ("LOT-2025-Q1", "first", 0)
    assert str(found.date_manufactured) == "2025-01-15"
    assert found.properties == {"coating": {"value": 12.1, "unit": "mg.cm-2"}}
    assert (found.cell_specification_id, found.project_id) == (spec.id, project_id)


def test_a_lot_counts_its_cells(client: Any, spec: Any, batch: Any) -> None:
    """The count is of the cells that are in the lot now."""
    cells = [client.cell_instance.create(spec.id, {"name": f"C{n}", "batch_id": batch.id}) for n in range(3)]
    client.cell_instance.update(cells[0].id, {"batch_id": None})
    assert client.cell_batch.get(batch.id).instance_count == 2
    assert client.cell_batch.list(spec.id)[0].instance_count == 2


def test_a_lot_is_made_once_whatever_the_case(client: Any, spec: Any, batch: Any) -> None:
    """create_or_get finds the lot of that name, compared without case, and leaves it as it is."""
    found = client.cell_batch.create_or_get(spec.id, {"name": "lot-2025-q1", "notes": "second"})
    assert (found.id, found.notes) == (batch.id, "first")
    assert client.cell_batch.create_or_get(spec.id, {"name": "LOT-2"}).name == "LOT-2"


def test_a_taken_name_is_refused(client: Any, spec: Any, batch: Any, errors: type[Exception]) -> None:
    """A second lot of one name, in whatever case, is a conflict that names the first."""
    with pytest.raises(errors) as refused:
        client.cell_batch.create(spec.id, {"name": "Lot-2025-q1"})
    assert (refused.value.status_code, refused.value.error_code) == (409, "CONFLICT")
    assert refused.value.data["detail"] == {"existing_id": batch.id}


def test_a_renamed_lot_is_renamed_on_its_cells(client: Any, spec: Any, batch: Any) -> None:
    """Its cells tell the new name, and cleared fields are empty."""
    cell = client.cell_instance.create(spec.id, {"name": "C", "batch_id": batch.id})
    changed = client.cell_batch.update(batch.id, {"name": "LOT-2", "notes": None, "date_manufactured": None})
    assert (changed.name, changed.notes, changed.date_manufactured) == ("LOT-2", None, None)
    assert changed.properties == batch.properties
    found = client.cell_instance.get(cell.id)
    assert (found.batch_id, found.batch_name) == (batch.id, "LOT-2")


def test_a_removed_lot_leaves_its_cells(client: Any, spec: Any, batch: Any, errors: type[Exception]) -> None:
    """Its cells stay and belong to no lot."""
    cell = client.cell_instance.create(spec.id, {"name": "C", "batch_id": batch.id})
    client.cell_batch.delete(batch.id)
    found = client.cell_instance.get(cell.id)
    assert (found.batch_id, found.batch_name) == (None, None)
    with pytest.raises(errors) as refused:
        client.cell_batch.get(batch.id)
    assert refused.value.status_code == 404


def test_lots_are_listed_by_name_and_by_page(client: Any, spec: Any) -> None:
    """A part of the name in any case finds lots, the whole name finds one, and a page tells how many there are."""
    for name in ("LOT-1", "LOT-2", "trial"):
        client.cell_batch.create(spec.id, {"name": name})
    assert set(names(client.cell_batch.list(spec.id, name="lot"))) == {"LOT-1", "LOT-2"}
    assert names(client.cell_batch.list(spec.id, name_exact="LOT-2")) == ["LOT-2"]
    page = client.cell_batch.list(spec.id, 2, 1)
    assert (names(page), page.total) == (["LOT-2", "LOT-1"], 3)

"""`client.cell_instance`, the same over HTTP and in a folder."""

from datetime import date
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from cellkeep import BadRequestError, CellkeepError, ConflictError, NotFoundError
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.specs import CellSpecification
from client.samples import series

MEASURED = {
    "cathode": {"loading": {"value": 12.1, "unit": "mg.cm-2"}},
    "cell": {"weight": {"value": 45.3, "unit": "g"}, "colour": "blue"},
}


def test_a_cell_comes_back_as_it_was_made(any_client: Client, spec: CellSpecification) -> None:
    """What was sent is there verbatim, with a canonical form of its quantities beside it."""
    sent = {"name": "001", "date_manufactured": "2024-01-20", "measured_properties": MEASURED, "notes": "n", "shelf": 3}
    made = any_client.cell_instance.create(spec.id, sent)
    assert (made.name, made.date_manufactured, made.notes, made.shelf) == ("001", date(2024, 1, 20), "n", 3)
    assert made.measured_properties == MEASURED
    assert made.canonical["cell.weight"] == {"value": 0.0453, "unit": "kg"}
    assert (made.cell_specification_id, made.project_id, made.measurement_ids) == (spec.id, spec.project_id, [])
    assert any_client.cell_instance.get(made.id) == made


def test_a_name_is_taken_once_in_a_specification(
    any_client: Client, spec: CellSpecification, cell: CellInstance
) -> None:
    """A second cell of the name is refused; create_or_get gives the first, unchanged."""
    with pytest.raises(ConflictError) as caught:
        any_client.cell_instance.create(spec.id, {"name": cell.name})
    assert caught.value.existing_id == cell.id
    assert any_client.cell_instance.create_or_get(spec.id, {"name": cell.name, "notes": "other"}) == cell


def test_update_changes_and_clears(any_client: Client, spec: CellSpecification, cell: CellInstance) -> None:
    """Keys that are sent change, null clears, others stay."""
    lot = any_client.cell_batch.create(spec.id, {"name": "LOT"})
    sent = {"batch_id": lot.id, "date_manufactured": "2024-01-20", "measured_properties": MEASURED, "notes": "n"}
    changed = any_client.cell_instance.update(cell.id, sent)
    assert (changed.batch_id, changed.batch_name, changed.measured_properties) == (lot.id, "LOT", MEASURED)
    cleared = any_client.cell_instance.update(cell.id, dict.fromkeys(sent))
    assert (cleared.batch_id, cleared.batch_name, cleared.date_manufactured, cleared.notes) == (None,) * 4
    assert (cleared.measured_properties, cleared.canonical) == ({}, {})
    assert cleared.name == cell.name
    with pytest.raises(BadRequestError, match="name"):
        any_client.cell_instance.update(cell.id, {"name": None})


def test_a_rename_to_a_taken_name_is_refused(any_client: Client, spec: CellSpecification, cell: CellInstance) -> None:
    """The cell keeps its name, and the error tells which one has it."""
    other = any_client.cell_instance.create(spec.id, {"name": "other"})
    with pytest.raises(ConflictError) as caught:
        any_client.cell_instance.update(other.id, {"name": cell.name})
    assert caught.value.existing_id == cell.id
    assert any_client.cell_instance.get(other.id).name == "other"


def test_a_lot_can_be_named(any_client: Client, spec: CellSpecification) -> None:
    """`batch` at creation names a lot, which is made once, whatever the case."""
    first, second = (
        any_client.cell_instance.create(spec.id, {"name": name, "batch": batch})
        for name, batch in (("a", "Lot 7"), ("b", "LOT 7"))
    )
    assert first.batch_id == second.batch_id
    assert (first.batch_name, second.batch_name) == ("Lot 7", "Lot 7")
    assert any_client.cell_batch.get(first.batch_id).instance_count == 2


def test_naming_a_lot_in_an_update_is_not_passed_over(any_client: Client, cell: CellInstance) -> None:
    """`batch` in an update either moves the cell or is refused; it never becomes a key that means nothing."""
    try:
        changed = any_client.cell_instance.update(cell.id, {"batch": "Lot 8"})
    except CellkeepError:
        changed = any_client.cell_instance.get(cell.id)
        assert changed.batch_name is None
    else:
        assert changed.batch_name == "Lot 8"


def test_a_lot_of_another_specification_is_refused(
    any_client: Client, spec: CellSpecification, cell: CellInstance
) -> None:
    """Neither a foreign lot nor one that is not there can be a cell's lot."""
    other = any_client.cell_spec.create({"name": "other", "project_id": spec.project_id})
    foreign = any_client.cell_batch.create(other.id, {"name": "LOT"})
    for batch_id in (foreign.id, "nowhere"):
        with pytest.raises(BadRequestError, match="batch_id"):
            any_client.cell_instance.create(spec.id, {"name": "x", "batch_id": batch_id})
        with pytest.raises(BadRequestError, match="batch_id"):
            any_client.cell_instance.update(cell.id, {"batch_id": batch_id})
    assert any_client.cell_instance.list(spec.id).total == 1


def test_lists_are_filtered(any_client: Client, spec: CellSpecification) -> None:
    """By lot, by part of the name or the whole, in pages that know the total."""
    for number in range(3):
        any_client.cell_instance.create(spec.id, {"name": f"cell {number}", "batch": ["even", "odd"][number % 2]})
    even = any_client.cell_batch.list(spec.id, name_exact="even")[0]
    assert {each.name for each in any_client.cell_instance.list(spec.id, batch_id=even.id)} == {"cell 0", "cell 2"}
    assert [each.name for each in any_client.cell_instance.list(spec.id)] == ["cell 2", "cell 1", "cell 0"]
    assert [each.name for each in any_client.cell_instance.list(spec.id, name="CELL 1")] == ["cell 1"]
    assert any_client.cell_instance.list(spec.id, name_exact="CELL 1").total == 0
    page = any_client.cell_instance.list(spec.id, limit=2, order_by="name", order="asc")
    assert ([each.name for each in page], page.count, page.total) == (["cell 0", "cell 1"], 2, 3)
    with pytest.raises(NotFoundError):
        any_client.cell_instance.list("nowhere")


def test_detail_tells_everything(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """The cell with all its measurements in the order they were made, each with its content."""
    (tmp_path / "a.bin").write_bytes(b"abc")
    made = [
        any_client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()}).id,
        any_client.cell_measurement.create_properties(cell.id, "P", {"x": "y"}).id,
        any_client.cell_measurement.create_file(cell.id, "F", tmp_path / "a.bin").id,
    ]
    found = any_client.cell_instance.detail(cell.id)
    assert found.instance.measurement_ids == made
    assert [each.id for each in found.measurements] == made
    assert found.specification_id == cell.cell_specification_id
    rows, properties, files = found.measurements
    assert_frame_equal(rows.time_series, series())
    assert (rows.steps.height, rows.cycles.height, rows.files) == (2, 1, None)
    assert (properties.properties, properties.steps) == ({"x": "y"}, None)
    assert (files.files, files.time_series) == ({"a.bin": b"abc"}, None)
    assert rows.instance_id == cell.id
    bare = any_client.cell_instance.detail(cell.id, False, False, False).measurements[0]
    assert (bare.steps, bare.cycles, bare.time_series) == (None, None, None)


def test_deleting_a_cell_removes_its_measurements(any_client: Client, cell: CellInstance) -> None:
    """Records and data go with the cell."""
    made = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()})
    any_client.cell_instance.delete(cell.id)
    for read, key in (
        (any_client.cell_instance.get, cell.id),
        (any_client.cell_measurement.get, made.id),
        (any_client.cell_measurement.steps, made.id),
    ):
        with pytest.raises(NotFoundError):
            read(key)


def test_a_cell_without_measurements_has_an_empty_detail(any_client: Client, cell: CellInstance) -> None:
    """Nothing measured is an empty list."""
    assert any_client.cell_instance.detail(cell.id).measurements == []

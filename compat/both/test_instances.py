"""Cells, through either client."""

from typing import Any

import pytest
from samples import names, series, two_steps

PROPERTIES = {"cathode": {"loading": {"value": 12.1, "unit": "mg.cm-2"}}, "cell": {"mass": {"value": 3.2, "unit": "g"}}}


def test_a_cell_keeps_what_was_said(client: Any, spec: Any, project_id: str) -> None:
    """Read again, it holds every field, keys of one's own included."""
    made = client.cell_instance.create(
        spec.id,
        {
            "name": "NCM622-GR-001",
            "date_manufactured": "2024-01-20",
            "measured_properties": PROPERTIES,
            "notes": "n",
            "glovebox": 3,
        },
    )
    found = client.cell_instance.get(made.id)
    assert (found.name, found.notes, found.glovebox) == ("NCM622-GR-001", "n", 3)
    assert str(found.date_manufactured) == "2024-01-20"
    assert found.measured_properties == PROPERTIES
    assert (found.cell_specification_id, found.project_id) == (spec.id, project_id)
    assert (found.batch_id, found.batch_name, found.measurement_ids) == (None, None, [])


def test_a_cell_is_made_once(client: Any, spec: Any) -> None:
    """create_or_get makes it, and then finds it unchanged."""
    made = client.cell_instance.create_or_get(spec.id, {"name": "C", "notes": "first"})
    found = client.cell_instance.create_or_get(spec.id, {"name": "C", "notes": "second"})
    assert (found.id, found.notes) == (made.id, "first")


def test_a_taken_name_is_refused(client: Any, spec: Any, cell: Any, errors: type[Exception]) -> None:
    """A second cell of one name is a conflict that names the first; another specification may have one."""
    with pytest.raises(errors) as refused:
        client.cell_instance.create(spec.id, {"name": cell.name})
    assert (refused.value.status_code, refused.value.data["detail"]) == (409, {"existing_id": cell.id})
    other = client.cell_spec.create({"name": "other"})
    assert client.cell_instance.create(other.id, {"name": cell.name}).id != cell.id


def test_a_cell_is_of_a_lot_of_its_specification(client: Any, spec: Any, cell: Any, errors: type[Exception]) -> None:
    """It takes a lot of its own specification, tells its name, and refuses any other."""
    lot = client.cell_batch.create(spec.id, {"name": "LOT-1"})
    other = client.cell_batch.create(client.cell_spec.create({"name": "other"}).id, {"name": "LOT-1"})
    assert client.cell_instance.update(cell.id, {"batch_id": lot.id}).batch_name == "LOT-1"
    for attempt in (
        lambda: client.cell_instance.update(cell.id, {"batch_id": other.id}),
        lambda: client.cell_instance.create(spec.id, {"name": "D", "batch_id": other.id}),
    ):
        with pytest.raises(errors) as refused:
            attempt()
        assert (refused.value.status_code, refused.value.error_code) == (400, "BAD_REQUEST")
    assert names(client.cell_instance.list(spec.id, batch_id=lot.id)) == [cell.name]
    assert names(client.cell_instance.list(spec.id, batch_id=other.id)) == []


def test_an_update_changes_what_is_sent_and_clears_what_is_null(client: Any, spec: Any) -> None:
    """Other fields stay as they are."""
    made = client.cell_instance.create(spec.id, {"name": "C", "notes": "n", "measured_properties": PROPERTIES})
    changed = client.cell_instance.update(made.id, {"name": "D", "notes": None, "date_manufactured": "2025-02-03"})
    assert (changed.id, changed.name, changed.notes) == (made.id, "D", None)
    found = client.cell_instance.get(made.id)
    assert str(found.date_manufactured) == "2025-02-03"
    assert found.measured_properties == PROPERTIES


def test_a_removed_cell_takes_its_measurements_along(client: Any, cell: Any, errors: type[Exception]) -> None:
    """Neither it nor its measurements are found any more."""
    measurement = client.cell_measurement.create(cell.id, series())
    client.cell_instance.delete(cell.id)
    for get, gone in ((client.cell_instance.get, cell), (client.cell_measurement.get, measurement)):
        with pytest.raises(errors) as refused:
            get(gone.id)
        assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")


def test_a_cell_in_detail_has_the_content_of_all_its_measurements(client: Any, cell: Any, tmp_path: Any) -> None:
    """Rows and tables of series, values of properties, bytes of files: all in one call."""
    (tmp_path / "photo.png").write_bytes(b"no picture")
    client.cell_measurement.create(cell.id, series())
    client.cell_measurement.create_properties(cell.id, "Thickness", {"thickness": {"value": 0.52, "unit": "mm"}})
    client.cell_measurement.create_file(cell.id, "Photo", [str(tmp_path / "photo.png")])
    found = client.cell_instance.detail(cell.id)
    assert (found.instance.id, found.specification_id) == (cell.id, cell.cell_specification_id)
    by_name = {measurement.name: measurement for measurement in found.measurements}
    assert set(by_name) == {"Cycling", "Thickness", "Photo"}
    assert by_name["Cycling"].time_series.equals(two_steps())
    assert by_name["Cycling"].steps["Step count"].to_list() == [0, 1]
    assert by_name["Cycling"].cycles["Cycle count"].to_list() == [0]
    assert by_name["Thickness"].properties == {"thickness": {"value": 0.52, "unit": "mm"}}
    assert by_name["Photo"].files == {"photo.png": b"no picture"}


def test_a_detail_leaves_out_what_was_not_asked_for(client: Any, cell: Any) -> None:
    """Steps, cycles and rows can each be left out."""
    client.cell_measurement.create(cell.id, series())

    def parts(**asked: bool) -> list[bool]:
        (found,) = client.cell_instance.detail(cell.id, **asked).measurements
        return [part is not None for part in (found.steps, found.cycles, found.time_series)]

    assert parts(include_steps=False) == [False, True, True]
    assert parts(include_cycles=False) == [True, False, True]
    assert parts(include_time_series=False) == [True, True, False]
    assert parts(include_steps=False, include_cycles=False, include_time_series=False) == [False] * 3


def test_a_cell_does_not_move(client: Any, cell: Any, spec: Any, errors: type[Exception]) -> None:
    """Another specification is refused, and nothing is changed; a record that is written back as it was read is not."""
    other = client.cell_spec.create({"name": "Other"})
    with pytest.raises(errors) as refused:
        client.cell_instance.update(cell.id, {"notes": "moved", "cell_specification_id": other.id})
    assert (refused.value.status_code, refused.value.error_code) == (400, "BAD_REQUEST")
    found = client.cell_instance.get(cell.id)
    assert (found.notes, found.cell_specification_id) == (None, spec.id)
    assert client.cell_instance.update(cell.id, found.model_dump(mode="json")).cell_specification_id == spec.id

"""Measurements from files of cyclers."""

from pathlib import Path

import pytest

import cellkeep
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.projects import Project
from client.conftest import Lab
from readers.exports import arbin

_ZONE = "Europe/Berlin"


def test_a_file_becomes_a_measurement_with_the_file_beside_it(
    any_client: Client, cell: CellInstance, tmp_path: Path
) -> None:
    """The series is summarised, the file is kept byte for byte, and the record says how it was read."""
    path = arbin(tmp_path / "formation.csv")
    made = any_client.cell_measurement.create_from_file(cell.id, path, timezone=_ZONE, measurement={"tags": ["first"]})
    assert (made.name, made.row_count, made.steps_created, made.tags) == ("formation", 12, 4, ["first"])
    kept = any_client.cell_measurement.list_raw_data(made.id).items
    assert [(each.filename, any_client.raw_data.download(each.id)) for each in kept] == [
        ("formation.csv", path.read_bytes())
    ]
    stored = any_client.cell_measurement.get(made.id)
    assert stored.provenance is not None
    assert stored.provenance.reader == "arbin"
    assert stored.provenance.options == {"timezone": _ZONE}
    assert [(each.name, each.sha256, each.raw_data_id) for each in stored.provenance.files] == [
        ("formation.csv", kept[0].sha256, kept[0].id)
    ]
    assert [each.action for each in stored.repairs or []] == ["timezone_stated"]
    assert f"{stored.start_time:%Y-%m-%dT%H:%M:%S}" == "2026-01-31T07:00:00"
    series = any_client.cell_measurement.time_series(made.id)
    assert series["Current [A]"].to_list() == ([-0.5] * 3 + [0.5] * 3) * 2


def test_what_is_said_comes_before_what_the_file_says(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """A field that is given wins, key by key in `test_setup`."""
    fields = {"start_time": "2026-01-01T00:00:00Z", "test_setup": {"operator": "Ada"}, "notes": "by hand"}
    made = any_client.cell_measurement.create_from_file(
        cell.id, arbin(tmp_path / "a.csv"), name="own", measurement=fields
    )
    assert (made.name, made.notes) == ("own", "by hand")
    assert made.test_setup == {"cycler": "Arbin", "operator": "Ada"}
    assert f"{made.start_time:%Y-%m-%d}" == "2026-01-01"


def test_a_file_is_stored_once(any_client: Client, project: Project, cell: CellInstance, tmp_path: Path) -> None:
    """Two measurements of one content share its raw file."""
    path = arbin(tmp_path / "a.csv")
    for name in ("one", "two"):
        any_client.cell_measurement.create_from_file(cell.id, path, name=name, timezone=_ZONE)
    kept = any_client.raw_data.list(project.id).items
    assert len(kept) == 1
    assert any_client.raw_data.list_measurements(kept[0].id).total == 2


def test_several_files_become_one_measurement(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """Each of them is kept, in the order in which the series has their rows."""
    files = [arbin(tmp_path / "b.csv", 3, begin="01/31/2026 09:00:00"), arbin(tmp_path / "a.csv", 3)]
    made = any_client.cell_measurement.create_from_file(cell.id, files, timezone=_ZONE)
    assert (made.row_count, made.steps_created) == (6, 2)
    assert made.provenance is not None
    assert [each.name for each in made.provenance.files] == ["a.csv", "b.csv"]
    assert {each.filename for each in any_client.cell_measurement.list_raw_data(made.id).items} == {"a.csv", "b.csv"}


def test_times_without_a_zone_are_refused(lab: Lab, any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """The error says when the test began and how to state the zone; nothing is stored."""
    with (
        lab.unchanged(any_client, cell),
        pytest.raises(cellkeep.InvalidError, match=r"2026-01-31 08:00:00.*timezone='Europe/Berlin'"),
    ):
        any_client.cell_measurement.create_from_file(cell.id, arbin(tmp_path / "a.csv"))


def test_a_file_that_can_not_be_read_leaves_nothing(
    lab: Lab, any_client: Client, project: Project, cell: CellInstance, tmp_path: Path
) -> None:
    """Neither a measurement nor a raw file."""
    path = tmp_path / "notes.csv"
    path.write_text("a,b\n1,2\n")
    with lab.unchanged(any_client, cell), pytest.raises(cellkeep.UnusableDataError, match="no format that is known"):
        any_client.cell_measurement.create_from_file(cell.id, path)
    assert any_client.raw_data.list(project.id).total == 0


def test_provenance_is_set_once(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """It can not be changed by an update of the record."""
    made = any_client.cell_measurement.create_from_file(cell.id, arbin(tmp_path / "a.csv"), timezone=_ZONE)
    any_client.cell_measurement.update(made.id, {"provenance": {"reader": "other"}, "notes": "x"})
    stored = any_client.cell_measurement.get(made.id)
    assert stored.notes == "x"
    assert stored.provenance is not None
    assert stored.provenance.reader == "arbin"

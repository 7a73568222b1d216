"""What lists of measurements can be asked for, through either client."""

from pathlib import Path
from typing import Any

import pytest
from samples import names, series


@pytest.fixture
def one_of_each(client: Any, cell: Any, tmp_path: Path) -> None:
    """A series, properties and a file, begun on three days, with tags."""
    (tmp_path / "x.txt").write_bytes(b"x")
    client.cell_measurement.create(
        cell.id,
        series("Rate test", start_time="2026-01-01T00:00:00Z", tags=["HPPC", "a b"], protocol={"name": "Sweep C/3"}),
    )
    client.cell_measurement.create_properties(
        cell.id, "Thickness", {"a": 1}, start_time="2026-01-02T00:00:00Z", tags=["hppc", "c,d"], notes="by caliper"
    )
    client.cell_measurement.create_file(cell.id, "Photo", [str(tmp_path / "x.txt")], start_time="2026-01-03T00:00:00Z")


@pytest.fixture(params=["of the cell", "of the project"])
def listed(request: pytest.FixtureRequest, client: Any, cell: Any, project_id: str, one_of_each: None) -> Any:
    if request.param == "of the cell":
        return lambda *rest, **asked: client.cell_measurement.list(cell.id, *rest, **asked)
    return lambda *rest, **asked: client.cell_measurement.list_by_project(project_id, *rest, **asked)


def test_by_type(listed: Any) -> None:
    """Each type is found alone."""
    assert names(listed(measurement_type="time_series")) == ["Rate test"]
    assert names(listed(measurement_type="properties")) == ["Thickness"]
    assert names(listed(None, None, "file")) == ["Photo"]


def test_by_tags(listed: Any) -> None:
    """All of several tags, or any of them, compared without case; a tag alone may be given as it is."""
    assert set(names(listed(tags_all=["hppc"]))) == {"Rate test", "Thickness"}
    assert names(listed(tags_all=["HPPC", "A b"])) == ["Rate test"]
    assert set(names(listed(tags_any=["a b", "c,d"]))) == {"Rate test", "Thickness"}
    assert names(listed(tags_any="c,d")) == ["Thickness"]
    assert names(listed(tags_all=["a b"], tags_any=["c,d"])) == []


def test_by_start(client: Any, cell: Any, one_of_each: None) -> None:
    """Both bounds are exclusive, and the start can be ordered by."""
    asked: dict[str, Any] = {"order_by": "start_time", "order": "asc"}
    listed = client.cell_measurement.list
    assert names(listed(cell.id, **asked)) == ["Rate test", "Thickness", "Photo"]
    assert names(listed(cell.id, started_after="2026-01-01T00:00:00Z", **asked)) == ["Thickness", "Photo"]
    assert names(listed(cell.id, started_before="2026-01-03", **asked)) == ["Rate test", "Thickness"]


def test_by_page(listed: Any) -> None:
    """A page has its part, and the total is of all."""
    page = listed(2, 1, order_by="name", order="asc")
    assert (names(page), page.total) == (["Rate test", "Thickness"], 3)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RATE", ["Rate test"]),
        ("caliper", ["Thickness"]),
        ("sweep c/3", ["Rate test"]),
        ("c,d", ["Thickness"]),
        ("nothing", []),
    ],
)
def test_by_text(client: Any, project_id: str, one_of_each: None, text: str, found: list[str]) -> None:
    """Text is looked for in name, notes, the name of the protocol and tags."""
    assert names(client.cell_measurement.list_by_project(project_id, q=text)) == found


def test_other_projects_stay_out(client: Any, one_of_each: None) -> None:
    """The measurements of a project are those of its cells alone."""
    other = client.project.create({"name": f"other than {client.project.list()[0].id}"})
    assert client.cell_measurement.list_by_project(other.id).total == 0

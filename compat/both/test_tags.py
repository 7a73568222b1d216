"""Tags of measurements, through either client."""

from typing import Any

import pytest


@pytest.fixture
def ids(client: Any, cell: Any) -> list[str]:
    return [client.cell_measurement.create_properties(cell.id, name, {"a": 1}).id for name in "abc"]


def tags(client: Any, measurement_id: str) -> list[str]:
    found: list[str] = client.cell_measurement.get(measurement_id).tags
    return found


def test_tags_are_added_and_removed(client: Any, ids: list[str]) -> None:
    """On one or on many; the count is of those that changed, so that the same again counts none."""
    assert client.cell_measurement.add_tags(ids, ["hppc", "25 degC"]) == 3
    assert client.cell_measurement.add_tags(ids[0], ["HPPC"]) == 0
    assert client.cell_measurement.remove_tags(ids[:2], ["Hppc", "never there"]) == 2
    assert client.cell_measurement.remove_tags(ids[:2], ["hppc"]) == 0
    assert [tags(client, each) for each in ids] == [["25 degC"], ["25 degC"], ["25 degC", "hppc"]]


def test_tags_are_trimmed_and_take_the_spelling_that_is_known(client: Any, cell: Any, ids: list[str]) -> None:
    """Doubles in another case are dropped, and so is white space around."""
    client.cell_measurement.add_tags(ids[0], ["HPPC"])
    client.cell_measurement.add_tags(ids[1], [" hppc ", "b", "B"])
    assert tags(client, ids[1]) == ["b", "HPPC"]
    made = client.cell_measurement.create_properties(cell.id, "d", {"a": 1}, tags=["hppc", "Hppc"])
    assert made.tags == ["HPPC"]


def test_tags_are_listed_by_use(client: Any, project_id: str, ids: list[str]) -> None:
    """The most used come first, a part of a tag finds it in any case, and the total counts all of them."""
    client.cell_measurement.add_tags(ids, ["hppc"])
    client.cell_measurement.add_tags(ids[:2], ["rate"])
    client.cell_measurement.add_tags(ids[0], ["HP-2"])
    found = client.cell_measurement.list_tags(project_id)
    assert [(tag.tag, tag.usage_count) for tag in found] == [("hppc", 3), ("rate", 2), ("HP-2", 1)]
    assert [tag.tag for tag in client.cell_measurement.list_tags(project_id, "HP")] == ["hppc", "HP-2"]
    page = client.cell_measurement.list_tags(project_id, limit=1)
    assert ([tag.tag for tag in page], page.total) == (["hppc"], 3)


def test_a_tag_too_many_changes_nothing(client: Any, ids: list[str], errors: type[Exception]) -> None:
    """Fifty tags are carried; where one measurement would carry more, none is changed."""
    client.cell_measurement.add_tags(ids[0], [f"t{number}" for number in range(50)])
    with pytest.raises(errors) as refused:
        client.cell_measurement.add_tags(ids, ["one more"])
    assert (refused.value.status_code, refused.value.error_code) == (400, "BAD_REQUEST")
    assert tags(client, ids[1]) == []
    with pytest.raises(errors) as refused:
        client.cell_measurement.add_tags(ids[1], ["x" * 51])
    assert refused.value.status_code == 400


def test_an_unknown_measurement_changes_nothing(client: Any, ids: list[str], errors: type[Exception]) -> None:
    """All the named measurements are tagged, or none."""
    with pytest.raises(errors) as refused:
        client.cell_measurement.add_tags([ids[0], "nowhere"], ["x"])
    assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")
    assert tags(client, ids[0]) == []

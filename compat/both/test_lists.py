"""What all lists of cells and measurements have in common, through either client."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from samples import iso, names

NAMES = ("Beta_1", "alpha-2", "Alpha-1", "50% SOC", "50x SOC")


@dataclass(frozen=True)
class Shelf:
    """One kind of record, how it is made, changed and listed."""

    make: Callable[[str], Any]
    listed: Callable[..., Any]
    update: Callable[[str, dict[str, Any]], Any]


@pytest.fixture(params=["specifications", "cells", "measurements"])
def shelf(request: pytest.FixtureRequest, client: Any, project_id: str) -> Shelf:
    if request.param == "specifications":
        return Shelf(
            lambda name: client.cell_spec.create({"name": name}),
            lambda **asked: client.cell_spec.list(project_id=project_id, **asked),
            client.cell_spec.update,
        )
    spec = request.getfixturevalue("spec")
    if request.param == "cells":
        return Shelf(
            lambda name: client.cell_instance.create(spec.id, {"name": name}),
            lambda **asked: client.cell_instance.list(spec.id, **asked),
            client.cell_instance.update,
        )
    cell = request.getfixturevalue("cell")
    return Shelf(
        lambda name: client.cell_measurement.create_properties(cell.id, name, {"a": 1}),
        lambda **asked: client.cell_measurement.list(cell.id, **asked),
        client.cell_measurement.update,
    )


@pytest.fixture
def made(shelf: Shelf) -> list[Any]:
    return [shelf.make(name) for name in NAMES]


def test_names_are_found_by_a_part_in_any_case(shelf: Shelf, made: list[Any]) -> None:
    """A percent sign and an underscore are looked for as they are."""
    assert set(names(shelf.listed(name="ALPHA"))) == {"alpha-2", "Alpha-1"}
    assert names(shelf.listed(name="50%")) == ["50% SOC"]
    assert names(shelf.listed(name="a_1")) == ["Beta_1"]
    assert names(shelf.listed(name="gamma")) == []


def test_whole_names_are_found_as_they_are(shelf: Shelf, made: list[Any]) -> None:
    """Neither a part nor another case will do; the whole name wins over a part."""
    assert names(shelf.listed(name_exact="Alpha-1")) == ["Alpha-1"]
    assert names(shelf.listed(name_exact="alpha-1")) == []
    assert names(shelf.listed(name_exact="Alpha-1", name="Beta")) == ["Alpha-1"]


def test_lists_are_in_order(shelf: Shelf, made: list[Any]) -> None:
    """Newest first unless asked otherwise; by name both ways, by the last change too."""
    assert names(shelf.listed()) == list(reversed(NAMES))
    assert names(shelf.listed(order_by="created_at", order="asc")) == list(NAMES)
    ascending = names(shelf.listed(order_by="name", order="asc"))
    assert names(shelf.listed(order_by="name", order="desc")) == ascending[::-1]
    assert sorted(ascending) == sorted(NAMES)
    shelf.update(made[1].id, {"notes": "changed"})
    assert names(shelf.listed(order_by="updated_at", order="desc"))[0] == NAMES[1]


def test_pages_tell_how_many_there_are(shelf: Shelf, made: list[Any]) -> None:
    """A page has its part, the total is of all matches, and a page behind the end is empty."""
    page = shelf.listed(limit=2, offset=1, order_by="created_at", order="asc")
    assert (names(page), len(page), page.total, page[1].name) == (list(NAMES[1:3]), 2, 5, NAMES[2])
    assert shelf.listed(limit=1, name="alpha").total == 2
    assert (len(shelf.listed(offset=9)), shelf.listed(offset=9).total) == (0, 5)
    assert len(shelf.listed(limit=100_000)) == 5


def test_lists_are_bounded_by_time(shelf: Shelf, made: list[Any]) -> None:
    """Both bounds of making and of changing are exclusive; a date alone will do."""
    first, last = iso(made[0].created_at), iso(made[-1].created_at)
    assert set(names(shelf.listed(created_after=first))) == set(NAMES[1:])
    assert set(names(shelf.listed(created_before=last))) == set(NAMES[:-1])
    assert set(names(shelf.listed(created_after=first, created_before=last))) == set(NAMES[1:-1])
    changed = shelf.update(made[2].id, {"notes": "changed"})
    assert names(shelf.listed(updated_after=last)) == [changed.name]
    assert set(names(shelf.listed(updated_before=iso(changed.updated_at)))) == set(NAMES) - {changed.name}
    assert shelf.listed(created_after="2020-01-01").total == 5
    assert shelf.listed(created_before="2020-01-01T00:00:00+02:00").total == 0


def test_lists_are_narrowed_by_who_made_it(client: Any, shelf: Shelf, made: list[Any]) -> None:
    """A part of the address finds all of the same person."""
    address = made[0].created_by_email
    assert address
    assert shelf.listed(created_by_email=address[1:-1].upper()).total == 5
    assert shelf.listed(created_by_email="nobody").total == 0


def test_malformed_questions_are_refused(shelf: Shelf, errors: type[Exception]) -> None:
    """A bound that is no time and an order by what is no column are named."""
    for asked in ({"created_after": "yesterday"}, {"order_by": "colour"}, {"limit": -1}):
        with pytest.raises(errors) as refused:
            shelf.listed(**asked)
        assert (refused.value.status_code, refused.value.error_code) == (422, "INVALID")

"""Who sees a record, and why."""

import pytest

from cellkeep.domain.errors import NotFoundError
from cellkeep.services import organization, sight
from cellkeep.storage.store import Store
from storage.world import populate


def test_everybody_who_sees_a_project_is_named_with_the_reason(store: Store) -> None:
    """Admins of the organization come first, then the members by their roles; who was shut out is not among them."""
    world = populate(store)
    people = [
        ("admin@a", "Admin"),
        ("contributor@a", "Project Contributor"),
        ("viewer@a", "Project Viewer"),
    ]
    for caller in (world.admin, world.viewer):
        with store.reading(caller) as work:
            found = sight.of_project(work, world.first.project)
        assert found.project_name == "First"
        assert [(each.email, each.why) for each in found.people] == people
    with store.writing(world.admin) as work:
        home = world.admin.organization.id
        organization.set_active(work, world.admin, home, world.viewer.user_id, active=False)
        assert [each.email for each in sight.of_project(work, world.first.project).people] == [
            "admin@a",
            "contributor@a",
        ]


def test_who_does_not_see_a_project_is_told_of_nobody(store: Store) -> None:
    """Asked from outside, there is no such project."""
    world = populate(store)
    for caller in (world.outsider, world.stranger):
        with store.reading(caller) as work, pytest.raises(NotFoundError):
            sight.of_project(work, world.first.project)

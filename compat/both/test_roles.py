"""Who sees and changes what: every kind of record, for people of every role, through either client.

A kind of record is one row of `kinds.KINDS`; a new kind needs nothing but its row.
"""

import io
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple
from uuid import uuid4

import pytest
from clients import IS_OFFICIAL, connect
from kinds import KINDS, TABLE, Place, ids, name, place, planned
from samples import series
from stands import Stand

Right = Literal["none", "read", "write"]


class Person(NamedTuple):
    """Somebody's client, and what they may do in the two places."""

    client: Any
    rights: tuple[Right, Right]


class Lab(NamedTuple):
    """Two projects, and people with different roles in them."""

    admin: Any
    places: tuple[Place, Place]
    people: dict[str, Person]


@pytest.fixture(autouse=True)
def _no_memory() -> Iterator[None]:
    """What one person has read is not remembered for another."""
    if not IS_OFFICIAL:
        yield
        return
    import ionworks  # noqa: PLC0415  only in its own environment

    ionworks.set_cache_enabled(False)
    yield
    ionworks.set_cache_enabled(True)


@pytest.fixture(scope="module")
def lab(installation: Stand) -> Lab:
    """A viewer and a project admin of the first project, a contributor of the second, and an admin."""
    admin = connect(installation.api_url, installation.api_key)
    first, second = place(admin), place(admin)
    roles: dict[str, tuple[str, Place | None, tuple[Right, Right]]] = {
        "viewer": ("Project Viewer", first, ("read", "none")),
        "lead": ("Project Admin", first, ("write", "none")),
        "contributor": ("Project Contributor", second, ("none", "write")),
        "admin": ("Admin", None, ("write", "write")),
    }
    emails = {who: f"{who}-{uuid4()}@lab.org" for who in roles}
    for who, (role, at, _) in roles.items():
        invited = admin.organization.invite(emails[who], role="Admin" if role == "Admin" else "Member")
        if at is not None:
            admin.project.add_member(at.project_id, invited.user_id, role)
    clients = {who: connect(installation.api_url, installation.key_of(email)) for who, email in emails.items()}
    people = {who: Person(clients[who], rights) for who, (*_, rights) in roles.items()}
    return Lab(admin, (first, second), people)


def status_of(errors: type[Exception], call: Callable[..., Any], *given: Any) -> int:
    """200, or the status with which the server refuses."""
    try:
        call(*given)
    except errors as refused:
        return int(refused.status_code)  # type: ignore[attr-defined]
    return 200


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_reads_and_changes_what_their_role_says(lab: Lab, errors: type[Exception], kind: str) -> None:
    """Unseen is 404, seen but not to be changed is 403, and the rest is done; who has no role sees nothing."""
    make, read, lists, change, delete = KINDS[kind]
    for who, person in lab.people.items():
        for at, right in zip(lab.places, person.rights, strict=True):
            record = make(lab.admin, at)
            writing = {"none": 404, "read": 403, "write": 200}[right]
            client, seen = person.client, right != "none"
            what = f"{who} with the right '{right}'"
            for each in read:
                assert status_of(errors, each, client, at, record) == (200 if seen else 404), what
            for listed in lists:
                assert (record in told(errors, listed, client, at)) is seen, what
            for each in change:
                assert status_of(errors, each, client, at, record) == writing, what
            made = status_of(errors, make, client, at)
            assert made == writing, f"{what} makes: {made}"
            if delete is None:
                continue
            assert status_of(errors, delete, client, at, record) == writing, what
            if writing != 200:
                read[0](lab.admin, at, record)
                delete(lab.admin, at, record)


def told(errors: type[Exception], listed: Callable[..., list[str]], *given: Any) -> list[str]:
    """What a list holds; nothing where what it belongs to is not seen."""
    try:
        return listed(*given)
    except errors as refused:
        if refused.status_code != 404:  # type: ignore[attr-defined]
            raise
        return []


def test_who_may_only_look_gets_what_is_there(lab: Lab, errors: type[Exception]) -> None:
    """A script that takes or makes its records runs for a viewer too, where they are there already."""
    at = lab.places[0]
    called = name()
    ways: tuple[Callable[[Any], Any], ...] = (
        lambda client: client.cell_spec.create_or_get({"name": called, "project_id": at.project_id}),
        lambda client: client.cell_batch.create_or_get(at.spec_id, {"name": called}),
        lambda client: client.cell_instance.create_or_get(at.spec_id, {"name": called}),
        lambda client: client.cell_measurement.create_or_get(at.cell_id, series(called)),
        lambda client: client.site.create_or_get({"name": called}),
        lambda client: client.cycler.create_or_get(at.site_id, {"name": called, "project_id": at.project_id}),
        lambda client: client.channel.create_or_get(at.cycler_id, {"name": called}),
        lambda client: client.planned_measurement.create_or_get({"name": called, **planned(at)}, at.project_id),
    )
    viewer = lab.people["viewer"].client
    for number, way in enumerate(ways):
        assert status_of(errors, way, viewer) == 403, number
        made = way(lab.admin).id
        assert way(viewer).id == made, number


def test_a_project_belongs_to_its_admins(lab: Lab, errors: type[Exception]) -> None:
    """It is changed, and its people are, by those who administer it; made, by admins of the organization alone."""
    user_id = lab.admin.organization.invite(f"{uuid4()}@lab.org").user_id
    leads = {("lead", 0), ("admin", 0), ("admin", 1)}
    for who, person in lab.people.items():
        for number, at in enumerate(lab.places):
            seen = person.rights[number] != "none"
            wanted = 404 if not seen else 200 if (who, number) in leads else 403
            project = person.client.project
            changes: tuple[tuple[Any, ...], ...] = (
                (project.update, at.project_id, {"description": "changed"}),
                (project.add_member, at.project_id, user_id, "Project Viewer"),
                (project.update_member, at.project_id, user_id, "Project Contributor"),
                (project.remove_member, at.project_id, user_id),
                (project.invite_member, at.project_id, f"{uuid4()}@lab.org"),
            )
            for change in changes:
                assert status_of(errors, *change) == wanted, (who, number)
            assert (at.project_id in ids(project.list())) is seen
            assert status_of(errors, project.get, at.project_id) == (200 if seen else 404)
            if wanted != 200:
                assert status_of(errors, project.delete, at.project_id) == wanted
        made = status_of(errors, person.client.project.create, {"name": name()})
        assert made == (200 if who == "admin" else 403), who


def test_the_organization_belongs_to_its_admins(lab: Lab, errors: type[Exception]) -> None:
    """Its people are taken in, promoted, shut out and removed by admins alone."""
    for who, person in lab.people.items():
        user_id = lab.admin.organization.invite(f"{uuid4()}@lab.org").user_id
        own = person.client.organization
        changes: tuple[tuple[Any, ...], ...] = (
            (own.invite, f"{uuid4()}@lab.org"),
            (own.resend_invite, user_id),
            (own.set_role, user_id, "Admin"),
            (own.deactivate, user_id),
            (own.reactivate, user_id),
            (own.remove, user_id),
        )
        for change in changes:
            assert status_of(errors, *change) == (200 if who == "admin" else 403), who
        assert own.usage().period_start.day == 1


def test_a_search_finds_what_is_seen(lab: Lab) -> None:
    """Records of every kind, named alike in both projects, are found by those who see them."""
    mark = uuid4().hex
    made = [named_alike(lab.admin, at, mark) for at in lab.places]
    for who, person in lab.people.items():
        found = person.client.search.query(mark, per_type=20, limit=100)
        seen = {
            key: kind for each, right in zip(made, person.rights, strict=True) if right != "none" for key, kind in each
        }
        assert ({hit.id: hit.entity_type for hit in found.results}, found.total) == (seen, len(seen)), who
        for at, right, each in zip(lab.places, person.rights, made, strict=True):
            inside = person.client.search.query(mark, per_type=20, limit=100, project_id=at.project_id)
            anywhere = {key for key, kind in seen.items() if kind == "material"}
            wanted = anywhere | {key for key, _ in each if right != "none"}
            assert {hit.id for hit in inside.results} == wanted, who


def named_alike(admin: Any, at: Place, mark: str) -> list[tuple[str, str]]:
    """Id and kind of one record of each kind that is searched, with that name, made in a place."""
    anode = {"material": {"name": mark}}
    spec = admin.cell_spec.create({"name": mark, "project_id": at.project_id, "anode": anode})
    cell = admin.cell_instance.create(spec.id, {"name": mark})
    cycler = admin.cycler.create(at.site_id, {"name": mark, "project_id": at.project_id})
    return [
        (spec.id, "cell_specification"),
        (cell.id, "cell_instance"),
        (admin.cell_measurement.create_properties(cell.id, mark, {"a": "b"}).id, "cell_measurement"),
        (admin.material.list(project_id=at.project_id, name=mark)[0].id, "material"),
        (admin.study.create({"name": mark}, at.project_id).id, "study"),
        (cycler.id, "cycler"),
        (admin.channel.create(cycler.id, {"name": mark}).id, "channel"),
        (admin.raw_data.upload(at.project_id, io.BytesIO(b"x"), name=mark).id, "raw_data"),
    ]


def test_sites_are_everybodys(lab: Lab, errors: type[Exception]) -> None:
    """All see them; a hand in some project changes them, and one in every project with cyclers there removes them."""
    for who, person in lab.people.items():
        api, hand = person.client.site, 200 if "write" in person.rights else 403
        for at, right in zip(lab.places, person.rights, strict=True):
            assert api.get(at.site_id).id == at.site_id
            assert at.site_id in ids(api.list(location=None, order_by="created_at", order="desc"))
            assert status_of(errors, api.update, at.site_id, {"notes": "changed"}) == hand, who
            full = lab.admin.site.create({"name": name()}).id
            lab.admin.cycler.create(full, {"name": "Cycler", "project_id": at.project_id})
            assert status_of(errors, api.delete, full) == (200 if right == "write" else 403), who
            assert status_of(errors, api.delete, lab.admin.site.create({"name": name()}).id) == hand, who
        assert status_of(errors, api.create, {"name": name()}) == hand, who


def test_a_lab_shows_what_runs_to_those_who_see_it(lab: Lab, errors: type[Exception]) -> None:
    """Status and watches are those of one project, for those who see it; each sees their own watches."""
    for at in lab.places:
        run = {"channel_id": at.channel_id, "start_time": "2026-01-01T00:00:00Z"}
        lab.admin.cell_measurement.update(at.series_id, run)
    for who, person in lab.people.items():
        api = person.client.lab
        for at, right in zip(lab.places, person.rights, strict=True):
            if right == "none":
                for each in (api.status, api.utilization, api.free_channels, api.list_watched):
                    assert status_of(errors, each, at.project_id) == 404, who
                continue
            running = api.on_channel(at.project_id, at.channel_id)
            assert (running.id, running.watched) == (at.series_id, False), who
            person.client.cell_measurement.watch(at.series_id)
            assert api.list_watched(at.project_id) == [at.series_id]
            assert api.on_channel(at.project_id, at.channel_id).watched is True
            others = [other for other in lab.people.values() if other is not person and other.rights[0] == "read"]
            if at is lab.places[0]:
                assert all(other.client.lab.list_watched(at.project_id) == [] for other in others), who
            person.client.cell_measurement.unwatch(at.series_id)
    for at in lab.places:
        lab.admin.cell_measurement.update(at.series_id, {"channel_id": None})


NAMINGS: dict[str, Callable[[Any, Place, Place], Any]] = {
    "a file": lambda client, at, other: client.cell_measurement.attach_raw_data(at.series_id, [other.raw_data_id]),
    "a file among own": lambda client, at, other: client.cell_measurement.attach_raw_data(
        at.series_id, [at.raw_data_id, other.raw_data_id]
    ),
    "a measurement for a study": lambda client, at, other: client.study.assign_measurement(
        at.study_id, other.series_id, at.project_id
    ),
    "a study by one's own project": lambda client, at, other: client.study.get(other.study_id, at.project_id),
    "a measurement to tag": lambda client, at, other: client.cell_measurement.add_tags(
        [at.series_id, other.series_id], ["x"]
    ),
    "a material": lambda client, at, other: client.material_property_dataset.create(
        other.material_id, name(), TABLE, project_id=at.project_id
    ),
    "a channel to run on": lambda client, at, other: client.cell_measurement.update(
        at.series_id, {"channel_id": other.channel_id, "start_time": "2026-01-01T00:00:00Z"}
    ),
    "a channel of a new series": lambda client, at, other: client.cell_measurement.create(
        at.cell_id, series(name(), channel_id=other.channel_id, start_time="2026-01-01T00:00:00Z")
    ),
    "a batch": lambda client, at, other: client.cell_instance.update(
        at.cell_id, {"batch_id": other.admin.cell_batch.create(other.spec_id, {"name": name()}).id}
    ),
    "a specification of a plan": lambda client, at, other: plan(client, at, cell_specification_id=other.spec_id),
    "a cell of a plan": lambda client, at, other: plan(client, at, cell_instance_id=other.cell_id),
    "a channel of a plan": lambda client, at, other: plan(client, at, channel_id=other.channel_id),
    "a plan to schedule": lambda client, at, other: client.planned_measurement.auto_schedule_proposal(
        [KINDS["planned measurement"].make(other.admin, other)], project_id=at.project_id
    ),
}
"""Calls that name a record of another project where one of the same project is meant."""


def plan(client: Any, at: Place, **said: Any) -> Any:
    return client.planned_measurement.create({"name": name(), **planned(at), **said}, at.project_id)


@pytest.mark.parametrize("naming", NAMINGS)
def test_nothing_of_another_project_can_be_named(lab: Lab, errors: type[Exception], naming: str) -> None:
    """Whether one sees the other project or not, its records are not taken for those of one's own."""
    own, other = lab.places
    attached = ids(lab.admin.cell_measurement.list_raw_data(own.series_id))
    for who in ("lead", "admin"):
        client = lab.people[who].client
        refused = status_of(errors, NAMINGS[naming], client, own, other)
        allowed = (who, naming) == ("admin", "a measurement to tag")
        assert refused in ({200} if allowed else {400, 404}), (who, refused)
    assert ids(lab.admin.cell_measurement.list_raw_data(own.series_id)) == attached


def test_a_place_in_another_project_is_not_scheduled(lab: Lab, errors: type[Exception]) -> None:
    """A proposal that was given a channel of another project is stale."""
    own, other = lab.places
    key = KINDS["planned measurement"].make(lab.admin, own)
    for who in ("lead", "admin"):
        api = lab.people[who].client.planned_measurement
        found = api.auto_schedule_proposal([key], project_id=own.project_id).assignments[0]
        sent = {**found.model_dump(mode="json"), "channel_id": other.channel_id}
        assert status_of(errors, api.apply_auto_schedule_proposal, [sent], own.project_id) == 409, who
        assert api.get(key, own.project_id).status == "requested"


def test_tags_are_told_to_those_who_see_the_project(lab: Lab, errors: type[Exception]) -> None:
    """The tags of a project out of sight are not found."""
    for who, person in lab.people.items():
        for at, right in zip(lab.places, person.rights, strict=True):
            for listed in (person.client.cell_measurement.list_tags, person.client.cell_measurement.list_by_project):
                assert status_of(errors, listed, at.project_id) == (404 if right == "none" else 200), who

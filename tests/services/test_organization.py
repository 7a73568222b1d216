"""The people of an organization: who comes in, who goes, and that somebody always administers it."""

from collections.abc import Callable
from typing import Any

import pytest

from cellkeep.domain.errors import ConflictError, ForbiddenError, NotFoundError, UnauthorizedError
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import ProjectDraft
from cellkeep.services import accounts, organization, project_members, projects
from cellkeep.storage.store import Store, UnitOfWork
from services.bench import bench, together

Change = Callable[[UnitOfWork, Caller, str, str], Any]

CHANGES: dict[str, Change] = {
    "demoted": lambda work, who, org, user: organization.set_role(work, who, org, user, "Member"),
    "deactivated": lambda work, who, org, user: organization.set_active(work, who, org, user, active=False),
    "removed": organization.remove,
}


def invited(store: Store, admin: Caller, email: str, role: Any = "Member") -> Caller:
    """A new person."""
    with store.writing(admin) as work:
        organization.invite(work, admin, admin.organization.id, email, role)
    return again(store, email)


def again(store: Store, email: str) -> Caller:
    """What a person is now."""
    with store.reading() as work:
        found = work.people.caller_of_email(email)
    assert found is not None
    return found


def change(store: Store, admin: Caller, what: str, user_id: str) -> None:
    with store.writing(admin) as work:
        CHANGES[what](work, admin, admin.organization.id, user_id)


def test_an_invited_person_is_there_once(store: Store, admin: Caller) -> None:
    """One address is one person however it is typed; inviting again tells who they are and changes nothing."""
    with store.writing(admin) as work:
        first = organization.invite(work, admin, admin.organization.id, "jane@lab.org", "Member")
        second = organization.invite(work, admin, admin.organization.id, "JANE@Lab.org", "Admin")
    assert (first.already_member, first.invite_sent, first.role_name) == (False, False, "Member")
    assert (second.user_id, second.already_member, second.role_name) == (first.user_id, True, "Member")


def test_one_invitation_of_many_at_once_makes_the_person(store: Store, admin: Caller) -> None:
    """Six invitations of one address at the same moment end in one person, and all six tell of them."""

    def invite(number: int) -> Any:
        email = "jane@lab.org" if number % 2 else "Jane@LAB.org"
        with store.writing(admin) as work:
            return organization.invite(work, admin, admin.organization.id, email, "Member")

    answers = together(6, invite)
    assert len({answer.user_id for answer in answers}) == 1, answers
    assert sorted(answer.already_member for answer in answers) == [False] + [True] * 5


def test_an_address_of_another_organization_is_taken(store: Store, admin: Caller) -> None:
    """A person is in one organization of a server; another one can not take them in, nor learns their id."""
    with store.writing() as work:
        elsewhere = work.people.add_organization("Elsewhere")
        work.people.add_user(elsewhere, "Jane@lab.org", "Admin")
    with pytest.raises(ConflictError) as refused, store.writing(admin) as work:
        organization.invite(work, admin, admin.organization.id, "jane@lab.org", "Member")
    assert refused.value.existing_id is None


def test_a_deactivated_person_is_shut_out_at_once_and_comes_back(store: Store, admin: Caller) -> None:
    """Keys open nothing while their owner is deactivated, and the same keys and roles hold again afterwards."""
    jane = invited(store, admin, "jane@lab.org")
    with store.writing(admin) as work:
        project = work.projects.create(ProjectDraft(name="P"), admin)
        project_members.add(work, admin, project.id, jane.user_id, "Project Viewer")
    key = accounts.create_key(store, jane.user_id, "laptop")
    before = accounts.authenticate(store, key)
    change(store, admin, "deactivated", jane.user_id)
    with pytest.raises(UnauthorizedError):
        accounts.authenticate(store, key)
    with store.reading() as work:
        assert work.people.caller_of_user(jane.user_id) is None
    invitations: list[Callable[[UnitOfWork], Any]] = [
        lambda work: organization.invite(work, admin, admin.organization.id, "jane@lab.org", "Member"),
        lambda work: project_members.invite(work, admin, project.id, "jane@lab.org", "Project Viewer"),
    ]
    for invitation in invitations:
        with pytest.raises(ConflictError, match="deactivated") as refused, store.writing(admin) as work:
            invitation(work)
        assert refused.value.existing_id is None
    with pytest.raises(ConflictError), store.writing(admin) as work:
        project_members.add(work, admin, project.id, jane.user_id, "Project Admin")
    with pytest.raises(ConflictError), store.writing(admin) as work:
        organization.invite_again(work, admin, admin.organization.id, jane.user_id)
    with store.writing(admin) as work:
        organization.set_active(work, admin, admin.organization.id, jane.user_id, active=True)
    assert accounts.authenticate(store, key) == before


def test_what_a_removed_person_made_stays(store: Store, admin: Caller) -> None:
    """Records keep the id and address of a maker who is gone; their key opens nothing, and they may be new one day."""
    jane = invited(store, admin, "jane@lab.org", "Admin")
    key = accounts.create_key(store, jane.user_id, "laptop")
    made = bench(store, jane)
    record = made.create()
    change(store, admin, "removed", jane.user_id)
    with pytest.raises(UnauthorizedError):
        accounts.authenticate(store, key)
    with store.reading(admin) as work:
        kept = work.measurements.get(record.id)
        assert (kept.created_by, kept.created_by_email) == (jane.user_id, "jane@lab.org")
        assert work.members.find("jane@lab.org") is None
    assert invited(store, admin, "jane@lab.org").user_id != jane.user_id


@pytest.mark.parametrize("what", CHANGES)
def test_the_last_active_admin_stays(store: Store, admin: Caller, what: str) -> None:
    """Whoever is left alone as an active admin is not taken away; a second admin can be."""
    second = invited(store, admin, "second@lab.org", "Admin")
    invited(store, admin, "member@lab.org")
    change(store, admin, what, second.user_id)
    with pytest.raises(ConflictError, match="last active admin") as refused:
        change(store, admin, what, admin.user_id)
    assert refused.value.existing_id is None
    with store.reading(admin) as work:
        assert list(work.members.active_admins()) == [admin.email]


@pytest.mark.parametrize("first", CHANGES)
@pytest.mark.parametrize("second", CHANGES)
def test_two_admins_who_take_each_other_away_at_once_do_not_both_go(
    store: Store, admin: Caller, first: str, second: str
) -> None:
    """Of two requests at the same moment one is refused, and an admin is left."""
    other = invited(store, admin, "second@lab.org", "Admin")
    deeds = [(admin, first, other.user_id), (other, second, admin.user_id)]
    answers = together(2, lambda number: change(store, *deeds[number]))
    assert sorted(type(answer).__name__ for answer in answers) == ["ConflictError", "NoneType"], answers
    with store.reading(admin) as work:
        assert len(work.members.active_admins()) == 1


def test_many_admins_are_taken_away_but_for_one(store: Store, admin: Caller) -> None:
    """Eight admins who all resign at the same moment leave one of them."""
    admins = [admin, *(invited(store, admin, f"a{number}@lab.org", "Admin") for number in range(7))]
    answers = together(8, lambda number: change(store, admins[number], "demoted", admins[number].user_id))
    assert [type(answer).__name__ for answer in answers if answer is not None] == ["ConflictError"], answers


def test_a_member_changes_nobody_and_is_told_whom_to_ask(store: Store, admin: Caller) -> None:
    """Every change of people is an admin's, and so is making a project; the refusal names an admin."""
    jane = invited(store, admin, "jane@lab.org")
    at = jane.organization.id
    refused: list[Callable[[UnitOfWork], Any]] = [
        lambda work: organization.invite(work, jane, at, "new@lab.org", "Member"),
        lambda work: organization.invite_again(work, jane, at, jane.user_id),
        lambda work: organization.set_role(work, jane, at, jane.user_id, "Admin"),
        lambda work: organization.set_active(work, jane, at, admin.user_id, active=False),
        lambda work: organization.remove(work, jane, at, admin.user_id),
        lambda work: projects.create(work, jane, ProjectDraft(name="mine")),
    ]
    for attempt in refused:
        with pytest.raises(ForbiddenError, match="ask admin@localhost"), store.writing(jane) as work:
            attempt(work)


def test_another_organization_is_not_there(store: Store, admin: Caller) -> None:
    """Its id is unknown, and so are its people to those who know their ids."""
    with store.writing() as work:
        elsewhere = work.people.add_organization("Elsewhere")
        stranger = work.people.add_user(elsewhere, "s@elsewhere", "Admin")
        project = work.projects.create(ProjectDraft(name="P"), admin)
    with store.writing(admin) as work:
        for there, user in ((elsewhere.id, stranger), (admin.organization.id, stranger), (elsewhere.id, admin.user_id)):
            for deed in CHANGES.values():
                with pytest.raises(NotFoundError):
                    deed(work, admin, there, user)
        with pytest.raises(NotFoundError):
            organization.members(work, admin, elsewhere.id)
        with pytest.raises(NotFoundError):
            project_members.add(work, admin, project.id, stranger, "Project Viewer")


def test_a_member_sees_colleagues(store: Store, admin: Caller) -> None:
    """A member sees themselves, admins and those active who share a project, with roles in shared projects alone."""
    jane, bob, eve, gone = (invited(store, admin, f"{name}@lab.org") for name in ("jane", "bob", "eve", "gone"))
    with store.writing(admin) as work:
        shared, other = (work.projects.create(ProjectDraft(name=name), admin).id for name in ("shared", "other"))
        for project_id, person in ((shared, jane), (shared, bob), (other, bob), (other, eve), (shared, gone)):
            project_members.add(work, admin, project_id, person.user_id, "Project Contributor")
    change(store, admin, "deactivated", gone.user_id)
    jane = again(store, "jane@lab.org")
    with store.reading(jane) as work:
        seen = {each.email: each for each in organization.members(work, jane, jane.organization.id)}
    assert seen.keys() == {"admin@localhost", "jane@lab.org", "bob@lab.org"}
    assert [place.project_id for place in seen["bob@lab.org"].projects] == [shared]
    with store.reading(admin) as work:
        known = {each.email: each for each in organization.members(work, admin, admin.organization.id)}
    assert known.keys() == {*seen, "eve@lab.org", "gone@lab.org"}
    assert {place.project_id for place in known["bob@lab.org"].projects} == {shared, other}
    assert [each.email for each in known.values() if not each.is_active] == ["gone@lab.org"]


def test_a_project_admin_manages_the_project_alone(store: Store, admin: Caller) -> None:
    """Who administers a project gives and takes roles in it, brings people in by address, and nothing beyond."""
    lead, jane = invited(store, admin, "lead@lab.org"), invited(store, admin, "jane@lab.org")
    with store.writing(admin) as work:
        mine, other = (work.projects.create(ProjectDraft(name=name), admin).id for name in ("mine", "other"))
        project_members.add(work, admin, mine, lead.user_id, "Project Admin")
    lead = again(store, "lead@lab.org")
    with store.writing(lead) as work:
        project_members.add(work, lead, mine, jane.user_id, "Project Viewer")
        new = project_members.invite(work, lead, mine, "New@lab.org", "Project Contributor")
        known = project_members.invite(work, lead, mine, "jane@lab.org", "Project Contributor")
        project_members.update(work, lead, mine, new.user_id, "Project Viewer")
    assert (new.already_member, known.already_member, known.role_name) == (False, True, "Project Contributor")
    assert again(store, "new@lab.org").project_roles == {mine: "Project Viewer"}
    assert again(store, "jane@lab.org").project_roles == {mine: "Project Contributor"}
    with pytest.raises(NotFoundError), store.writing(lead) as work:
        project_members.add(work, lead, other, jane.user_id, "Project Viewer")
    with pytest.raises(NotFoundError, match="not a member"), store.writing(lead) as work:
        project_members.remove(work, lead, mine, admin.user_id)
    with store.writing(lead) as work:
        project_members.remove(work, lead, mine, jane.user_id)
    with pytest.raises(NotFoundError, match="not a member"), store.writing(lead) as work:
        project_members.update(work, lead, mine, jane.user_id, "Project Viewer")
    assert again(store, "jane@lab.org").project_roles == {}
    contributor = invited(store, admin, "c@lab.org")
    with store.writing(admin) as work:
        project_members.add(work, admin, mine, contributor.user_id, "Project Contributor")
    contributor = again(store, "c@lab.org")
    with pytest.raises(ForbiddenError), store.writing(contributor) as work:
        project_members.add(work, contributor, mine, contributor.user_id, "Project Admin")


def test_a_role_for_a_person_who_is_just_removed_is_a_conflict_or_unknown(store: Store, admin: Caller) -> None:
    """Giving roles to somebody while they are removed, and while the project goes, never ends in an accident."""
    for number in range(3):
        jane = invited(store, admin, f"jane{number}@lab.org")
        with store.writing(admin) as work:
            project_id = work.projects.create(ProjectDraft(name=f"P{number}"), admin).id

        def give(project_id: str = project_id, user_id: str = jane.user_id) -> None:
            with store.writing(admin) as work:
                project_members.add(work, admin, project_id, user_id, "Project Viewer")

        def drop(project_id: str = project_id) -> None:
            with store.writing(admin) as work:
                projects.delete(work, admin, project_id)

        deeds = [give, lambda user_id=jane.user_id: change(store, admin, "removed", user_id), drop, give]
        answers = together(4, lambda index, deeds=deeds: deeds[index]())
        assert all(answer is None or isinstance(answer, (NotFoundError, ConflictError)) for answer in answers), answers


def test_usage_counts_what_is_kept(store: Store, admin: Caller) -> None:
    """Bytes and measurements are those of the organization, and of no other."""
    made = bench(store, admin)
    record = made.create()
    with store.reading(admin) as work:
        found = organization.usage(work)
        sizes = sum(store.blobs.head(blob.key).size_bytes for blob in work.measurements.row(record.id).blobs)  # type: ignore[union-attr]
    assert (found.storage.bytes, found.storage.measurements) == (sizes, 1)
    assert found.period_start <= record.created_at < found.period_end
    assert (found.period_start.day, found.period_end.day, found.simulation.usage) == (1, 1, 0)
    with store.writing() as work:
        elsewhere = work.people.add_organization("Elsewhere")
        work.people.add_user(elsewhere, "s@elsewhere", "Admin")
    stranger = again(store, "s@elsewhere")
    with store.reading(stranger) as work:
        assert organization.usage(work).storage.model_dump() == {"bytes": 0, "measurements": 0}

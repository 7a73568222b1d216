"""Sites belong to everybody, and take what stands there with them."""

import pytest

from cellkeep.domain.cyclers import CyclerDraft
from cellkeep.domain.errors import BadRequestError, ConflictError, ForbiddenError, NotFoundError
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.sites import SiteDraft, SitePatch, SiteQuery
from cellkeep.services import cyclers, projects, sites
from cellkeep.storage.store import Store
from services.bench import together
from services.lab_bench import LabBench, lab_bench


@pytest.fixture
def at(store: Store, admin: Caller) -> LabBench:
    return lab_bench(store, admin)


def try_to(at: LabBench, who: Caller, what: str, site_id: str | None = None) -> None:
    chosen = site_id or at.site_id
    with at.store.writing(who) as work:
        {
            "create": lambda: sites.create(work, who, SiteDraft(name="Mine")),
            "update": lambda: sites.update(work, who, chosen, SitePatch(notes="x")),
            "delete": lambda: sites.delete(work, who, chosen),
        }[what]()


def test_everybody_sees_sites_and_contributors_change_them(at: LabBench) -> None:
    """Who may change records of some project may change sites; others of the organization see them."""
    outsider, viewer = at.person("o@lab"), at.person("v@lab", {at.project_id: "Project Viewer"})
    for who in (outsider, viewer):
        with at.store.reading(who) as work:
            assert [site.name for site in work.sites.list(SiteQuery())] == ["Hall"]
        for what in ("create", "update", "delete"):
            with pytest.raises(ForbiddenError):
                try_to(at, who, what)
    contributor = at.person("c@lab", {at.project_id: "Project Contributor"})
    for what in ("create", "update", "delete"):
        try_to(at, contributor, what)
    with pytest.raises(NotFoundError):
        try_to(at, contributor, "delete")


def test_a_site_of_another_organization_is_not_there(at: LabBench) -> None:
    """Sites are of one organization, and their names are its own."""
    with at.store.writing() as work:
        organization = work.people.add_organization("Elsewhere")
        other = work.people.caller_of_user(work.people.add_user(organization, "admin@elsewhere", "Admin"))
    assert other is not None
    for what in ("update", "delete"):
        with pytest.raises(NotFoundError):
            try_to(at, other, what)
    with at.store.writing(other) as work:
        assert sites.create(work, other, SiteDraft(name="Hall")).id != at.site_id
        assert work.sites.list(SiteQuery()).total == 1


def test_a_site_with_cyclers_out_of_sight_is_not_removed(at: LabBench) -> None:
    """What a person does not see at a site, or may only look at, keeps them from removing it."""
    contributor = at.person("c@lab", {at.project_id: "Project Contributor"})
    with at.store.writing(at.caller) as work:
        other = projects.create(work, at.caller, ProjectDraft(name="Other"))
    at.add_cycler("Hidden", other.id)
    with at.store.reading(contributor) as work:
        assert [cycler.name for cycler in work.cyclers.list(at.site_id, cyclers.CyclerQuery())] == ["Rack 1"]
    with pytest.raises(ForbiddenError, match="other projects"):
        try_to(at, contributor, "delete")
    try_to(at, at.caller, "delete")
    with at.store.reading() as work:
        assert work.cyclers.list(at.site_id, cyclers.CyclerQuery()).total == 0
        assert work.channels.list(at.cycler_id, SiteQuery()).total == 0


def test_a_cycler_is_never_added_to_a_site_that_goes(at: LabBench) -> None:
    """While a site is removed by one and given a cycler by another, either the cycler stays out or goes too."""
    contributor = at.person("c@lab", {at.project_id: "Project Contributor"})
    with at.store.writing(at.caller) as work:
        other = projects.create(work, at.caller, ProjectDraft(name="Other"))
    draft = CyclerDraft(name="New", project_id=other.id)
    for _ in range(5):
        with at.store.writing(at.caller) as work:
            site_id = sites.create(work, at.caller, SiteDraft(name="Gone")).id

        def add(site_id: str = site_id) -> str:
            with at.store.writing(at.caller) as work:
                return cyclers.create(work, at.caller, site_id, draft).id

        def do(number: int, site_id: str = site_id) -> object:
            return try_to(at, contributor, "delete", site_id) if number else add(site_id)

        added, removed = together(2, do)
        if removed is None:
            assert isinstance(added, (NotFoundError, ConflictError)), added
        else:
            assert isinstance(added, str)
            assert isinstance(removed, ForbiddenError)
            try_to(at, at.caller, "delete", site_id)


def test_names_are_told_apart_where_they_stand(at: LabBench) -> None:
    """A site's name is unique in the organization, a cycler's at its site, a channel's on its cycler."""
    with pytest.raises(ConflictError) as site, at.store.writing(at.caller) as work:
        sites.create(work, at.caller, SiteDraft(name="Hall"))
    with pytest.raises(ConflictError) as cycler:
        at.add_cycler("Rack 1")
    with pytest.raises(ConflictError) as channel:
        at.add_channel("1")
    held = [error.value.existing_id for error in (site, cycler, channel)]
    assert held == [at.site_id, at.cycler_id, at.channel_ids[0]]
    at.add_channel("1", at.add_cycler("Rack 2"))
    with pytest.raises(BadRequestError, match="name"), at.store.writing(at.caller) as work:
        sites.update(work, at.caller, at.site_id, SitePatch(name=None))

"""Specifications, lots and cells to choose from, and measurements by the content of their files."""

from cellkeep.domain.batches import BatchDraft
from cellkeep.domain.instances import InstanceDraft
from cellkeep.domain.paging import ListQuery
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.specs import SpecDraft
from cellkeep.storage.store import Store


def test_the_places_of_a_project_are_told_by_name(store: Store, admin: Caller) -> None:
    """Each is told with the specification it belongs to, none of another project, and none to who sees neither."""
    with store.writing(admin) as work:
        project = work.projects.list(ListQuery()).items[0]
        other = work.projects.create(ProjectDraft(name="Other"), admin)
        rated = SpecDraft(name="B", ratings={"capacity": {"value": 500, "unit": "mA.h"}})
        spec, bare = (work.specs.create(project.id, draft, admin) for draft in (rated, SpecDraft(name="A")))
        work.specs.create(other.id, SpecDraft(name="C"), admin)
        row = work.specs.row(spec.id)
        lot = work.batches.create(row, BatchDraft(name="L1"), admin)
        cells = [work.instances.create(row, InstanceDraft(name=name), None, admin) for name in ("2", "1")]
    with store.reading(admin) as work:
        found = work.places.of(project.id, 10)
        assert work.places.of(project.id, 1).specs == found.specs[:1]
    assert [(each.id, each.rated_capacity_ah) for each in found.specs] == [(bare.id, None), (spec.id, 0.5)]
    assert [(each.id, each.spec_id) for each in found.batches] == [(lot.id, spec.id)]
    assert [(each.id, each.name) for each in found.cells] == [(cells[1].id, "1"), (cells[0].id, "2")]
    stranger = admin.model_copy(update={"organization_role": "Member", "project_roles": {other.id: "Project Viewer"}})
    with store.reading(stranger) as work:
        assert work.places.of(project.id, 10).specs == []

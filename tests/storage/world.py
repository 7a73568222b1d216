"""Two laboratories in one store: what each of their people sees is known here."""

from dataclasses import dataclass
from typing import Any

from cellkeep.domain.batches import BatchDraft
from cellkeep.domain.instances import InstanceDraft
from cellkeep.domain.measurements import MeasurementDraft
from cellkeep.domain.people import Caller, Organization, OrganizationRole, ProjectRole
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.specs import SpecDraft
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import BlobRow, MeasurementRow

GRAPHITE = {"name": "Graphite", "manufacturer": "Maker"}


@dataclass(frozen=True)
class Records:
    """Ids of one record of each kind, all in one project."""

    project: str
    spec: str
    batch: str
    instance: str
    measurement: str
    material: str


@dataclass(frozen=True)
class World:
    """Organization A has two projects, organization B has one; all records are named alike."""

    admin: Caller
    """Admin of A: sees both projects of A."""
    contributor: Caller
    """Member of A: Project Contributor in the first project alone."""
    viewer: Caller
    """Member of A: Project Viewer in the first project alone."""
    outsider: Caller
    """Member of A without a project."""
    stranger: Caller
    """Admin of B."""
    first: Records
    second: Records
    foreign: Records


def populate(store: Store) -> World:
    """Make the two laboratories."""
    with store.writing() as work:
        ours, theirs = (work.people.add_organization(name) for name in ("A", "B"))
        admin = person(work, ours, "admin@a", "Admin")
        stranger = person(work, theirs, "admin@b", "Admin")
        first, second = (fill(work, admin, name) for name in ("First", "Second"))
        return World(
            admin=admin,
            contributor=person(work, ours, "contributor@a", roles={first.project: "Project Contributor"}),
            viewer=person(work, ours, "viewer@a", roles={first.project: "Project Viewer"}),
            outsider=person(work, ours, "outsider@a"),
            stranger=stranger,
            first=first,
            second=second,
            foreign=fill(work, stranger, "First"),
        )


def person(
    work: UnitOfWork,
    organization: Organization,
    email: str,
    role: OrganizationRole = "Member",
    roles: dict[str, ProjectRole] | None = None,
) -> Caller:
    """A new user."""
    user_id = work.people.add_user(organization, email, role)
    for project_id, project_role in (roles or {}).items():
        work.people.add_member(project_id, user_id, project_role)
    caller = work.people.caller_of_user(user_id)
    assert caller is not None
    return caller


def fill(work: UnitOfWork, caller: Caller, project_name: str) -> Records:
    """A project with one record of each kind."""
    project = work.projects.create(ProjectDraft(name=project_name), caller)
    draft = SpecDraft.model_validate({"name": "Spec", "anode": {"material": GRAPHITE}})
    spec = work.specs.create(project.id, draft, caller)
    assert spec.anode is not None
    assert spec.anode.material_id is not None
    spec_row = work.specs.row(spec.id)
    batch = work.batches.create(spec_row, BatchDraft(name="Lot"), caller)
    instance = work.instances.create(spec_row, InstanceDraft(name="Cell"), batch.id, caller)
    row = add_measurement(work, caller, instance.id, "Test", tags=["hppc"], key=f"measurements/{instance.id}/x")
    return Records(project.id, spec.id, batch.id, instance.id, row.id, spec.anode.material_id)


def add_measurement(
    work: UnitOfWork,
    caller: Caller,
    instance_id: str,
    name: str,
    *,
    tags: list[str] | None = None,
    key: str = "",
    **said: Any,
) -> MeasurementRow:
    """A measurement, with one object where a key is given."""
    blob = BlobRow(
        key=key, role="file", filename="a.bin", content_type="application/octet-stream", size_bytes=1, sha256="0"
    )
    draft = MeasurementDraft.model_validate({"name": name, **said})
    instance = work.instances.row(instance_id)
    return work.measurements.add(
        instance, draft, caller, tags=tags or [], blobs=[blob] if key else [], measurement_type="file"
    )

"""Projects and who works in them."""

from typing import TYPE_CHECKING

from cyclopts import App

from cellkeep.cli.opening import opened, person
from cellkeep.cli.output import columns, doing, plain
from cellkeep.domain.errors import NotFoundError
from cellkeep.domain.paging import ListQuery
from cellkeep.domain.people import PROJECT_ROLES, ProjectRole, role_of_id
from cellkeep.domain.projects import Project, ProjectDraft, ProjectPatch
from cellkeep.readers.reading import zone_named

if TYPE_CHECKING:
    from cellkeep.storage.store import UnitOfWork

app = App(name="project", help="Projects of a server on this machine, and who works in them.")


@app.command(name="list")
def list_(*, data: str | None = None) -> None:
    """List the projects by name.

    Args:
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    with opened(data) as (store, admin, _), store.reading(admin) as work:
        found = work.projects.list(ListQuery(order_by="name", order="asc"))
    columns(("id", "name", "made"), [(each.id, each.name, each.created_at) for each in found])


@app.command
def create(name: str, /, *, data: str | None = None) -> None:
    """Make a project. Its id is printed.

    Args:
        name: of the project; no other may have it.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    from cellkeep.services import projects  # noqa: PLC0415  only where a server is installed

    with opened(data) as (store, admin, _), store.writing(admin) as work:
        made = projects.create(work, admin, ProjectDraft(name=name))
    plain(made.id)
    doing(f"{made.name} is made. `cellkeep project add-member` takes people in.")


@app.command
def timezone(project: str, zone: str | None = None, /, *, data: str | None = None) -> None:
    """Say in which time zone the instruments of a project run, for files whose times name none; or tell which it is.

    Args:
        project: its name or id.
        zone: such as Europe/Berlin.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    from cellkeep.services import projects  # noqa: PLC0415  only where a server is installed

    if zone is None:
        with opened(data) as (store, admin, _), store.reading(admin) as work:
            plain(_project(work, project).zone or "none is said")
        return
    zone_named(zone)
    with opened(data) as (store, admin, _), store.writing(admin) as work:
        found = _project(work, project)
        projects.update(work, admin, found.id, ProjectPatch.model_validate({"timezone": zone}))
    doing(f"Times of {found.name} that name no zone are in {zone} from now on.")


@app.command
def members(project: str, /, *, data: str | None = None) -> None:
    """List who has a role in a project. Admins of the organization may do everything in it without one.

    Args:
        project: its name or id.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    with opened(data) as (store, admin, _), store.reading(admin) as work:
        project_id = _project(work, project).id
        found = work.members.list(admin)
    columns(
        ("email", "role", "state"),
        [
            (each.email, role_of_id(place.project_role_id), "active" if each.is_active else "deactivated")
            for each in found
            for place in each.projects
            if place.project_id == project_id
        ],
    )


@app.command
def add_member(project: str, email: str, /, *, role: str = "contributor", data: str | None = None) -> None:
    """Give somebody a role in a project, in place of any that they have there.

    Args:
        project: its name or id.
        email: who.
        role: admin, contributor or viewer.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    from cellkeep.services import project_members  # noqa: PLC0415  only where a server is installed

    given = _role(role)
    with opened(data) as (store, admin, _), store.writing(admin) as work:
        found = _project(work, project)
        project_members.add(work, admin, found.id, person(work, email).id, given)
    doing(f"{email} is {given} of {found.name} now.")


@app.command
def remove_member(project: str, email: str, /, *, data: str | None = None) -> None:
    """Take somebody out of a project. What they made stays.

    Args:
        project: its name or id.
        email: who.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    from cellkeep.services import project_members  # noqa: PLC0415

    with opened(data) as (store, admin, _), store.writing(admin) as work:
        found = _project(work, project)
        project_members.remove(work, admin, found.id, person(work, email).id)
    doing(f"{email} has no role in {found.name} any more.")


def _project(work: "UnitOfWork", project: str) -> Project:
    by_name = work.projects.list(ListQuery(name=f"eq.{project}"))
    if by_name.items:
        return by_name.items[0]
    try:
        return work.projects.get(project)
    except NotFoundError:
        raise NotFoundError(
            f"There is no project '{project}'. `cellkeep project list` tells which there are."
        ) from None


def _role(text: str) -> ProjectRole:
    wanted = text.strip().casefold()
    for role in PROJECT_ROLES:
        if wanted in {role.id, role.name.casefold(), role.name.casefold().removeprefix("project ")}:
            return role.name
    raise NotFoundError(f"There is no project role '{text}'. The roles are admin, contributor and viewer.")

"""Sites."""

from cellkeep.domain.errors import ForbiddenError
from cellkeep.domain.people import Caller
from cellkeep.domain.sites import Site, SiteDraft, SitePatch
from cellkeep.storage.store import UnitOfWork


def create(work: UnitOfWork, caller: Caller, draft: SiteDraft) -> Site:
    work.sites.refuse_name(caller.organization.id, draft.name)
    _require_hand(caller)
    return work.sites.create(draft, caller)


def update(work: UnitOfWork, caller: Caller, site_id: str, patch: SitePatch) -> Site:
    row = work.sites.row(site_id)
    _require_hand(caller)
    changes = patch.changes_to(row)
    return work.sites.update(site_id, patch, changes)


def delete(work: UnitOfWork, caller: Caller, site_id: str) -> None:
    """Remove a site with its cyclers and their channels, of whichever projects they are.

    Raises:
        ForbiddenError: some of them are of a project that the caller can not change, and perhaps not see.
    """
    work.sites.row(site_id, lock=True)  # and so no cycler is added meanwhile
    _require_hand(caller)
    try:
        for project_id in work.sites.projects(site_id):
            caller.require_write(project_id)
    except ForbiddenError:
        raise ForbiddenError(
            "Cyclers of other projects, which you can not change, are at this site. "
            "An admin of the organization can remove it."
        ) from None
    work.channels.vacate(site_id=site_id)
    work.sites.delete(site_id)


def _require_hand(caller: Caller) -> None:
    """Sites are everybody's; who may change something somewhere may change them."""
    if not caller.is_admin and not {"Project Admin", "Project Contributor"} & set(caller.project_roles.values()):
        raise ForbiddenError("Changing sites takes the role Project Contributor in some project: ask for it.")

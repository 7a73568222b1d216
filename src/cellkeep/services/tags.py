"""Tags of measurements."""

from collections.abc import Iterable, Sequence

from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.records import now
from cellkeep.domain.tags import TagChange, TagUsage, normalise
from cellkeep.storage.store import UnitOfWork


def usage(work: UnitOfWork, project_id: str, q: str | None, limit: int) -> Page[TagUsage]:
    work.projects.row(project_id)
    return work.tags.usage(project_id, q, limit)


def spelled(work: UnitOfWork, project_id: str, tags: Iterable[str]) -> Sequence[str]:
    """The tags as they are stored: trimmed, without doubles, in the project's own spelling."""
    asked = list(tags)
    return normalise(asked, work.tags.known(project_id, [tag.strip().casefold() for tag in asked]))


def change(work: UnitOfWork, caller: Caller, asked: TagChange) -> int:
    """Add and remove tags on all the measurements, or on none; returns how many of them changed."""
    rows = work.measurements.rows(asked.measurement_ids)
    projects = {row.project_id for row in rows}
    for project_id in projects:
        caller.require_write(project_id)
    added = {project_id: spelled(work, project_id, asked.add) for project_id in projects}
    removed = {tag.strip().casefold() for tag in asked.remove}
    changed = 0
    for row in rows:
        before = [tag.tag for tag in row.tags]
        kept = [tag for tag in before if tag.casefold() not in removed]
        # An added tag that is there already keeps the spelling it has.
        new = [tag for tag in added[row.project_id] if tag.casefold() not in _folded(kept)]
        after = normalise([*kept, *new])
        if sorted(after) != sorted(before):
            work.measurements.set_tags(row, after)
            row.updated_at = now()
            changed += 1
    return changed


def _folded(tags: Iterable[str]) -> set[str]:
    return {tag.casefold() for tag in tags}

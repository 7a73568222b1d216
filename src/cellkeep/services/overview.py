"""A lab at a glance."""

from cellkeep.domain.overview import Overview
from cellkeep.storage.store import UnitOfWork

_RECENT = 12
_LISTED = 8
"""Of those that are processed, and of those that failed; a list has all of them."""


def of(work: UnitOfWork, project_id: str | None) -> Overview:
    """What there is in a project, or in all that the viewer sees."""
    recent = work.glance.recent(project_id, _RECENT)
    processing = work.glance.processing(project_id, _LISTED)
    failed = work.glance.failed(project_id, _LISTED)
    shown = {each.cell_instance_id for each in (*recent, *processing, *failed)}
    return Overview(
        counts=work.glance.counts(project_id),
        recent=list(recent),
        processing=list(processing),
        failed=list(failed),
        cell_names=work.instances.names(shown),
    )

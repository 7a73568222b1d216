"""The laboratories of projects as a wall shows them: the status, why channels are out, and what is to come on them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cellkeep.domain.lab import LabStatus
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import Project
from cellkeep.domain.records import now
from cellkeep.services import lab
from cellkeep.storage.lab import Outage, Reservation
from cellkeep.storage.store import UnitOfWork


@dataclass(frozen=True)
class ProjectLab:
    """The laboratory of one project.

    Attributes:
        project: whose.
        status: sites, cyclers and channels.
        outages: the present one of each channel that is out, by id of the channel.
        reservations: the next of each channel that is kept, by id of the channel.
    """

    project: Project
    status: LabStatus
    outages: Mapping[str, Outage]
    reservations: Mapping[str, Reservation]


@dataclass(frozen=True)
class Extent:
    """How much a project has."""

    project: Project
    cyclers: int
    channels: int


def extents(work: UnitOfWork, projects: Iterable[Project]) -> list[Extent]:
    """Those of the projects that have cyclers, in the same order."""
    found = work.lab.extents()
    return [Extent(project, *found[project.id]) for project in projects if project.id in found]


def of(work: UnitOfWork, caller: Caller, projects: Iterable[Project]) -> Sequence[ProjectLab]:
    """The laboratories of projects at this moment."""
    return [_of(work, caller, project) for project in projects]


def _of(work: UnitOfWork, caller: Caller, project: Project) -> ProjectLab:
    return ProjectLab(
        project=project,
        status=lab.status(work, caller, project.id),
        outages={each.channel_id: each for each in work.lab.outages(project.id)},
        reservations={each.channel_id: each for each in work.lab.reservations(project.id, now())},  # the next is last
    )

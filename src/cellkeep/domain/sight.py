"""Who sees the records of a project, and why."""

from typing import Literal, get_args

from cellkeep.domain.records import Model

Why = Literal["Admin", "Project Admin", "Project Contributor", "Project Viewer"]
"""The role by which somebody sees them; `Admin` is of the organization, and sees all projects."""
WHYS: tuple[Why, ...] = get_args(Why)
"""From who may do most."""


class Seer(Model):
    """A person who sees them."""

    email: str
    why: Why


class Sight(Model):
    project_id: str
    project_name: str
    people: list[Seer]
    """Admins of the organization first, then by what they may do."""

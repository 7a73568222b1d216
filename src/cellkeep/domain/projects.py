"""Projects: the scope of specifications, materials and tags."""

from typing import ClassVar

from cellkeep.domain.records import Draft, Name, Record


class Project(Record):
    description: str | None = None


class ProjectDraft(Draft):
    name: Name
    description: str | None = None


class ProjectPatch(Draft):
    name: Name | None = None
    description: str | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name",)

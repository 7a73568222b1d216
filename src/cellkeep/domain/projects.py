"""Projects: the scope of specifications, materials and tags."""

from typing import ClassVar

from cellkeep.domain.records import Draft, Name, Record


class Project(Record):
    description: str | None = None

    @property
    def zone(self) -> str | None:
        """In which time zone its instruments run, where it has a key `timezone` that says so."""
        said = (self.model_extra or {}).get("timezone")
        return said if isinstance(said, str) and said else None


class ProjectDraft(Draft):
    name: Name
    description: str | None = None


class ProjectPatch(Draft):
    name: Name | None = None
    description: str | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name",)

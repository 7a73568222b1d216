"""Studies: measurements of a project that are looked at together."""

from typing import ClassVar

from cellkeep.domain.records import Draft, Model, Name, Record


class Study(Record):
    project_id: str
    description: str | None = None
    measurement_count: int = 0


class StudyPatch(Draft):
    name: Name | None = None
    description: str | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name",)
    server_made: ClassVar[frozenset[str]] = Draft.server_made | {"project_id", "measurement_count"}


class StudyDraft(StudyPatch):
    """A new study; its name may be that of another one."""

    name: Name


class StudyMeasurement(Model):
    """A measurement that belongs to a study."""

    study_id: str
    measurement_id: str

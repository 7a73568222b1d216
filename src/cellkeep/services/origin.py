"""What is to be said of a series once the rows that wait are appended to it."""

from typing import Any, Self

from cellkeep.domain.measurements import ConfirmExtend
from cellkeep.domain.records import Model
from cellkeep.storage.tables import MeasurementRow

READ_TOO = "extended_sha256"
"""In the provenance: the digest of appended rows that were read of the same file, and not measured by hand."""


class Origin(Model):
    """Of which files the whole series is read then, and what was done to it."""

    provenance: dict[str, Any]
    repairs: list[dict[str, Any]]

    @classmethod
    def of(cls, asked: ConfirmExtend) -> Self | None:
        """What was said, if it was."""
        if asked.provenance is None:
            return None
        repairs = [each.model_dump(mode="json") for each in asked.repairs]
        return cls(provenance=asked.provenance.model_dump(mode="json"), repairs=repairs)


def come_true(row: MeasurementRow) -> None:
    """The rows are appended now."""
    if row.coming_provenance is not None:
        origin = Origin.model_validate(row.coming_provenance)
        row.provenance = {**origin.provenance, READ_TOO: row.extended_sha256}
        row.repairs, row.coming_provenance = origin.repairs or None, None

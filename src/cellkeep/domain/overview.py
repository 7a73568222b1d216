"""What a lab keeps at a glance: how much, what came last, what is being worked on, what failed."""

from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.records import Model


class Counts(Model):
    """How many records there are."""

    specs: int = 0
    batches: int = 0
    cells: int = 0
    measurements: int = 0
    processing: int = 0
    failed: int = 0
    with_errors: int = 0
    """Measurements in which the checks found an error."""


class Overview(Model):
    counts: Counts
    recent: list[CellMeasurement]
    processing: list[CellMeasurement]
    failed: list[CellMeasurement]
    cell_names: dict[str, str]
    """By id, of the cells of all these measurements."""

"""What is asked of the process that mends a stored series, and what it tells."""

from typing import Any

from cellkeep.domain.findings import Repair, StoredFinding
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.records import Model
from cellkeep.domain.versions import Change
from cellkeep.web.mending.repairing import Mend


class Asked(Model):
    """A stored series, and what is to be mended in it."""

    path: str
    """The file with its rows."""
    record: CellMeasurement
    ratings: dict[str, Any]
    """Of its specification."""
    codes: list[str]
    """Of the findings that are to be mended."""
    folder: str
    """Where it may write."""
    whole: bool = False
    """Whether all rows are wanted, as they are to be stored."""


class Told(Model):
    """What mending does to a series."""

    message: str = ""
    """Why it can not be mended; empty where it can."""
    mends: tuple[Mend, ...] = ()
    repairs: tuple[Repair, ...] = ()
    left: tuple[StoredFinding, ...] = ()
    """The first of each kind that the checks find in it then."""
    change: Change | None = None
    """None where nothing is done to it."""
    has_figure: bool = False

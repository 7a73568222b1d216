"""What became of each file, and of all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from cellkeep.client.importing.cells import Made

Status = Literal["done", "planned", "skipped", "failed"]
Kind = Literal["", "there", "same", "no reader", "no match", "no zone", "no cell", "same name", "checks"]

REMEDIES: dict[Kind, str] = {
    "no zone": "Say in which zone the clock of the instrument ran: --timezone Europe/Berlin, or UTC (in Python "
    "timezone='Europe/Berlin'). It changes nothing for files that name one. Where instruments ran in several zones, "
    "import their folders one by one.",
    "no cell": "To have the cell made, say of which specification it is: --spec 'LG M50', or {spec} in the pattern (in "
    "Python spec='LG M50').",
    "same name": "Name measurements apart: --name '{folder} {file}' puts the folder before the name of the file, "
    "--name '{path}' takes its whole path below the given folder, and --pattern any part of it (in Python name=…).",
    "checks": "What the checks refuse, and is right all the same, goes in by --despite and the code in brackets (in "
    "Python despite='…').",
}
"""What to do about files of a kind."""


@dataclass(frozen=True)
class Outcome:
    """What became of a file, or would.

    Attributes:
        file: which.
        status: `done`, `skipped` or `failed`; `planned` in a dry run.
        reason: why it was skipped or failed, and whatever else is to be told.
        spec: name of the specification, where it was said.
        cell: name of the cell.
        name: of the measurement.
        measurement_id: of the measurement, once it is there.
        reader: what read it.
        why: what told the reader.
        rows: of the series.
        steps: of the series; None for spectra.
        duration_s: from its first row to its last.
        start: when the test began; without a zone where none is known.
        repairs: what was done to the series, and how often, by action.
        findings: what the server found in it, and how often, by code.
        kind: of a file that was skipped or failed, why in a word.
    """

    file: Path
    status: Status
    reason: str = ""
    spec: str | None = None
    cell: str | None = None
    name: str | None = None
    measurement_id: str | None = None
    reader: str | None = None
    why: str = ""
    rows: int | None = None
    steps: int | None = None
    duration_s: float | None = None
    start: datetime | None = None
    repairs: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    kind: Kind = ""

    def without_zone(self, local_start: datetime) -> Self:
        """The failure of a file that says when its test began, and not in which zone."""
        reason = f"It began at {local_start:%Y-%m-%d %H:%M:%S}, and does not say in which time zone."
        return replace(self, status="failed", kind="no zone", reason=reason)

    @property
    def remedy(self) -> str:
        """What to do about it; empty where that depends on the file."""
        return REMEDIES.get(self.kind, "")


@dataclass(frozen=True)
class ImportReport:
    """What became of all files.

    Attributes:
        outcomes: of each file that was looked at, in the order of the files.
        made: specifications and cells that were made, or in a dry run would be.
        total: how many files there were.
        stopped: why the run ended before it was through; empty where it was not.
        interrupted: whether a person ended it.
    """

    outcomes: Sequence[Outcome]
    made: Sequence[Made]
    total: int
    stopped: str = ""
    interrupted: bool = False

    @property
    def done(self) -> list[Outcome]:
        return self._with("done")

    @property
    def planned(self) -> list[Outcome]:
        return self._with("planned")

    @property
    def skipped(self) -> list[Outcome]:
        return self._with("skipped")

    @property
    def failed(self) -> list[Outcome]:
        return self._with("failed")

    @property
    def ok(self) -> bool:
        """Whether all that could be imported is there now (or in a dry run could be), and that is something."""
        there: Iterable[Outcome] = (each for each in self.skipped if each.kind == "there")
        return not (self.failed or self.stopped or self.interrupted) and bool(self.done or self.planned or any(there))

    def _with(self, status: Status) -> list[Outcome]:
        return [each for each in self.outcomes if each.status == status]

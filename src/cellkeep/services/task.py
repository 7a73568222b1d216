"""What is to be made of a series, and what was made."""

from dataclasses import dataclass, replace

from cellkeep.domain.columns import DataType
from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.findings import Finding
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.storage.tables import BlobRow
from cellkeep.summarise import Summary


@dataclass(frozen=True)
class Task:
    """What is to be made of a measurement, as it was when the task was claimed.

    Attributes:
        organization_id: whose objects they are.
        rows_keys: the stored series, and what was appended lately and lies beside it, in order.
        steps_key: its step table; before the first processing one that a person has sent, if any.
        cycles_key: its cycle table; None before the first processing.
        overview_key: its overview, if it has one.
        extension_key: rows to put behind the series.
        replacement_key: a series to take the place of the present one; data type and rules are those of it.
        n_rows: rows so far; None before the first processing.
        data_type: kind of the series.
        rated_capacity_ah: of the specification [A.h].
        voltage_window: of the specification [V].
        check_state: what the checks know of the rows so far.
        rules: how the tables are to be made.
        has_own_steps: whether a person sent its step table; None where nobody knows.
        interrupted: whether it was begun before, and perhaps ended the process that did it.
    """

    organization_id: str
    rows_keys: tuple[str, ...]
    steps_key: str | None
    cycles_key: str | None
    overview_key: str | None
    extension_key: str | None
    replacement_key: str | None
    n_rows: int | None
    data_type: DataType | None
    rated_capacity_ah: float | None
    voltage_window: tuple[float, float] | None
    check_state: str | None
    rules: SummaryRules
    has_own_steps: bool | None
    interrupted: bool

    def of_replacement(self) -> "Task":
        """The same for the series that is to take the place of the present one, of which nothing is known yet."""
        assert self.replacement_key is not None  # noqa: S101  there is one
        return replace(
            self,
            rows_keys=(self.replacement_key,),
            steps_key=None,
            cycles_key=None,
            overview_key=None,
            n_rows=None,
            check_state=None,
        )

    @property
    def given_steps_key(self) -> str | None:
        """The step table that a person has sent with the series."""
        return self.steps_key if self.cycles_key is None else None


class NoTablesError(UnusableDataError):
    """No tables can be made of rows that can be read; `found` is what the checks find in them."""

    def __init__(self, reason: UnusableDataError, found: list[Finding]) -> None:
        super().__init__(reason.message, detail=reason.detail)
        self.found = found


@dataclass(frozen=True)
class Checked:
    """What the checks say of a series.

    Attributes:
        findings: what they found.
        state: what they know, so that rows can be added; None where the rows are to be read again.
        span_s: how long the series is by its own clock [s].
    """

    findings: list[Finding]
    state: str | None
    span_s: float | None


@dataclass(frozen=True)
class Made:
    """What a task has made.

    Attributes:
        blobs: rows for the objects that are new.
        summary: the tables.
        checked: what the checks say.
        digests: SHA-256 by key of what was sent, and read whole for the first time.
    """

    blobs: list[BlobRow]
    summary: Summary
    checked: Checked
    digests: dict[str, str]

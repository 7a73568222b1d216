"""How the tables of a series are made, where a person may choose."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from cellkeep.domain.records import Sent

CycleNumber = Annotated[int, Field(ge=0, le=2**53)]
"""A `Cycle count`."""


class SummaryRules(Sent):
    """What counts in the charge and the energy of steps, and what retention refers to.

    The defaults are those of the field's reference. Both tables say by which rule they were made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    charge_between_steps: Literal["exclude", "include"] = "exclude"
    """Whether what flowed between the last row of a step and the first row of the next counts, in the later step."""
    longest_gap_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """Between rows that lie further apart [s] no integral counts anything; None counts every gap."""
    reference_cycle: CycleNumber | None = None
    """The `Cycle count` that retention and fade refer to; None for the first cycle of the table."""

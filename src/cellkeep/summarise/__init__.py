"""Step and cycle tables of a time series, from one pass over its chunks; and whether rows carry a series on."""

from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.summarise.continuation import ORDERING, Continuation, End
from cellkeep.summarise.cycle_table import cycles, with_reference
from cellkeep.summarise.summary import OpenEnd, Summary, resume, steps, summarise

__all__ = [
    "ORDERING",
    "Continuation",
    "End",
    "OpenEnd",
    "Summary",
    "SummaryRules",
    "cycles",
    "resume",
    "steps",
    "summarise",
    "with_reference",
]

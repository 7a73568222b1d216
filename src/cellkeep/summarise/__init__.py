"""Step and cycle tables of a time series, from one pass over its chunks; and whether rows carry a series on."""

from cellkeep.summarise.continuation import ORDERING, Continuation, End
from cellkeep.summarise.cycle_table import cycles
from cellkeep.summarise.reading import needed_columns
from cellkeep.summarise.summary import Summary, steps, summarise

__all__ = ["ORDERING", "Continuation", "End", "Summary", "cycles", "needed_columns", "steps", "summarise"]

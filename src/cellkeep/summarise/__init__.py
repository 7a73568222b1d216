"""Step and cycle tables of a time series, from one pass over its chunks."""

from cellkeep.summarise.cycle_table import cycles
from cellkeep.summarise.reading import needed_columns
from cellkeep.summarise.summary import Summary, steps, summarise

__all__ = ["Summary", "cycles", "needed_columns", "steps", "summarise"]

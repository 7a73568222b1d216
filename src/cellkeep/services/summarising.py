"""The tables of a stored series and its overview, from one pass over its rows."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl

from cellkeep.domain.errors import UnusableDataError
from cellkeep.services import series
from cellkeep.services.checking import begun, found_until, looked_at
from cellkeep.services.task import NoTablesError, Task
from cellkeep.summarise import Summary, summarise
from cellkeep.summarise.overview import Overview, single_values
from cellkeep.validate import Checking

_ROWS_WORTH_AN_OVERVIEW = 100_000


def worth_an_overview(rows: int) -> bool:
    """Whether so many rows, of a short series or behind the end of an overview, take longer to read than to look up."""
    return rows >= _ROWS_WORTH_AN_OVERVIEW


def summarised(task: Task, files: Sequence[Path]) -> tuple[Summary, Overview, Checking]:
    """Make all tables of the series that lies in these files, one behind the other, and check it.

    Raises:
        NoTablesError: no tables can be made of it.
    """
    # All columns, though the tables need few: what is said to be stored must be readable to its last value.
    names = series.inspect(files[0], task.data_type).columns
    overview, checking = Overview(), begun(task, names)
    through = looked_at(shown(series.chunks(files, names), overview), checking)
    try:
        found = summarise(through, rated_capacity_ah=task.rated_capacity_ah, data_type=task.data_type, rules=task.rules)
    except UnusableDataError as error:
        raise NoTablesError(error, found_until(task, files, names)) from error
    return found, overview, checking


def shown(chunks: Iterable[pl.DataFrame], overview: Overview) -> Iterator[pl.DataFrame]:
    """The same chunks, each shown to the overview first."""
    for chunk in chunks:
        overview.add(chunk.select(single_values()))
        yield chunk
        del chunk  # or it stays in memory while the next one is fetched

"""What part of a series is asked for, and in which form it comes."""

import math
import re
from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from cellkeep.domain.records import Sent

MAX_POINTS = 100_000
"""Far more than a screen can show; what is chosen is held in memory."""
MAX_JSON_CELLS = 1_000_000
"""Some 20 MB of text. JSON is made and read in memory, many times its size."""

RowFormat = Literal["json", "arrow", "arrow_stream", "parquet", "csv"]

_MOST_NUMBERS = 20_000
_MOST_COLUMNS = 10_000
_MOST_WINDOWS = 20

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBERS = re.compile(r"[0-9]{1,18}(-[0-9]{1,18})?")


def _numbers(texts: list[str]) -> list[str]:
    if (wrong := next((text for text in texts if not _NUMBERS.fullmatch(text)), None)) is not None:
        raise ValueError(f"'{wrong[:40]}' is none of the numbers, which are like 5, or a run like 7-9.")
    return texts


Numbers = Annotated[list[str], Field(max_length=_MOST_NUMBERS), AfterValidator(_numbers)]
"""Numbers such as `5`, and runs of them such as `7-9`."""
_Windowed = Annotated[list[str], Field(max_length=_MOST_WINDOWS)]


class Run(NamedTuple):
    """Neighbouring whole numbers."""

    first: int
    last: int


class Window(NamedTuple):
    """The rows at which a column has a value from `low` to `high`, both included."""

    column: str
    low: int | float
    high: int | float


class SeriesQuery(Sent):
    """Which rows and columns of a series; all where nothing is said. All conditions hold at once."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, coerce_numbers_to_str=True)

    columns: Annotated[list[str], Field(max_length=_MOST_COLUMNS)] = []
    """Names of columns, in the order they are to come; all where none is named. One named twice comes once."""
    steps: Numbers = []
    """Values of `Step count`, such as `5` or `7-9`."""
    cycles: Numbers = []
    """Values of `Cycle count`."""
    row_from: int | None = Field(None, ge=0, lt=2**62)
    """First row, counted from 0."""
    row_to: int | None = Field(None, ge=0, lt=2**62)
    """The row after the last."""
    window_column: _Windowed = []
    """A column of numbers; may come again with further bounds."""
    window_from: _Windowed = []
    """Smallest value of the column at the same place among `window_column`; empty where there is no bound."""
    window_to: _Windowed = []
    """Largest value; it belongs to the window."""
    max_points: int | None = Field(None, ge=2, le=MAX_POINTS)
    """At most so many rows, chosen so that lines through them look like lines through all."""
    x: str | None = None
    """The column that lines are drawn over, with `max_points`; `Time [s]`, or else the number of the row."""
    format: RowFormat = "json"
    """`json` has columns as lists; `arrow` is an IPC file, which suits many rows; `arrow_stream` is an IPC stream,
    which is read soonest where rows are few."""

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.row_from is not None and self.row_to is not None and self.row_from > self.row_to:
            raise ValueError(f"row_from {self.row_from} lies behind row_to {self.row_to}.")
        if self.x is not None and self.max_points is None:
            raise ValueError("x is the axis of a picture and goes with max_points.")
        if not len(self.window_column) == len(self.window_from) == len(self.window_to):
            raise ValueError("Each window_column needs one window_from and one window_to; they may be empty.")
        for texts in (self.steps, self.cycles):
            runs(texts)
        for window in self.windows:
            if not window.low <= window.high:
                raise ValueError(f"The window of '{window.column}' ends at {window.high:g}, before {window.low:g}.")
        return self

    @property
    def windows(self) -> list[Window]:
        bounds = zip(self.window_column, self.window_from, self.window_to, strict=True)
        return [Window(column, _bound(low, -math.inf), _bound(high, math.inf)) for column, low, high in bounds]


def _bound(text: str, where_empty: float) -> int | float:
    try:
        found = _number(text) if text.strip() else where_empty
    except ValueError:
        raise ValueError(f"'{text[:40]}' is no number that bounds a window.") from None
    if math.isnan(found):
        raise ValueError("NaN bounds no window: leave a bound out to have none.")
    return found


def _number(text: str) -> int | float:
    """A whole number stays one: as a float a large one would be rounded."""
    return int(text) if _WHOLE.fullmatch(text.strip()) else float(text)


def runs(texts: Iterable[str]) -> list[Run]:
    """Read numbers and runs of numbers, in order and none twice.

    Raises:
        ValueError: a run goes backwards.

    >>> runs(["5", "7-9", "8-10"])
    [Run(first=5, last=5), Run(first=7, last=10)]
    """
    return _joined(sorted(map(_run, texts)))


def shortened(numbers: Iterable[int]) -> list[str]:
    """Write numbers the shortest way, as `runs` reads them.

    >>> shortened([9, 7, 8, 5])
    ['5', '7-9']
    """
    whole = _joined(Run(number, number) for number in sorted(set(numbers)))
    return [str(run.first) if run.first == run.last else f"{run.first}-{run.last}" for run in whole]


def _run(text: str) -> Run:
    first, _, last = text.partition("-")
    found = Run(int(first), int(last or first))
    if found.first > found.last:
        raise ValueError(f"The run '{text}' goes backwards.")
    return found


def _joined(ordered: Iterable[Run]) -> list[Run]:
    """Put runs together that touch or overlap."""
    whole: list[Run] = []
    for run in ordered:
        if whole and run.first <= whole[-1].last + 1:
            whole[-1] = Run(whole[-1].first, max(whole[-1].last, run.last))
        else:
            whole.append(run)
    return whole

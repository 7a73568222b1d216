"""What figures are made of: the detail of a measurement, a frame, or several of them under their labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from cellkeep.domain.errors import InvalidError

_PARTS = ("time_series", "steps", "cycles")


@dataclass(frozen=True)
class Source:
    """One measurement.

    Attributes:
        label: what it is called; empty where nobody said.
        rows: its time series.
        steps: its step table, where there is one.
        cycles: its cycle table, where there is one.
    """

    label: str
    rows: pl.DataFrame | None = None
    steps: pl.DataFrame | None = None
    cycles: pl.DataFrame | None = None

    @property
    def series(self) -> pl.DataFrame:
        """Its rows.

        Raises:
            InvalidError: it came without them.
        """
        if self.rows is None:
            raise InvalidError(f"{self._named} came without its time series, and the figure is made of that.")
        return self.rows

    @property
    def cycle_table(self) -> pl.DataFrame:
        """Its cycle table.

        Raises:
            InvalidError: it came without one.
        """
        if self.cycles is None:
            raise InvalidError(f"{self._named} came without a cycle table, and the figure is made of that.")
        return self.cycles

    @property
    def _named(self) -> str:
        return f"'{self.label}'" if self.label else "The measurement"


def sources(detail: Any, frame_is: str = "rows", steps: Any = None) -> list[Source]:
    """Tell apart what a figure may be made of.

    Args:
        detail: what `client.cell_measurement.detail` returns, a polars or pandas frame, or these by label.
        frame_is: which part a frame alone stands for: `rows` or `cycles`.
        steps: a step table that comes beside one frame.

    Raises:
        InvalidError: it is none of them.
    """
    if not isinstance(detail, Mapping):
        return [_source(detail, "", frame_is, steps)]
    if not detail:
        raise InvalidError("There is nothing to draw: the mapping of labels to measurements is empty.")
    return [_source(each, str(label), frame_is, None) for label, each in detail.items()]


def _source(given: Any, label: str, frame_is: str, steps: Any) -> Source:
    beside = None if steps is None else as_frame(steps)
    if is_frame(given) or not any(hasattr(given, part) for part in _PARTS):
        frame = as_frame(given)
        return Source(label, cycles=frame) if frame_is == "cycles" else Source(label, frame, beside)
    rows, own, cycles = (_part(given, part) for part in _PARTS)
    return Source(label or str(getattr(given, "name", "")), rows, own if beside is None else beside, cycles)


def _part(given: Any, name: str) -> pl.DataFrame | None:
    part = getattr(given, name, None)
    return None if part is None else as_frame(part)


def is_frame(given: Any) -> bool:
    """Whether it is a frame of polars or pandas."""
    return isinstance(given, (pl.DataFrame, pl.LazyFrame)) or type(given).__module__.partition(".")[0] == "pandas"


def as_frame(given: Any) -> pl.DataFrame:
    """A polars frame of what is one, or a pandas frame.

    Raises:
        InvalidError: it is neither.
    """
    if isinstance(given, pl.DataFrame):
        return given
    if isinstance(given, pl.LazyFrame):
        return given.collect()
    if is_frame(given):
        return _from_pandas(given)
    raise InvalidError(
        "A figure is made of what client.cell_measurement.detail returns, of a polars or pandas frame, or of several "
        f"of these by label, not of a {type(given).__qualname__}."
    )


def _from_pandas(given: Any) -> pl.DataFrame:
    try:
        return pl.from_pandas(given)
    except ModuleNotFoundError as error:
        raise InvalidError("Reading a pandas frame needs pyarrow: pip install 'cellkeep[pandas]'.") from error

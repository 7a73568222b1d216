"""What a figure is answered as: the picture, the lines of Python that draw it, and its numbers as a table."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from cellkeep.domain.columns import CYCLE_COUNT
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.people import Caller
from cellkeep.domain.time_series import runs
from cellkeep.plots import words
from cellkeep.plots.choosing import MOST_UNASKED
from cellkeep.services import measurements
from cellkeep.services.time_series import Series, opened
from cellkeep.storage.store import Store
from cellkeep.web import spreadsheets
from cellkeep.web.figures.asked import Asked


@dataclass(frozen=True)
class Drawn:
    """A figure.

    Attributes:
        figure: the picture.
        python: the lines that draw the same in a notebook.
        told: what is to be known of it, in a sentence; empty where that is nothing.
    """

    figure: go.Figure
    python: str
    told: str = ""

    def json(self, name: str) -> bytes:
        """As the script of a page takes it, with what a file of it is called."""
        rest = json.dumps({"name": name, "python": self.python, "told": self.told})
        return f'{rest[:-1]}, "figure": {self.figure.to_json()}}}'.encode()

    def csv(self) -> str:
        """The numbers behind the picture, one row for each point: its curve, and both values under their axes."""
        target = io.StringIO()
        writing = csv.writer(target)
        writing.writerow(["curve", "x axis", "x", "y axis", "y"])
        for trace in self.figure.data:
            writing.writerows(_points(self.figure, trace))
        return target.getvalue()


@dataclass(frozen=True)
class Wanted:
    """Of what, for whom and how a figure is wanted."""

    store: Store
    who: Caller
    record: CellMeasurement
    asked: Asked

    def series(self) -> AbstractContextManager[Series]:
        """The series, to read from."""
        return opened(self.store, self.who, self.record.id)

    def table(self, role: str) -> pl.DataFrame:
        """The step or the cycle table: `steps` or `cycles`."""
        return measurements.stored_tables(self.store, self.who, self.record.id, role)[role]

    def python(self, draw: str, *, steps: Iterable[str] = (), cycles: Iterable[str] = (), **options: Any) -> str:
        """Lines that read the rows of some steps or cycles, and draw them."""
        chosen = {"steps": each(steps), "cycles": each(cycles)}
        read = call("client.cell_measurement.time_series", repr(self.record.id), **chosen)
        return f"rows = {read}\n{call(draw, 'rows', **options)}.show()"


Drawing = Callable[[Wanted], Drawn]


def _points(figure: go.Figure, trace: Any) -> Iterator[Iterable[Any]]:
    if trace.x is None or trace.y is None or trace.hoverinfo == "skip" or getattr(trace, "fill", None) == "toself":
        return
    x, y = (_title(figure, letter, getattr(trace, f"{letter}axis", None)) for letter in "xy")
    name, x, y = map(spreadsheets.cell, (words.read(trace.name or ""), x, y))
    for over, value in zip(trace.x, trace.y, strict=False):
        yield name, x, over, y, value


def _title(figure: go.Figure, letter: str, name: str | None) -> str:
    """What an axis says; of axes that share a scale only one does."""
    axis = figure.layout[f"{letter}axis{(name or letter)[1:]}"]
    if axis.title.text or letter == "y":
        return words.read(str(axis.title.text or ""))
    titles = [each.title.text for each in figure.select_xaxes()]
    return next((words.read(str(title)) for title in titles if title), "")


def some_of(rows: pl.DataFrame, count: str) -> str:
    """That not all of many cycles or steps are drawn."""
    there = rows[count].n_unique() if count in rows.columns else 0
    what = "cycles" if count == CYCLE_COUNT else "spectra"
    return f"{MOST_UNASKED} of {there} {what} are drawn, spread evenly." if there > MOST_UNASKED else ""


def call(function: str, *given: str, **named: Any) -> str:
    """A line of Python that calls a function; what is None or empty is left out."""
    options = [f"{name}={value!r}" for name, value in named.items() if value not in (None, "", [], ())]
    return f"{function}({', '.join([*given, *options])})"


def each(numbers: Iterable[str]) -> list[int]:
    """The whole numbers that numbers and runs of them name, as Python writes them."""
    return [number for run in runs(numbers) for number in range(run.first, run.last + 1)]

"""A figure over several measurements, worked out step by step, with the lines of Python that do the same."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import plotly.graph_objects as go
import polars as pl

from cellkeep.domain.errors import CellkeepError
from cellkeep.plots import words
from cellkeep.web.comparing.listed import Comparison, Listed
from cellkeep.web.spreadsheets import as_csv
from cellkeep.web.words import client

_HEIGHT_PX = 560
"""Of a figure on the page that compares, which has the room; one of many plots may be higher."""
CAN_NOT_BE_DRAWN = (CellkeepError, pl.exceptions.PolarsError)
"""What figures raise of data that they can not be made of."""
_CLEAR = "rgba(0,0,0,0)"


@dataclass(frozen=True)
class Overlay:
    """A figure over several measurements.

    Attributes:
        figure: the picture; None where nothing can be drawn.
        python: the lines that draw the same in a notebook.
        told: what is to be known of it, in a sentence.
        table: makes a table of its numbers, one row for each point, beside the label of the measurement.
        chips: the colour of each measurement that is drawn, by id.
        lacking: why others are not drawn, by id.
        labels: what each measurement that is drawn is called in the figure, by id.
    """

    figure: go.Figure | None
    python: str
    told: str
    table: Callable[[], pl.DataFrame]
    chips: Mapping[str, str]
    lacking: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)

    def json(self, name: str) -> bytes:
        """As the script of the page takes it, with what a file of it is called."""
        figure = self.figure if self.figure is not None else _blank()
        figure.layout.height = max(figure.layout.height or 0, _HEIGHT_PX)
        told = {"python": self.python, "told": self.told, "chips": self.chips, "lacking": self.lacking}
        rest: dict[str, Any] = {"name": name, **told, "lines": self._ids(figure)}
        return f'{json.dumps(rest)[:-1]}, "figure": {figure.to_json()}}}'.encode()

    def _ids(self, figure: go.Figure) -> list[str | None]:
        """The measurement of each line; none where two are called the same as far as the figure shows it."""
        names = {each: words.shortened(label) for each, label in self.labels.items()}
        often = Counter(names.values())
        ids = {name: each for each, name in names.items() if often[name] == 1}
        only = next(iter(names)) if len(names) == 1 else None
        return [ids.get(trace.name, only) for trace in figure.data]

    def csv(self) -> bytes:
        return as_csv(self.table())


class Drawing(Protocol):
    def __call__(self, comparison: Comparison) -> Overlay:
        """Draw what the view asks for; raises CellkeepError where the view can not be drawn at all."""


@dataclass
class Script:
    """Lines of Python, in the order of what they do.

    Attributes:
        base_url: the address of the server that they ask.
        lines: those behind the imports.
        imports: further lines that these need, such as `import polars as pl`.
        modules: of cellkeep that these use.
    """

    base_url: str
    lines: list[str] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=lambda: {"plots"})

    def add(self, line: str) -> None:
        self.lines.append(line)

    def define(self, name: str, values: Mapping[str, Any]) -> None:
        """A mapping by label, one line for each."""
        self.add(f"{name} = {{\n" + "".join(f"    {label!r}: {value!r},\n" for label, value in values.items()) + "}")

    def text(self) -> str:
        used = f"from cellkeep import {', '.join(sorted(self.modules))}"
        head = [*sorted(self.imports), "import cellkeep", used, "", client(self.base_url)]
        return "\n".join([*head, *self.lines])


@dataclass
class Frames:
    """A frame of each measurement that is still to be drawn; one with which something can not be done is left out.

    Attributes:
        name: of the mapping in Python.
        listed: the measurements, by label.
        frames: their frames, by label.
        lacking: why others are left out, by id.
        script: the lines that do the same.
    """

    name: str
    listed: dict[str, Listed]
    frames: dict[str, pl.DataFrame]
    lacking: dict[str, str]
    script: Script

    @classmethod
    def read(
        cls, name: str, shown: Sequence[Listed], frames: Mapping[str, pl.DataFrame | str], script: Script
    ) -> "Frames":
        """Take frames by id, or the reasons why there are none."""
        known = {each.label: found for each in shown if isinstance(found := frames[each.id], pl.DataFrame)}
        lacking = {each.id: found for each in shown if isinstance(found := frames[each.id], str)}
        return cls(name, {each.label: each for each in shown}, known, lacking, script)

    def each(self, change: Callable[[str, pl.DataFrame], pl.DataFrame], line: str) -> None:
        """Change each frame.

        Args:
            change: what is done, of the label and the frame.
            line: an expression of `label` and `table` that does it.
        """
        for label, frame in list(self.frames.items()):
            with noting(self.lacking, self.listed[label].id):
                self.frames[label] = change(label, frame)
            if self.listed[label].id in self.lacking:
                del self.frames[label]
        self.script.add(f"{self.name} = {{label: {line} for label, table in {self.name}.items()}}")

    def leave_out(self, label: str, why: str) -> None:
        del self.frames[label]
        self.lacking[self.listed[label].id] = why

    def require(self, known: Callable[[Listed], bool], why: str) -> None:
        """Leave out those of which something is not known."""
        for label in list(self.frames):
            if not known(self.listed[label]):
                self.leave_out(label, why)

    @property
    def ids(self) -> dict[str, str]:
        return {label: self.listed[label].id for label in self.frames}


def long_table(frames: Mapping[str, pl.DataFrame], columns: Sequence[str]) -> pl.DataFrame:
    """The frames below each other, with the label of each row."""
    parts = [
        frame.select(pl.lit(label).alias("Label"), *(pl.col(name) for name in columns if name in frame.columns))
        for label, frame in frames.items()
    ]
    return pl.concat(parts, how="diagonal_relaxed") if parts else pl.DataFrame({"Label": []}, {"Label": pl.String})


def _blank() -> go.Figure:
    """A figure without axes, for where nothing can be drawn."""
    axis = {"visible": False}
    return go.Figure(layout={"xaxis": axis, "yaxis": axis, "paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR})


@contextmanager
def noting(lacking: dict[str, str], measurement_id: str) -> Iterator[None]:
    """Note why something can not be done with one measurement, and go on with the others."""
    try:
        yield
    except CellkeepError as error:
        lacking[measurement_id] = error.message
    except pl.exceptions.PolarsError as error:
        lacking[measurement_id] = f"It can not be drawn so: {str(error).partition(chr(10))[0]}."


def nothing(lacking: Mapping[str, str], told: str) -> Overlay:
    """No figure, and why."""
    return Overlay(None, "", told, lambda: long_table({}, []), {}, lacking)


def told_of(lacking: Mapping[str, str], shown: int) -> str:
    """How many are not drawn; each says why in the list."""
    return f"{len(lacking)} of {shown} are not drawn; the list says why." if lacking else ""


def arguments(**named: Any) -> str:
    """Arguments of a call in Python; what is None or empty is left out."""
    return "".join(f", {name}={value!r}" for name, value in named.items() if value not in (None, "", [], (), {}))

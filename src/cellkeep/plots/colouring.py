"""Which line has which colour, and what tells it: a legend of a few, or a colour bar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cellkeep.plots import palette, theme, words
from cellkeep.runs import Floats

Trace = dict[str, Any]


@dataclass(frozen=True)
class Colouring:
    """Colours of lines, in their order.

    Attributes:
        colours: of each line.
        legend: whether a legend tells them.
        bar: an empty trace that shows the ramp, where they are taken from it.
    """

    colours: list[str]
    legend: bool
    bar: Trace | None = None

    @property
    def hovermode(self) -> str:
        """All of a few lines are told at the pointer, and of many the nearest."""
        return "x unified" if len(self.colours) <= palette.MOST_TOLD_APART else "closest"

    def painted(self, named: Iterable[tuple[str, Sequence[Trace]]], told_over: str | None = None) -> list[Trace]:
        """Give lines their names and colours, those of one name one entry in the legend.

        Args:
            named: lines by what they are called, in the order of the colours.
            told_over: column that they are drawn over, to be told on hover where no box of all lines does.
        """
        traces = [self.bar] if self.bar else []
        x_value = f"{words.x_value_of(told_over)}<br>" if told_over and self.hovermode == "closest" else ""
        entries: set[str] = set()
        for (label, lines), colour in zip(named, self.colours, strict=True):
            for line in lines:
                shown = self.legend and label not in entries
                line |= {"name": words.shortened(label), "legendgroup": label, "showlegend": shown}
                line["line"] = {"width": 1.5} | line.get("line", {}) | {"color": colour}
                line["hovertemplate"] = x_value + line["hovertemplate"]
                traces.append(line)
                entries.add(label)
        return traces


def of_labels(
    labels: Sequence[str],
    dark: bool,
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
) -> Colouring:
    """Colour lines by what they are called.

    Args:
        labels: of the lines.
        dark: the ground.
        colours: by label; kept as they are.
        values: numbers by label, by which they are coloured instead.
        value_name: what the numbers are.
    """
    if values is not None:
        by_value = of_values([values.get(label, np.nan) for label in labels], value_name, dark)
        if by_value.bar is not None:
            return by_value
    if colours is None and len(labels) > palette.MOST_TOLD_APART:
        return of_values(range(1, len(labels) + 1), "Number in the list", dark)
    given = colours or {}
    left = [each for each in palette.told_apart(dark) if each not in given.values()] or list(palette.told_apart(dark))
    free = (left[place % len(left)] for place in range(len(labels)))
    chosen = [given[label] if label in given else next(free) for label in labels]
    return Colouring(chosen, legend=1 < len(labels) <= palette.MOST_TOLD_APART)


def of_numbers(numbers: Sequence[float], name: str, dark: bool) -> Colouring:
    """Colour lines by a number each: a few numbers so that they are told apart, and many by a ramp."""
    different = sorted(set(numbers))
    if len(different) > palette.MOST_TOLD_APART:
        return of_values(numbers, name, dark)
    colour_of = dict(zip(different, palette.told_apart(dark), strict=False))
    return Colouring([colour_of[number] for number in numbers], legend=len(different) > 1)


def of_values(values: Sequence[float] | Floats, name: str, dark: bool) -> Colouring:
    """Colour lines by a number, with a colour bar beside them where there is more than one number."""
    numbers = np.array(values, np.float64)
    known = numbers[np.isfinite(numbers)]
    if not known.size or known.min() == known.max():
        return Colouring([palette.told_apart(dark)[0]] * numbers.size, legend=False)
    low, high = float(known.min()), float(known.max())
    colours = palette.ramp((numbers - low) / (high - low), dark)
    return Colouring(colours, legend=False, bar=_bar(low, high, name, dark))


def _bar(low: float, high: float, name: str, dark: bool) -> Trace:
    return {
        "type": "scatter",
        "x": [None],
        "y": [None],
        "mode": "markers",
        "hoverinfo": "skip",
        "showlegend": False,
        "marker": {
            "color": [low],
            "cmin": low,
            "cmax": high,
            "colorscale": palette.ramp_scale(dark),
            "showscale": True,
            "colorbar": {
                "title": {"text": words.plain(name), "side": "right", "font": {"size": theme.FONT_SIZE}},
                "thickness": 12,
                "outlinewidth": 0,
                "ticks": "outside",
                "ticklen": 4,
            },
        },
    }

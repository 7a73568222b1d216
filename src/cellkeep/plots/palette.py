"""Colours that are told apart, also by those who do not see all of them."""

from collections.abc import Mapping, Sequence

import numpy as np

from cellkeep.runs import Floats
from cellkeep.summarise import labels

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
"""Those of Okabe and Ito, the ones that are seen best on white first."""
_OKABE_ITO_ON_DARK = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#0072B2", "#E7EAEE", "#F0E442")
MOST_TOLD_APART = len(OKABE_ITO)
"""More than these are coloured by a ramp."""

UNKNOWN = "#8a8f98"
"""Of what has no value on a ramp."""

_VIRIDIS = (
    "#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725",
)  # fmt: skip
_SEEN_ON_LIGHT = (0.0, 0.86)
_SEEN_ON_DARK = (0.2, 1.0)
"""The part of viridis that stands out from the ground."""
_STOPS = 9

_CURRENT, _VOLTAGE, _POWER = labels.CONSTANT_CURRENT, labels.CONSTANT_VOLTAGE, labels.CONSTANT_POWER
STEP_TYPE_COLOURS: Mapping[str, str] = {
    labels.REST: "#8a8f98",
    f"{_CURRENT} charge": "#0072B2",
    f"{_CURRENT} discharge": "#D55E00",
    f"{_VOLTAGE} charge": "#56B4E9",
    f"{_VOLTAGE} discharge": "#E69F00",
    f"{_POWER} charge": "#009E73",
    f"{_POWER} discharge": "#CC79A7",
    labels.EIS: "#F0E442",
    labels.UNKNOWN: "#B8A58A",
}
"""The same in every view: cold colours charge, warm ones discharge."""


def told_apart(dark: bool) -> tuple[str, ...]:
    """Colours for up to eight, in the order in which they are taken."""
    return _OKABE_ITO_ON_DARK if dark else OKABE_ITO


def of_quantities(names: Sequence[str], dark: bool) -> list[str]:
    """Colours of columns that are told apart by name: what was charged is cold, and what was discharged warm."""
    cold, warm, *rest = told_apart(dark)
    others = iter(rest * (1 + len(names) // len(rest)))
    first = [name.lower().removeprefix("mean ").partition(" ")[0] for name in names]
    return [{"charge": cold, "discharge": warm}.get(word) or next(others) for word in first]


def ramp(shares: Sequence[float] | Floats, dark: bool) -> list[str]:
    """Colours of viridis, as far as it is seen on the ground.

    Args:
        shares: where on the ramp, from 0 to 1; NaN is grey.
        dark: the ground.
    """
    low, high = _SEEN_ON_DARK if dark else _SEEN_ON_LIGHT
    at = np.asarray(shares, np.float64)
    places = (low + np.clip(np.nan_to_num(at), 0, 1) * (high - low)) * (len(_VIRIDIS) - 1)
    channels = [np.interp(places, np.arange(len(_VIRIDIS)), each).round().astype(int) for each in _channels()]
    return [
        UNKNOWN if np.isnan(share) else f"#{red:02x}{green:02x}{blue:02x}"
        for share, red, green, blue in zip(at, *channels, strict=True)
    ]


def ramp_scale(dark: bool) -> list[tuple[float, str]]:
    """The ramp as a colour bar wants it."""
    shares = np.linspace(0, 1, _STOPS)
    return list(zip(shares.tolist(), ramp(shares, dark), strict=True))


def faded(colour: str, opacity: float) -> str:
    """A colour that lets what is behind it through."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def _channels() -> list[list[int]]:
    return [[int(colour[place : place + 2], 16) for colour in _VIRIDIS] for place in (1, 3, 5)]

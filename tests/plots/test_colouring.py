"""Colours of lines."""

import numpy as np
import pytest

from cellkeep.plots import palette
from cellkeep.plots.colouring import of_labels, of_numbers, of_values


@pytest.mark.parametrize("dark", [False, True])
def test_a_few_are_told_apart(dark: bool) -> None:
    """Up to eight lines have a colour each and a legend, one alone has none."""
    eight = of_labels([f"{number}" for number in range(8)], dark)
    assert len(set(eight.colours)) == 8
    assert eight.legend
    assert not of_labels(["A"], dark).legend


def test_given_colours_stay_with_their_label() -> None:
    """Whatever comes and goes beside it, a label keeps its colour, and nobody else gets it."""
    taken = palette.OKABE_ITO[0]
    assert of_labels(["A", "B"], dark=False, colours={"B": taken}).colours == [palette.OKABE_ITO[1], taken]


def test_many_are_on_a_ramp() -> None:
    """Colours follow the numbers, the bar shows which, and a label without a number is grey."""
    labels = ["low", "high", "unknown"]
    found = of_labels(labels, dark=True, values={"low": 0.0, "high": 5.0}, value_name="Rate [C]")
    assert found.colours == [*palette.ramp([0.0, 1.0], dark=True), palette.UNKNOWN]
    assert found.bar is not None
    assert (found.bar["marker"]["cmin"], found.bar["marker"]["cmax"]) == (0.0, 5.0)
    assert of_values([3.0, 3.0], "Same", dark=False).bar is None


def test_equal_numbers_have_equal_colours() -> None:
    """Spectra of one cycle look alike, whether there are a few cycles or many."""
    for cycles in ([1, 1, 2], [*range(20), 19]):
        found = of_numbers(cycles, "Cycle count", dark=False)
        assert len(set(found.colours)) == len(set(cycles))
        assert (found.bar is None) == (len(set(cycles)) <= 8)


def test_a_ramp_can_be_seen_on_both_grounds() -> None:
    """Neither end vanishes: on white the lightest is no yellow, on black the darkest no violet."""

    def lightness(colour: str) -> float:
        return float(np.dot([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)], [0.299, 0.587, 0.114]))

    assert max(map(lightness, palette.ramp([0.0, 0.5, 1.0], dark=False))) < 0.75
    assert min(map(lightness, palette.ramp([0.0, 0.5, 1.0], dark=True))) > 0.2
    assert palette.ramp_scale(dark=True)[0] == (0.0, palette.ramp([0.0], dark=True)[0])

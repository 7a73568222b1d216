"""The look of all figures."""

import pytest

from cellkeep import plots
from cellkeep.plots import theme
from plots.series import rest_charge_discharge


@pytest.mark.parametrize("dark", [False, True])
def test_a_figure_lies_on_its_page(dark: bool) -> None:
    """The paper is clear, the ink stands out from the ground, and there is a title only where one is given."""
    figure = plots.time_series(rest_charge_discharge(), dark=dark)
    look = figure.layout.template.layout
    assert look.paper_bgcolor == "rgba(0,0,0,0)"
    assert look.font.color == theme.tones(dark).ink
    assert "system-ui" in look.font.family
    assert figure.layout.title.text is None
    assert plots.time_series(rest_charge_discharge(), dark=dark, title="Ageing").layout.title.text == "Ageing"


def test_lines_are_drawn_without_a_graphics_library() -> None:
    """Every trace is of a kind that is drawn as SVG, since the other kind needs what the page forbids."""
    assert {line.type for line in plots.time_series(rest_charge_discharge()).data} == {"scatter"}

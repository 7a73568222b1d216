"""Text of figures."""

from cellkeep import plots
from cellkeep.plots import words
from plots.series import rest_charge_discharge


def test_text_is_shown_as_it_is() -> None:
    """Neither tags nor templates in a name of a person are read by the figure, and long names are cut in the legend."""
    label = "<b>A</b> %{x} & " + "z" * 255
    figure = plots.time_series({label: rest_charge_discharge(), "B": rest_charge_discharge()}, title=label)
    assert figure.layout.title.text.startswith("&lt;b&gt;A&lt;/b&gt; % {x} &amp; zzz")
    assert figure.data[0].name.startswith("&lt;b&gt;A")
    assert figure.data[0].name.endswith("z\N{HORIZONTAL ELLIPSIS}")


def test_long_titles_have_two_lines() -> None:
    """A title is no longer than its plot, and is not broken within a unit."""
    assert words.title_of("Integrated discharge capacity [mA.h.cm-2]") == "Integrated discharge<br>capacity [mA.h.cm-2]"
    assert words.title_below("Current [A]") == "Current [A], positive = discharge"


def test_what_is_marked_up_is_read_as_it_was_written() -> None:
    """A title or a name of a figure becomes the text that it was made of."""
    assert (
        words.read(words.title_of("Mean discharge current [A]")) == "Mean discharge current [A], positive = discharge"
    )
    assert words.read(words.shortened("<b> & co")) == "<b> & co"


def test_numbers_carry_their_unit() -> None:
    """Values on hover and names of lines say quantity and unit."""
    assert words.value_of("y", "Voltage [V]") == "%{y:.5~g} V"
    assert words.numbered("Cycle count", 3.0) == "Cycle 3"
    assert words.numbered("Temperature [degC]", 25.5) == "Temperature 25.5 degC"

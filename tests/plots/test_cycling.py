"""A cycle table as a figure."""

import polars as pl
import pytest

from cellkeep import plots
from cellkeep.domain.errors import InvalidError
from cellkeep.plots.cycling import notes
from cellkeep.summarise import cycles, steps
from plots.series import rest_charge_discharge

TABLE = pl.DataFrame(
    {
        "Cycle count": range(5),
        "Discharge capacity [A.h]": [2.0, 1.9, 1.8, 1.7, 1.6],
        "Charge capacity [A.h]": [2.1, 1.9, 1.8, 1.7, 1.6],
        "Coulombic efficiency": [0.952, 1.0, 1.0, 1.0, 1.0],
        "Energy efficiency": [0.9, 0.9, 0.9, 0.9, None],
        "Max voltage [V]": [4.2, 4.2, 4.2, 4.2, 4.2],
    }
)


def test_quantities_of_a_kind_share_a_plot() -> None:
    """Capacities are drawn in one plot, efficiencies in another and a single voltage in its own."""
    figure = plots.cycles(TABLE, y=TABLE.columns[1:])
    assert [line.yaxis for line in figure.data] == ["y", "y", "y2", "y2", "y3"]
    axes = (figure.layout[name].title.text for name in ("yaxis", "yaxis2", "yaxis3"))
    assert list(axes) == ["Capacity [A.h]", "Efficiency [%]", "Max voltage [V]"]
    assert figure.layout.xaxis.title.text == "Cycle count"


def test_ratios_are_shown_in_per_cent() -> None:
    """An efficiency of 0.952 is drawn as 95.2 %, and a cycle without one has no point."""
    coulombic, energy = plots.cycles(TABLE, y=["Coulombic efficiency", "Energy efficiency"]).data
    assert coulombic.y[0] == pytest.approx(95.2)
    assert coulombic.hovertemplate.startswith("%{y:.5~g} %")
    assert len(energy.y) == 4


def test_capacities_are_drawn_unless_asked() -> None:
    """Discharge is warm and charge cold, and each point knows its cycle."""
    discharge, charge = plots.cycles(TABLE).data
    assert (discharge.name, discharge.line.color) == ("Discharge capacity", "#D55E00")
    assert (charge.name, charge.line.color) == ("Charge capacity", "#0072B2")
    assert discharge.customdata[:, 0].tolist() == [0, 1, 2, 3, 4]


def test_a_table_by_area_has_its_columns_by_area() -> None:
    """Where totals are not known, what is known by area is drawn."""
    series = rest_charge_discharge().rename({"Current [A]": "Current [mA.cm-2]"})
    figure = plots.cycles(cycles(steps(series)))
    assert figure.layout.yaxis.title.text == "Capacity [mA.h.cm-2]"
    assert len(figure.data) == 2


def test_several_tables_share_a_legend() -> None:
    """Of each source one line is in the legend, and its quantities are told apart by dashes and on hover."""
    lines = plots.cycles({"A": TABLE, "B": TABLE}).data
    assert [line.name for line in lines if line.showlegend] == ["A", "B"]
    assert lines[0].line.dash != lines[1].line.dash
    assert "Charge capacity" in lines[1].hovertemplate


def test_what_is_not_there_is_told() -> None:
    """A column that the table lacks is refused with those that it has."""
    with pytest.raises(InvalidError, match=r"no column 'Capacity'; it has .*'Charge capacity \[A.h\]'"):
        plots.cycles(TABLE, y="Capacity")


def test_one_table_keeps_the_colour_that_it_is_given() -> None:
    """Drawn alone it looks as it does among others, and is called by its label."""
    (line,) = plots.cycles({"C1": TABLE}, y="Coulombic efficiency", colours={"C1": "#009E73"}).data
    assert (line.name, line.line.color) == ("C1", "#009E73")


def test_notes_say_what_tells_no_ageing() -> None:
    """Hollow points are explained where there are some, and check-ups name the cycles of partial depth."""
    lowest = pl.Series("Min voltage [V]", [3.5, 3.5, 2.5, 3.5, 3.5])
    moved = pl.Series("Discharge capacity [A.h]", [1.0, 1.0, 2.0, 1.0, 0.1])
    table = TABLE.with_columns(lowest, moved, moved.alias("Charge capacity [A.h]"))
    assert "half of what is usual" in notes([table])
    assert "partial depth" in notes([TABLE, table])
    assert notes([TABLE, pl.DataFrame({"a": ["text"]})]) == ""

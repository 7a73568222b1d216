"""Series with current by electrode area."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep.domain.errors import UnusableDataError
from cellkeep.summarise import cycles, steps, summarise
from summarise.series import cycling

AREAL = {"Current [A]": "Current [mA.cm-2]"}


def test_figures_by_area() -> None:
    """Charge, energy, current and power by area are the figures of the same numbers in total units."""
    total, areal = steps(cycling()), steps(cycling().rename(AREAL))
    for name, by_area in {
        "Discharge capacity [A.h]": "Discharge capacity [mA.h.cm-2]",
        "Charge energy [W.h]": "Charge energy [mW.h.cm-2]",
        "Mean current [A]": "Mean current [mA.cm-2]",
        "Std power [W]": "Std power [mW.cm-2]",
        "Cycle charge capacity [A.h]": "Cycle charge capacity [mA.h.cm-2]",
    }.items():
        assert areal[by_area].to_list() == total[name].to_list()
        assert areal[name].to_list() == [None] * 8, "totals are not known"
    assert areal["Step type"].to_list() == total["Step type"].to_list()
    assert areal.columns[: total.width] == total.columns


def test_cycles_by_area() -> None:
    """The cycle table has capacities by area in place of total ones, and the same ratios."""
    total, areal = summarise([cycling()]).cycles, summarise([cycling().rename(AREAL)]).cycles
    units = {"[A]": "[mA.cm-2]", "[A.h]": "[mA.h.cm-2]", "[W.h]": "[mW.h.cm-2]"}
    renamed = {
        name: " ".join([*name.split(" ")[:-1], units.get(name.split(" ")[-1], name.split(" ")[-1])])
        for name in total.columns
    }
    assert_frame_equal(areal, total.rename(renamed))
    assert_frame_equal(cycles(steps(cycling().rename(AREAL))), areal)


def test_reported_by_area() -> None:
    """Directional columns by area are taken as they are reported."""
    frame = (
        cycling(1)
        .rename(AREAL)
        .with_columns(
            pl.lit(0.0).alias("Discharge capacity [mA.h.cm-2]"),
            (pl.int_range(pl.len()) * 0.5).alias("Charge capacity [mA.h.cm-2]"),
        )
    )
    table = steps(frame)
    assert table["Charge capacity [mA.h.cm-2]"].to_list() == [30.0, 15.0, 5.0, 35.0]
    assert table["Integrated charge capacity [mA.h.cm-2]"][0] == pytest.approx(1.0)


def test_rated_capacity_says_nothing() -> None:
    """A rated capacity in A.h is no scale for currents by area: the largest of them is."""
    frame = cycling().rename(AREAL)
    assert_frame_equal(steps(frame, rated_capacity_ah=1e-6), steps(frame))


def test_total_current_wins() -> None:
    """A series that tells the total current too is worked out in total."""
    frame = cycling().with_columns((pl.col("Current [A]") * 7).alias("Current [mA.cm-2]"))
    assert_frame_equal(steps(frame), steps(cycling()))


def test_text_by_area_is_refused_by_its_own_name() -> None:
    """An error names the column as the series does."""
    with pytest.raises(UnusableDataError, match=r"Current \[mA.cm-2\]"):
        steps(cycling().with_columns(pl.lit("x").alias("Current [mA.cm-2]")).drop("Current [A]"))


def test_one_areal_column_beside_totals() -> None:
    """A step table that knows totals is none by area, whatever else somebody put into it."""
    table = steps(cycling()).with_columns(pl.lit(500.0).alias("Discharge capacity [mA.h.cm-2]"))
    assert_frame_equal(cycles(table), cycles(steps(cycling())))

"""Current of the cell and current of a square centimetre of it."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise.derived import with_areal_current, with_total_current


def test_both_ways() -> None:
    """2 mA/cm2 on 100 cm2 are 0.2 A; null, NaN and infinity are null."""
    frame = pl.DataFrame({"Current [mA.cm-2]": [2.0, -1.0, None, math.nan, math.inf]})
    total = with_total_current(frame, 100.0)
    assert total["Current [A]"].to_list() == [0.2, -0.1, None, None, None]
    assert with_areal_current(total.drop("Current [mA.cm-2]"), 100.0)["Current [mA.cm-2]"].to_list()[:2] == [2.0, -1.0]


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e5))
def test_there_and_back(amps: float, area: float) -> None:
    """The one undoes the other."""
    frame = pl.DataFrame({"Current [A]": [amps]})
    back = with_total_current(with_areal_current(frame, area), area)["Current [A]"].item()
    assert back == pytest.approx(amps, rel=1e-14)


@pytest.mark.parametrize("area", [0.0, -1.0, math.nan, math.inf])
def test_areas_that_are_none(area: float) -> None:
    """An area is positive and finite."""
    with pytest.raises(InvalidError, match="area"):
        with_total_current(pl.DataFrame({"Current [mA.cm-2]": [1.0]}), area)


def test_no_current() -> None:
    """It is said what is missing, and what looks like it."""
    with pytest.raises(UnusableDataError, match=r"looks like .* in another unit"):
        with_total_current(pl.DataFrame({"Current [A]": [1.0]}), 1.0)

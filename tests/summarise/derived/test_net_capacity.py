"""Charge that left the cell on the whole, and the state of charge that follows from it."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise import steps
from cellkeep.summarise.derived import with_capacity, with_net_capacity, with_nominal_soc
from summarise.series import broken_series, cycling, one_step

quick = settings(max_examples=40, deadline=None)

NET = "Net capacity [A.h]"
OF_STEP = "Step net capacity [A.h]"


def two_steps() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Time [s]": [0.0, 3600.0, 7200.0, 7201.0, 10801.0],
            "Current [A]": [2.0, 4.0, -4.0, -1.0, -1.0],
            "Step count": [0, 0, 0, 1, 1],
        }
    )


def test_within_the_step_and_on_the_whole() -> None:
    """The one begins anew at each step, the other carries on what the steps before moved."""
    found = with_net_capacity(two_steps())
    assert found[OF_STEP].to_list() == [0.0, 3.0, 3.0, 0.0, -1.0]
    assert found[NET].to_list() == [0.0, 3.0, 3.0, 3.0, 2.0]


def test_counters_with_a_reset_at_each_step() -> None:
    """Counters of the cycler give the same, whether they are reset at each step or not."""
    pair = ["Discharge capacity [A.h]", "Charge capacity [A.h]"]
    reset = with_capacity(two_steps()).drop("Current [A]")
    running = reset.with_columns(pl.Series(pair[0], [0.0, 3, 5, 5, 5]), pl.Series(pair[1], [0.0, 0, 2, 2, 3]))
    for frame in (reset, running):
        assert with_net_capacity(frame)[NET].to_list() == [0.0, 3.0, 3.0, 3.0, 2.0]


@quick
@given(broken_series())
def test_charge_is_conserved(frame: pl.DataFrame) -> None:
    """The last value is the sum of discharge less charge over the step table, and gaps are null in both columns."""
    found, table = with_net_capacity(frame), steps(frame)
    total = math.fsum(table["Discharge capacity [A.h]"].drop_nulls()) - math.fsum(
        table["Charge capacity [A.h]"].drop_nulls()
    )
    scale = float(table.select(pl.sum("Discharge capacity [A.h]", "Charge capacity [A.h]")).sum_horizontal().item())
    known = found[NET].drop_nulls()
    assert not known.len() or known[-1] == pytest.approx(total, abs=1e-12 * scale)
    assert found[NET].is_null().equals(found[OF_STEP].is_null())


def test_areal_capacity() -> None:
    """Per area if the current is."""
    found = with_net_capacity(two_steps().rename({"Current [A]": "Current [mA.cm-2]"}))
    assert found["Net capacity [mA.h.cm-2]"].to_list() == [0.0, 3.0, 3.0, 3.0, 2.0]
    assert found["Step net capacity [mA.h.cm-2]"].to_list() == [0.0, 3.0, 3.0, 0.0, -1.0]


def test_nominal_soc() -> None:
    """It is 1 where the cell is fullest, and falls by the share of the rated capacity that left."""
    assert with_nominal_soc(two_steps(), 10.0)["Nominal SOC"].to_list() == pytest.approx([1.0, 0.7, 0.7, 0.7, 0.8])
    charged = two_steps().with_columns(-pl.col("Current [A]"))
    assert with_nominal_soc(charged, 10.0)["Nominal SOC"].to_list() == pytest.approx([0.7, 1.0, 1.0, 1.0, 0.9])


def test_soc_of_the_known_cycles() -> None:
    """It is 1 at the end of the first charge, and lower by what a cycle loses at the end of the next."""
    found = with_nominal_soc(cycling(2), 1.2)["Nominal SOC"]
    charge = 1.1303671179234447
    ends = np.array([charge, charge - 7 / 6, 2 * charge - 7 / 6, 2 * charge - 7 / 3])
    assert found[[91, 173, 265, 347]].to_numpy() == pytest.approx(1.0 + (ends - charge) / 1.2, abs=1e-12)


@quick
@given(broken_series())
def test_soc_is_the_net_capacity_on_another_scale(frame: pl.DataFrame) -> None:
    """Its largest value is 1, its changes are those of the net capacity by the rating, and gaps stay gaps."""
    soc, net = with_nominal_soc(frame, 2.0)["Nominal SOC"], with_net_capacity(frame)[NET]
    assert soc.is_null().equals(net.is_null())
    if soc.drop_nulls().len():
        assert soc.max() == 1.0
        apart = (soc - soc.drop_nulls()[0] + (net - net.drop_nulls()[0]) / 2.0).abs().max()
        assert apart <= 1e-12 * (1.0 + net.abs().max())


@pytest.mark.parametrize("rating", [0.0, -1.0, math.nan, math.inf])
def test_ratings_that_are_none(rating: float) -> None:
    """A rated capacity is positive and finite."""
    with pytest.raises(InvalidError, match="rated capacity"):
        with_nominal_soc(two_steps(), rating)


def test_an_areal_current_and_a_rating_in_ampere_hours() -> None:
    """They do not go together, and it is said that current in A is needed."""
    with pytest.raises(UnusableDataError, match="'Current \\[A\\]' with"):
        with_nominal_soc(two_steps().rename({"Current [A]": "Current [mA.cm-2]"}), 1.0)


def test_nothing_known() -> None:
    """No rows give no rows; without any value all is null."""
    assert with_nominal_soc(with_net_capacity(two_steps().clear()), 1.0).height == 0
    nothing = one_step(current=[None, None], time=[None, None])
    assert (
        with_nominal_soc(with_net_capacity(nothing), 1.0).select(NET, OF_STEP, "Nominal SOC").rows()
        == [(None,) * 3] * 2
    )

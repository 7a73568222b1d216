"""Open-circuit voltage against capacity, from the rests of a test."""

import math

import polars as pl
import pytest
from hypothesis import given, settings

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise import steps as steps_of
from cellkeep.summarise.derived import ocv_from_rests
from summarise.series import broken_series, cycling

quick = settings(max_examples=40, deadline=None)


def titration(amps: float = 1.0) -> pl.DataFrame:
    """A rest, then three times an hour of current and a rest in which the voltage relaxes."""
    rows = [(0.0, 4.2, 0.0, 0), (60.0, 4.2, 0.0, 0)]
    for pulse in range(3):
        start = 60.0 + 7200.0 * pulse
        rows += [(start + 1800.0 * k, 3.9 - 0.1 * pulse, amps, 2 * pulse + 1) for k in range(3)]
        rows += [(start + 3600.0 * k, 4.0 - 0.1 * pulse + 0.01 * k, 0.0, 2 * pulse + 2) for k in (1, 2)]
    return pl.DataFrame(rows, ["Time [s]", "Voltage [V]", "Current [A]", "Step count"], orient="row")


def test_the_end_of_each_rest() -> None:
    """The voltage at the end of each rest stands against the net capacity up to there."""
    assert ocv_from_rests(titration()).to_dict(as_series=False) == {
        "Capacity [A.h]": [0.0, 1.0, 2.0, 3.0],
        "Voltage [V]": pytest.approx([4.2, 4.02, 3.92, 3.82]),
        "Step count": [0, 2, 4, 6],
        "Duration [s]": [60.0, 3600.0, 3600.0, 3600.0],
    }


def test_a_charge_is_sorted_the_other_way() -> None:
    """Capacity 0 is the fullest rest, which is the last one of a charge."""
    found = ocv_from_rests(titration(-1.0))
    assert found["Capacity [A.h]"].to_list() == [0.0, 1.0, 2.0, 3.0]
    assert found["Step count"].to_list() == [6, 4, 2, 0]


def test_short_rests() -> None:
    """They are left out."""
    assert ocv_from_rests(titration(), min_duration_s=3600.0)["Step count"].to_list() == [2, 4, 6]
    assert ocv_from_rests(titration(), min_duration_s=1e4).height == 0


def test_the_first_row() -> None:
    """It is a point of its own if it is wanted, without a duration."""
    found = ocv_from_rests(cycling(1), first_row=True)
    charge = 1.1303671179234447
    assert found.to_dict(as_series=False) == {
        "Capacity [A.h]": pytest.approx([0.0, charge]),
        "Voltage [V]": pytest.approx([4.18, 3.0]),
        "Step count": [2, 0],
        "Duration [s]": [600.0, None],
    }


def test_chosen_rests() -> None:
    """A step table with some of the rests chooses them."""
    table = steps_of(titration()).filter(pl.col("Step count") > 2)
    found = ocv_from_rests(titration(), table)
    assert found["Step count"].to_list() == [4, 6]
    assert found["Capacity [A.h]"].to_list() == [0.0, 1.0]


def test_a_rest_that_ends_without_a_value() -> None:
    """Its last row with a voltage counts; a rest without any tells nothing."""
    frame = titration()
    gap = frame.with_columns(
        pl.when(pl.int_range(pl.len()).is_in([0, 1, 6])).then(None).otherwise("Voltage [V]").alias("Voltage [V]")
    )
    found = ocv_from_rests(gap)
    assert found["Step count"].to_list() == [2, 4, 6]
    assert found["Voltage [V]"][0] == pytest.approx(4.01)


@quick
@given(broken_series())
def test_any_series(frame: pl.DataFrame) -> None:
    """Capacity rises from 0, each point has a voltage, and there is no more than one for each rest."""
    found = ocv_from_rests(frame)
    assert found["Capacity [A.h]"].is_sorted()
    assert found["Capacity [A.h]"][:1].to_list() in ([], [0.0])
    assert found["Voltage [V]"].is_finite().all()
    assert found.height <= (steps_of(frame)["Step type"] == "Rest").sum()


def test_no_rests() -> None:
    """They give no rows, with all columns."""
    for frame in (cycling(1)[:61], cycling(1).clear()):
        found = ocv_from_rests(frame)
        assert found.schema == ocv_from_rests(cycling(1)).schema
        assert not found.height


def test_what_can_not_be_used() -> None:
    """Columns and durations that are none are refused."""
    with pytest.raises(UnusableDataError, match="Voltage"):
        ocv_from_rests(cycling(1).drop("Voltage [V]"))
    with pytest.raises(UnusableDataError, match="Nothing tells the charge"):
        ocv_from_rests(cycling(1).rename({"Current [A]": "Current [mA.cm-2]"}))
    with pytest.raises(UnusableDataError, match="'Step type'"):
        ocv_from_rests(cycling(1), steps_of(cycling(1)).drop("Step type"))
    for seconds in (-1.0, math.nan):
        with pytest.raises(InvalidError, match="shortest duration"):
            ocv_from_rests(cycling(1), min_duration_s=seconds)

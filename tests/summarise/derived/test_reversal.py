"""The other sign of the current, and everything that follows it."""

import polars as pl
import pytest
from hypothesis import given, settings

from cellkeep.domain.errors import UnusableDataError
from cellkeep.summarise.derived import with_capacity, with_current_reversed, with_net_capacity
from summarise.series import broken_series, one_step

quick = settings(max_examples=30, deadline=None)


def test_what_turns() -> None:
    """Current, power and net capacity are negated, directional columns change places, and the order stays."""
    frame = with_net_capacity(with_capacity(one_step(current=[1.0, 2.0], time=[0.0, 3600.0], voltage=[2.0, 2.0])))
    found = with_current_reversed(frame)
    assert found.columns == frame.columns
    assert found.row(1, named=True) == frame.row(1, named=True) | {
        "Current [A]": -2.0,
        "Power [W]": -4.0,
        "Discharge capacity [A.h]": 0.0,
        "Charge capacity [A.h]": 1.5,
        "Discharge energy [W.h]": 0.0,
        "Charge energy [W.h]": 3.0,
        "Step net capacity [A.h]": -1.5,
        "Net capacity [A.h]": -1.5,
    }


def test_the_areal_columns_turn_too() -> None:
    """So do current, power and capacity per area."""
    frame = with_capacity(one_step(current=[1.0, 1.0]).rename({"Current [A]": "Current [mA.cm-2]"}))
    found = with_current_reversed(frame)
    assert found["Current [mA.cm-2]"].to_list() == [-1.0, -1.0]
    assert found["Power [mW.cm-2]"].to_list() == [-3.7, -3.7]
    assert found["Charge capacity [mA.h.cm-2]"].equals(frame["Discharge capacity [mA.h.cm-2]"])


@quick
@given(broken_series())
def test_reversing_then_computing_is_computing_then_reversing(frame: pl.DataFrame) -> None:
    """Charge, energy and power computed from the reversed current are those that change places."""
    first, later = with_capacity(with_current_reversed(frame)), with_current_reversed(with_capacity(frame))
    assert first.equals(later.select(first.columns))


@quick
@given(broken_series())
def test_twice_is_not_at_all(frame: pl.DataFrame) -> None:
    """Reversing is its own inverse, missing values included."""
    whole = with_net_capacity(with_capacity(frame))
    assert with_current_reversed(with_current_reversed(whole)).equals(whole)


def test_a_counter_of_one_direction() -> None:
    """It becomes the counter of the other, in its place; a single capacity stays."""
    frame = pl.DataFrame({"Charge capacity [A.h]": [1.0], "Current [A]": [1.0], "Capacity [A.h]": [2.0]})
    assert with_current_reversed(frame).to_dict(as_series=False) == {
        "Discharge capacity [A.h]": [1.0],
        "Current [A]": [-1.0],
        "Capacity [A.h]": [2.0],
    }


def test_types() -> None:
    """Whole numbers stay whole, unsigned ones become signed, 0 stays 0 and nothing stays nothing."""
    for dtype, wanted in ((pl.Int32, pl.Int32), (pl.UInt8, pl.Int64), (pl.Float32, pl.Float32)):
        found = with_current_reversed(pl.DataFrame({"Current [A]": pl.Series([0, 3, None], dtype=dtype)}))[
            "Current [A]"
        ]
        assert found.dtype == wanted
        assert str(found.to_list()) == str(pl.Series([0, -3, None], dtype=wanted).to_list())
    nothing = pl.DataFrame({"Current [A]": [None, None]})
    assert with_current_reversed(nothing).equals(nothing)


def test_no_current() -> None:
    """It is refused, as is a current in words."""
    with pytest.raises(UnusableDataError, match="'Current \\[A\\]' not found"):
        with_current_reversed(pl.DataFrame({"Power [W]": [1.0]}))
    with pytest.raises(UnusableDataError, match="must hold numbers"):
        with_current_reversed(pl.DataFrame({"Current [A]": ["1"]}))

"""No more points than a picture needs."""

import sys

import polars as pl
import pytest

from cellkeep.plots.thinning import evenly, share, thinned


def test_lines_share_what_a_browser_can_draw() -> None:
    """A few lines have all points that they are given, and many have fewer, but still a line each."""
    assert share(4000, 3) == 4000
    assert share(4000, 60) == 1000
    assert share(4000, 10_000) == 200


def test_a_spread_has_both_ends() -> None:
    """At most so many are chosen, the first and the last among them."""
    assert evenly(500, 40).size == 40
    assert evenly(500, 40)[[0, -1]].tolist() == [0, 499]
    assert evenly(3, 40).tolist() == [0, 1, 2]
    assert evenly(0, 40).size == 0


def test_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what chooses rows, a short series is drawn and a long one tells how to install it."""
    monkeypatch.setitem(sys.modules, "tsdownsample", None)
    frame = pl.DataFrame({"x": [0.0, 1.0] * 50, "y": [1.0, 0.0] * 50})
    assert thinned(frame, "x", ["y"], 100).height == 100
    with pytest.raises(ModuleNotFoundError, match=r"100 rows needs tsdownsample: pip install 'cellkeep\[plots\]'"):
        thinned(frame, "x", ["y"], 10)

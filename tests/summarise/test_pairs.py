"""Sums over neighbouring rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.runs import Runs
from cellkeep.summarise.pairs import Pairs, Rule, changes, integral, split
from cellkeep.summarise.segments import Signal, fuse

values = st.lists(st.one_of(st.floats(-5, 5), st.just(float("nan"))), min_size=1, max_size=30)


@pytest.mark.parametrize(
    "rule", [integral(), integral(2.0), split, changes], ids=["integral", "gaps", "split", "changes"]
)
@given(data=st.data(), y=values)
def test_pieces_merge(rule: Rule, data: st.DataObject, y: list[float]) -> None:
    """Pieces of a step, also such without any value, merge to what the whole step gives."""
    x = data.draw(st.lists(st.sampled_from([0.0, 1.0, 2.5, float("nan")]), min_size=len(y), max_size=len(y)))
    cuts = data.draw(st.lists(st.booleans(), min_size=len(y), max_size=len(y)))
    signals = Signal.of(np.array(x)), Signal.of(np.array(y))
    starts = np.flatnonzero([True, *cuts[1:]])
    pieces = Pairs.of(rule, *signals, Runs(starts, np.diff(starts, append=len(y))))
    merged = fuse(pieces, Runs.of_lengths(np.array([starts.size])))
    whole = Pairs.of(rule, *signals, Runs.of_lengths(np.array([len(y)])))
    assert np.allclose(merged.values, whole.values, rtol=1e-12, atol=1e-12, equal_nan=True)


def test_directions() -> None:
    """The trapezoid is of the clipped current at each row, so a reversal counts in both directions."""
    signals = Signal.of(np.array([0.0, 3600.0])), Signal.of(np.array([2.0, -4.0]))
    discharge, charge = Pairs.of(integral(), *signals, Runs.of_lengths(np.array([2]))).sums()
    assert (discharge.item(), charge.item()) == (1.0, 2.0)

"""Runs, and figures that merge."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.runs import Runs, find_runs
from cellkeep.summarise.segments import Known, Signal, fuse, keep


@given(st.lists(st.integers(0, 2)))
def test_runs_cover_all(labels: list[int]) -> None:
    """Runs lie end to end, are uniform, and neighbours differ."""
    runs = find_runs(np.array(labels, np.int64))
    assert np.array_equal(
        np.concatenate([np.arange(s, e + 1) for s, e in zip(runs.starts, runs.ends, strict=True)] or [[]]),
        np.arange(len(labels)),
    )
    values = [set(labels[start : end + 1]) for start, end in zip(runs.starts, runs.ends, strict=True)]
    assert all(len(value) == 1 for value in values)
    assert all(one != other for one, other in pairwise(values))


def test_recurring_label() -> None:
    """A label that comes back later starts a new run."""
    runs = find_runs(np.array([1, 1, 2, 2, 1]))
    assert runs.starts.tolist() == [0, 2, 4]
    assert runs.lengths.tolist() == [2, 2, 1]


def test_keep_tells_owners() -> None:
    """What is kept of runs still tells the runs it came from; a run of which nothing is kept is left out."""
    kept = keep(np.array([False, True, False, False, True, True]), Runs.of_lengths(np.array([2, 2, 2])))
    assert kept.places.tolist() == [1, 4, 5]
    assert kept.owners.tolist() == [0, 2]
    assert kept.runs.lengths.tolist() == [1, 2]


def test_fuse_leaves_whole_steps() -> None:
    """Only fragments of one step are merged; the first and last known values are those of the step."""
    signal = Signal.of(np.array([1.0, np.nan, np.nan, 4.0, 5.0]))
    pieces = Known.of(signal, Runs.of_lengths(np.array([1, 1, 1, 2])))
    whole = fuse(pieces, Runs.of_lengths(np.array([1, 3])))
    assert whole.values.tolist() == [[1.0, 4.0], [1.0, 5.0]]

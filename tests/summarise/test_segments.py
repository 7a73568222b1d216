"""Figures that merge."""

import numpy as np

from cellkeep.runs import Runs
from cellkeep.summarise.segments import Known, Signal, fuse, keep


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

"""Sums over neighbouring rows, from the start of the step up to each row."""

from itertools import pairwise

import numpy as np

from cellkeep.runs import Floats, Ints, Runs
from cellkeep.summarise.pairs import Rule
from cellkeep.summarise.segments import Signal, keep

_BLOCK_ROWS = 16_384
"""A block and what is made of it stay in the cache of a core, and a sum over so few rows rounds by less than 1e-12."""

_LARGEST = np.finfo(np.float64).max


def running_sums(rule: Rule, x: Signal, y: Signal, runs: Runs) -> Floats:
    """Both sums at each row; NaN at rows that lack x or y, which are stepped over."""
    with np.errstate(over="ignore", invalid="ignore"):
        if x.finite is None and y.finite is None:
            return _summed(rule, x.values, y.values, runs)
        both = np.isfinite(x.values) & np.isfinite(y.values)
        sums = np.full((2, both.size), np.nan)
        for known, total in zip(
            _summed(rule, x.values[both], y.values[both], keep(both, runs).runs), sums, strict=True
        ):
            total[both] = known
        return sums


def _summed(rule: Rule, x: Floats, y: Floats, runs: Runs) -> Floats:
    sums = np.zeros((2, x.size))
    for first in range(0, x.size, _BLOCK_ROWS):
        rows = slice(first, min(first + _BLOCK_ROWS, x.size))
        before = max(first - 1, 0)
        starts = runs.starts[slice(*np.searchsorted(runs.starts, [rows.start, rows.stop]))] - first
        for total, added in zip(sums, rule(x[before : rows.stop], y[before : rows.stop]), strict=True):
            block = total[rows]
            if added.any():  # else nothing moved, as in one direction of most steps
                _add_up(block, added, starts)
            block[: starts[0] if starts.size else block.size] += total[before]
    return sums


def _add_up(block: Floats, added: Floats, starts: Ints) -> None:
    """Write running sums of what is added at each row, which begin anew at `starts`.

    The total of a step is taken off where the next one begins, and not from a sum over all steps afterwards: so a
    small step keeps all its digits after a large one. Rounding leaves some 1e-16 of the total there.
    """
    block[block.size - added.size :] = added  # nothing is added at the very first row
    block[starts] = 0.0
    edges = np.concatenate([[0], starts, [block.size]])
    totals = np.add.reduceat(block, edges[:-1])
    block[starts] = -totals[:-1]
    np.cumsum(block, out=block)
    left_over = np.concatenate([[0.0], block[starts]])
    if (np.abs(left_over) <= np.where(totals == 0, _LARGEST, np.abs(totals))).all():
        block -= np.repeat(left_over, np.diff(edges))
    else:  # a step beside one 1e16 times as large, or beside one that no number holds
        block[block.size - added.size :] = added
        block[starts] = 0.0
        for first, after in pairwise(edges):
            np.cumsum(block[first:after], out=block[first:after])

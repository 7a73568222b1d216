"""The check for stretches of rows that were there before, as when a file was put behind itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cellkeep.domain.columns import CURRENT, VOLTAGE
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.runs import Floats, Ints
from cellkeep.validate.check import Check
from cellkeep.validate.rows import Rows

_WINDOW = 8
"""Rows that are compared at once."""
_MOST_ANCHORS = 1 << 15
"""Windows that are remembered. Of longer series fewer rows end one, chosen by what they hold, not by their place."""
_FEWEST_ROWS = 50
_FEWEST_ANCHORS = 12
_FEWEST_VOLTAGES = 10
"""By a coarse instrument fewer may well come again by chance."""
_MOST_TIMES = 3
"""What comes more often repeats by rule, as in a simulation of equal cycles."""
_MOST_EXAMPLES = 5

_Hashes = NDArray[np.uint64]
_FACTORS = np.random.default_rng(20).integers(1, 2**63, _WINDOW + 2, np.uint64) | np.uint64(1)


class _Stretch(NamedTuple):
    first: int
    last: int
    shift: int


@dataclass
class RepeatedRows(Check):
    """No 50 rows or more have voltage and current exactly as others before them.

    Noise makes that impossible in what was measured. Stretches in which the voltage does not change are left out.
    """

    codes = (Code.ROWS_REPEATED,)
    reads = (VOLTAGE, CURRENT)

    limit: int = 2**64 - 1
    """Rows whose own hash is not larger end a window that is remembered."""

    num_rows: int = 0
    """Repeats among rows that can not be looked at any more;"""
    num_stretches: int = 0
    """the number of stretches, and the first of them:"""
    examples: list[dict[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._tail = np.zeros((2, 0))
        self._rows: list[Ints] = [np.zeros(0, np.intp)]
        self._own: list[_Hashes] = [np.zeros(0, np.uint64)]
        self._windows: list[_Hashes] = [np.zeros(0, np.uint64)]
        self._volts: list[Floats] = [np.zeros(0)]
        self._count = 0

    def add(self, rows: Rows) -> None:
        values = np.concatenate([self._tail, np.stack([rows.values(VOLTAGE), rows.values(CURRENT)])], axis=1)
        first_row = rows.first_row - self._tail.shape[1]
        own = _mixed(values[0], _FACTORS[-1]) ^ _mixed(values[1], _FACTORS[-2])
        ends = np.flatnonzero(own[_WINDOW - 1 :] <= np.uint64(self.limit)) + _WINDOW - 1
        if ends.size:
            around = ends[:, None] - np.arange(_WINDOW)
            volts = values[0][around]
            moving = (volts != volts[:, :1]).any(axis=1)
            ends, around, volts = ends[moving], around[moving], volts[moving, 0]
            self._volts.append(volts)
            self._rows.append(first_row + ends)
            self._own.append(own[ends])
            self._windows.append((own[around] * _FACTORS[:_WINDOW]).sum(axis=1, dtype=np.uint64))
            self._count += ends.size
            self._thin_out()
        self._tail = values[:, max(values.shape[1] - _WINDOW + 1, 0) :]

    def _thin_out(self) -> None:
        if self._count <= _MOST_ANCHORS:
            return
        rows, own, windows, volts = self._all()
        while rows.size > _MOST_ANCHORS // 2:
            self.limit //= 2
            kept = own <= np.uint64(self.limit)
            rows, own, windows, volts = rows[kept], own[kept], windows[kept], volts[kept]
            if self.limit < 2**20:  # the same few values over and over: there is nothing to tell them apart by
                break
        self._rows, self._own, self._windows, self._volts = [rows], [own], [windows], [volts]
        self._count = rows.size

    def _all(self) -> tuple[Ints, _Hashes, _Hashes, Floats]:
        rows, volts = np.concatenate(self._rows), np.concatenate(self._volts)
        return rows, np.concatenate(self._own), np.concatenate(self._windows), volts

    def close(self) -> None:
        """Windows are not kept: rows that come later are compared with one another alone."""
        self.num_rows, self.num_stretches, self.examples = self._so_far()
        self.limit = 2**64 - 1
        self._forget()

    def findings(self) -> Iterator[Finding]:
        num_rows, num_stretches, examples = self._so_far()
        if num_stretches:
            first, last, before = (examples[0][name] for name in ("first_row", "last_row", "first_row_before"))
            yield found(
                Code.ROWS_REPEATED,
                f"Rows {first} to {last} have exactly the voltage and current of rows {before} to "
                f"{before + last - first}; {num_rows:,} rows in all are such repeats. What is measured does not repeat "
                "itself: a file may have been put behind itself, or two exports may overlap. Drop the repeats. (A "
                "simulation may repeat itself.)",
                num_rows=num_rows,
                num_stretches=num_stretches,
                examples=examples,
            )

    def _so_far(self) -> tuple[int, int, list[dict[str, int]]]:
        """Rows that are repeats, stretches of such rows, and the first of these."""
        rows, _, windows, volts = self._all()
        found_here = _stretches(rows, windows, volts)
        num_rows = self.num_rows + sum(it.last - it.first + 1 for it in found_here)
        examples = [
            {"first_row": it.first, "last_row": it.last, "first_row_before": it.first - it.shift}
            for it in found_here[: _MOST_EXAMPLES - len(self.examples)]
        ]
        return num_rows, self.num_stretches + len(found_here), [*self.examples, *examples]


def _mixed(values: Floats, factor: np.uint64) -> _Hashes:
    """Numbers that look random, the same for the same values; 0 and -0 are the same."""
    mixed = (values + 0.0).view(np.uint64) * factor
    mixed ^= mixed >> np.uint64(29)
    mixed *= _FACTORS[0]
    mixed ^= mixed >> np.uint64(32)
    return mixed


def _stretches(rows: Ints, windows: _Hashes, volts: Floats) -> list[_Stretch]:
    """Neighbouring windows that were there before, each as many rows before as the others."""
    if not rows.size:
        return []
    order = np.argsort(windows, kind="stable")
    shift = np.zeros(rows.size, np.intp)
    same = np.flatnonzero(windows[order[1:]] == windows[order[:-1]])
    shift[order[same + 1]] = rows[order[same + 1]] - rows[order[same]]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(shift)) + 1])
    ends = np.append(starts[1:], rows.size) - 1
    wide = (shift[starts] >= _FEWEST_ROWS) & (ends - starts + 1 >= _FEWEST_ANCHORS)
    wide &= rows[ends] - rows[starts] + _WINDOW >= _FEWEST_ROWS
    return [
        _Stretch(int(rows[start]) - _WINDOW + 1, int(rows[end]), int(shift[start]))
        for start, end in zip(starts[wide], ends[wide], strict=True)
        if np.unique(volts[start : end + 1]).size >= _FEWEST_VOLTAGES
        and _is_rare(windows[start : end + 1], windows[order])
    ]


def _is_rare(stretch: _Hashes, ordered: _Hashes) -> bool:
    """Whether windows are different ones, and of all there are not many like them."""
    distinct = np.unique(stretch)
    times = np.searchsorted(ordered, distinct, side="right") - np.searchsorted(ordered, distinct)
    return distinct.size >= _FEWEST_ANCHORS and bool(np.median(times) <= _MOST_TIMES)

"""All figures of the steps found so far, whole or cut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from cellkeep.domain import columns
from cellkeep.summarise import capacity
from cellkeep.summarise.pairs import Changes, Pairs
from cellkeep.summarise.reading import Block, Layout
from cellkeep.summarise.segments import AccumulatorT, Edges, Known, Runs, Spans, find_runs, fuse
from cellkeep.summarise.tally import Tally


@dataclass(frozen=True)
class Fragments:
    """Neighbouring pieces of steps, in row order.

    Attributes:
        spans: where each lies and its step count.
        tallies: statistics, by column.
        edges: values of first and last row, by column.
        known: first and last values that are not missing, by column.
        pairs: sums over neighbouring rows, by the column that drives them.
    """

    spans: Spans
    tallies: Mapping[str, Tally]
    edges: Mapping[str, Edges]
    known: Mapping[str, Known]
    pairs: Mapping[str, Pairs]

    @classmethod
    def of(cls, block: Block, layout: Layout) -> Self:
        signals, runs = block.signals, block.runs
        spans = np.stack([block.first_row + runs.starts, runs.lengths, block.steps[runs.starts]])
        known = capacity.known_ends(signals, layout.methods, runs)
        pairs = capacity.paired_sums(signals, layout.methods, runs)
        if columns.CYCLE_COUNT in signals:
            known[columns.CYCLE_COUNT] = Known.of(signals[columns.CYCLE_COUNT], runs)
        elif columns.CYCLE_FROM_CYCLER in signals:
            cycler = signals[columns.CYCLE_FROM_CYCLER]
            pairs[columns.CYCLE_FROM_CYCLER] = Changes.of(cycler, cycler, runs)
        return cls(
            Spans(spans.astype(np.float64)),
            {name: Tally.of(signals[name], runs) for name in layout.tallied},
            {name: Edges.of(signals[name], runs) for name in layout.edged},
            known,
            pairs,
        )

    @property
    def size(self) -> int:
        return int(self.spans.values.shape[1])

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Put neighbouring pieces together, so that each step is one."""
        if len(parts) == 1:
            return parts[0]
        spans = Spans.joined([part.spans for part in parts])
        groups = find_runs(spans.values[2])
        return cls(
            fuse(spans, groups),
            _joined([part.tallies for part in parts], groups),
            _joined([part.edges for part in parts], groups),
            _joined([part.known for part in parts], groups),
            _joined([part.pairs for part in parts], groups),
        )


def _joined(parts: Sequence[Mapping[str, AccumulatorT]], groups: Runs) -> dict[str, AccumulatorT]:
    return {name: fuse(type(first).joined([part[name] for part in parts]), groups) for name, first in parts[0].items()}

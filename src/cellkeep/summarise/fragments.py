"""All figures of the steps found so far, whole or cut."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from cellkeep.domain import columns
from cellkeep.runs import Runs, find_runs
from cellkeep.summarise import capacity
from cellkeep.summarise.pairs import Pairs, changes
from cellkeep.summarise.reading import Block, Layout, no_rows
from cellkeep.summarise.segments import Accumulator, AccumulatorT, Edges, Known, Spans, fuse
from cellkeep.summarise.tally import Tally

Figures = Mapping[str, Mapping[str, list[float]]]
"""Of one piece, by kind and column: plain numbers that can be kept."""

_SPANS = "spans"


@dataclass(frozen=True)
class Fragments:
    """Neighbouring pieces of steps, in row order.

    Attributes:
        spans: where each lies and its step count.
        tallies: statistics, by column.
        edges: values of first and last row, by column.
        known: first and last values that are not missing, by column.
        pairs: sums over neighbouring rows, by the column that they are of.
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
        known = capacity.known_ends(signals, layout.ways, runs)
        pairs = capacity.paired_sums(signals, layout.ways, layout.rules, runs)
        if columns.CYCLE_COUNT in signals:
            known[columns.CYCLE_COUNT] = Known.of(signals[columns.CYCLE_COUNT], runs)
        elif columns.CYCLE_FROM_CYCLER in signals:
            cycler = signals[columns.CYCLE_FROM_CYCLER]
            pairs[columns.CYCLE_FROM_CYCLER] = Pairs.of(changes, cycler, cycler, runs)
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

    def last(self) -> Figures:
        """The figures of the last piece, which may go on."""
        return {kind: {name: of.values[:, -1].tolist() for name, of in found.items()} for kind, found in self._kinds()}

    @classmethod
    def resumed(cls, figures: Figures, layout: Layout) -> Self:
        """One piece again, from its figures.

        Raises:
            KeyError: they are of another layout.
        """
        blank = cls.of(no_rows(layout), layout)
        kinds = {
            kind: {name: of.holding(np.array(figures[kind][name], np.float64)[:, None]) for name, of in found.items()}
            for kind, found in blank._kinds()  # noqa: SLF001  its own kind
        }
        spans = kinds.pop(_SPANS)[_SPANS]
        return cls(spans, **kinds)  # type: ignore[arg-type]

    def _kinds(self) -> Iterator[tuple[str, Mapping[str, Accumulator]]]:
        yield _SPANS, {_SPANS: self.spans}
        for kind in ("tallies", "edges", "known", "pairs"):
            yield kind, getattr(self, kind)


def _joined(parts: Sequence[Mapping[str, AccumulatorT]], groups: Runs) -> dict[str, AccumulatorT]:
    return {name: fuse(type(first).joined([part[name] for part in parts]), groups) for name, first in parts[0].items()}

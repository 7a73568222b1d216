"""All files: as many at once as wanted, and an end that leaves nothing half done."""

import os
import queue
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress

from cellkeep.client.importing.halting import Halt
from cellkeep.client.importing.outcomes import Outcome
from cellkeep.client.importing.planning import Item
from cellkeep.client.importing.reading import ChildReader, HereReader, Reader

_LOOKED_EVERY_S = 0.1

Work = Callable[[Item, Reader], Outcome | None]


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    items: Sequence[Item],
    work: Work,
    halt: Halt,
    jobs: int,
    done: Callable[[Outcome], None] = lambda _: None,
    stopping: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """Do the work for each item, at most `jobs` at once; a file is begun only when another has ended.

    Args:
        items: in their order.
        work: done in one of `jobs` threads, with the reader of that thread.
        halt: ends the run.
        jobs: how many.
        done: called in this thread with each outcome.
        stopping: called when a person ends the run; what is being stored then is stored to its end.

    Returns:
        The outcomes in the order of the items, without those of which nothing came.
    """
    lanes = _Lanes(items, work, halt, max(1, min(jobs, len(items))))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # what the checks find is told with each outcome
            lanes.start()
            while lanes.are_busy:
                try:
                    lanes.tell(done)
                except KeyboardInterrupt:
                    if halt.interrupted:
                        break  # a person does not want to wait for that either
                    halt.interrupt()
                    lanes.stop()
                    stopping()
    finally:
        halt.stop("")
    return lanes.outcomes


class _Lanes:
    """Threads, each of which takes one item after the other."""

    def __init__(self, items: Sequence[Item], work: Work, halt: Halt, count: int) -> None:
        self._items = enumerate(items)
        self._work = work
        self._halt = halt
        self._lock = threading.Lock()
        self._by_place: dict[int, Outcome] = {}
        self._untold: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        threads = max(1, cores() // count)
        self._readers: list[Reader] = [ChildReader(threads) for _ in range(count)] if count > 1 else [HereReader()]
        # A person who does not want to wait need not: daemons end with the process.
        self._threads = [threading.Thread(target=self._go, args=(each,), daemon=True) for each in self._readers]

    @property
    def outcomes(self) -> list[Outcome]:
        with self._lock:
            return [self._by_place[at] for at in sorted(self._by_place)]

    @property
    def are_busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads) or not self._untold.empty()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Give up what is being read."""
        for reader in self._readers:
            reader.stop()

    def tell(self, done: Callable[[Outcome], None]) -> None:
        """Tell of the next that has ended, if one does in a while."""
        with suppress(queue.Empty):
            done(self._untold.get(timeout=_LOOKED_EVERY_S))

    def _go(self, reader: Reader) -> None:
        try:
            while (taken := self._next()) is not None:
                at, item = taken
                if (outcome := self._work(item, reader)) is not None:
                    with self._lock:
                        self._by_place[at] = outcome
                    self._untold.put(outcome)
        finally:
            reader.close()

    def _next(self) -> tuple[int, Item] | None:
        with self._lock:
            return None if self._halt.is_over else next(self._items, None)

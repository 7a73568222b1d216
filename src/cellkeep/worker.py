"""Processing in the background of one process: a few threads, and unfinished work taken up at the start."""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count

from cellkeep.services.digests import complete_digests
from cellkeep.services.processing import Outcome, process
from cellkeep.services.sweep import remove_retired, sweep
from cellkeep.storage.store import Store

_log = logging.getLogger(__name__)

_SWEEP_INTERVAL_S = 3600.0
"""Removing what was replaced takes one question to the database."""
_SWEEPS_OF_ALL = 24
"""Every so many, all that is stored is looked at for what nothing names."""


class ProcessingPool:
    """Runs `process` on at most `workers` measurements at once.

    A measurement's own status says what is to be done, so nothing is lost when the process ends: the next start
    takes up what is `pending` or `running`.
    """

    def __init__(self, store: Store, workers: int = 2) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="cellkeep-processing")
        self._under_way: dict[str, Future[Outcome]] = {}
        self._asked_again: set[str] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._digests_wanted = threading.Event()

    def submit(self, measurement_id: str) -> "Future[Outcome]":
        """Process the measurement; asked again while it is under way, it is the same work, which looks once more then.

        What is asked for may be new: rows that came to be appended after the work began.
        """
        with self._lock:
            if (running := self._under_way.get(measurement_id)) is not None:
                self._asked_again.add(measurement_id)
                return running
            future = self._threads.submit(self._process, measurement_id)
            self._under_way[measurement_id] = future
        return future

    def complete_digests(self) -> None:
        """Compute missing digests, one after the other, in a thread that keeps nobody waiting."""
        self._digests_wanted.set()

    def start(self) -> None:
        """Take up unfinished work; complete digests, and sweep, now and every hour, all of the store every day."""
        with self._store.reading() as work:
            unfinished = work.measurements.unfinished()
        for measurement_id in unfinished:
            self.submit(measurement_id)
        threading.Thread(target=self._sweep, name="cellkeep-sweep", daemon=True).start()
        threading.Thread(target=self._complete_digests, name="cellkeep-digests", daemon=True).start()

    def close(self) -> None:
        """Let running work end; leave waiting work to the next start."""
        self._closed.set()
        self._digests_wanted.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _process(self, measurement_id: str) -> Outcome:
        try:
            while True:
                outcome = process(self._store, measurement_id)
                with self._lock:
                    if measurement_id not in self._asked_again or self._closed.is_set():
                        del self._under_way[measurement_id]
                        return outcome
                    self._asked_again.discard(measurement_id)
        except BaseException:
            _log.exception("Measurement %s is left to the next start.", measurement_id)
            with self._lock:
                self._under_way.pop(measurement_id, None)
            raise

    def _sweep(self) -> None:
        for turn in count():
            try:
                if turn % _SWEEPS_OF_ALL == 0:
                    sweep(self._store)
                else:
                    remove_retired(self._store)
            except Exception:  # noqa: BLE001  a thread that must outlive any accident
                _log.exception("The sweep failed; it is tried again later.")
            self._digests_wanted.set()
            if self._closed.wait(_SWEEP_INTERVAL_S):
                return

    def _complete_digests(self) -> None:
        while True:
            self._digests_wanted.wait()
            self._digests_wanted.clear()
            if self._closed.is_set():
                return
            try:
                complete_digests(self._store)
            except Exception:  # noqa: BLE001  a thread that must outlive any accident
                _log.exception("Digests could not be completed; it is tried again later.")

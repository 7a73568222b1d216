"""Processing in the background of one process: a few threads, and unfinished work taken up at the start."""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from cellkeep.services.processing import Outcome, process
from cellkeep.services.raw_data import complete_digests
from cellkeep.services.sweep import sweep
from cellkeep.storage.store import Store

_log = logging.getLogger(__name__)

_CHORES_INTERVAL_S = 24 * 3600.0


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

    def start(self) -> None:
        """Take up unfinished work, and keep house now and every day."""
        with self._store.reading() as work:
            unfinished = work.measurements.unfinished()
        for measurement_id in unfinished:
            self.submit(measurement_id)
        threading.Thread(target=self._keep_house, name="cellkeep-house", daemon=True).start()

    def close(self) -> None:
        """Let running work end; leave waiting work to the next start."""
        self._closed.set()
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

    def _keep_house(self) -> None:
        while True:
            for chore in (sweep, complete_digests):
                try:
                    chore(self._store)
                except Exception:  # noqa: BLE001  a thread that must outlive any accident
                    _log.exception("%s failed; it is tried again tomorrow.", chore.__name__)
            if self._closed.wait(_CHORES_INTERVAL_S):
                return

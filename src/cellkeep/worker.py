"""Processing in the background of one process: a few threads, and unfinished work taken up at the start."""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from cellkeep.services.processing import Outcome, process
from cellkeep.services.sweep import sweep
from cellkeep.storage.store import Store

_log = logging.getLogger(__name__)

_SWEEP_INTERVAL_S = 24 * 3600.0


class ProcessingPool:
    """Runs `process` on at most `workers` measurements at once.

    A measurement's own status says what is to be done, so nothing is lost when the process ends: the next start
    takes up what is `pending` or `running`.
    """

    def __init__(self, store: Store, workers: int = 2) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="cellkeep-processing")
        self._under_way: dict[str, Future[Outcome]] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def submit(self, measurement_id: str) -> "Future[Outcome]":
        """Process the measurement; asked again while it is under way, it is the same work."""
        with self._lock:
            if (running := self._under_way.get(measurement_id)) is not None:
                return running
            future = self._threads.submit(process, self._store, measurement_id)
            self._under_way[measurement_id] = future
        future.add_done_callback(lambda _: self._forget(measurement_id))
        return future

    def start(self) -> None:
        """Take up unfinished work, and sweep now and every day."""
        with self._store.reading() as work:
            unfinished = work.measurements.unfinished()
        for measurement_id in unfinished:
            self.submit(measurement_id)
        threading.Thread(target=self._sweep_daily, name="cellkeep-sweep", daemon=True).start()

    def close(self) -> None:
        """Let running work end; leave waiting work to the next start."""
        self._closed.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _forget(self, measurement_id: str) -> None:
        with self._lock:
            self._under_way.pop(measurement_id, None)

    def _sweep_daily(self) -> None:
        while True:
            try:
                sweep(self._store)
            except Exception:  # noqa: BLE001  a thread that must outlive any accident
                _log.exception("The sweep failed; it is tried again tomorrow.")
            if self._closed.wait(_SWEEP_INTERVAL_S):
                return

"""Waiting for processing within one request, so that most answers are final ones."""

import logging
import threading
import time
from concurrent.futures import TimeoutError as StillRunning

from cellkeep.services.processing import Jobs, Outcome
from cellkeep.settings import MAX_WAITING_CONFIRMS

_log = logging.getLogger(__name__)
_waiting = threading.BoundedSemaphore(MAX_WAITING_CONFIRMS)


def wait(jobs: Jobs, measurement_id: str, deadline_s: float) -> Outcome | None:
    """Have a measurement processed; the outcome, if it comes in time and not too many others are waiting already.

    Args:
        jobs: what processes it.
        measurement_id: its id.
        deadline_s: until when to wait, on the clock of `time.monotonic`.
    """
    may_wait = _waiting.acquire(blocking=False)
    try:
        return jobs.submit(measurement_id).result(timeout=max(deadline_s - time.monotonic(), 0.0) if may_wait else 0.0)
    except StillRunning:
        return None
    except Exception:  # noqa: BLE001  it is stored by now, whatever befell the worker
        _log.exception("Measurement %s is stored; its processing is left to the next start.", measurement_id)
        return None
    finally:
        if may_wait:
            _waiting.release()

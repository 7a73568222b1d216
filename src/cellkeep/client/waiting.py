"""Waiting until series are summarised."""

import time
from collections.abc import Callable, Sequence

from cellkeep.domain.errors import MeasurementProcessingError
from cellkeep.domain.measurements import CellMeasurement

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 2.0


def wait_until_processed(
    get: Callable[[str], CellMeasurement], ids: Sequence[str], timeout_s: float = 600.0
) -> dict[str, CellMeasurement]:
    """Ask for each until none is pending.

    Raises:
        MeasurementProcessingError: some failed, or were not done in time; it names all of them.
    """
    deadline = time.monotonic() + timeout_s
    pause = _FIRST_PAUSE_S
    done: dict[str, CellMeasurement] = {}
    while True:
        for measurement_id in ids:
            if measurement_id not in done:
                record = get(measurement_id)
                if record.processing_status in {"ready", "failed"}:
                    done[measurement_id] = record
        waiting = [measurement_id for measurement_id in ids if measurement_id not in done]
        if not waiting or time.monotonic() + pause > deadline:
            break
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_S)
    failures = {
        key: record.processing_error or "failed" for key, record in done.items() if record.processing_status == "failed"
    }
    failures |= dict.fromkeys(waiting, f"not done within {timeout_s:g} s; it goes on in the background")
    if failures:
        raise MeasurementProcessingError(failures)
    return done

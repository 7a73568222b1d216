"""What is answered to who has changed a stored series: the measurement, processed if that comes in time."""

from cellkeep.domain.measurements import MeasurementBundle
from cellkeep.domain.people import Caller
from cellkeep.services.blob_rows import keys_by_role
from cellkeep.services.processing import Jobs
from cellkeep.services.waiting import wait
from cellkeep.storage.measurements import measurement
from cellkeep.storage.store import Store
from cellkeep.storage.tables import MeasurementRow

UNFINISHED = frozenset({"pending", "running"})
"""States in which something is still to be made."""
_DOING = {"extension": "being extended", "replacement": "being read again"}


def answered(store: Store, jobs: Jobs, caller: Caller, measurement_id: str, deadline_s: float) -> MeasurementBundle:
    """The measurement, once it is processed or it is time to answer."""
    bundle = _bundle(store, caller, measurement_id)
    if bundle.processing_status in UNFINISHED:
        wait(jobs, measurement_id, deadline_s)
        bundle = _bundle(store, caller, measurement_id)
    return bundle


def doing_now(row: MeasurementRow) -> str:
    """What is being done to a series that is not ready."""
    found = keys_by_role(row)
    return next((what for role, what in _DOING.items() if role in found), "still being processed")


def _bundle(store: Store, caller: Caller, measurement_id: str) -> MeasurementBundle:
    with store.reading(caller) as work:
        row = work.measurements.row(measurement_id)
        steps = 0 if row.processing_status in UNFINISHED else row.step_count or 0
        return MeasurementBundle(**measurement(row).model_dump(), steps_created=steps)

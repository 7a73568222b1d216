"""Appending rows to the series of a test that is still running."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from cellkeep import validate
from cellkeep.client.checking import refuse, warn
from cellkeep.client.frames import to_polars, write_series
from cellkeep.client.measurement_writing import UNFINISHED, MeasurementWriting, target_for
from cellkeep.client.resource import given, read
from cellkeep.client.transport import segment
from cellkeep.client.waiting import wait_until_processed
from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import MeasurementProcessingError, UnusableDataError
from cellkeep.domain.findings import Code
from cellkeep.domain.measurements import InitiatedUpload, MeasurementBundle
from cellkeep.summarise import ORDERING, Continuation

_LEAF = "time_series_extend.parquet"


class MeasurementExtending(MeasurementWriting):
    """The growing part of `client.cell_measurement`."""

    def extend(
        self,
        measurement_id: str,
        time_series: Any,
        wait_for_processing: bool = True,
        *,
        provenance: Mapping[str, Any] | None = None,
        repairs: Sequence[Mapping[str, Any]] = (),
    ) -> MeasurementBundle:
        """Append rows to the time series of a test that is still running, and make its tables anew.

        The series, its steps and its cycles are read as they were until the longer ones take their place.

        Args:
            measurement_id: a time series without `end_time`.
            time_series: the new rows alone, as a polars or pandas frame or a dict of lists, with exactly the columns of
                the stored series. `Time [s]` goes on after its last row, and `Step count` is counted on.
            wait_for_processing: return once the tables are made, so that `steps_created` is the true count.
            provenance: of which files the whole series is read then, as `cellkeep.read` tells it; of a series that is
                read of files.
            repairs: what was done to the whole series then.

        Warns:
            UserWarning: a check found what may be wrong with the rows by themselves.

        Returns:
            The measurement as it is now, with the number of steps of the whole series.

        Raises:
            MeasurementValidationError: time falls within the rows. Nothing was sent.
            UnusableDataError: the rows do not carry the series on. Nothing was changed.
            ConflictError: the test has ended, or other rows are being appended. Nothing was changed.
            MeasurementProcessingError: the rows could not be appended. The series is as it was.
        """
        frame = to_polars(time_series)
        _require_following(frame)
        path = f"/cell_measurements/{segment(measurement_id)}"
        upload = read(InitiatedUpload, self._transport.post(f"{path}/initiate-extend", {}, again=True))
        target = target_for(upload.uploads, _LEAF)
        self._transport.send(target.signed_url, lambda file: write_series(frame, file), f"{frame.height:,} rows")
        body = {"path": target.path, **given(provenance=provenance, repairs=list(repairs) or None)}
        bundle = read(MeasurementBundle, self._transport.post(f"{path}/confirm-extend", body, again=True))
        if not wait_for_processing:
            return bundle
        if bundle.processing_status in UNFINISHED:
            done = wait_until_processed(self.get, [measurement_id])[measurement_id]
            bundle = MeasurementBundle(**done.model_dump(), steps_created=done.step_count or 0)
        if bundle.processing_error:
            raise MeasurementProcessingError({measurement_id: bundle.processing_error})
        return bundle


def _require_following(frame: pl.DataFrame) -> None:
    """Refuse, before anything is sent, rows that can follow no series."""
    if missing := [name for name in ORDERING if name not in frame.columns]:
        raise UnusableDataError(
            f"Rows to append need the columns {quoted(ORDERING)}; {quoted(missing)} not found among "
            f"{quoted(frame.columns)}.",
            detail={"missing": missing, "available_columns": frame.columns},
        )
    if frame.is_empty():
        raise UnusableDataError("There are no rows to append.", detail={"n_rows": 0})
    found = validate.findings_of_more(frame)
    refuse(each for each in found if each.code == Code.TIME_NOT_MONOTONIC)
    Continuation().add(frame)
    for finding in found:  # of the whole series they may not be true, so they refuse nothing
        warn(finding.message)

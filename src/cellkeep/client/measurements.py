"""Cell measurements."""

from collections.abc import Iterable, Sequence
from typing import Any, Unpack

from cellkeep.client.measurement_rereading import MeasurementRereading
from cellkeep.client.measurement_writing import require_rules
from cellkeep.client.resource import Filters, as_list, list_params, read, read_page
from cellkeep.client.transport import segment
from cellkeep.client.waiting import wait_until_processed
from cellkeep.domain.findings import Finding, FindingList, Severity
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.paging import Page
from cellkeep.domain.raw_data import RawData
from cellkeep.domain.tags import TagChanged, TagUsage


class CellMeasurements(MeasurementRereading):
    """`client.cell_measurement`."""

    def list(
        self,
        cell_instance_id: str,
        limit: int | None = None,
        offset: int | None = None,
        measurement_type: str | None = None,
        *,
        started_after: str | None = None,
        started_before: str | None = None,
        tags_all: str | Iterable[str] | None = None,
        tags_any: str | Iterable[str] | None = None,
        finding_code: str | None = None,
        finding_severity: Severity | None = None,
        **filters: Unpack[Filters],
    ) -> Page[CellMeasurement]:
        """The measurements of a cell, newest first.

        Args:
            cell_instance_id: the cell.
            limit: at most so many, up to 1000.
            offset: pass over so many.
            measurement_type: `time_series`, `properties` or `file`.
            started_after: whose `start_time` lies after this ISO 8601 time.
            started_before: whose `start_time` lies before it.
            tags_all: that carry each of these tags, compared without case.
            tags_any: that carry at least one of them.
            finding_code: in which the checks found this, such as `current_sign_reversed`.
            finding_severity: in which they found an `error`, or a `warning`.
            **filters: see `Filters`; `order_by` may be `start_time` too.
        """
        params = {
            "measurement_type": measurement_type,
            "start_time_gt": started_after,
            "start_time_lt": started_before,
            "tags_all": as_list(tags_all),
            "tags_any": as_list(tags_any),
            "finding_code": finding_code,
            "finding_severity": finding_severity,
            **list_params(limit, offset, filters),
        }
        path = f"/cell_instances/{segment(cell_instance_id)}/cell_measurements"
        return read_page(CellMeasurement, self._transport.get(path, params))

    def list_by_project(
        self,
        project_id: str,
        limit: int | None = None,
        offset: int | None = None,
        measurement_type: str | None = None,
        *,
        q: str | None = None,
        tags_all: str | Iterable[str] | None = None,
        tags_any: str | Iterable[str] | None = None,
        finding_code: str | None = None,
        finding_severity: Severity | None = None,
        **filters: Unpack[Filters],
    ) -> Page[CellMeasurement]:
        """The measurements of a project, newest first, 25 at a time unless asked otherwise.

        Args:
            project_id: the project.
            limit: at most so many, up to 1000.
            offset: pass over so many.
            measurement_type: `time_series`, `properties` or `file`.
            q: text to be found in name, notes, protocol name or a tag.
            tags_all: that carry each of these tags.
            tags_any: that carry at least one of them.
            finding_code: in which the checks found this, such as `current_sign_reversed`.
            finding_severity: in which they found an `error`, or a `warning`.
            **filters: see `Filters`.
        """
        params = {
            "project_id": project_id,
            "measurement_type": measurement_type,
            "q": q,
            "tags_all": as_list(tags_all),
            "tags_any": as_list(tags_any),
            "finding_code": finding_code,
            "finding_severity": finding_severity,
            **list_params(limit, offset, filters),
        }
        return read_page(CellMeasurement, self._transport.get("/cell_measurements", params))

    def findings(
        self, measurement_id: str, *, code: str | None = None, severity: Severity | None = None
    ) -> Sequence[Finding]:
        """What the checks of the server found in a measurement, in their order; see `docs/checks.md`.

        Of many findings with one code the first hundred are kept; `finding_counts` of the measurement counts all.

        Args:
            measurement_id: whose findings.
            code: only those with this code.
            severity: only `error`s, or only `warning`s.

        Raises:
            NotReadyError: the series is still being processed, or was stored before series were checked.
        """
        params = {"code": code, "severity": severity}
        path = f"/cell_measurements/{segment(measurement_id)}/findings"
        return [*read(FindingList, self._transport.get(path, params)).findings]

    def update(self, measurement_id: str, data: dict[str, Any]) -> CellMeasurement:
        """Change what is said of a measurement: the given keys; null clears, `tags` replaces the list.

        Other `summary_rules` take the place of all that were chosen, and have the tables made anew.

        Raises:
            InvalidError: a rule is misspelt or can not be followed.
            ConflictError: the tables are not ready, or were made by a person.
        """
        require_rules(data)
        return read(CellMeasurement, self._transport.patch(f"/cell_measurements/{segment(measurement_id)}", data))

    def make_tables(self, measurement_id: str) -> CellMeasurement:
        """Have the tables made anew from all rows, such as after the rated capacity of the cell was corrected.

        Raises:
            ConflictError: the tables are not ready, or were made by a person.
            BadRequestError: it is no time series.
        """
        path = f"/cell_measurements/{segment(measurement_id)}/make-tables"
        return read(CellMeasurement, self._transport.post(path, {}))

    def delete(self, measurement_id: str) -> None:
        """Remove a measurement with its data."""
        self._transport.delete(f"/cell_measurements/{segment(measurement_id)}")

    def watch(self, measurement_id: str) -> None:
        """Watch a running measurement: its channel is among `client.lab.watched_channels`. Twice is once."""
        self._transport.post(f"/cell_measurements/{segment(measurement_id)}/watch", {}, again=True)

    def unwatch(self, measurement_id: str) -> None:
        """Stop watching a measurement, if you did."""
        self._transport.delete(f"/cell_measurements/{segment(measurement_id)}/watch")

    def add_tags(self, measurement_ids: str | Iterable[str], tags: str | Iterable[str]) -> int:
        """Add tags to measurements; returns how many of them changed."""
        return self._change_tags(measurement_ids, add=tags)

    def remove_tags(self, measurement_ids: str | Iterable[str], tags: str | Iterable[str]) -> int:
        """Take tags off measurements; returns how many of them changed."""
        return self._change_tags(measurement_ids, remove=tags)

    def list_tags(self, project_id: str, q: str | None = None, limit: int | None = None) -> Page[TagUsage]:
        """The tags of a project that contain `q`, most used first."""
        params = {"project_id": project_id, "q": q, "limit": limit}
        return read_page(TagUsage, self._transport.get("/cell_measurements/tags", params))

    def attach_raw_data(self, cell_measurement_id: str, raw_data_ids: str | Iterable[str]) -> None:
        """Say that raw files belong to a measurement: all of them, or none. Saying it again changes nothing.

        Raises:
            NotFoundError: there is no such measurement or file.
            BadRequestError: a file is of another project than the measurement.
        """
        path = f"/cell_measurements/{segment(cell_measurement_id)}/raw_data"
        self._transport.post(path, {"raw_data_ids": as_list(raw_data_ids)}, again=True)

    def detach_raw_data(self, cell_measurement_id: str, raw_data_id: str) -> None:
        """Say that a raw file does not belong to a measurement; both stay. Where it does not anyway, that is fine."""
        self._transport.delete(f"/cell_measurements/{segment(cell_measurement_id)}/raw_data/{segment(raw_data_id)}")

    def list_raw_data(self, cell_measurement_id: str, limit: int = 100, offset: int = 0) -> Page[RawData]:
        """The raw files that belong to a measurement, newest first."""
        path = f"/cell_measurements/{segment(cell_measurement_id)}/raw_data"
        return read_page(RawData, self._transport.get(path, {"limit": limit, "offset": offset}))

    def wait_for_processing(
        self, measurement_ids: str | Iterable[str], timeout: float = 600.0
    ) -> dict[str, dict[str, Any]]:
        """Wait until the step tables of all are made; returns the records by id, as they were answered.

        Args:
            measurement_ids: one id or several.
            timeout: seconds for all of them together.

        Raises:
            MeasurementProcessingError: some failed or were not done in time; `failures` says why, by id.
        """
        done = wait_until_processed(self.get, as_list(measurement_ids) or [], timeout)
        return {key: record.model_dump(mode="json") for key, record in done.items()}

    def _change_tags(
        self,
        measurement_ids: str | Iterable[str],
        add: str | Iterable[str] = (),
        remove: str | Iterable[str] = (),
    ) -> int:
        body = {"measurement_ids": as_list(measurement_ids), "add": as_list(add), "remove": as_list(remove)}
        return read(TagChanged, self._transport.post("/cell_measurements/tags/bulk", body, again=True)).updated_count

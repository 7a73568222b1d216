"""Cyclers and their service."""

from typing import Any, Unpack

from cellkeep.client.channels import Channels
from cellkeep.client.resource import (
    Filters,
    Resource,
    all_pages,
    containing,
    create_or_get,
    given,
    list_params,
    read,
    read_page,
)
from cellkeep.client.transport import Transport, segment
from cellkeep.domain.channels import Channel
from cellkeep.domain.cyclers import Cycler
from cellkeep.domain.paging import Page
from cellkeep.domain.records import Model
from cellkeep.domain.service_events import CyclerServiceEvent


class CyclerDetail(Model):
    """A cycler with its channels."""

    cycler: Cycler
    site_id: str
    channels: list[Channel]


class Cyclers(Resource):
    """`client.cycler`."""

    def __init__(self, transport: Transport, channels: Channels) -> None:
        super().__init__(transport)
        self._channels = channels

    def create(self, site_id: str, data: dict[str, Any]) -> Cycler:
        """Create a cycler at a site.

        Args:
            site_id: where it stands.
            data: `name`, `project_id` of the project that owns it, and as wanted `manufacturer`, `model`, `version`,
                `serial_number`, `firmware_version`, `hostname`, `ip_address`, `port`, `notes`, `last_calibrated_at`
                and `calibration_interval_days`.

        Raises:
            ConflictError: the site has a cycler of that name.
        """
        return read(Cycler, self._transport.post(_below(site_id), data))

    def create_or_get(self, site_id: str, data: dict[str, Any]) -> Cycler:
        """Create a cycler, or get the one of that name unchanged."""
        return create_or_get(lambda: self.create(site_id, data), self.get)

    def get(self, cycler_id: str) -> Cycler:
        return read(Cycler, self._transport.get(f"/cyclers/{segment(cycler_id)}"))

    def list(
        self,
        site_id: str,
        limit: int | None = None,
        offset: int | None = None,
        *,
        project_id: str | None = None,
        manufacturer: str | None = None,
        model: str | None = None,
        version: str | None = None,
        serial_number: str | None = None,
        firmware_version: str | None = None,
        hostname: str | None = None,
        calibration_due_after: str | None = None,
        calibration_due_before: str | None = None,
        **filters: Unpack[Filters],
    ) -> Page[Cycler]:
        """The cyclers at a site, newest first.

        Args:
            site_id: the site.
            limit: at most so many, up to 1000.
            offset: pass over so many.
            project_id: those of this project.
            manufacturer: a part of it, in any case; likewise the five below.
            model: the type.
            version: of the hardware.
            serial_number: given by its maker.
            firmware_version: what it runs.
            hostname: of the computer that controls it.
            calibration_due_after: whose calibration is due after this ISO 8601 time.
            calibration_due_before: whose calibration is due before it: with the present, those that are overdue.
            **filters: see `Filters`; `order_by` may be `calibration_due_at`, `last_calibrated_at` and others too.
        """
        params = {
            "project_id": project_id,
            "manufacturer": containing(manufacturer),
            "model": containing(model),
            "version": containing(version),
            "serial_number": containing(serial_number),
            "firmware_version": containing(firmware_version),
            "hostname": containing(hostname),
            "calibration_due_at_gt": calibration_due_after,
            "calibration_due_at_lt": calibration_due_before,
            **list_params(limit, offset, filters),
        }
        return read_page(Cycler, self._transport.get(_below(site_id), params))

    def update(self, cycler_id: str, data: dict[str, Any]) -> Cycler:
        """Change the given keys; null clears. `calibration_due_at` follows by itself."""
        return read(Cycler, self._transport.patch(f"/cyclers/{segment(cycler_id)}", data))

    def delete(self, cycler_id: str) -> None:
        """Remove a cycler with its channels; measurements that ran on them stay."""
        self._transport.delete(f"/cyclers/{segment(cycler_id)}")

    def detail(self, cycler_id: str) -> CyclerDetail:
        """The cycler with its channels."""
        return self.detail_from_cycler(self.get(cycler_id))

    def detail_from_cycler(self, cycler: Cycler) -> CyclerDetail:
        """The same for a cycler that is at hand already."""
        channels = all_pages(lambda limit, offset: self._channels.list(cycler.id, limit, offset))
        return CyclerDetail(cycler=cycler, site_id=cycler.site_id, channels=channels)

    def start_service(
        self,
        cycler_id: str,
        event_type: str,
        scheduled_for: str,
        *,
        scheduled_until: str | None = None,
        notes: str | None = None,
    ) -> CyclerServiceEvent:
        """Take a cycler out of service with all its channels; those that are out already stay so on their own.

        Args:
            cycler_id: the cycler.
            event_type: `calibration`, `preventive_maintenance`, `firmware`, `repair` or `other`.
            scheduled_for: ISO 8601 time of the visit.
            scheduled_until: when it should be over.
            notes: free text.

        Raises:
            ConflictError: it is in service already, or tests run on it.
            BadRequestError: `scheduled_until` does not lie after `scheduled_for`.
        """
        said = given(scheduled_until=scheduled_until, notes=notes)
        body = {"event_type": event_type, "scheduled_for": scheduled_for, **said}
        return read(CyclerServiceEvent, self._transport.post(_events(cycler_id), body))

    def complete_service(
        self,
        cycler_id: str,
        performed_at: str | None = None,
        notes: str | None = None,
        calibration_interval_days: int | None = None,
        event_type: str = "calibration",
    ) -> CyclerServiceEvent:
        """End the service that is under way and return the channels it took out; or record work done without one.

        A calibration sets `last_calibrated_at` of the cycler.

        Args:
            cycler_id: the cycler.
            performed_at: ISO 8601 time when it was done; now, unless given.
            notes: what was done.
            calibration_interval_days: after a calibration, how long it holds.
            event_type: what was done, where no service is under way.
        """
        said = given(performed_at=performed_at, notes=notes, calibration_interval_days=calibration_interval_days)
        body = {"event_type": event_type, **said}
        return read(CyclerServiceEvent, self._transport.post(f"{_events(cycler_id)}/complete", body))

    def list_service_events(
        self, cycler_id: str, limit: int | None = None, offset: int | None = None
    ) -> Page[CyclerServiceEvent]:
        """The service of a cycler, newest first; the one that is under way has no `performed_at`."""
        params = {"limit": limit, "offset": offset}
        return read_page(CyclerServiceEvent, self._transport.get(_events(cycler_id), params))


def _below(site_id: str) -> str:
    return f"/sites/{segment(site_id)}/cyclers"


def _events(cycler_id: str) -> str:
    return f"/cyclers/{segment(cycler_id)}/service_events"

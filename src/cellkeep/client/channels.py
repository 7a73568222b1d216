"""Channels and their incidents."""

from typing import Any, Unpack

from cellkeep.client.resource import Filters, Resource, create_or_get, list_params, read, read_page
from cellkeep.client.transport import segment
from cellkeep.domain.channels import Channel
from cellkeep.domain.incidents import ChannelIncident
from cellkeep.domain.paging import Page


class Channels(Resource):
    """`client.channel`."""

    def create(self, cycler_id: str, data: dict[str, Any]) -> Channel:
        """Create a channel, in service, from `name` and, as wanted, `notes`, `max_amps`, `min_volts`, `max_volts`.

        Raises:
            ConflictError: the cycler has a channel of that name.
            BadRequestError: `out_of_commission` was given; `update` takes a channel out.
        """
        return read(Channel, self._transport.post(_below(cycler_id), data))

    def create_or_get(self, cycler_id: str, data: dict[str, Any]) -> Channel:
        """Create a channel, or get the one of that name unchanged."""
        return create_or_get(lambda: self.create(cycler_id, data), self.get)

    def get(self, channel_id: str) -> Channel:
        return read(Channel, self._transport.get(f"/channels/{segment(channel_id)}"))

    def list(
        self, cycler_id: str, limit: int | None = None, offset: int | None = None, **filters: Unpack[Filters]
    ) -> Page[Channel]:
        """The channels of a cycler, newest first."""
        return read_page(Channel, self._transport.get(_below(cycler_id), list_params(limit, offset, filters)))

    def list_all(
        self,
        limit: int | None = None,
        offset: int | None = None,
        *,
        cycler_id: str | None = None,
        **filters: Unpack[Filters],
    ) -> Page[Channel]:
        """The channels of all cyclers that you see, newest first."""
        params = {"cycler_id": cycler_id, **list_params(limit, offset, filters)}
        return read_page(Channel, self._transport.get("/channels", params))

    def update(self, channel_id: str, data: dict[str, Any]) -> Channel:
        """Change the given keys; null clears.

        `out_of_commission` takes the channel out of service or returns it, and its history remembers both. Taking it
        out, `incident_category` is `hardware_failure`, `maintenance`, `calibration`, `decommissioned` or `other`, with
        `incident_notes`, `service_scheduled_at` (needed for maintenance and calibration) and
        `service_scheduled_until`; returning it, `resolution_notes`. The two dates can also be changed later.

        Raises:
            ConflictError: a test runs on the channel, or its cycler has another channel of that name.
            BadRequestError: a date is missing, or the visit ends before it starts.
        """
        return read(Channel, self._transport.patch(f"/channels/{segment(channel_id)}", data))

    def delete(self, channel_id: str) -> None:
        """Remove a channel; measurements that ran on it stay."""
        self._transport.delete(f"/channels/{segment(channel_id)}")

    def list_incidents(
        self, channel_id: str, limit: int | None = None, offset: int | None = None
    ) -> Page[ChannelIncident]:
        """The outages of a channel, newest first, 20 at a time unless asked otherwise; at most 100.

        The present one has no `resolved_at`.
        """
        params = {"limit": limit, "offset": offset}
        return read_page(ChannelIncident, self._transport.get(f"/channels/{segment(channel_id)}/incidents", params))


def _below(cycler_id: str) -> str:
    return f"/cyclers/{segment(cycler_id)}/channels"

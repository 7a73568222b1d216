"""Channels of cyclers."""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from sqlalchemy import Select, select, update

from cellkeep.domain.channels import Channel, ChannelDraft, ChannelPatch, ChannelQuery
from cellkeep.domain.paging import ListQuery, Page
from cellkeep.domain.people import Caller
from cellkeep.domain.planned_measurements import LONGEST_PLAN_S, PlannedMeasurementStatus
from cellkeep.domain.records import now
from cellkeep.storage.repository import Repository, stamp, stamped
from cellkeep.storage.tables import ChannelRow, CyclerRow, MeasurementRow, PlannedMeasurementRow

_DRAFTED = ("notes", "max_amps", "min_volts", "max_volts")


class Channels(Repository[ChannelRow]):
    table = ChannelRow
    noun = "channel"
    parent = "cycler_id"

    def get(self, channel_id: str) -> Channel:
        return channel(self.row(channel_id))

    def list(self, cycler_id: str, asked: ListQuery) -> Page[Channel]:
        return self._listed(self._visible().where(ChannelRow.cycler_id == cycler_id), asked)

    def list_all(self, asked: ChannelQuery) -> Page[Channel]:
        query = self._visible()
        if asked.cycler_id is not None:
            query = query.where(ChannelRow.cycler_id == asked.cycler_id)
        if asked.project_id is not None:
            query = query.where(ChannelRow.project_id == asked.project_id)
        return self._listed(query, asked)

    def create(self, cycler: CyclerRow, draft: ChannelDraft, caller: Caller) -> Channel:
        row = ChannelRow(
            name=draft.name,
            cycler_id=cycler.id,
            project_id=cycler.project_id,
            out_of_commission=False,
            **{key: getattr(draft, key) for key in _DRAFTED},
            **stamp(caller, draft.custom()),
        )
        self._add(row)
        return channel(row)

    def update(self, row: ChannelRow, patch: ChannelPatch, changes: dict[str, Any]) -> Channel:
        with self._named(row, changes.get("name", row.name)):
            self._change(row, changes, patch.custom())
        return channel(row)

    def present(self, channel_ids: Iterable[str]) -> dict[str, ChannelRow]:
        """Those of the channels that are there, by id, locked."""
        query = self._visible().where(ChannelRow.id.in_(set(channel_ids)))
        return {row.id: row for row in self._fetched(query, lock=True)}

    def of_cycler(self, cycler_id: str) -> Sequence[ChannelRow]:
        """All channels of a cycler, locked."""
        return self._fetched(self._visible().where(ChannelRow.cycler_id == cycler_id), lock=True)

    def vacate(
        self, *, channel_id: str | None = None, cycler_id: str | None = None, site_id: str | None = None
    ) -> None:
        """Let go of one channel, or of all below, that are about to be removed; also of those that the viewer misses.

        Measurements do not say any more where they ran, and what was scheduled is only requested again.
        """
        cyclers = select(CyclerRow.id).where((CyclerRow.id == cycler_id) | (CyclerRow.site_id == site_id))
        going = select(ChannelRow.id).where((ChannelRow.id == channel_id) | ChannelRow.cycler_id.in_(cyclers))
        # Cyclers before channels, as where they are serviced; and no channel is added to them from here on.
        self._session.scalars(cyclers.order_by(CyclerRow.id).with_for_update()).all()
        self._session.scalars(going.order_by(ChannelRow.id).with_for_update()).all()
        linked = select(MeasurementRow.id).where(MeasurementRow.channel_id.in_(going))
        self._session.scalars(linked.order_by(MeasurementRow.id).with_for_update()).all()
        forget = update(MeasurementRow).where(MeasurementRow.channel_id.in_(going))
        self._session.execute(forget.values(channel_id=None, updated_at=now()))
        plans = select(PlannedMeasurementRow).where(PlannedMeasurementRow.channel_id.in_(going))
        for plan in self._session.scalars(plans.order_by(PlannedMeasurementRow.id).with_for_update()):
            _release(plan)

    def _listed(self, query: Select[ChannelRow], asked: ListQuery) -> Page[Channel]:
        rows, total = self._page(query, asked)
        return Page(items=[channel(row) for row in rows], count=len(rows), total=total)


def _release(plan: PlannedMeasurementRow) -> None:
    plan.updated_at = now()
    plan.channel_id = None
    if plan.status != PlannedMeasurementStatus.scheduled:
        return
    if plan.estimated_duration_seconds is None and plan.planned_start_time and plan.planned_end_time:
        seconds = ceil((plan.planned_end_time - plan.planned_start_time).total_seconds())
        plan.estimated_duration_seconds = min(seconds, LONGEST_PLAN_S)
    plan.status = PlannedMeasurementStatus.requested
    plan.planned_start_time = plan.planned_end_time = plan.scheduled_by_email = None


def channel(row: ChannelRow) -> Channel:
    """The record of a row."""
    plain = {key: getattr(row, key) for key in ("cycler_id", "project_id", "out_of_commission", *_DRAFTED)}
    return Channel.model_validate({**stamped(row), **plain})

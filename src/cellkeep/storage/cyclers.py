"""Cyclers."""

from typing import Any

from cellkeep.domain.cyclers import Cycler, CyclerDraft, CyclerPatch, CyclerQuery, calibration_due
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.storage.repository import Repository, stamp, stamped
from cellkeep.storage.tables import CyclerRow, SiteRow

_DRAFTED = (
    "manufacturer",
    "model",
    "version",
    "serial_number",
    "firmware_version",
    "hostname",
    "ip_address",
    "port",
    "notes",
    "last_calibrated_at",
    "calibration_interval_days",
)


class Cyclers(Repository[CyclerRow]):
    table = CyclerRow
    noun = "cycler"
    parent = "site_id"

    def get(self, cycler_id: str) -> Cycler:
        return _cycler(self.row(cycler_id))

    def list(self, site_id: str, asked: CyclerQuery) -> Page[Cycler]:
        query = self._visible().where(CyclerRow.site_id == site_id)
        if asked.project_id is not None:
            query = query.where(CyclerRow.project_id == asked.project_id)
        rows, total = self._page(query, asked)
        return Page(items=[_cycler(row) for row in rows], count=len(rows), total=total)

    def create(self, site: SiteRow, draft: CyclerDraft, caller: Caller) -> Cycler:
        row = CyclerRow(
            name=draft.name,
            site_id=site.id,
            project_id=draft.project_id,
            calibration_due_at=calibration_due(draft.last_calibrated_at, draft.calibration_interval_days),
            **{key: getattr(draft, key) for key in _DRAFTED},
            **stamp(caller, draft.custom()),
        )
        self._add(row)
        return _cycler(row)

    def update(self, cycler_id: str, patch: CyclerPatch, changes: dict[str, Any]) -> Cycler:
        """Change a cycler; its next calibration follows."""
        row = self.row(cycler_id, lock=True)
        last = changes.get("last_calibrated_at", row.last_calibrated_at)
        due = calibration_due(last, changes.get("calibration_interval_days", row.calibration_interval_days))
        with self._named(row, changes.get("name", row.name)):
            self._change(row, {**changes, "calibration_due_at": due}, patch.custom())
        return _cycler(row)


def _cycler(row: CyclerRow) -> Cycler:
    plain = {key: getattr(row, key) for key in ("site_id", "project_id", "calibration_due_at", *_DRAFTED)}
    return Cycler.model_validate({**stamped(row), **plain})

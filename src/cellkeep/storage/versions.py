"""Earlier versions of measurements, whose series was replaced."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cellkeep.domain.records import new_id
from cellkeep.domain.versions import Change, MeasurementVersion
from cellkeep.storage.tables import MeasurementRow, VersionRow

_SERIES = ("time_series", "steps", "cycles")
_AS_IT_IS = ("row_count", "step_count", "finding_counts", "repairs", "provenance")


class Versions:
    """What is asked of a measurement that the caller has been found to see."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, row: MeasurementRow, **replaced: Any) -> None:
        """Keep what a measurement is, with its series and tables, which are the version's from here on."""
        objects = {blob.role: blob for blob in row.blobs if blob.role in _SERIES}
        self._session.add(
            VersionRow(
                id=new_id(),
                measurement_id=row.id,
                number=self.count(row.id) + 1,
                series_key=objects["time_series"].key,
                steps_key=objects["steps"].key,
                cycles_key=objects["cycles"].key,
                size_bytes=sum(blob.size_bytes for blob in objects.values()),
                sha256=objects["time_series"].sha256,
                **{name: getattr(row, name) for name in _AS_IT_IS},
                **replaced,
            )
        )

    def count(self, measurement_id: str) -> int:
        """How many versions there were before the present one."""
        query = select(func.count()).select_from(VersionRow).where(VersionRow.measurement_id == measurement_id)
        return self._session.scalar(query) or 0

    def find(self, measurement_id: str, number: int) -> VersionRow | None:
        """An earlier version."""
        query = select(VersionRow).where(VersionRow.measurement_id == measurement_id, VersionRow.number == number)
        return self._session.scalars(query).one_or_none()

    def of(self, row: MeasurementRow) -> list[MeasurementVersion]:
        """All versions, the present one first."""
        query = select(VersionRow).where(VersionRow.measurement_id == row.id).order_by(VersionRow.number)
        earlier = self._session.scalars(query).all()
        sha256 = next((blob.sha256 for blob in row.blobs if blob.role == "time_series"), None)
        present = {"number": len(earlier) + 1, "sha256": sha256, **_plain(row)}
        kept = [
            {"number": each.number, "sha256": each.sha256, "replaced_at": each.replaced_at, **_plain(each)}
            for each in earlier
        ]
        return [
            MeasurementVersion.model_validate({**version, **made})
            for version, made in zip([*kept, present], _makers(row, earlier), strict=True)
        ][::-1]


def _plain(row: MeasurementRow | VersionRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _AS_IT_IS}


def _makers(row: MeasurementRow, earlier: Sequence[VersionRow]) -> list[dict[str, Any]]:
    """Who made each, when, and what that changed: what replaced the one before."""
    first = {"made_at": row.created_at, "made_by": row.created_by, "made_by_email": row.created_by_email}
    others = [
        {
            "made_at": each.replaced_at,
            "made_by": each.replaced_by,
            "made_by_email": each.replaced_by_email,
            "change": Change.model_validate(each.change) if each.change else None,
        }
        for each in earlier
    ]
    return [first, *others]

"""Where a series comes from, and what it was before, as a page shows it."""

from typing import Any
from urllib.parse import quote

from cellkeep.domain.measurements import CellMeasurement, MeasurementType
from cellkeep.services import versions
from cellkeep.storage.store import UnitOfWork

_SHOWN_FILES = 200


def origin_of(work: UnitOfWork, record: CellMeasurement) -> dict[str, Any]:
    """The files with links to those that are kept, and all versions."""
    if record.measurement_type != MeasurementType.time_series:
        return {"sources": [], "versions": []}
    files = record.provenance.files[:_SHOWN_FILES] if record.provenance else []
    kept = work.raw_data.kept(each.raw_data_id for each in files if each.raw_data_id)
    return {
        "place": f"/ui/measurements/{quote(record.id, safe='')}",
        "sources": [
            {
                "name": each.name,
                "size_bytes": each.size_bytes,
                "sha256": each.sha256,
                "link": f"/ui/raw_data/{quote(each.raw_data_id, safe='')}" if each.raw_data_id in kept else None,
            }
            for each in files
        ],
        "versions": versions.listed(work, record.id).versions,
    }

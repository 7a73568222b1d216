"""What measurements were before their files were read again."""

from cellkeep.domain.errors import NotFoundError
from cellkeep.domain.versions import SeriesPart, VersionList
from cellkeep.services import one_file
from cellkeep.services.measurements import Links, ready_keys, require_series
from cellkeep.storage.store import UnitOfWork
from cellkeep.storage.tables import MeasurementRow, VersionRow


def listed(work: UnitOfWork, measurement_id: str) -> VersionList:
    """All versions of a series, the present one first.

    Raises:
        BadRequestError: it is no time series.
    """
    row = work.measurements.row(measurement_id, lock=True)  # or it could be replaced in between, and be there twice
    require_series(row)
    return VersionList(versions=work.versions.of(row))


def link(links: Links, measurement_id: str, number: int, part: SeriesPart) -> str:
    """A link to a part of a version, the present one included.

    Raises:
        NotFoundError: there is no such version.
        NotReadyError: it is the present one, and its tables are not there.
    """
    with links.store.reading(links.caller) as work:
        row = work.measurements.row(measurement_id, lock=True)  # or it could be replaced in between
        require_series(row)
        present = work.versions.count(measurement_id) + 1
        earlier = work.versions.find(measurement_id, number)
    if earlier is not None:
        return links.to(_key(earlier, part))
    if number != present:
        raise NotFoundError(f"The measurement '{row.name}' has no version {number}; it has 1 to {present}.")
    return links.to(_present(links, row, part))


def _present(links: Links, row: MeasurementRow, part: SeriesPart) -> str:
    return one_file.series_key(links.store, row) if part == "time_series" else ready_keys(row)[part]


def _key(version: VersionRow, part: SeriesPart) -> str:
    return {"time_series": version.series_key, "steps": version.steps_key, "cycles": version.cycles_key}[part]

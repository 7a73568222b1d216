"""What a project holds, as the server answers it."""

from collections.abc import Iterator
from typing import Any

from cellkeep.client.crate.records import Record, in_order
from cellkeep.client.transport import Transport, segment

_PAGE = 1000
_SHORT_PAGE = 100


class Holdings:
    """Everything in one project, each list from the oldest to the newest."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._id = project_id

    def project(self) -> Record:
        found: Record = self._transport.get(f"/projects/{segment(self._id)}")
        return found

    def raw_data(self) -> list[Record]:
        return self._all("/raw_data", project_id=self._id)

    def sites(self) -> list[Record]:
        """The sites with a cycler of the project."""
        return [site for site in self._all("/sites") if self.cyclers(site["id"])]

    def cyclers(self, site_id: str) -> list[Record]:
        return self._all(f"/sites/{segment(site_id)}/cyclers", project_id=self._id)

    def service_events(self, cycler_id: str) -> list[Record]:
        return list(self._each(f"/cyclers/{segment(cycler_id)}/service_events"))

    def channels(self, cycler_id: str) -> list[Record]:
        return self._all(f"/cyclers/{segment(cycler_id)}/channels")

    def incidents(self, channel_id: str) -> list[Record]:
        return list(self._each(f"/channels/{segment(channel_id)}/incidents", page=_SHORT_PAGE))

    def specifications(self) -> list[Record]:
        return self._all("/cell_specifications", project_id=self._id, full="true")

    def batches(self, specification_id: str) -> list[Record]:
        return self._all(f"/cell_specifications/{segment(specification_id)}/cell_batches")

    def cells(self, specification_id: str) -> list[Record]:
        return self._all(f"/cell_specifications/{segment(specification_id)}/cell_instances")

    def measurements(self, cell_id: str) -> list[Record]:
        return self._all(f"/cell_instances/{segment(cell_id)}/cell_measurements")

    def measurement(self, measurement_id: str) -> Record:
        found: Record = self._transport.get(f"/cell_measurements/{segment(measurement_id)}")
        return found

    def raw_data_of(self, measurement_id: str) -> list[str]:
        """Ids of the raw files of a measurement."""
        found = self._all(f"/cell_measurements/{segment(measurement_id)}/raw_data")
        return [each["id"] for each in found]

    def findings(self, measurement_id: str) -> list[Record]:
        found: list[Record] = self._transport.get(f"/cell_measurements/{segment(measurement_id)}/findings")["findings"]
        return found

    def files(self, measurement_id: str) -> list[str]:
        """Names of the files of a measurement."""
        found: list[str] = self._transport.get(f"/cell_measurements/{segment(measurement_id)}/files")["filenames"]
        return found

    def materials(self) -> list[Record]:
        return self._all("/materials", project_id=self._id)

    def property_datasets(self, material_id: str) -> list[Record]:
        return self._all("/material_property_datasets", material_id=material_id)

    def analyses(self) -> list[Record]:
        return self._all("/analyses", page=_SHORT_PAGE, project_id=self._id)

    def studies(self) -> list[Record]:
        return self._all(f"/projects/{segment(self._id)}/studies")

    def study_members(self, study_id: str) -> list[str]:
        """Ids of the measurements of a study."""
        path = f"/projects/{segment(self._id)}/studies/{segment(study_id)}/measurements"
        return [each["id"] for each in self._all(path)]

    def plans(self) -> list[Record]:
        return self._all(f"/projects/{segment(self._id)}/planned_measurements")

    def _all(self, path: str, page: int = _PAGE, **params: Any) -> list[Record]:
        return in_order(self._each(path, page, order_by="created_at", order="asc", **params))

    def _each(self, path: str, page: int = _PAGE, **params: Any) -> Iterator[Record]:
        offset = 0
        while True:
            answer = self._transport.get(path, {**params, "limit": page, "offset": offset})
            yield from answer["items"]
            offset += len(answer["items"])
            if not answer["items"] or offset >= answer["total"]:
                return

"""A laboratory: one site, one cycler with channels, and cells to put on them."""

from dataclasses import dataclass
from typing import Any

from cellkeep.domain.channels import ChannelDraft, ChannelPatch
from cellkeep.domain.cyclers import CyclerDraft
from cellkeep.domain.incidents import ChannelIncident, IncidentQuery
from cellkeep.domain.instances import InstanceDraft
from cellkeep.domain.lab import LabStatus
from cellkeep.domain.measurements import CellMeasurement, MeasurementDraft, MeasurementPatch
from cellkeep.domain.people import Caller, ProjectRole
from cellkeep.domain.planned_measurements import PlannedDraft, PlannedMeasurement, PlannedPatch
from cellkeep.domain.sites import SiteDraft
from cellkeep.services import channels, cyclers, instances, lab, measurements, planned_measurements, sites
from cellkeep.storage.store import Store
from services.bench import Bench, bench


@dataclass
class LabBench(Bench):
    site_id: str = ""
    cycler_id: str = ""
    channel_ids: tuple[str, ...] = ()

    def add_cycler(self, name: str, project_id: str | None = None, **said: Any) -> str:
        with self.store.writing(self.caller) as work:
            draft = CyclerDraft.model_validate({"name": name, "project_id": project_id or self.project_id, **said})
            return cyclers.create(work, self.caller, self.site_id, draft).id

    def add_channel(self, name: str, cycler_id: str | None = None, **said: Any) -> str:
        with self.store.writing(self.caller) as work:
            draft = ChannelDraft.model_validate({"name": name, **said})
            return channels.create(work, self.caller, cycler_id or self.cycler_id, draft).id

    def add_cell(self, name: str) -> str:
        with self.store.writing(self.caller) as work:
            return instances.create(work, self.caller, self.spec_id, InstanceDraft(name=name)).id

    def run(self, name: str, channel: int | str = 0, **said: Any) -> str:
        """A recorded series on a channel, without its bytes; it runs since 2026 begins unless said otherwise."""
        channel_id = self.channel_ids[channel] if isinstance(channel, int) else channel
        recorded = self.record(name)
        self.change(recorded, **{"channel_id": channel_id, "start_time": "2026-01-01", **said})
        return recorded

    def record(self, name: str, measurement_type: str = "time_series") -> str:
        """A measurement, as if it had been sent."""
        with self.store.writing(self.caller) as work:
            instance = work.instances.row(self.instance_id)
            draft = MeasurementDraft(name=name)
            return work.measurements.add(instance, draft, self.caller, tags=[], measurement_type=measurement_type).id

    def change(self, measurement_id: str, **said: Any) -> CellMeasurement:
        with self.store.writing(self.caller) as work:
            return measurements.update(work, self.caller, measurement_id, MeasurementPatch.model_validate(said))

    def set_channel(self, channel: int | str = 0, **said: Any) -> Any:
        channel_id = self.channel_ids[channel] if isinstance(channel, int) else channel
        with self.store.writing(self.caller) as work:
            return channels.update(work, self.caller, channel_id, ChannelPatch.model_validate(said))

    def incidents(self, channel: int = 0) -> list[ChannelIncident]:
        with self.store.reading(self.caller) as work:
            return channels.incidents(work, self.channel_ids[channel], IncidentQuery()).items

    def out(self) -> list[bool]:
        """Of each channel, whether it is out of commission."""
        with self.store.reading(self.caller) as work:
            return [work.channels.get(key).out_of_commission for key in self.channel_ids]

    def plan(self, name: str = "Plan", **said: Any) -> PlannedMeasurement:
        usual = {"protocol_id": "p", "cell_specification_id": self.spec_id, "estimated_duration_seconds": 3600}
        with self.store.writing(self.caller) as work:
            draft = PlannedDraft.model_validate({"name": name, **usual, **said})
            return planned_measurements.create(work, self.caller, self.project_id, draft)

    def replan(self, planned_id: str, **said: Any) -> PlannedMeasurement:
        with self.store.writing(self.caller) as work:
            patch = PlannedPatch.model_validate(said)
            return planned_measurements.update(work, self.caller, self.project_id, planned_id, patch)

    def planned(self, planned_id: str) -> PlannedMeasurement:
        with self.store.reading(self.caller) as work:
            return planned_measurements.get(work, self.project_id, planned_id)

    def status(self) -> LabStatus:
        with self.store.reading(self.caller) as work:
            return lab.status(work, self.caller, self.project_id)

    def person(self, email: str, roles: dict[str, ProjectRole] | None = None) -> Caller:
        """Somebody of the organization, with a role by project id."""
        with self.store.writing() as work:
            user_id = work.people.add_user(self.caller.organization, email, "Member")
            for project_id, role in (roles or {}).items():
                work.people.add_member(project_id, user_id, role)
            found = work.people.caller_of_user(user_id)
        assert found is not None
        return found


def lab_bench(store: Store, admin: Caller, n_channels: int = 3) -> LabBench:
    at = LabBench(**vars(bench(store, admin)))
    with store.writing(admin) as work:
        at.site_id = sites.create(work, admin, SiteDraft(name="Hall")).id
    at.cycler_id = at.add_cycler("Rack 1")
    at.channel_ids = tuple(at.add_channel(str(number + 1)) for number in range(n_channels))
    return at

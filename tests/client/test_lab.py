"""`client.site`, `cycler`, `channel`, `lab` and `planned_measurement`, the same over HTTP and in a folder."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from cellkeep import BadRequestError, ConflictError, InvalidError, NotFoundError, ScheduleStaleError
from cellkeep.client import Client
from cellkeep.client.planned_measurements import PlannedMeasurements
from cellkeep.domain.channels import Channel
from cellkeep.domain.cyclers import Cycler
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.sites import Site
from client.samples import series


@dataclass(frozen=True)
class Hall:
    """A site, a cycler and three channels."""

    site: Site
    cycler: Cycler
    channels: list[Channel]


@pytest.fixture
def hall(any_client: Client, cell: CellInstance) -> Hall:
    site = any_client.site.create({"name": f"Hall {uuid4()}", "location": "Building 9"})
    cycler = any_client.cycler.create(site.id, {"name": "Rack 1", "project_id": cell.project_id})
    ratings = [{}, {"max_amps": 5.0, "min_volts": 0.0, "max_volts": 5.0}, {"max_amps": 50, "min_volts": 2}]
    channels = [any_client.channel.create(cycler.id, {"name": str(n), **each}) for n, each in enumerate(ratings)]
    return Hall(site, cycler, channels)


def run(client: Client, cell: CellInstance, channel: Channel, name: str = "T", **said: Any) -> str:
    record = {"name": name, "channel_id": channel.id, "start_time": "2026-01-01T00:00:00Z", **said}
    return client.cell_measurement.create(cell.id, {"measurement": record, "time_series": series()}).id


def test_a_site_is_told_whole(any_client: Client, hall: Hall) -> None:
    """Its cyclers come with their channels, also where they fill several pages."""
    second = any_client.cycler.create_or_get(hall.site.id, {"name": "Rack 2", "project_id": hall.cycler.project_id})
    detail = any_client.site.detail(hall.site.id)
    assert detail.site == hall.site
    assert [each.cycler.id for each in detail.cyclers] == [second.id, hall.cycler.id]
    assert [len(each.channels) for each in detail.cyclers] == [0, 3]
    assert detail.cyclers[1] == any_client.cycler.detail(hall.cycler.id)
    assert detail.cyclers[1] == any_client.cycler.detail_from_cycler(hall.cycler)
    assert detail.cyclers[1].site_id == hall.site.id


def test_names_are_made_once(any_client: Client, hall: Hall) -> None:
    """create_or_get gives what holds the name, unchanged."""
    assert any_client.site.create_or_get({"name": hall.site.name, "location": "x"}) == hall.site
    draft = {"name": "Rack 1", "project_id": hall.cycler.project_id, "model": "x"}
    assert any_client.cycler.create_or_get(hall.site.id, draft) == hall.cycler
    assert any_client.channel.create_or_get(hall.cycler.id, {"name": "0", "notes": "x"}) == hall.channels[0]


def test_a_series_is_created_on_a_channel(any_client: Client, cell: CellInstance, hall: Hall) -> None:
    """While it runs the channel is taken, and a conflict about that is never answered with some other record."""
    first = run(any_client, cell, hall.channels[0])
    assert any_client.cell_measurement.get(first).channel_id == hall.channels[0].id
    second = {"name": "U", "channel_id": hall.channels[0].id, "start_time": "2026-02-01"}
    with pytest.raises(ConflictError, match="'T'") as refused:
        any_client.cell_measurement.create_or_get(cell.id, {"measurement": second, "time_series": series()})
    assert refused.value.existing_id is None
    assert any_client.cell_measurement.list(cell.id).total == 1


def test_the_view_of_the_morning(any_client: Client, cell: CellInstance, hall: Hall) -> None:
    """Counts, free channels for a need, what runs where and what is watched, all of one moment."""
    project = cell.project_id
    running = run(any_client, cell, hall.channels[0])
    any_client.cell_measurement.watch(running)
    any_client.cell_measurement.watch(running)
    status = any_client.lab.status(project)
    use = any_client.lab.utilization(project, status=status)
    assert (use.percent, use.occupied, use.stale, use.free, use.out_of_commission, use.total) == (33, 1, 0, 2, 0, 3)
    assert use == any_client.lab.utilization(project)
    free = any_client.lab.free_channels(project, status=status)
    assert [(each.channel.name, each.cycler_name, each.site_id) for each in free] == [
        ("1", "Rack 1", hall.site.id),
        ("2", "Rack 1", hall.site.id),
    ]
    needs: list[tuple[dict[str, float], list[str]]] = [
        ({"min_amps": 5}, ["1", "2"]),
        ({"min_amps": 6}, ["2"]),
        ({"min_volts": 1}, ["1"]),
        ({"min_volts": 2, "min_amps": 1}, ["1", "2"]),
        ({"max_volts": 4.2}, ["1"]),
    ]
    for need, names in needs:
        found = any_client.lab.free_channels(project, **need)  # type: ignore[arg-type]
        assert [each.channel.name for each in found] == names, need
    assert [each.channel.name for each in any_client.lab.watched_channels(project)] == ["0"]
    assert any_client.lab.stale_channels(project) == []
    summary = any_client.lab.on_channel(project, hall.channels[0].id)
    assert summary is not None
    assert (summary.id, summary.cell_instance_name, summary.watched) == (running, cell.name, True)
    assert any_client.lab.on_channel(project, hall.channels[1].id, status=status) is None
    assert any_client.lab.on_channel(project, "nothing", status=status) is None
    assert any_client.lab.list_watched(project) == [running]
    any_client.cell_measurement.unwatch(running)
    any_client.cell_measurement.unwatch(running)
    assert any_client.lab.list_watched(project) == []
    with pytest.raises(NotFoundError):
        any_client.cell_measurement.watch("nothing")


def test_an_outage_and_a_service(any_client: Client, hall: Hall) -> None:
    """A channel goes out on its own, and all of them with the cycler; each history tells both."""
    broken = hall.channels[0]
    any_client.channel.update(broken.id, {"out_of_commission": True, "incident_category": "hardware_failure"})
    until = "2026-09-17T17:00:00Z"
    event = any_client.cycler.start_service(
        hall.cycler.id, "calibration", "2026-09-15", scheduled_until=until, notes="y"
    )
    assert [each.out_of_commission for each in any_client.channel.list_all(cycler_id=hall.cycler.id)] == [True] * 3
    with pytest.raises(ConflictError, match="in service"):
        any_client.cycler.start_service(hall.cycler.id, "repair", "2026-09-15")
    done = any_client.cycler.complete_service(hall.cycler.id, notes="z", calibration_interval_days=365)
    assert (done.id, done.notes) == (event.id, "z")
    assert any_client.cycler.list_service_events(hall.cycler.id).items == [done]
    assert any_client.cycler.get(hall.cycler.id).calibration_interval_days == 365
    assert [
        each.out_of_commission for each in any_client.channel.list(hall.cycler.id, order_by="name", order="asc")
    ] == [
        True,
        False,
        False,
    ]
    (incident,) = any_client.channel.list_incidents(hall.channels[1].id)
    assert (incident.service_event_id, incident.category, incident.notes) == (event.id, "calibration", "y")
    with pytest.raises(BadRequestError, match="service_scheduled_at"):
        any_client.channel.update(hall.channels[1].id, {"out_of_commission": True, "incident_category": "maintenance"})


def test_a_schedule_is_proposed_and_applied(any_client: Client, cell: CellInstance, hall: Hall) -> None:
    """Assignments go back as they came, as records or as dicts; a second time they are stale."""
    plans, project = any_client.planned_measurement, cell.project_id
    asked = {"protocol_id": "p", "cell_specification_id": cell.cell_specification_id, "estimated_duration_seconds": 60}
    made = [plans.create({"name": name, **asked}, project) for name in ("A", "B")]
    assert plans.create_or_get({"name": "A", **asked}, project) == made[0]
    proposal = plans.auto_schedule_proposal([each.id for each in made], start_after="2050-01-01", project_id=project)
    assert all(each.is_scheduled for each in proposal.assignments)
    assert len({each.channel_id for each in proposal.assignments}) == 2
    mixed = [proposal.assignments[0], proposal.assignments[1].model_dump()]
    done = plans.apply_auto_schedule_proposal(mixed, project)
    assert [(each.id, each.status) for each in done] == [(each.id, "scheduled") for each in made]
    with pytest.raises(ScheduleStaleError):
        plans.apply_auto_schedule_proposal(mixed, project)
    listed = plans.list(project, status="scheduled", channel_id=done[0].channel_id)
    assert [each.id for each in listed] == [made[0].id]
    moved = plans.schedule(made[1].id, hall.channels[0].id, "2051-01-01", "2051-01-02", project)
    assert moved.channel_id == hall.channels[0].id
    assert plans.cancel(made[1].id, project).status == "cancelled"
    assert plans.update(made[1].id, {"notes": "n"}, project).notes == "n"
    plans.delete(made[1].id, project)
    with pytest.raises(NotFoundError):
        plans.get(made[1].id, project)


def test_a_plan_needs_a_project(any_client: Client, cell: CellInstance) -> None:
    """The client's own project is taken; of several without a choice, none."""
    any_client.project.create({"name": f"Another {uuid4()}"})
    with pytest.raises(InvalidError, match="say which one"):
        any_client.planned_measurement.list()
    own = PlannedMeasurements(any_client._transport, cell.project_id)
    assert own.list().total == 0


def test_what_is_removed_is_gone(any_client: Client, cell: CellInstance, hall: Hall) -> None:
    """Channel, cycler and site can be changed and removed; measurements stay."""
    running = run(any_client, cell, hall.channels[0])
    assert any_client.site.update(hall.site.id, {"location": None}).location is None
    assert any_client.cycler.update(hall.cycler.id, {"port": 0}).port == 0
    assert any_client.site.list(location="building", name_exact=hall.site.name).total == 0
    any_client.channel.delete(hall.channels[0].id)
    assert any_client.cell_measurement.get(running).channel_id is None
    any_client.cycler.delete(hall.cycler.id)
    any_client.site.delete(hall.site.id)
    for get, record_id in (
        (any_client.channel.get, hall.channels[1].id),
        (any_client.cycler.get, hall.cycler.id),
        (any_client.site.get, hall.site.id),
    ):
        with pytest.raises(NotFoundError):
            get(record_id)

"""The laboratory, through either client."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from samples import series

YEAR = "2050-01-0"


@pytest.fixture
def hall(client: Any, project_id: str) -> Any:
    """A site with one cycler of three channels; sites belong to the organization, so the name is new."""
    site = client.site.create({"name": f"Hall {uuid4()}", "location": "Building 9"})
    said = {"project_id": project_id, "manufacturer": "BioLogic", "hostname": "rack.lab", "port": 8023}
    cycler = client.cycler.create(site.id, {"name": "Rack 1", **said})
    ratings = ({}, {"max_amps": 5.0, "min_volts": 0.0, "max_volts": 5.0}, {"max_amps": 50.0})
    channels = [client.channel.create(cycler.id, {"name": str(n), **each}) for n, each in enumerate(ratings)]
    return SimpleNamespace(site=site, cycler=cycler, channels=channels)


def run(client: Any, cell: Any, channel: Any, name: str = "T", **said: Any) -> str:
    record = series(name, channel_id=channel.id, start_time="2026-01-01T00:00:00Z", **said)
    found: str = client.cell_measurement.create(cell.id, record).id
    return found


def refused(errors: type[Exception], status: int, code: str, call: Any) -> Any:
    """The error that a call ends in."""
    with pytest.raises(errors) as found:
        call()
    assert (found.value.status_code, found.value.error_code) == (status, code)
    return found.value


def test_sites_are_made_found_changed_and_removed(client: Any, hall: Any, errors: type[Exception]) -> None:
    """A name is taken once; a part of the place finds the site; what is removed is gone with all in it."""
    taken = refused(errors, 409, "CONFLICT", lambda: client.site.create({"name": hall.site.name}))
    assert taken.data["detail"]["existing_id"] == hall.site.id
    assert client.site.create_or_get({"name": hall.site.name}).id == hall.site.id
    assert client.site.get(hall.site.id).location == "Building 9"
    assert client.site.list(location="BUILDING", name_exact=hall.site.name).total == 1
    assert client.site.list(name=hall.site.name[5:].upper(), order_by="name", order="asc")[0].id == hall.site.id
    assert client.site.list(name_exact="nowhere").total == 0
    assert client.site.update(hall.site.id, {"location": None}).location is None
    client.site.delete(hall.site.id)
    for get, record_id in (
        (client.site.get, hall.site.id),
        (client.cycler.get, hall.cycler.id),
        (client.channel.get, hall.channels[0].id),
    ):
        refused(errors, 404, "NOT_FOUND", lambda get=get, record_id=record_id: get(record_id))


def test_a_site_is_told_whole(client: Any, hall: Any, project_id: str) -> None:
    """With its cyclers and their channels, also over the edge of a page of a hundred."""
    full = client.cycler.create(hall.site.id, {"name": "Full", "project_id": project_id})
    for number in range(101):
        client.channel.create(full.id, {"name": str(number)})
    detail = client.site.detail(hall.site.id)
    assert detail.site.id == hall.site.id
    assert {each.cycler.name: len(each.channels) for each in detail.cyclers} == {"Full": 101, "Rack 1": 3}
    one = client.cycler.detail(hall.cycler.id)
    assert (one.cycler.id, one.site_id) == (hall.cycler.id, hall.site.id)
    assert {each.name for each in one.channels} == {"0", "1", "2"}
    assert client.cycler.detail_from_cycler(hall.cycler).channels == one.channels


def test_cyclers_are_found_by_what_they_are(client: Any, hall: Any, project_id: str, errors: type[Exception]) -> None:
    """By texts, owner and calibration; the next calibration follows the last."""
    assert (hall.cycler.project_id, hall.cycler.port, hall.cycler.calibration_due_at) == (project_id, 8023, None)
    assert client.cycler.create_or_get(hall.site.id, {"name": "Rack 1", "project_id": project_id}).id == hall.cycler.id
    refused(errors, 422, "INVALID", lambda: client.cycler.create(hall.site.id, {"name": "No project"}))
    said = {"last_calibrated_at": "2026-01-01", "calibration_interval_days": 31, "serial_number": "SN-1"}
    changed = client.cycler.update(hall.cycler.id, {**said, "firmware_version": "v11", "version": "2", "model": "VMP3"})
    assert changed.calibration_due_at.isoformat() == "2026-02-01T00:00:00+00:00"
    assert client.cycler.get(hall.cycler.id) == changed
    for asked, total in (
        ({"manufacturer": "biologic", "model": "vmp", "version": "2", "hostname": "RACK"}, 1),
        ({"serial_number": "sn-1", "firmware_version": "V11", "project_id": project_id}, 1),
        ({"project_id": "other"}, 0),
        ({"calibration_due_before": "2026-02-02", "order_by": "calibration_due_at", "order": "asc"}, 1),
        ({"calibration_due_after": "2026-02-01"}, 0),
    ):
        assert client.cycler.list(hall.site.id, **asked).total == total, asked
    client.cycler.delete(hall.cycler.id)
    refused(errors, 404, "NOT_FOUND", lambda: client.cycler.get(hall.cycler.id))


def test_channels_are_made_found_and_removed(client: Any, hall: Any, errors: type[Exception]) -> None:
    """In service when they are made; over all cyclers and on one."""
    free, rated, _ = hall.channels
    assert (free.out_of_commission, free.max_amps, rated.max_amps, rated.min_volts) == (False, None, 5.0, 0.0)
    assert client.channel.create_or_get(hall.cycler.id, {"name": "0"}).id == free.id
    new = {"name": "N", "out_of_commission": False}
    refused(errors, 400, "BAD_REQUEST", lambda: client.channel.create(hall.cycler.id, new))
    assert client.channel.update(free.id, {"notes": "n", "max_volts": 4.5}).max_volts == 4.5
    assert client.channel.get(free.id).notes == "n"
    assert [each.name for each in client.channel.list(hall.cycler.id, order_by="name", order="asc")] == ["0", "1", "2"]
    assert client.channel.list(hall.cycler.id, limit=2).total == 3
    assert client.channel.list_all(cycler_id=hall.cycler.id, name_exact="1")[0].id == rated.id
    assert client.channel.list_all(limit=1).total >= 3
    client.channel.delete(free.id)
    refused(errors, 404, "NOT_FOUND", lambda: client.channel.get(free.id))


def test_the_view_of_the_morning(client: Any, cell: Any, hall: Any, project_id: str) -> None:
    """What runs where, how much is in use, what is free for a need, and what is watched."""
    running = run(client, cell, hall.channels[0], protocol={"name": "C/10"})
    client.channel.update(hall.channels[2].id, {"out_of_commission": True})
    client.cell_measurement.watch(running)
    client.cell_measurement.watch(running)
    status = client.lab.status(project_id)
    use = client.lab.utilization(project_id, status=status)
    assert (use.percent, use.occupied, use.stale, use.free, use.out_of_commission, use.total) == (33, 1, 0, 1, 1, 3)
    (site,) = status.sites
    (cycler,) = site.cyclers
    assert (cycler.channel_count, cycler.occupied, cycler.manufacturer) == (3, 1, "BioLogic")
    assert [str(channel.state) for channel in cycler.channels] == ["occupied", "free", "out_of_commission"]
    (free,) = client.lab.free_channels(project_id, min_amps=5, min_volts=0, max_volts=5)
    assert (free.channel.id, free.cycler_name, free.site_id) == (hall.channels[1].id, "Rack 1", hall.site.id)
    assert client.lab.free_channels(project_id, min_amps=6, status=status) == []
    assert client.lab.stale_channels(project_id) == []
    (watched,) = client.lab.watched_channels(project_id)
    assert watched.channel.measurement.id == running
    test = client.lab.on_channel(project_id, hall.channels[0].id)
    assert (test.id, test.cell_instance_name, test.cell_specification_name) == (running, "Cell", "Spec")
    assert (test.protocol_name, test.watched, test.cell_instance_id) == ("C/10", True, cell.id)
    assert client.lab.on_channel(project_id, hall.channels[2].id) is None
    assert client.lab.list_watched(project_id) == [running]
    client.cell_measurement.unwatch(running)
    client.cell_measurement.unwatch(running)
    assert client.lab.list_watched(project_id) == []


def test_only_what_is_there_is_watched(client: Any, errors: type[Exception]) -> None:
    """A measurement that is unknown can be neither watched nor left."""
    refused(errors, 404, "NOT_FOUND", lambda: client.cell_measurement.watch(str(uuid4())))
    refused(errors, 404, "NOT_FOUND", lambda: client.cell_measurement.unwatch(str(uuid4())))


def test_what_may_be_on_a_channel(client: Any, cell: Any, hall: Any, errors: type[Exception]) -> None:
    """A start is needed, and one run at a time, on a channel that is in service; null takes the run off."""
    there = {"channel_id": hall.channels[0].id}
    refused(errors, 400, "BAD_REQUEST", lambda: client.cell_measurement.create(cell.id, series("A", **there)))
    nowhere = series("A", channel_id="nothing", start_time="2026-01-01")
    refused(errors, 400, "BAD_REQUEST", lambda: client.cell_measurement.create(cell.id, nowhere))
    running = run(client, cell, hall.channels[0])
    taken = refused(errors, 409, "CONFLICT", lambda: run(client, cell, hall.channels[0], "Second"))
    assert "existing_id" not in (taken.data["detail"] or {})
    out = {"out_of_commission": True}
    refused(errors, 409, "CONFLICT", lambda: client.channel.update(hall.channels[0].id, out))
    assert client.cell_measurement.update(running, {"channel_id": None}).channel_id is None
    client.channel.update(hall.channels[0].id, out)
    back = lambda: client.cell_measurement.update(running, there)  # noqa: E731
    refused(errors, 409, "CONFLICT", back)
    client.channel.update(hall.channels[0].id, {"out_of_commission": False})
    assert back().channel_id == hall.channels[0].id
    client.channel.delete(hall.channels[0].id)
    assert client.cell_measurement.get(running).channel_id is None


def test_an_outage_is_remembered(client: Any, hall: Any, errors: type[Exception]) -> None:
    """A planned one needs a date; the same state again is nothing new."""
    channel_id, visit = hall.channels[0].id, {"out_of_commission": True, "incident_category": "maintenance"}
    refused(errors, 400, "BAD_REQUEST", lambda: client.channel.update(channel_id, visit))
    visit |= {"service_scheduled_at": "2020-01-01T09:00:00Z"}
    early = {**visit, "service_scheduled_until": "2020-01-01T09:00:00Z"}
    refused(errors, 400, "BAD_REQUEST", lambda: client.channel.update(channel_id, early))
    said = {**visit, "service_scheduled_until": "2020-01-02", "incident_notes": "relay"}
    assert client.channel.update(channel_id, said).out_of_commission
    assert client.channel.update(channel_id, said).out_of_commission
    (incident,) = client.channel.list_incidents(channel_id)
    assert (incident.category, incident.notes, incident.is_overdue_to_return) == ("maintenance", "relay", True)
    client.channel.update(channel_id, {"out_of_commission": False, "resolution_notes": "done"})
    found = client.channel.list_incidents(channel_id, limit=5, offset=0)
    assert (found.total, found[0].resolution_notes, found[0].is_overdue_to_return) == (1, "done", False)


def test_a_cycler_is_serviced(client: Any, cell: Any, hall: Any, errors: type[Exception]) -> None:
    """Not under a running test, and not twice; it takes all channels out and returns those that it took."""
    cycler_id = hall.cycler.id
    running = run(client, cell, hall.channels[1])
    refused(errors, 409, "CONFLICT", lambda: client.cycler.start_service(cycler_id, "repair", "2026-09-01"))
    client.cell_measurement.update(running, {"end_time": "2026-01-02"})
    client.channel.update(hall.channels[0].id, {"out_of_commission": True})
    span = {"scheduled_until": "2026-09-01"}
    refused(errors, 400, "BAD_REQUEST", lambda: client.cycler.start_service(cycler_id, "repair", "2026-09-01", **span))
    event = client.cycler.start_service(
        cycler_id, "calibration", "2026-09-01", scheduled_until="2026-09-02", notes="yearly"
    )
    assert (event.event_type, event.notes, event.performed_at) == ("calibration", "yearly", None)
    refused(errors, 409, "CONFLICT", lambda: client.cycler.start_service(cycler_id, "repair", "2026-09-01"))
    assert client.channel.list_incidents(hall.channels[1].id)[0].service_event_id == event.id
    done = client.cycler.complete_service(cycler_id, calibration_interval_days=10, notes="fine")
    assert (done.id, done.notes) == (event.id, "fine")
    cycler = client.cycler.get(cycler_id)
    assert cycler.last_calibrated_at == done.performed_at
    assert (cycler.calibration_due_at - cycler.last_calibrated_at).days == 10
    assert [client.channel.get(each.id).out_of_commission for each in hall.channels] == [True, False, False]
    late = client.cycler.complete_service(cycler_id, performed_at="2026-01-05T00:00:00Z", event_type="firmware")
    events = client.cycler.list_service_events(cycler_id, limit=10, offset=0)
    assert [each.id for each in events] == [late.id, done.id]
    assert client.cycler.get(cycler_id) == cycler


def ask(client: Any, spec: Any, name: str, **said: Any) -> Any:
    needed = {"protocol_id": "p1", "cell_specification_id": spec.id, "estimated_duration_seconds": 86400}
    return client.planned_measurement.create({"name": name, **needed, **said})


def test_a_plan_is_made_scheduled_and_given_up(
    client: Any, spec: Any, cell: Any, hall: Any, errors: type[Exception]
) -> None:
    """What lacks is named; a channel is kept from a start to before an end."""
    plans = client.planned_measurement
    lacking = refused(errors, 400, "BAD_REQUEST", lambda: plans.create({"name": "A"}))
    assert "protocol_id" in str(lacking)
    made = ask(client, spec, "A", cell_instance_id=cell.id)
    assert (made.status, made.requested_by_email, made.scheduled_by_email) == ("requested", "admin@localhost", None)
    assert plans.create_or_get({"name": "A", "protocol_id": "p", "cell_specification_id": spec.id,
                                "estimated_duration_seconds": 1}).id == made.id  # fmt: skip
    channel_id = hall.channels[0].id
    scheduled = plans.schedule(made.id, channel_id, f"{YEAR}1", f"{YEAR}3")
    assert (scheduled.status, scheduled.scheduled_by_email) == ("scheduled", "admin@localhost")
    other = ask(client, spec, "B")
    refused(errors, 409, "CONFLICT", lambda: plans.schedule(other.id, channel_id, f"{YEAR}2", f"{YEAR}4"))
    refused(errors, 400, "BAD_REQUEST", lambda: plans.schedule(other.id, channel_id, f"{YEAR}4", f"{YEAR}4"))
    plans.schedule(other.id, channel_id, f"{YEAR}3", f"{YEAR}4")
    listed = plans.list(channel_id=channel_id, status="scheduled", order_by="planned_start_time", order="asc")
    assert [each.id for each in listed] == [made.id, other.id]
    assert plans.list(name="a", limit=5).total == 1
    assert plans.update(made.id, {"notes": "n"}).notes == "n"
    assert plans.cancel(made.id).status == "cancelled"
    assert plans.get(made.id).status == "cancelled"
    plans.delete(made.id)
    refused(errors, 404, "NOT_FOUND", lambda: plans.get(made.id))


def test_a_schedule_is_proposed_and_applied(client: Any, spec: Any, hall: Any, errors: type[Exception]) -> None:
    """Nothing is stored by proposing; all is stored by applying, or nothing where something has changed."""
    plans = client.planned_measurement
    ids = [ask(client, spec, str(number)).id for number in range(4)]
    proposal = plans.auto_schedule_proposal(ids, start_after="2050-01-01T00:00:00Z")
    assert [each.channel_name for each in proposal.assignments] == ["0", "1", "2", "0"]
    assert [each.planned_start_time.day for each in proposal.assignments] == [1, 1, 1, 2]
    assert all(each.is_scheduled and each.cycler_name == "Rack 1" for each in proposal.assignments)
    assert {plans.get(key).status for key in ids} == {"requested"}
    plans.update(ids[3], {"notes": "changed"})
    refused(errors, 409, "SCHEDULE_STALE", lambda: plans.apply_auto_schedule_proposal(proposal.assignments))
    assert {plans.get(key).status for key in ids} == {"requested"}
    done = plans.apply_auto_schedule_proposal(proposal.assignments[:3])
    assert [(each.id, each.status) for each in done] == [(key, "scheduled") for key in ids[:3]]
    (again,) = plans.auto_schedule_proposal(ids[:1]).assignments
    assert (again.is_scheduled, again.channel_id) == (False, None)
    assert "scheduled" in again.unscheduled_reason

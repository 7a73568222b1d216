"""Sites, cyclers and channels, their service and their outages, through either client."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from samples import ahead, moment, names, series
from stands import Stand

CYCLER = {
    "manufacturer": "Neware",
    "model": "CT-4008",
    "version": "8",
    "serial_number": "SN-17",
    "firmware_version": "4.2.1",
    "hostname": "cycler-pc-1",
    "ip_address": "10.0.0.17",
    "port": 502,
    "notes": "by the door",
    "last_calibrated_at": "2026-01-10T08:00:00Z",
    "calibration_interval_days": 365,
}


def incidents(client: Any, *channels: Any) -> list[Any]:
    """The last incident of each channel."""
    return [client.channel.list_incidents(channel.id)[0] for channel in channels]


def is_out(client: Any, *channels: Any) -> list[bool]:
    return [client.channel.get(channel.id).out_of_commission for channel in channels]


def test_a_site_lives_its_life(client: Any, errors: type[Exception]) -> None:
    """Made, found again by name, changed, listed by its parts, and removed."""
    name, city = f"Lab {uuid4()}", f"Oxford {uuid4()}"
    made = client.site.create({"name": name, "location": city, "notes": "n"})
    assert (made.name, made.location) == (name, city)
    assert client.site.create_or_get({"name": name, "location": "elsewhere"}).id == made.id
    assert client.site.get(made.id).location == city
    other = client.site.create_or_get({"name": f"{name} 2", "location": city.upper()})
    assert names(client.site.list(location=city.lower())) == [other.name, made.name]
    assert names(client.site.list(name=name, order_by="name", order="asc")) == [made.name, other.name]
    assert names(client.site.list(name_exact=name)) == [name]
    page = client.site.list(1, 1, location=city)
    assert (names(page), page.total) == ([name], 2)
    assert client.site.update(other.id, {"name": "Cellar", "location": None}).location is None
    with pytest.raises(errors) as refused:
        client.site.create({"name": name})
    assert (refused.value.status_code, refused.value.error_code) == (409, "CONFLICT")
    assert refused.value.data["detail"] == {"existing_id": made.id}
    for each in (made, other):
        client.site.delete(each.id)
    with pytest.raises(errors) as refused:
        client.site.get(made.id)
    assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")


def test_everybody_sees_a_site_and_not_what_stands_there(
    client: Any,
    installation: Stand,
    connecting: Callable[..., Any],
    site: Any,
    channels: list[Any],
    errors: type[Exception],
) -> None:
    """A colleague without the project finds the site without cyclers, and none of its channels."""
    email = f"jane-{uuid4()}@lab.org"
    client.organization.invite(email)
    jane = connecting(installation.api_url, installation.key_of(email))
    found = jane.site.detail(site.id)
    assert (found.site.name, found.cyclers) == (site.name, [])
    assert jane.channel.list_all(cycler_id=channels[0].cycler_id).total == 0
    for call in (
        lambda: jane.cycler.get(channels[0].cycler_id),
        lambda: jane.channel.get(channels[0].id),
        lambda: jane.channel.list_incidents(channels[0].id),
        lambda: jane.lab.status(channels[0].project_id),
    ):
        with pytest.raises(errors) as refused:
            call()
        assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")
    with pytest.raises(errors) as refused:
        jane.site.update(site.id, {"notes": "mine"})
    assert (refused.value.status_code, refused.value.error_code) == (403, "FORBIDDEN")


def test_a_cycler_keeps_what_was_said(client: Any, site: Any, project_id: str) -> None:
    """Every field is there again, and the calibration is due after its interval."""
    made = client.cycler.create(site.id, {"name": "Neware 1", "project_id": project_id, **CYCLER})
    found = client.cycler.get(made.id)
    assert (found.name, found.site_id, found.project_id) == ("Neware 1", site.id, project_id)
    said = {key: getattr(found, key) for key in CYCLER if key != "last_calibrated_at"}
    assert said == {key: value for key, value in CYCLER.items() if key != "last_calibrated_at"}
    assert moment(found.last_calibrated_at).isoformat() == "2026-01-10T08:00:00+00:00"
    assert moment(found.calibration_due_at).isoformat() == "2027-01-10T08:00:00+00:00"
    changed = client.cycler.update(made.id, {"calibration_interval_days": 100, "port": None, "hostname": "pc-2"})
    assert moment(changed.calibration_due_at).isoformat() == "2026-04-20T08:00:00+00:00"
    assert (changed.port, changed.hostname, changed.model) == (None, "pc-2", "CT-4008")
    assert client.cycler.update(made.id, {"calibration_interval_days": None}).calibration_due_at is None


def test_cyclers_are_found_by_what_they_are(client: Any, site: Any, project_id: str) -> None:
    """Each filter of the list is applied, and so is the order."""
    one = client.cycler.create(site.id, {"name": "Neware 1", "project_id": project_id, **CYCLER})
    two = client.cycler.create_or_get(
        site.id,
        {
            "name": "Arbin 1",
            "project_id": project_id,
            "manufacturer": "Arbin",
            "last_calibrated_at": "2026-01-10T08:00:00Z",
            "calibration_interval_days": 30,
        },
    )
    assert client.cycler.create_or_get(site.id, {"name": "Arbin 1", "project_id": project_id}).id == two.id

    def found(**asked: Any) -> list[str]:
        return names(client.cycler.list(site.id, **asked))

    assert found() == found(project_id=project_id) == ["Arbin 1", "Neware 1"]
    parts = {"manufacturer": "NEWARE", "model": "4008", "version": "8", "serial_number": "sn-1"}
    for key, part in {**parts, "firmware_version": "4.2", "hostname": "PC"}.items():
        assert found(**{key: part}) == ["Neware 1"], key
    assert found(name="arbin") == found(name_exact="Arbin 1") == ["Arbin 1"]
    assert found(calibration_due_before="2026-06-01") == ["Arbin 1"]
    assert found(calibration_due_after="2026-06-01") == ["Neware 1"]
    assert found(order_by="calibration_due_at", order="desc") == ["Neware 1", "Arbin 1"]
    assert found(project_id="none") == []
    page = client.cycler.list(site.id, 1, 1)
    assert (names(page), page.total, page[0].id) == (["Neware 1"], 2, one.id)


def test_a_cycler_that_can_not_be_is_refused(
    client: Any, site: Any, cycler: Any, project_id: str, errors: type[Exception]
) -> None:
    """A taken name, a project or site that is not there, and a port that no computer has."""
    for site_id, data, status in (
        (site.id, {"name": "Cycler", "project_id": project_id}, 409),
        (site.id, {"name": "C", "project_id": "none"}, 404),
        ("none", {"name": "C", "project_id": project_id}, 404),
        (site.id, {"name": "C", "project_id": project_id, "port": 70_000}, 422),
        (site.id, {"name": "C"}, 422),
    ):
        with pytest.raises(errors) as refused:
            client.cycler.create(site_id, data)
        assert refused.value.status_code == status, data
    assert client.cycler.list(site.id).total == 1


def test_details_show_what_stands_where(client: Any, site: Any, cycler: Any, channels: list[Any]) -> None:
    """A site with its cyclers, and a cycler with its channels, in one call."""
    of_cycler = client.cycler.detail(cycler.id)
    assert (of_cycler.cycler.id, of_cycler.site_id) == (cycler.id, site.id)
    assert {channel.id for channel in of_cycler.channels} == {channel.id for channel in channels}
    again = client.cycler.detail_from_cycler(cycler)
    assert {channel.name for channel in again.channels} == {"Channel 1", "Channel 2", "Channel 10"}
    (below,) = client.site.detail(site.id).cyclers
    assert (below.cycler.name, len(below.channels)) == ("Cycler", 3)
    assert client.site.detail(site.id).site.location == "Basement"


def test_a_channel_lives_its_life(client: Any, cycler: Any, errors: type[Exception]) -> None:
    """Made in service with its ratings, found again by name, changed, listed and removed."""
    made = client.channel.create(
        cycler.id, {"name": "1-1", "notes": "left", "max_amps": 6.0, "min_volts": -5.0, "max_volts": 5.0}
    )
    found = client.channel.get(made.id)
    assert (found.name, found.notes, found.out_of_commission) == ("1-1", "left", False)
    assert (found.max_amps, found.min_volts, found.max_volts) == (6.0, -5.0, 5.0)
    assert (found.cycler_id, found.project_id) == (cycler.id, cycler.project_id)
    assert client.channel.create_or_get(cycler.id, {"name": "1-1", "max_amps": 1}).max_amps == 6.0
    other = client.channel.create_or_get(cycler.id, {"name": "1-2"})
    assert names(client.channel.list(cycler.id)) == ["1-2", "1-1"]
    assert names(client.channel.list(cycler.id, 1, 1, name="1-")) == ["1-1"]
    assert names(client.channel.list_all(cycler_id=cycler.id, order_by="name", order="asc")) == ["1-1", "1-2"]
    assert client.channel.list_all(1, cycler_id=cycler.id).total == 2
    assert names(client.channel.list_all(cycler_id=cycler.id, name_exact="1-2")) == ["1-2"]
    changed = client.channel.update(other.id, {"name": "1-3", "max_amps": 2, "notes": None})
    assert (changed.name, changed.max_amps) == ("1-3", 2.0)
    for data, status in (
        ({"name": "1-3"}, 409),
        ({"name": "1-4", "out_of_commission": False}, 400),
        ({"name": "1-4", "min_volts": 5, "max_volts": 0}, 400),
        ({"name": "1-4", "max_amps": -1}, 422),
    ):
        with pytest.raises(errors) as refused:
            client.channel.create(cycler.id, data)
        assert refused.value.status_code == status, data
    client.channel.delete(made.id)
    assert names(client.channel.list(cycler.id)) == ["1-3"]


def test_a_channel_goes_out_and_comes_back(client: Any, channels: list[Any]) -> None:
    """The flag opens an incident and closes it; sent as it is, it changes nothing."""
    channel = channels[0]
    assert client.channel.list_incidents(channel.id).total == 0
    out = {"out_of_commission": True, "incident_category": "hardware_failure", "incident_notes": "relay"}
    for _ in range(2):
        assert client.channel.update(channel.id, out).out_of_commission is True
    page = client.channel.list_incidents(channel.id)
    (incident,) = page
    assert (page.total, incident.channel_id, incident.project_id) == (1, channel.id, channel.project_id)
    assert (incident.category, incident.notes, incident.service_event_id) == ("hardware_failure", "relay", None)
    assert (incident.resolved_at, incident.resolution_notes, incident.is_estimated) == (None, None, False)
    assert abs(moment(incident.started_at) - ahead()) < timedelta(minutes=1)

    until = ahead(days=9)
    client.channel.update(
        channel.id, {"service_scheduled_at": ahead(days=8).isoformat(), "service_scheduled_until": until.isoformat()}
    )
    assert moment(incidents(client, channel)[0].service_scheduled_until) == until

    back = {"out_of_commission": False, "resolution_notes": "new relay"}
    for _ in range(2):
        assert client.channel.update(channel.id, back).out_of_commission is False
    (incident,) = client.channel.list_incidents(channel.id)
    assert moment(incident.resolved_at) >= moment(incident.started_at)
    assert (incident.resolution_notes, incident.started_by) == ("new relay", incident.resolved_by)

    client.channel.update(channel.id, {"out_of_commission": True})
    newest, first = client.channel.list_incidents(channel.id)
    assert (newest.category, newest.resolved_at, first.id) == ("other", None, incident.id)
    assert client.channel.list_incidents(channel.id, 1, 1)[0].id == first.id


@pytest.mark.parametrize("category", ["maintenance", "calibration"])
def test_a_visit_needs_a_date(client: Any, channels: list[Any], category: str, errors: type[Exception]) -> None:
    """An outage for a visit is refused without its date, or where it ends before it starts, and then kept with it."""
    out = {"out_of_commission": True, "incident_category": category}
    day = "2026-03-02T08:00:00Z"
    for dates in ({}, {"service_scheduled_at": day, "service_scheduled_until": day}):
        with pytest.raises(errors, match="service_scheduled") as refused:
            client.channel.update(channels[0].id, {**out, **dates})
        assert (refused.value.status_code, refused.value.error_code) == (400, "BAD_REQUEST")
    assert is_out(client, channels[0]) == [False]
    client.channel.update(channels[0].id, {**out, "service_scheduled_at": day})
    (incident,) = incidents(client, channels[0])
    assert (incident.category, moment(incident.service_scheduled_at).isoformat()) == (
        category,
        "2026-03-02T08:00:00+00:00",
    )


def test_a_service_takes_all_channels_and_returns_them(
    client: Any, cycler: Any, channels: list[Any], errors: type[Exception]
) -> None:
    """The channel that was out before stays out, for its own reason."""
    client.channel.update(channels[2].id, {"out_of_commission": True, "incident_category": "decommissioned"})
    start, until = ahead(hours=1), ahead(hours=5)
    event = client.cycler.start_service(
        cycler.id, "calibration", start.isoformat(), scheduled_until=until.isoformat(), notes="yearly"
    )
    assert (event.cycler_id, event.project_id, event.event_type) == (cycler.id, cycler.project_id, "calibration")
    assert (moment(event.scheduled_for), moment(event.scheduled_until)) == (start, until)
    assert (event.performed_at, event.performed_by, event.notes) == (None, None, "yearly")
    assert is_out(client, *channels) == [True, True, True]
    for incident in incidents(client, *channels[:2]):
        assert (incident.service_event_id, incident.category, incident.notes) == (event.id, "calibration", "yearly")
        assert moment(incident.service_scheduled_until) == until
    assert incidents(client, channels[2])[0].service_event_id is None

    with pytest.raises(errors, match="in service already") as refused:
        client.cycler.start_service(cycler.id, "repair", start.isoformat())
    assert (refused.value.status_code, refused.value.error_code) == (409, "CONFLICT")

    done = client.cycler.complete_service(cycler.id, notes="passed", calibration_interval_days=180)
    assert (done.id, done.event_type, done.notes) == (event.id, "calibration", "passed")
    assert is_out(client, *channels) == [False, False, True]
    for incident in incidents(client, *channels[:2]):
        assert (incident.resolution_notes, incident.resolved_at is None) == ("passed", False)
    assert incidents(client, channels[2])[0].resolved_at is None
    found = client.cycler.get(cycler.id)
    assert moment(found.last_calibrated_at) == moment(done.performed_at)
    assert moment(found.calibration_due_at) - moment(done.performed_at) == timedelta(days=180)
    assert [each.id for each in client.cycler.list_service_events(cycler.id)] == [event.id]


def test_a_service_can_be_recorded_afterwards(client: Any, cycler: Any, channels: list[Any]) -> None:
    """Work that was done without an outage is an event of its own; only a calibration moves the calibration."""
    repaired = client.cycler.complete_service(
        cycler.id, performed_at="2026-02-01T12:00:00Z", notes="fan", event_type="repair"
    )
    assert (repaired.event_type, repaired.scheduled_for, repaired.notes) == ("repair", None, "fan")
    assert client.cycler.get(cycler.id).last_calibrated_at is None
    calibrated = client.cycler.complete_service(cycler.id, "2026-02-02T12:00:00Z", None, 10)
    assert moment(client.cycler.get(cycler.id).calibration_due_at).isoformat() == "2026-02-12T12:00:00+00:00"
    page = client.cycler.list_service_events(cycler.id)
    assert ([each.id for each in page], page.total) == ([calibrated.id, repaired.id], 2)
    assert [each.id for each in client.cycler.list_service_events(cycler.id, 1, 1)] == [repaired.id]
    assert is_out(client, *channels) == [False, False, False]


def test_a_service_that_can_not_be_is_refused(
    client: Any, cycler: Any, channels: list[Any], cell: Any, errors: type[Exception]
) -> None:
    """While a test runs, with an end before the start, or of a kind that is none; and then nothing is out."""
    run = client.cell_measurement.create(
        cell.id, series("Run", start_time="2026-01-01T00:00:00Z", channel_id=channels[1].id)
    )
    day = "2026-03-02T08:00:00Z"
    for kind, until, status in (("calibration", None, 409), ("repair", day, 400), ("party", None, 422)):
        with pytest.raises(errors) as refused:
            client.cycler.start_service(cycler.id, kind, day, scheduled_until=until)
        assert refused.value.status_code == status, kind
    with pytest.raises(errors, match="'Run'") as refused:
        client.channel.update(channels[1].id, {"out_of_commission": True})
    assert (refused.value.status_code, refused.value.error_code) == (409, "CONFLICT")
    assert is_out(client, *channels) == [False, False, False]
    assert client.cycler.list_service_events(cycler.id).total == 0
    client.cell_measurement.update(run.id, {"end_time": "2026-01-02T00:00:00Z"})
    client.cycler.start_service(cycler.id, "firmware", day)
    assert [each.category for each in incidents(client, *channels)] == ["maintenance"] * 3


def test_what_is_removed_takes_what_is_below(
    client: Any, site: Any, cycler: Any, channels: list[Any], cell: Any, errors: type[Exception]
) -> None:
    """A site goes with cyclers and channels, a cycler with its channels; a measurement stays, on no channel."""
    run = client.cell_measurement.create(
        cell.id, series("Run", start_time="2026-01-01T00:00:00Z", channel_id=channels[0].id)
    )
    assert client.cell_measurement.get(run.id).channel_id == channels[0].id
    other = client.cycler.create(site.id, {"name": "Other", "project_id": cycler.project_id})
    second = client.channel.create(other.id, {"name": "1"})
    client.cycler.delete(other.id)
    client.site.delete(site.id)
    for call in (
        lambda: client.cycler.get(other.id),
        lambda: client.channel.get(second.id),
        lambda: client.cycler.get(cycler.id),
        lambda: client.channel.get(channels[0].id),
        lambda: client.channel.list(cycler.id),
    ):
        with pytest.raises(errors) as refused:
            call()
        assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")
    found = client.cell_measurement.get(run.id)
    assert (found.name, found.channel_id) == ("Run", None)

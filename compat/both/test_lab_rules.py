"""What may run on channels, who sees it, and what keeps a channel for later, through either client."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from samples import ahead, moment, names, series
from stands import Stand

HOUR_S = 3600


@pytest.fixture
def run(client: Any, cell: Any, channels: list[Any]) -> Any:
    """A test that runs on the second channel since yesterday."""
    said = {"start_time": ahead(days=-1).isoformat(), "channel_id": channels[1].id, "protocol": {"name": "Ageing"}}
    return client.cell_measurement.create(cell.id, series("Run", **said))


def plan(client: Any, spec: Any, name: str, **said: Any) -> Any:
    """A requested measurement of one hour."""
    wanted = {"protocol_id": "p", "cell_specification_id": spec.id, "estimated_duration_seconds": HOUR_S}
    return client.planned_measurement.create({"name": name, **wanted, **said})


def on(channel: Any, start: Any, end: Any) -> dict[str, Any]:
    """What schedules a plan on a channel."""
    return {
        "status": "scheduled",
        "channel_id": channel.id,
        "planned_start_time": start.isoformat(),
        "planned_end_time": end.isoformat(),
    }


def states(client: Any, project_id: str) -> list[str]:
    """The states of the channels, in the order of the view."""
    (site,) = client.lab.status(project_id).sites
    return [str(getattr(channel.state, "value", channel.state)) for channel in site.cyclers[0].channels]


def test_an_empty_laboratory(client: Any, project_id: str, errors: type[Exception]) -> None:
    """It has no sites and is not in use; a project that is not there has none."""
    status = client.lab.status(project_id)
    assert (status.sites, status.occupied, status.stale, status.free, status.out_of_commission) == ([], 0, 0, 0, 0)
    found = client.lab.utilization(project_id)
    assert (found.percent, found.total) == (0, 0)
    assert client.lab.free_channels(project_id) == client.lab.list_watched(project_id) == []
    for call in (client.lab.status, client.lab.list_watched, client.planned_measurement.list):
        with pytest.raises(errors) as refused:
            call("none")
        assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")


def test_free_channels_by_what_is_needed(client: Any, project_id: str, site: Any, channels: list[Any]) -> None:
    """A rating that is not known meets no need, and no need is met by all."""

    def free(**need: float) -> list[str]:
        return [found.channel.name for found in client.lab.free_channels(project_id, **need)]

    assert free() == ["Channel 1", "Channel 2", "Channel 10"]
    assert free(min_amps=5) == free(min_volts=0, max_volts=5) == ["Channel 2", "Channel 10"]
    assert free(min_amps=5.1) == free(min_amps=6, min_volts=2.5, max_volts=4.2) == ["Channel 10"]
    assert free(min_volts=-1) == free(max_volts=5.1) == free(min_amps=60) == []
    found = client.lab.free_channels(project_id)[0]
    assert (found.cycler_id, found.cycler_name) == (channels[0].cycler_id, "Cycler")
    assert (found.site_id, found.site_name) == (site.id, site.name)


def test_a_test_goes_quiet_and_is_heard_again(
    client: Any, installation: Stand, project_id: str, channels: list[Any], run: Any
) -> None:
    """Two days without data make a channel stale, more data make it occupied, and the end makes it free."""
    assert client.lab.stale_channels(project_id) == []
    installation.silence(run.id)
    client.cell_measurement.watch(run.id)
    assert states(client, project_id) == ["free", "stale", "free"]
    (found,) = client.lab.stale_channels(project_id)
    assert (found.channel.id, found.channel.measurement.name) == (channels[1].id, "Run")
    used = client.lab.utilization(project_id)
    assert (used.percent, used.stale, used.occupied) == (33, 1, 0)
    rows = {"Time [s]": [8000.0], "Voltage [V]": [3.9], "Current [A]": [0.0], "Step count": [2], "Cycle count": [0]}
    client.cell_measurement.extend(run.id, rows)
    assert states(client, project_id) == ["free", "occupied", "free"]
    client.cell_measurement.update(run.id, {"end_time": ahead().isoformat()})
    assert states(client, project_id) == ["free", "free", "free"]


def test_watching_is_ones_own(
    client: Any,
    installation: Stand,
    connecting: Callable[..., Any],
    project_id: str,
    run: Any,
    cell: Any,
    errors: type[Exception],
) -> None:
    """Watched twice is watched; a colleague sees the test, and not that somebody watches it."""
    properties = client.cell_measurement.create_properties(cell.id, "P", {"r": {"value": 1, "unit": "Ohm"}})
    for measurement_id in (run.id, run.id, properties.id):
        client.cell_measurement.watch(measurement_id)
    assert client.lab.list_watched(project_id) == [run.id, properties.id]
    (found,) = client.lab.watched_channels(project_id)
    assert (found.channel.name, found.channel.measurement.watched) == ("Channel 2", True)

    email = f"{project_id}@lab.org"
    client.project.invite_member(project_id, email, "Project Viewer")
    jane = connecting(installation.api_url, installation.key_of(email))
    assert jane.lab.on_channel(project_id, found.channel.id).watched is False
    assert jane.lab.watched_channels(project_id) == jane.lab.list_watched(project_id) == []
    jane.cell_measurement.watch(run.id)
    assert jane.lab.list_watched(project_id) == [run.id]

    for _ in range(2):
        client.cell_measurement.unwatch(run.id)
    assert client.lab.watched_channels(project_id) == []
    assert client.lab.list_watched(project_id) == [properties.id]
    assert jane.lab.list_watched(project_id) == [run.id]
    for call in (client.cell_measurement.watch, client.cell_measurement.unwatch):
        with pytest.raises(errors) as refused:
            call("none")
        assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")


@pytest.mark.filterwarnings("ignore::UserWarning")  # the rows are not as long as the test
def test_a_channel_has_one_test_at_a_time(
    client: Any, cell: Any, channels: list[Any], run: Any, errors: type[Exception]
) -> None:
    """A second one is a conflict that names no record to be taken instead; one that ended before the first is none."""
    channel_id = channels[1].id
    before, start = ahead(days=-3).isoformat(), moment(run.start_time).isoformat()
    later = {"start_time": ahead().isoformat(), "channel_id": channel_id}
    for said in (later, {"start_time": before, "channel_id": channel_id}):
        with pytest.raises(errors, match=r"Channel 2.*'Run'") as refused:
            client.cell_measurement.create(cell.id, series("Second", **said))
        assert (refused.value.status_code, refused.value.error_code) == (409, "CONFLICT")
        assert refused.value.data["detail"] == {"measurement_id": run.id}
    earlier = client.cell_measurement.create(
        cell.id, series("Second", start_time=before, end_time=start, channel_id=channel_id)
    )
    assert client.cell_measurement.get(earlier.id).channel_id == channel_id
    for change in ({"end_time": None}, {"end_time": ahead(hours=-1).isoformat()}):
        with pytest.raises(errors) as refused:
            client.cell_measurement.update(earlier.id, change)
        assert refused.value.status_code == 409
    client.cell_measurement.update(run.id, {"end_time": ahead(hours=-1).isoformat()})
    third = client.cell_measurement.create(cell.id, series("Third", **later))
    assert client.lab.on_channel(run.project_id, channel_id).id == third.id


@pytest.mark.filterwarnings("ignore::UserWarning")  # the checks tell of it, too
def test_a_channel_that_can_not_be_is_refused(
    client: Any, cell: Any, channels: list[Any], site: Any, errors: type[Exception]
) -> None:
    """No start, another project's, none at all, out of commission, ended before it started; and nothing is kept."""
    own = channels[0].id
    other = client.project.create({"name": f"Other {own}"})
    foreign = client.channel.create(
        client.cycler.create(site.id, {"name": "F", "project_id": other.id}).id, {"name": "1"}
    )
    client.channel.update(channels[2].id, {"out_of_commission": True})
    start = {"start_time": "2026-01-02T00:00:00Z"}
    for said, status, match in (
        ({"channel_id": own}, 400, "start_time"),
        ({"channel_id": foreign.id, **start}, 400, "not a channel of the project"),
        ({"channel_id": "none", **start}, 400, "not a channel of the project"),
        ({"channel_id": channels[2].id, **start}, 409, "out of commission"),
        ({"channel_id": own, **start, "end_time": "2026-01-01T00:00:00Z"}, 400, "end_time"),
    ):
        with pytest.raises(errors, match=match) as refused:
            client.cell_measurement.create(cell.id, series("Run", **said))
        assert (refused.value.status_code, "existing_id" in str(refused.value.data)) == (status, False)
    assert client.cell_measurement.list(cell.id).total == 0
    free = client.cell_measurement.create(cell.id, series("Run"))
    properties = client.cell_measurement.create_properties(cell.id, "P", {"r": 1})
    for measurement_id, change, match in (
        (free.id, {"channel_id": own}, "start_time"),
        (free.id, {"channel_id": foreign.id, **start}, "not a channel of the project"),
        (properties.id, {"channel_id": own, **start}, "only a time series"),
    ):
        with pytest.raises(errors, match=match) as refused:
            client.cell_measurement.update(measurement_id, change)
        assert (refused.value.status_code, refused.value.error_code) == (400, "BAD_REQUEST")
    assert client.cell_measurement.update(free.id, {"channel_id": own, **start}).channel_id == own


def test_plans_are_listed(client: Any, project_id: str, spec: Any, channels: list[Any]) -> None:
    """By status, channel and name, in the order of their starts, page by page."""
    start = ahead(days=1)
    for day, name in enumerate(("RPT 2", "RPT 1")):
        begin = start + timedelta(days=day)
        plan(client, spec, name, **on(channels[0], begin, begin + timedelta(hours=1)))
    plan(client, spec, "Ageing")
    listed = client.planned_measurement.list
    assert names(listed()) == names(listed(project_id)) == ["Ageing", "RPT 1", "RPT 2"]
    assert names(listed(status="requested")) == ["Ageing"]
    assert names(listed(channel_id=channels[0].id, order_by="planned_start_time", order="asc")) == ["RPT 2", "RPT 1"]
    assert names(listed(name="rpt", order_by="name", order="asc")) == ["RPT 1", "RPT 2"]
    assert names(listed(name_exact="RPT 1")) == ["RPT 1"]
    page = listed(project_id, 1, 1)
    assert (names(page), page.total) == (["RPT 1"], 3)


def test_a_plan_needs_what_its_status_says(
    client: Any, project_id: str, spec: Any, cell: Any, channels: list[Any], errors: type[Exception]
) -> None:
    """A missing key, a taken name, and a cell or channel of somewhere else are refused with their reason."""
    plan(client, spec, "RPT")
    start, end = ahead(hours=1), ahead(hours=2)
    for said, status, match in (
        ({"estimated_duration_seconds": None}, 400, "estimated_duration_seconds"),
        ({"protocol_id": None}, 400, "protocol_id"),
        ({"status": "scheduled"}, 400, "channel_id, planned_start_time, planned_end_time"),
        ({**on(channels[0], end, start)}, 400, "planned_end_time"),
        ({"cell_instance_id": "none"}, 400, "is not a cell of the specification"),
        ({"cell_specification_id": "none"}, 400, "is not a specification of this project"),
        ({"channel_id": "none"}, 400, "is not a channel of this project"),
        ({"name": "RPT"}, 409, "RPT"),
        ({"status": "dreamed"}, 422, "status"),
    ):
        with pytest.raises(errors) as refused:
            plan(client, spec, **{"name": "New", **said})
        assert refused.value.status_code == status, said
        assert match in str(refused.value), said
    assert names(client.planned_measurement.list(project_id)) == ["RPT"]


def test_a_scheduled_plan_keeps_its_channel(
    client: Any, spec: Any, channels: list[Any], run: Any, errors: type[Exception]
) -> None:
    """Another plan at that time, a running test without a known end, and an outage are in the way."""
    start, end = ahead(days=1), ahead(days=2)
    first = plan(client, spec, "First", **on(channels[0], start, end))
    client.channel.update(channels[2].id, {"out_of_commission": True})
    for channel, by in ((channels[0], "'First'"), (channels[1], "'Run'"), (channels[2], "outage")):
        with pytest.raises(errors, match=by) as refused:
            plan(client, spec, "Second", **on(channel, start, end))
        assert (refused.value.status_code, refused.value.error_code) == (409, "CONFLICT")
        assert "existing_id" not in str(refused.value.data)
    after = plan(client, spec, "Second", **on(channels[0], end, end + timedelta(hours=1)))
    with pytest.raises(errors, match="'First'"):
        client.planned_measurement.schedule(after.id, channels[0].id, start.isoformat(), end.isoformat())
    client.planned_measurement.cancel(first.id)
    moved = client.planned_measurement.schedule(after.id, channels[0].id, start.isoformat(), end.isoformat())
    assert moment(moved.planned_start_time) == start


def test_a_schedule_is_proposed_and_applied(
    client: Any, project_id: str, spec: Any, channels: list[Any], run: Any
) -> None:
    """The first ones choose first, a demanding one gets the large channel, and what can not be says why."""
    demanding = client.cell_spec.create(
        {"name": "Large", "ratings": {"max_discharge_rate": {"value": 20, "unit": "A"}}}
    )
    impossible = client.cell_spec.create(
        {"name": "Huge", "ratings": {"max_discharge_rate": {"value": 99, "unit": "A"}}}
    )
    client.channel.update(channels[0].id, {"max_amps": 10})
    wanted = [plan(client, each, each.name) for each in (spec, demanding, impossible)]
    last = plan(client, spec, "Last")
    start = ahead(days=1)
    proposal = client.planned_measurement.auto_schedule_proposal(
        [*(each.id for each in wanted), last.id], start_after=start.isoformat()
    )
    assert abs(moment(proposal.generated_at) - ahead()) < timedelta(minutes=1)
    found = proposal.assignments
    assert [each.planned_measurement_name for each in found] == ["Spec", "Large", "Huge", "Last"]
    assert [each.channel_name for each in found] == ["Channel 1", "Channel 10", None, "Channel 1"]
    assert [each.is_scheduled for each in found] == [True, True, False, True]
    assert [each.cycler_name for each in found[:2]] == ["Cycler", "Cycler"]
    assert moment(found[0].planned_start_time) == moment(found[1].planned_start_time) == start
    assert moment(found[0].planned_end_time) == moment(found[3].planned_start_time) == start + timedelta(seconds=HOUR_S)
    assert "99 A" in found[2].unscheduled_reason
    assert found[0].unscheduled_reason is None
    assert client.planned_measurement.list(status="scheduled").total == 0  # nothing is stored by it

    applied = client.planned_measurement.apply_auto_schedule_proposal([each for each in found if each.is_scheduled])
    assert [(each.name, each.status, each.channel_id) for each in applied] == [
        ("Spec", "scheduled", channels[0].id),
        ("Large", "scheduled", channels[2].id),
        ("Last", "scheduled", channels[0].id),
    ]
    again = client.planned_measurement.auto_schedule_proposal([wanted[0].id], project_id=project_id)
    assert "scheduled" in again.assignments[0].unscheduled_reason
    assert client.planned_measurement.get(wanted[2].id).status == "requested"


def test_a_stale_schedule_is_not_applied(
    client: Any, project_id: str, spec: Any, channels: list[Any], errors: type[Exception]
) -> None:
    """A changed plan, or a channel that was taken, stops the whole of it, and nothing is scheduled."""
    plans = [plan(client, spec, name) for name in ("one", "two")]
    propose = client.planned_measurement.auto_schedule_proposal

    def stale(assignments: Any) -> str:
        with pytest.raises(errors) as refused:
            client.planned_measurement.apply_auto_schedule_proposal(assignments, project_id)
        assert (refused.value.status_code, refused.value.error_code) == (409, "SCHEDULE_STALE")
        assert client.planned_measurement.list(project_id, status="scheduled").total == 0
        return str(refused.value)

    proposal = propose([each.id for each in plans]).assignments
    client.planned_measurement.update(plans[1].id, {"notes": "sooner"})
    assert "'two' was changed" in stale(proposal)
    proposal = propose([each.id for each in plans]).assignments
    client.channel.update(proposal[1].channel_id, {"out_of_commission": True})
    assert "is taken by an outage" in stale(proposal)
    with pytest.raises(errors) as refused:
        propose([plans[0].id, "none"])
    assert refused.value.status_code == 404

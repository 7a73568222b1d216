"""Planned measurements keep their channel for their time."""

from typing import Any

import pytest

from cellkeep.domain.errors import BadRequestError, ConflictError, ForbiddenError, NotFoundError
from cellkeep.domain.people import Caller
from cellkeep.domain.planned_measurements import PlannedMeasurement, PlannedQuery
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.specs import SpecDraft
from cellkeep.services import channels, planned_measurements, projects, specs
from cellkeep.storage.store import Store
from services.bench import together
from services.lab_bench import LabBench, lab_bench


@pytest.fixture
def at(store: Store, admin: Caller) -> LabBench:
    return lab_bench(store, admin)


def place(at: LabBench, first: int = 1, last: int = 2, channel: int = 0) -> dict[str, Any]:
    """From one day of January 2050 to another."""
    return {
        "status": "scheduled",
        "channel_id": at.channel_ids[channel],
        "planned_start_time": f"2050-01-{first:02}",
        "planned_end_time": f"2050-01-{last:02}",
    }


def test_a_request_waits_for_a_place(at: LabBench) -> None:
    """It says who asked; scheduled, it says who did that; back in the queue or given up, nobody holds the channel."""
    asked = at.plan(test_setup={"chamber": 3}, requested_by_email="x@y", scheduled_by_email="x@y")
    assert (asked.status, asked.requested_by_email, asked.scheduled_by_email) == ("requested", at.caller.email, None)
    assert asked.model_extra == {"test_setup": {"chamber": 3}}
    scheduled = at.replan(asked.id, **place(at))
    assert (scheduled.status, scheduled.scheduled_by_email) == ("scheduled", at.caller.email)
    with pytest.raises(ConflictError, match="'Plan'"):
        at.plan("Other", **place(at))
    assert at.replan(asked.id, status="requested").scheduled_by_email is None
    other = at.plan("Other", **place(at))
    at.replan(other.id, status="cancelled")
    assert at.replan(asked.id, status="scheduled").channel_id == at.channel_ids[0]


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({"protocol_id": None}, ["protocol_id"]),
        ({"protocol_id": None, "cell_specification_id": None}, ["protocol_id", "cell_specification_id"]),
        ({"estimated_duration_seconds": None}, ["estimated_duration_seconds"]),
        ({"status": "scheduled"}, ["channel_id", "planned_start_time", "planned_end_time"]),
        ({"status": "in_progress", "planned_start_time": "2050-01-01"}, ["channel_id", "planned_end_time"]),
    ],
)
def test_what_a_status_needs_is_named(at: LabBench, said: dict[str, Any], missing: list[str]) -> None:
    """What lacks is told by name, for a new plan and for one that is changed."""
    with pytest.raises(BadRequestError) as refused:
        at.plan(**said)
    assert refused.value.detail == {"missing": missing}
    assert all(key in refused.value.message for key in missing)
    asked = at.plan()
    with pytest.raises(BadRequestError, match=missing[0]):
        at.replan(asked.id, **said)


@pytest.mark.parametrize("end", ["2050-01-01", "2049-12-31"])
def test_a_plan_ends_after_it_starts(at: LabBench, end: str) -> None:
    """Whether it is scheduled or only a wish."""
    with pytest.raises(BadRequestError, match="planned_end_time"):
        at.plan(planned_start_time="2050-01-01", planned_end_time=end)
    asked = at.plan(**place(at))
    with pytest.raises(BadRequestError, match="planned_end_time"):
        at.replan(asked.id, planned_end_time=end)


def test_what_it_names_is_of_the_project(at: LabBench) -> None:
    """Specification, cell and channel of elsewhere, or of nowhere, are refused."""
    with at.store.writing(at.caller) as work:
        other = projects.create(work, at.caller, ProjectDraft(name="Other"))
        foreign = specs.create(work, at.caller, SpecDraft(name="S", project_id=other.id)).id
        second = specs.create(work, at.caller, SpecDraft(name="S2", project_id=at.project_id)).id
    channel = at.add_channel("1", at.add_cycler("Rack O", other.id))
    asked = at.plan(cell_instance_id=at.instance_id)
    for said in (
        {"cell_specification_id": foreign},
        {"cell_specification_id": "nothing"},
        {"cell_specification_id": second, "cell_instance_id": at.instance_id},
        {"cell_instance_id": "nothing"},
        {"channel_id": channel},
        {"channel_id": "nothing"},
        {**place(at), "channel_id": channel},
    ):
        with pytest.raises(BadRequestError, match="_id '"):
            at.plan("New", **said)
        with pytest.raises(BadRequestError, match="_id '"):
            at.replan(asked.id, **said)
    with at.store.reading() as work, pytest.raises(NotFoundError):
        planned_measurements.get(work, other.id, asked.id)


@pytest.mark.parametrize(("first", "last", "meets"), [(1, 3, False), (1, 4, True), (5, 6, True), (9, 12, True)])
def test_two_plans_do_not_share_a_moment(at: LabBench, first: int, last: int, meets: bool) -> None:
    """On one channel one may begin when the other ends, and not earlier."""
    at.plan("Present", **place(at, 3, 10))
    asked = at.plan("New")
    if meets:
        with pytest.raises(ConflictError, match="'Present'") as refused:
            at.replan(asked.id, **place(at, first, last))
        assert refused.value.existing_id is None
    else:
        at.replan(asked.id, **place(at, first, last))
    at.plan("Elsewhere", **place(at, first, last, channel=1))


def test_a_running_test_is_in_the_way(at: LabBench) -> None:
    """Until its estimated end, or for ever; what is in progress is itself what runs there."""
    running = at.run("Runs")
    with pytest.raises(ConflictError, match="'Runs'"):
        at.plan("New", **place(at))
    at.change(running, estimated_end_time="2050-01-02")
    with pytest.raises(ConflictError, match="'Runs'"):
        at.plan("New", **place(at))
    scheduled = at.plan("New", **place(at, 2, 3))
    progressing = at.plan("Own", **{**place(at), "status": "in_progress"})
    assert at.replan(progressing.id, notes="n", planned_end_time="2050-01-01T12:00:00Z").status == "in_progress"
    with pytest.raises(ConflictError, match="'New'"):
        at.replan(progressing.id, planned_end_time="2050-01-03")
    at.change(running, end_time="2049-01-01")
    assert at.replan(scheduled.id, planned_end_time="2050-01-04").status == "scheduled"


def test_an_outage_is_in_the_way(at: LabBench) -> None:
    """Until its booked end, or for ever."""
    at.set_channel(out_of_commission=True)
    with pytest.raises(ConflictError, match="outage"):
        at.plan("New", **place(at))
    at.set_channel(service_scheduled_until="2050-01-01")
    at.plan("New", **place(at))


def test_a_plan_outlives_its_channel(at: LabBench) -> None:
    """What was scheduled on a channel that goes is requested again, for as long as it was to take."""
    scheduled = at.plan("S", **{**place(at), "estimated_duration_seconds": None})
    done = at.plan("D", **{**place(at, 5, 6), "status": "completed"})
    with at.store.writing(at.caller) as work:
        channels.delete(work, at.caller, at.channel_ids[0])
    found = at.planned(scheduled.id)
    assert (found.status, found.channel_id, found.planned_start_time) == ("requested", None, None)
    assert found.estimated_duration_seconds == 24 * 3600
    assert found.updated_at > scheduled.updated_at
    assert (at.planned(done.id).status, at.planned(done.id).channel_id) == ("completed", None)


def test_a_name_is_taken_once_in_a_project(at: LabBench) -> None:
    """A second plan of one name is a conflict that names the first."""
    asked = at.plan()
    with pytest.raises(ConflictError) as refused:
        at.plan()
    assert refused.value.existing_id == asked.id


def test_of_many_at_once_one_has_the_channel(at: LabBench) -> None:
    """Eight plans that are scheduled on one channel at one moment end in one reservation."""
    ids = [at.plan(str(number)).id for number in range(8)]
    answers = together(8, lambda number: at.replan(ids[number], **place(at)))
    assert sum(isinstance(answer, PlannedMeasurement) for answer in answers) == 1, answers
    assert sum(isinstance(answer, ConflictError) for answer in answers) == 7, answers


def test_who_may_only_look_plans_nothing(at: LabBench) -> None:
    """A viewer reads plans and changes none; others do not find them."""
    asked = at.plan()
    for who, error in (
        (at.person("v@lab", {at.project_id: "Project Viewer"}), ForbiddenError),
        (at.person("o@lab"), NotFoundError),
    ):
        there = LabBench(**{**vars(at), "caller": who})
        for attempt in (
            lambda there=there: there.plan("New"),
            lambda there=there: there.replan(asked.id, notes="x"),
        ):
            with pytest.raises(error):
                attempt()
        with pytest.raises(error), at.store.writing(who) as work:
            planned_measurements.delete(work, who, at.project_id, asked.id)
    assert at.planned(asked.id) == asked


def test_plans_are_found_by_status_and_channel(at: LabBench) -> None:
    """And ordered by when they start."""
    for number in (2, 1, 3):
        at.plan(f"S{number}", **place(at, number * 2, number * 2 + 1))
    at.plan("R")

    def found(**asked: Any) -> list[str]:
        with at.store.reading(at.caller) as work:
            query = PlannedQuery.model_validate({"order_by": "planned_start_time", "order": "asc", **asked})
            return [plan.name for plan in planned_measurements.list_of(work, at.project_id, query)]

    assert found() == ["S1", "S2", "S3", "R"]
    assert found(status="requested") == ["R"]
    assert found(channel_id=at.channel_ids[0], limit=2) == ["S1", "S2"]
    assert found(channel_id=at.channel_ids[1]) == []

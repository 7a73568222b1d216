"""Schedules are proposed without a trace, and applied whole or not at all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cellkeep.domain.errors import BadRequestError, ForbiddenError, NotFoundError, ScheduleStaleError
from cellkeep.domain.people import Caller
from cellkeep.domain.planned_measurements import (
    ApplyProposal,
    AutoScheduleAssignment,
    AutoScheduleProposal,
    PlannedMeasurement,
    ProposalRequest,
)
from cellkeep.domain.records import now
from cellkeep.domain.specs import SpecDraft
from cellkeep.services import channels, scheduling, specs
from cellkeep.storage.store import Store
from services.bench import together
from services.lab_bench import LabBench, lab_bench

DAY = 24 * 3600
NEW_YEAR = datetime(2050, 1, 1, tzinfo=UTC)


@pytest.fixture
def at(store: Store, admin: Caller) -> LabBench:
    return lab_bench(store, admin)


def propose(at: LabBench, *ids: str, start_after: Any = NEW_YEAR) -> AutoScheduleProposal:
    with at.store.reading(at.caller) as work:
        asked = ProposalRequest.model_validate({"planned_measurement_ids": ids, "start_after": start_after})
        return scheduling.propose(work, at.project_id, asked)


def apply(at: LabBench, *assignments: AutoScheduleAssignment, **changed: Any) -> list[PlannedMeasurement]:
    said = [{**assignment.model_dump(mode="json"), **changed} for assignment in assignments]
    with at.store.writing(at.caller) as work:
        return scheduling.apply(work, at.caller, at.project_id, ApplyProposal.model_validate({"assignments": said}))


def found(at: LabBench, *ids: str, **asked: Any) -> list[tuple[int | None, float | None]]:
    """Of each assignment, the index of its channel and the days from New Year to its start."""
    return [
        (
            at.channel_ids.index(one.channel_id) if one.channel_id else None,
            (one.planned_start_time - NEW_YEAR) / timedelta(days=1) if one.planned_start_time else None,
        )
        for one in propose(at, *ids, **asked).assignments
    ]


def test_each_has_the_earliest_place_in_turn(at: LabBench) -> None:
    """The first takes the first free channel; when all are taken, the one that is free first is next."""
    ids = [at.plan(str(n), estimated_duration_seconds=days * DAY).id for n, days in enumerate((3, 2, 4, 1, 1, 1))]
    assert found(at, *ids) == [(0, 0), (1, 0), (2, 0), (1, 2), (0, 3), (1, 3)]
    assert found(at, *reversed(ids)) == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]
    assert {at.planned(key).status.value for key in ids} == {"requested"}


def test_nothing_starts_in_the_past(at: LabBench) -> None:
    """Now is the earliest, also where less is asked for; an end is a duration later."""
    asked = at.plan()
    before = now()
    for start_after in (None, "2020-01-01"):
        (one,) = propose(at, asked.id, start_after=start_after).assignments
        assert one.planned_start_time is not None
        assert before <= one.planned_start_time <= now()
        assert one.planned_end_time == one.planned_start_time + timedelta(hours=1)
        assert (one.channel_name, one.cycler_name, one.is_scheduled) == ("1", "Rack 1", True)
        assert one.planned_measurement_updated_at == asked.updated_at


def test_gaps_are_used_where_they_are_long_enough(at: LabBench) -> None:
    """Between two reservations there is room for what fits."""
    for channel in at.channel_ids:
        for first, last in (("01-01", "01-02"), ("01-04", "01-10")):
            span = {"planned_start_time": f"2050-{first}", "planned_end_time": f"2050-{last}"}
            at.plan(f"{channel} {first}", status="scheduled", channel_id=channel, **span)
    short, long = (
        at.plan("short", estimated_duration_seconds=2 * DAY),
        at.plan("long", estimated_duration_seconds=3 * DAY),
    )
    assert found(at, short.id, long.id) == [(0, 1), (0, 9)]


def test_runs_outages_and_plans_are_respected(at: LabBench) -> None:
    """A running test takes its channel to its estimated end, an outage to its booked one, or for ever."""
    asked = at.plan("asked")
    running = at.run("Runs", 0)
    at.set_channel(1, out_of_commission=True, incident_category="hardware_failure")
    at.set_channel(
        2,
        out_of_commission=True,
        incident_category="maintenance",
        service_scheduled_at="2049-12-31",
        service_scheduled_until="2050-01-08",
    )
    assert found(at, asked.id) == [(2, 7)]
    at.change(running, estimated_end_time="2050-01-05")
    assert found(at, asked.id) == [(0, 4)]
    at.change(running, estimated_end_time="2020-01-05")  # overdue: nobody knows
    assert found(at, asked.id) == [(2, 7)]
    span = {"planned_start_time": "2049-01-01", "planned_end_time": "2050-01-03"}
    at.change(running, estimated_end_time=None)
    at.plan("own", status="in_progress", channel_id=at.channel_ids[0], **span)
    assert found(at, asked.id) == [(0, 2)]
    at.set_channel(2, service_scheduled_until=None)
    at.change(running, estimated_end_time="2020-01-05")
    assert found(at, asked.id) == [(None, None)]
    (one,) = propose(at, asked.id).assignments
    assert "no known end" in str(one.unscheduled_reason)


def test_a_channel_must_be_rated_for_the_cell(at: LabBench) -> None:
    """Voltages and currents of the specification must lie within the channel's, where both are known."""
    ratings = {
        "capacity": {"value": 5000, "unit": "mA.h"},
        "max_discharge_rate": {"value": 2, "unit": "C"},
        "voltage_min": {"value": 2.5, "unit": "V"},
        "voltage_max": {"value": 4200, "unit": "mV"},
    }
    with at.store.writing(at.caller) as work:
        draft = SpecDraft(name="Rated", project_id=at.project_id, ratings=ratings)
        spec_id = specs.create(work, at.caller, draft).id
    asked = at.plan(cell_specification_id=spec_id)
    assert found(at, asked.id) == [(0, 0)]
    at.set_channel(0, max_amps=9.9)
    at.set_channel(1, min_volts=2.6)
    assert found(at, asked.id) == [(2, 0)]
    at.set_channel(2, max_volts=4.1)
    (one,) = propose(at, asked.id).assignments
    assert (one.is_scheduled, one.channel_id) == (False, None)
    assert "10 A (max_amps), 2.5 V (min_volts), 4.2 V (max_volts)" in str(one.unscheduled_reason)
    at.set_channel(1, min_volts=2.5, max_volts=4.2, max_amps=10)
    assert found(at, asked.id) == [(1, 0)]


def test_what_can_not_be_scheduled_says_why(at: LabBench) -> None:
    """What is not requested, and what has no channel to go to, comes back with the reason."""
    cancelled = at.plan("C", status="cancelled")
    endless = at.plan("E", status="completed", estimated_duration_seconds=None)
    reasons = [str(one.unscheduled_reason) for one in propose(at, cancelled.id, endless.id).assignments]
    assert "cancelled" in reasons[0]
    assert "completed" in reasons[1]
    asked = at.plan("A")
    with at.store.writing(at.caller) as work:
        for channel_id in at.channel_ids:
            channels.delete(work, at.caller, channel_id)
    (one,) = propose(at, asked.id).assignments
    assert "no channels" in str(one.unscheduled_reason)
    with pytest.raises(NotFoundError):
        propose(at, asked.id, "nothing")
    with pytest.raises(BadRequestError, match="no channel or no time"):
        apply(at, one)


def test_a_proposal_is_applied_whole(at: LabBench) -> None:
    """All plans are scheduled as proposed, by whoever applied it, in the order they were given."""
    ids = [at.plan(str(number), estimated_duration_seconds=DAY).id for number in range(5)]
    proposal = propose(at, *ids)
    done = apply(at, *proposal.assignments)
    assert [plan.id for plan in done] == ids
    assert all(plan.status == "scheduled" and plan.scheduled_by_email == at.caller.email for plan in done)
    assert [(plan.channel_id, plan.planned_start_time, plan.planned_end_time) for plan in done] == [
        (one.channel_id, one.planned_start_time, one.planned_end_time) for one in proposal.assignments
    ]
    with pytest.raises(ScheduleStaleError, match="was changed"):
        apply(at, *proposal.assignments)
    assert apply(at) == []


def disturb(at: LabBench, how: str, planned_id: str) -> None:
    """Change what a proposal was made from."""
    if how == "plan changed":
        at.replan(planned_id, notes="x")
    elif how == "plan cancelled":
        at.replan(planned_id, status="cancelled")
    elif how == "channel run":
        at.run("Runs", 1)
    elif how == "channel out":
        at.set_channel(1, out_of_commission=True)
    elif how == "channel planned":
        span = {"planned_start_time": "2050-01-01", "planned_end_time": "2050-01-02"}
        at.plan("Other", status="scheduled", channel_id=at.channel_ids[1], **span)
    elif how == "channel gone":
        with at.store.writing(at.caller) as work:
            channels.delete(work, at.caller, at.channel_ids[1])


@pytest.mark.parametrize(
    "how", ["plan changed", "plan cancelled", "channel run", "channel out", "channel planned", "channel gone"]
)
def test_a_stale_proposal_is_not_applied(at: LabBench, how: str) -> None:
    """When anything that it was made from has changed, nothing of it is applied."""
    ids = [at.plan(str(number), estimated_duration_seconds=DAY).id for number in range(3)]
    proposal = propose(at, *ids)
    disturb(at, how, ids[1])
    before = [at.planned(key) for key in ids]
    with pytest.raises(ScheduleStaleError, match="Nothing was scheduled"):
        apply(at, *proposal.assignments)
    assert [at.planned(key) for key in ids] == before


def test_nonsense_is_not_applied(at: LabBench) -> None:
    """A plan with two places, places that meet, and one that ends before it starts are refused."""
    first, second = at.plan("1"), at.plan("2")
    proposal = propose(at, first.id, second.id)
    with pytest.raises(BadRequestError, match="assigned twice"):
        apply(at, proposal.assignments[0], proposal.assignments[0])
    with pytest.raises(ScheduleStaleError, match="is taken by the planned measurement '1'"):
        apply(at, *proposal.assignments, channel_id=at.channel_ids[0])
    with pytest.raises(BadRequestError, match="planned_end_time"):
        apply(at, *proposal.assignments, planned_end_time="2020-01-01")
    assert at.planned(first.id) == first


def test_one_proposal_applied_by_many_at_once_is_applied_once(at: LabBench) -> None:
    """Of four that apply overlapping proposals, in any order, one has its way and the others are told."""
    ids = [at.plan(str(number), estimated_duration_seconds=DAY).id for number in range(6)]
    parts = [propose(at, *ids[:3]), propose(at, *ids[3:]), propose(at, *ids[2::-1]), propose(at, *ids[::2])]
    answers = together(4, lambda number: apply(at, *parts[number].assignments))
    assert sum(isinstance(answer, list) for answer in answers) == 1, answers
    assert sum(isinstance(answer, ScheduleStaleError) for answer in answers) == 3, answers
    assert sum(at.planned(key).status == "scheduled" for key in ids) == 3


def test_who_may_only_look_may_propose_and_not_apply(at: LabBench) -> None:
    """A proposal changes nothing, so a viewer may ask for one."""
    asked = at.plan()
    viewer = LabBench(**{**vars(at), "caller": at.person("v@lab", {at.project_id: "Project Viewer"})})
    proposal = propose(viewer, asked.id)
    with pytest.raises(ForbiddenError):
        apply(viewer, *proposal.assignments)
    with pytest.raises(NotFoundError):
        propose(LabBench(**{**vars(at), "caller": at.person("o@lab")}), asked.id)

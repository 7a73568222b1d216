"""Cyclers: their calibration, and their service."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cellkeep.domain.cyclers import Cycler, CyclerPatch, CyclerQuery
from cellkeep.domain.errors import BadRequestError, ConflictError, ForbiddenError, NotFoundError
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.records import now
from cellkeep.domain.service_events import CyclerServiceEvent, ServiceCompletion, ServiceEventQuery, ServiceStart
from cellkeep.services import cyclers, projects
from cellkeep.storage.store import Store
from services.bench import together
from services.lab_bench import LabBench, lab_bench

SOON = "2026-09-15T09:00:00Z"


@pytest.fixture
def at(store: Store, admin: Caller) -> LabBench:
    return lab_bench(store, admin)


def start(at: LabBench, event_type: str = "repair", **said: Any) -> CyclerServiceEvent:
    with at.store.writing(at.caller) as work:
        asked = ServiceStart.model_validate({"event_type": event_type, "scheduled_for": SOON, **said})
        return cyclers.start_service(work, at.caller, at.cycler_id, asked)


def complete(at: LabBench, **said: Any) -> CyclerServiceEvent:
    with at.store.writing(at.caller) as work:
        asked = ServiceCompletion.model_validate(said)
        return cyclers.complete_service(work, at.caller, at.cycler_id, asked)


def change(at: LabBench, **said: Any) -> Cycler:
    with at.store.writing(at.caller) as work:
        return cyclers.update(work, at.caller, at.cycler_id, CyclerPatch.model_validate(said))


def events(at: LabBench) -> list[CyclerServiceEvent]:
    with at.store.reading(at.caller) as work:
        return cyclers.service_events(work, at.cycler_id, ServiceEventQuery()).items


def test_the_next_calibration_follows_the_last(at: LabBench) -> None:
    """It is the interval later, after each change of either, and unknown without both; nobody sets it."""
    assert change(at, last_calibrated_at="2026-01-01").calibration_due_at is None
    assert change(at, calibration_interval_days=365).calibration_due_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert change(at, last_calibrated_at="2026-02-01").calibration_due_at == datetime(2027, 2, 1, tzinfo=UTC)
    assert change(at, calibration_due_at="2050-01-01").calibration_due_at == datetime(2027, 2, 1, tzinfo=UTC)
    assert change(at, notes="n", calibration_interval_days=1).calibration_due_at == datetime(2026, 2, 2, tzinfo=UTC)
    with pytest.raises(BadRequestError, match="beyond the year 9999"):
        change(at, last_calibrated_at="9999-12-31")
    assert change(at, calibration_interval_days=None).calibration_due_at is None


def test_cyclers_are_found_by_when_they_are_due(at: LabBench) -> None:
    """Both bounds exclude their own time, and cyclers without a date."""
    for name, last in (("A", "2026-01-01"), ("B", "2026-02-01"), ("C", None)):
        at.add_cycler(name, last_calibrated_at=last, calibration_interval_days=10)

    def due(**bounds: str) -> list[str]:
        with at.store.reading(at.caller) as work:
            asked = CyclerQuery.model_validate({**bounds, "order_by": "calibration_due_at", "order": "asc"})
            return [cycler.name for cycler in cyclers.list_of(work, at.site_id, asked)]

    assert due()[:2] == ["A", "B"]
    assert len(due()) == 4
    assert due(calibration_due_at_lt="2026-02-11") == ["A"]
    assert due(calibration_due_at_gt="2026-01-11") == ["B"]
    assert due(calibration_due_at_gt="2026-01-01", calibration_due_at_lt="2027-01-01") == ["A", "B"]


def test_a_cycler_is_made_in_a_project_one_may_change(at: LabBench) -> None:
    """The project must be seen, and be writable; whoever does not see it does not see the cycler."""
    with at.store.writing(at.caller) as work:
        other = projects.create(work, at.caller, ProjectDraft(name="Other"))
    who = at.person("m@lab", {at.project_id: "Project Viewer"})
    for project_id, error in ((other.id, NotFoundError), (at.project_id, ForbiddenError), ("nothing", NotFoundError)):
        draft = cyclers.CyclerDraft(name="X", project_id=project_id)
        with pytest.raises(error), at.store.writing(who) as work:
            cyclers.create(work, who, at.site_id, draft)
    hidden = at.add_cycler("Hidden", other.id)
    with at.store.reading(who) as work:
        assert [cycler.name for cycler in cyclers.list_of(work, at.site_id, CyclerQuery())] == ["Rack 1"]
        with pytest.raises(NotFoundError):
            cyclers.service_events(work, hidden, ServiceEventQuery())


def test_service_takes_the_whole_cycler_out_and_returns_it(at: LabBench) -> None:
    """Each channel gets an incident of the event; completing closes them, and the event says by whom."""
    event = start(at, "calibration", scheduled_until="2026-09-17", notes="yearly")
    assert (event.performed_at, event.performed_by, event.created_by) == (None, None, at.caller.user_id)
    assert at.out() == [True] * 3
    (incident,) = at.incidents(1)
    assert (incident.service_event_id, incident.category, incident.notes) == (event.id, "calibration", "yearly")
    assert incident.service_scheduled_at == event.scheduled_for
    assert incident.service_scheduled_until == event.scheduled_until
    assert incident.started_by == at.caller.user_id
    done = complete(at, notes="done", calibration_interval_days=100)
    assert (done.id, done.notes, done.performed_by) == (event.id, "done", at.caller.user_id)
    assert at.out() == [False] * 3
    (incident,) = at.incidents(1)
    assert incident.resolved_at is not None
    assert (incident.resolution_notes, incident.resolved_by) == ("done", at.caller.user_id)
    with at.store.reading() as work:
        cycler = work.cyclers.get(at.cycler_id)
    assert cycler.last_calibrated_at == done.performed_at
    assert cycler.calibration_due_at == cycler.last_calibrated_at + timedelta(days=100)  # type: ignore[operator]
    assert events(at) == [done]


def test_service_leaves_other_outages_alone(at: LabBench) -> None:
    """A channel that was out before stays so afterwards; one that was returned in between is not touched."""
    at.set_channel(0, out_of_commission=True, incident_category="hardware_failure")
    event = start(at)
    assert at.incidents(0)[0].service_event_id is None
    at.set_channel(1, out_of_commission=False)
    at.set_channel(2, out_of_commission=False)
    at.set_channel(2, out_of_commission=True)
    assert complete(at).id == event.id
    assert at.out() == [True, False, True]
    assert [incident.resolved_at is None for incident in at.incidents(2)] == [True, False]


def test_service_does_not_begin_twice_or_under_a_test(at: LabBench) -> None:
    """With an event open, or a test running on a channel, nothing begins, and nothing is half done."""
    running = at.run("Runs", 1)
    with pytest.raises(ConflictError, match="'Runs' on channel '2'") as refused:
        start(at)
    assert refused.value.existing_id is None
    assert (at.out(), events(at)) == ([False] * 3, [])
    at.change(running, end_time="2026-01-02")
    first = start(at)
    with pytest.raises(ConflictError, match="in service already"):
        start(at, "calibration")
    assert [event.id for event in events(at)] == [first.id]
    for until in (SOON, "2026-09-15T08:59:59Z"):
        with pytest.raises(BadRequestError, match="scheduled_until"):
            start(at, scheduled_until=until)


def test_work_is_recorded_after_the_fact(at: LabBench) -> None:
    """Where no event is open, one that is done is recorded; a calibration moves the clock on, never back."""
    done = complete(at, performed_at="2026-03-01", event_type="firmware", calibration_interval_days=5)
    assert (done.event_type, done.scheduled_for, at.incidents(0)) == ("firmware", None, [])
    assert change(at).last_calibrated_at is None
    assert change(at).calibration_interval_days is None
    complete(at, performed_at="2026-02-01")
    assert change(at).last_calibrated_at == datetime(2026, 2, 1, tzinfo=UTC)
    complete(at, performed_at="2026-01-01", calibration_interval_days=7)
    assert change(at).calibration_due_at == datetime(2026, 2, 8, tzinfo=UTC)
    with pytest.raises(BadRequestError, match="in the future"):
        complete(at, performed_at=(now() + timedelta(days=1)).isoformat())
    assert [event.event_type for event in events(at)] == ["calibration", "calibration", "firmware"]


def test_of_many_starts_at_once_one_begins(at: LabBench) -> None:
    """Four that start service and one that starts a test on a channel: there is one winner, and one incident."""
    for turn in range(3):
        measurement_id = at.record(f"T{turn}")

        def do(number: int, key: str = measurement_id) -> Any:
            return at.change(key, channel_id=at.channel_ids[0], start_time="2026-01-01") if number == 4 else start(at)

        answers = together(5, do)
        won = [answer for answer in answers if not isinstance(answer, Exception)]
        assert len(won) == 1, answers
        assert all(isinstance(answer, ConflictError) for answer in answers if answer not in won), answers
        began = isinstance(won[0], CyclerServiceEvent)
        assert at.out() == [began] * 3
        assert sum(incident.resolved_at is None for incident in at.incidents(0)) == began
        if began:
            complete(at)
        else:
            at.change(measurement_id, channel_id=None)


def test_of_many_completions_at_once_one_ends_the_service(at: LabBench) -> None:
    """The event is completed once; who comes later records work of their own."""
    event = start(at)
    answers = together(4, lambda _: complete(at, event_type="other"))
    assert sum(answer.id == event.id for answer in answers) == 1
    assert at.out() == [False] * 3
    assert len(events(at)) == 4

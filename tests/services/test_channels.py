"""Channels go out of commission and come back, and remember it."""

from typing import Any

import pytest

from cellkeep.domain.channels import ChannelDraft
from cellkeep.domain.errors import BadRequestError, ConflictError
from cellkeep.domain.incidents import IncidentQuery
from cellkeep.domain.people import Caller
from cellkeep.services import channels
from cellkeep.storage.store import Store
from services.bench import together
from services.lab_bench import LabBench, lab_bench

VISIT = {"service_scheduled_at": "2026-09-01T09:00:00Z", "service_scheduled_until": "2026-09-03T17:00:00Z"}


@pytest.fixture
def at(store: Store, admin: Caller) -> LabBench:
    return lab_bench(store, admin, 1)


def test_a_channel_goes_out_and_comes_back(at: LabBench) -> None:
    """Its history has one incident, with what was said at either end, and who said it."""
    gone = at.set_channel(out_of_commission=True, incident_category="maintenance", incident_notes="relay", **VISIT)
    assert gone.out_of_commission
    (incident,) = at.incidents()
    assert (incident.category, incident.notes, incident.resolved_at) == ("maintenance", "relay", None)
    assert incident.service_scheduled_until is not None
    assert not incident.is_estimated
    back = at.set_channel(out_of_commission=False, resolution_notes="replaced")
    assert (back.out_of_commission, back.model_extra) == (False, {})
    (incident,) = at.incidents()
    assert (incident.resolution_notes, incident.resolved_by) == ("replaced", at.caller.user_id)
    assert incident.resolved_at is not None
    assert incident.resolved_at >= incident.started_at
    at.set_channel(out_of_commission=True)
    assert [each.category for each in at.incidents()] == ["other", "maintenance"]


def test_saying_it_again_changes_nothing(at: LabBench) -> None:
    """The state that a channel has already opens and closes nothing, whatever is said with it."""
    at.set_channel(out_of_commission=False, incident_category="maintenance", incident_notes="x")
    assert at.incidents() == []
    at.set_channel(out_of_commission=True, incident_notes="first")
    before = at.incidents()
    at.set_channel(out_of_commission=True, incident_category="hardware_failure", incident_notes="second")
    assert at.incidents() == before


@pytest.mark.parametrize("category", ["maintenance", "calibration"])
def test_a_visit_needs_a_date(at: LabBench, category: str) -> None:
    """What is planned can not take a channel out without a date, and the date is not taken away later."""
    with pytest.raises(BadRequestError, match="service_scheduled_at"):
        at.set_channel(out_of_commission=True, incident_category=category)
    assert at.out() == [False]
    at.set_channel(out_of_commission=True, incident_category=category, **VISIT)
    with pytest.raises(BadRequestError, match="service_scheduled_at"):
        at.set_channel(service_scheduled_at=None)


def test_a_visit_ends_after_it_starts(at: LabBench) -> None:
    """Also where only its end is changed later, and where it has no start but that of the outage."""
    for until in (VISIT["service_scheduled_at"], "2020-01-01"):
        with pytest.raises(BadRequestError, match="service_scheduled_until"):
            at.set_channel(out_of_commission=True, **{**VISIT, "service_scheduled_until": until})
    with pytest.raises(BadRequestError, match="service_scheduled_until"):
        at.set_channel(out_of_commission=True, service_scheduled_until="2020-01-01")
    at.set_channel(out_of_commission=True, **VISIT)
    with pytest.raises(BadRequestError, match="service_scheduled_until"):
        at.set_channel(service_scheduled_until="2026-08-01")
    at.set_channel(service_scheduled_until="2026-10-01")
    (incident,) = at.incidents()
    assert str(incident.service_scheduled_until) == "2026-10-01 00:00:00+00:00"
    assert str(incident.service_scheduled_at) == "2026-09-01 09:00:00+00:00"


def test_a_channel_under_test_stays_in(at: LabBench) -> None:
    """A running test must end first; one that has ended does not hold the channel."""
    running = at.run("Runs")
    with pytest.raises(ConflictError, match="'Runs'") as refused:
        at.set_channel(out_of_commission=True)
    assert refused.value.existing_id is None
    at.change(running, end_time="2026-01-02")
    assert at.set_channel(out_of_commission=True).out_of_commission


def test_a_new_channel_is_in_service(at: LabBench) -> None:
    """Whether it is out can not be said when it is made, not even that it is not."""
    for value in (True, False, None):
        draft = ChannelDraft.model_validate({"name": "N", "out_of_commission": value})
        with pytest.raises(BadRequestError, match="out_of_commission"), at.store.writing(at.caller) as work:
            channels.create(work, at.caller, at.cycler_id, draft)


def test_rated_voltages_are_the_right_way_round(at: LabBench) -> None:
    """The upper limit lies above the lower one, also where only one of them is changed."""
    with pytest.raises(BadRequestError, match="max_volts"):
        at.add_channel("N", min_volts=5, max_volts=0)
    at.set_channel(min_volts=1, max_volts=5)
    with pytest.raises(BadRequestError, match="max_volts"):
        at.set_channel(min_volts=5)
    assert at.set_channel(max_volts=None, min_volts=5).min_volts == 5


def test_of_many_at_once_one_opens_the_incident(at: LabBench) -> None:
    """Eight that take a channel out open one incident; eight that return it close it once."""
    for out in (True, False):
        answers = together(8, lambda _, out=out: at.set_channel(out_of_commission=out))  # type: ignore[misc]
        assert not [answer for answer in answers if isinstance(answer, Exception)]
        assert len(at.incidents()) == 1
        assert (at.incidents()[0].resolved_at is None) == out


def test_the_history_comes_in_pages(at: LabBench) -> None:
    """Twenty at a time unless asked otherwise, never more than a hundred, and the total is true."""
    for _ in range(21):
        at.set_channel(out_of_commission=True)
        at.set_channel(out_of_commission=False)

    def page(**asked: Any) -> tuple[int, int]:
        with at.store.reading(at.caller) as work:
            found = channels.incidents(work, at.channel_ids[0], IncidentQuery(**asked))
            return found.count, found.total

    assert page() == (20, 21)
    assert page(limit=5000) == (21, 21)
    assert page(offset=20) == (1, 21)
    assert IncidentQuery(limit=5000).limit == 100

"""What a laboratory's numbers mean, when a channel is free, and what a specification asks of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from cellkeep.domain.channels import ChannelDraft
from cellkeep.domain.cyclers import CyclerPatch
from cellkeep.domain.incidents import ChannelIncident
from cellkeep.domain.lab import LabStatus, utilization
from cellkeep.domain.occupation import By, Taken, earliest_start
from cellkeep.domain.planned_measurements import AutoScheduleAssignment, PlannedPatch
from cellkeep.domain.ratings import Demand, demand_of

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def days(number: float) -> datetime:
    return NEW_YEAR + timedelta(days=number)


def taken(start: float, end: float | None) -> Taken:
    return Taken(By.run, "x", days(start), None if end is None else days(end))


@pytest.mark.parametrize(
    ("spans", "duration", "start"),
    [
        ([], 1, 0),
        ([(-5, 0)], 1, 0),
        ([(-5, 2)], 1, 2),
        ([(1, 2)], 1, 0),
        ([(1, 2)], 1.5, 2),
        ([(3, 4), (1, 2)], 1, 0),
        ([(3, 4), (0, 2)], 1, 2),
        ([(3, 4), (0, 2)], 2, 4),
        ([(0, 9), (1, 2)], 1, 9),
        ([(0, 0.5), (0.5, 0.5), (0.5, 1)], 1, 1),
        ([(5, None)], 5, 0),
        ([(5, None)], 6, None),
        ([(-5, None)], 1, None),
    ],
)
def test_the_earliest_start_leaves_what_is_taken(
    spans: list[tuple[float, float | None]], duration: float, start: float | None
) -> None:
    """A span fits where it meets nothing, and nowhere after what has no known end."""
    found = earliest_start([taken(*span) for span in spans], NEW_YEAR, timedelta(days=duration))
    assert found == (None if start is None else days(start))


@pytest.mark.parametrize(
    ("counts", "percent"),
    [((0, 0, 0, 0), 0), ((1, 0, 7, 0), 12), ((3, 0, 197, 0), 2), ((1, 1, 1, 1), 50), ((0, 0, 0, 5), 0)],
)
def test_utilization_is_the_busy_share_of_all(counts: tuple[int, int, int, int], percent: int) -> None:
    """Occupied and stale channels are in use; those that are out count as channels."""
    occupied, stale, free, out = counts
    found = utilization(LabStatus(occupied=occupied, stale=stale, free=free, out_of_commission=out))
    assert (found.percent, found.total) == (percent, sum(counts))


def quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit}


@pytest.mark.parametrize(
    ("ratings", "demand"),
    [
        ({}, Demand()),
        ({"voltage_min": quantity(2500, "mV"), "voltage_max": quantity(4.2, "V")}, Demand(None, 2.5, 4.2)),
        ({"max_discharge_rate": quantity(2, "C")}, Demand()),
        ({"max_discharge_rate": quantity(2, "C"), "capacity": quantity(5000, "mA.h")}, Demand(10)),
        ({"max_discharge_rate": quantity(2, "A"), "max_charge_rate": quantity(-3, "A")}, Demand(3)),
        ({"voltage_max": quantity(4.2, "bananas"), "max_charge_rate": None, "capacity": "5 Ah"}, Demand()),
    ],
)
def test_ratings_ask_for_current_and_voltages(ratings: dict[str, Any], demand: Demand) -> None:
    """Rates become currents by the capacity; what is not understood asks for nothing."""
    assert demand_of(ratings) == pytest.approx(demand)


def test_what_is_not_known_is_no_reason_against_a_channel() -> None:
    """A need is compared with a rating only where both are there."""
    needed = Demand(5, 2.5, 4.2)
    assert needed.suits(None, None, None)
    assert needed.suits(5, 2.5, 4.2)
    assert not needed.suits(4.9, None, None)
    assert not needed.suits(None, 2.6, None)
    assert not needed.suits(None, None, 4.1)
    assert Demand().suits(0, 0, 1)


def test_an_outage_is_overdue_once_its_end_has_passed() -> None:
    """While it is open and had an end that lies behind; returned, it is not, however late."""
    said: dict[str, Any] = {"id": "i", "channel_id": "c", "project_id": "p", "started_at": "2020-01-01"}
    assert not ChannelIncident(**said).is_overdue_to_return
    assert ChannelIncident(**said, service_scheduled_until="2020-02-01").is_overdue_to_return
    assert not ChannelIncident(**said, service_scheduled_until="2999-02-01").is_overdue_to_return
    returned = ChannelIncident(**said, service_scheduled_until="2020-02-01", resolved_at="2020-03-01")
    assert not returned.is_overdue_to_return


def test_an_assignment_with_a_place_can_be_applied() -> None:
    """Channel, start and end are all there."""
    said: dict[str, Any] = {
        "planned_measurement_id": "p",
        "planned_measurement_name": "P",
        "planned_measurement_updated_at": "2026-01-01",
    }
    place: dict[str, Any] = {
        "channel_id": "c",
        "planned_start_time": "2026-01-01",
        "planned_end_time": "2026-01-02",
    }
    assert AutoScheduleAssignment(**said, **place).is_scheduled
    for key in place:
        assert not AutoScheduleAssignment(**said, **{**place, key: None}).is_scheduled


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (CyclerPatch, {"port": 65536}),
        (CyclerPatch, {"port": -1}),
        (CyclerPatch, {"calibration_interval_days": 0}),
        (CyclerPatch, {"calibration_interval_days": 10**9}),
        (CyclerPatch, {"last_calibrated_at": "yesterday"}),
        (CyclerPatch, {"hostname": "a\0b"}),
        (ChannelDraft, {"name": "x", "max_amps": float("nan")}),
        (ChannelDraft, {"name": "x", "max_amps": -1}),
        (ChannelDraft, {"name": "x", "min_volts": float("inf")}),
        (ChannelDraft, {"name": " "}),
        (PlannedPatch, {"status": "someday"}),
        (PlannedPatch, {"estimated_duration_seconds": 0}),
        (PlannedPatch, {"estimated_duration_seconds": 10**12}),
        (PlannedPatch, {"protocol_id": ""}),
    ],
)
def test_nonsense_is_refused_where_it_is_sent(model: Any, said: dict[str, Any]) -> None:
    """Numbers without sense, words that mean nothing and text that is none never come further."""
    with pytest.raises(ValidationError):
        model.model_validate(said)


def test_ports_reach_from_end_to_end() -> None:
    """Both ends of the range are ports, and a host is plain text."""
    for port in (0, 65535):
        assert CyclerPatch(port=port, hostname="cycler-3.lab", ip_address="fe80::1").port == port

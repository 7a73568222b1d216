"""Finding channels and times for requested measurements, and giving them what was found."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cellkeep.domain.errors import BadRequestError, ScheduleStaleError
from cellkeep.domain.occupation import By, Taken, earliest_start
from cellkeep.domain.people import Caller
from cellkeep.domain.planned_measurements import (
    ApplyProposal,
    AutoScheduleAssignment,
    AutoScheduleProposal,
    ChosenAssignment,
    PlannedMeasurement,
    PlannedMeasurementStatus,
    ProposalRequest,
)
from cellkeep.domain.ratings import Demand, demand_of
from cellkeep.domain.records import now
from cellkeep.services.lab import by_name
from cellkeep.services.reservations import taken
from cellkeep.storage.planned_measurements import planned
from cellkeep.storage.store import UnitOfWork
from cellkeep.storage.tables import PlannedMeasurementRow


class _Candidate(NamedTuple):
    """A channel of the project, with all that takes it."""

    id: str
    name: str
    cycler_name: str
    ratings: tuple[float | None, float | None, float | None]
    taken: list[Taken]


def propose(work: UnitOfWork, project_id: str, asked: ProposalRequest) -> AutoScheduleProposal:
    """The earliest place for each, in the order they are asked for; nothing is stored.

    A channel will do where the specification's ratings are within its own, as far as both are known. Of several that
    are free equally early the first by cycler and name is taken.

    Raises:
        NotFoundError: one of them is not a planned measurement of the project.
    """
    work.projects.row(project_id)
    generated_at = now()
    after = max(generated_at, asked.start_after or generated_at)
    ids = list(dict.fromkeys(asked.planned_measurement_ids))
    plans = work.planned_measurements.of_project(project_id, ids)
    candidates = _candidates(work, project_id)
    demands = {spec_id: _demand(work, spec_id) for spec_id in {plan.cell_specification_id for plan in plans.values()}}
    found = [_place(plans[key], candidates, demands[plans[key].cell_specification_id], after) for key in ids]
    return AutoScheduleProposal(generated_at=generated_at, assignments=found)


def apply(work: UnitOfWork, caller: Caller, project_id: str, asked: ApplyProposal) -> list[PlannedMeasurement]:
    """Schedule all of these, or none.

    Raises:
        BadRequestError: an assignment has no place, or a plan has two.
        ScheduleStaleError: a plan was changed since, or its channel is not free any more.
    """
    work.projects.row(project_id)
    caller.require_write(project_id)
    chosen = {one.planned_measurement_id: one for one in asked.assignments}
    if len(chosen) != len(asked.assignments):
        raise BadRequestError("A planned measurement is assigned twice. Choose one place for it.")
    places = {key: one.place() for key, one in chosen.items()}
    # Channels before plans, as everywhere, or two changes could wait for each other for ever.
    channels = work.channels.present(channel_id for channel_id, _, _ in places.values())
    rows = work.planned_measurements.of_project(project_id, places, lock=True)
    present = taken(work, channels)
    for key, (channel_id, start, end) in places.items():
        row, channel = rows[key], channels.get(channel_id)
        _require_unchanged(row, chosen[key])
        if channel is None or channel.project_id != project_id:
            raise _stale(f"the channel of '{row.name}' is not there any more")
        if other := next((each for each in present[channel_id] if each.overlaps(start, end)), None):
            raise _stale(f"the channel '{channel.name}' is taken by {other}")
        work.planned_measurements.assign(row, (channel_id, start, end), caller)
        present[channel_id].append(Taken(By.plan, f"the planned measurement '{row.name}'", start, end))
    return [planned(rows[one.planned_measurement_id]) for one in asked.assignments]


def _candidates(work: UnitOfWork, project_id: str) -> list[_Candidate]:
    facts = work.lab.channels(project_id)
    present = taken(work, (each.id for each in facts))
    below: dict[str, list[_Candidate]] = {}
    places = sorted(work.lab.places(project_id), key=by_name)
    names = {place.id: place.name for place in places}
    for each in sorted(facts, key=by_name):
        ratings = (each.max_amps, each.min_volts, each.max_volts)
        candidate = _Candidate(each.id, each.name, names[each.cycler_id], ratings, present[each.id])
        below.setdefault(each.cycler_id, []).append(candidate)
    return [candidate for place in places for candidate in below.get(place.id, [])]


def _demand(work: UnitOfWork, spec_id: str | None) -> Demand:
    return Demand() if spec_id is None else demand_of(work.specs.row(spec_id).ratings)


def _place(
    plan: PlannedMeasurementRow, candidates: Sequence[_Candidate], demand: Demand, after: datetime
) -> AutoScheduleAssignment:
    if plan.status != PlannedMeasurementStatus.requested:
        return _answer(plan, unscheduled_reason=f"Its status is {plan.status}; only what is requested is scheduled.")
    if plan.estimated_duration_seconds is None:
        return _answer(plan, unscheduled_reason="It has no estimated_duration_seconds.")
    duration = timedelta(seconds=plan.estimated_duration_seconds)
    suitable = [candidate for candidate in candidates if demand.suits(*candidate.ratings)]
    best: tuple[datetime, _Candidate] | None = None
    for candidate in suitable:
        start = earliest_start(candidate.taken, after, duration)
        if start is not None and (best is None or start < best[0]):
            best = start, candidate
        if start == after:
            break
    if best is None:
        return _answer(plan, unscheduled_reason=_reason(candidates, suitable, demand))
    start, candidate = best
    candidate.taken.append(Taken(By.plan, f"the planned measurement '{plan.name}'", start, start + duration))
    return _answer(
        plan,
        channel_id=candidate.id,
        channel_name=candidate.name,
        cycler_name=candidate.cycler_name,
        planned_start_time=start,
        planned_end_time=start + duration,
    )


def _reason(candidates: Sequence[_Candidate], suitable: Sequence[_Candidate], demand: Demand) -> str:
    if not candidates:
        return "The project has no channels."
    if not suitable:
        return f"No channel of the project is rated for what the specification needs: {demand}."
    return "Every channel that would do is out of commission, or taken with no known end."


def _answer(plan: PlannedMeasurementRow, **said: str | datetime) -> AutoScheduleAssignment:
    return AutoScheduleAssignment.model_validate(
        {
            "planned_measurement_id": plan.id,
            "planned_measurement_name": plan.name,
            "planned_measurement_updated_at": plan.updated_at,
            **said,
        }
    )


def _require_unchanged(row: PlannedMeasurementRow, chosen: ChosenAssignment) -> None:
    if row.updated_at != chosen.planned_measurement_updated_at:
        raise _stale(f"'{row.name}' was changed")
    if row.status != PlannedMeasurementStatus.requested:
        raise _stale(f"'{row.name}' is {row.status}")


def _stale(what: str) -> ScheduleStaleError:
    return ScheduleStaleError(f"Since this was proposed, {what}. Nothing was scheduled; ask for a new proposal.")

"""Planned measurements, and their scheduling."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from cellkeep.domain.paging import Page
from cellkeep.domain.planned_measurements import (
    ApplyProposal,
    AutoScheduleProposal,
    PlannedDraft,
    PlannedMeasurement,
    PlannedPatch,
    PlannedQuery,
    ProposalRequest,
)
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import planned_measurements, scheduling

router = APIRouter(prefix="/projects/{project_id}/planned_measurements", tags=["planned measurements"])


@router.get("")
def list_planned(work: Reading, project_id: str, asked: Annotated[PlannedQuery, Query()]) -> Page[PlannedMeasurement]:
    return planned_measurements.list_of(work, project_id, asked)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_planned(work: Writing, who: Who, project_id: str, draft: PlannedDraft) -> PlannedMeasurement:
    return planned_measurements.create(work, who, project_id, draft)


@router.post("/auto_schedule_proposal")
def propose_schedule(work: Reading, project_id: str, asked: ProposalRequest) -> AutoScheduleProposal:
    return scheduling.propose(work, project_id, asked)


@router.post("/apply_auto_schedule_proposal")
def apply_schedule(work: Writing, who: Who, project_id: str, asked: ApplyProposal) -> list[PlannedMeasurement]:
    return scheduling.apply(work, who, project_id, asked)


@router.get("/{planned_id}")
def get_planned(work: Reading, project_id: str, planned_id: str) -> PlannedMeasurement:
    return planned_measurements.get(work, project_id, planned_id)


@router.patch("/{planned_id}")
def update_planned(
    work: Writing, who: Who, project_id: str, planned_id: str, patch: PlannedPatch
) -> PlannedMeasurement:
    return planned_measurements.update(work, who, project_id, planned_id, patch)


@router.delete("/{planned_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_planned(work: Writing, who: Who, project_id: str, planned_id: str) -> None:
    planned_measurements.delete(work, who, project_id, planned_id)

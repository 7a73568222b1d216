"""Cyclers and their service events."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from cellkeep.domain.cyclers import Cycler, CyclerDraft, CyclerPatch, CyclerQuery
from cellkeep.domain.paging import Page
from cellkeep.domain.service_events import CyclerServiceEvent, ServiceCompletion, ServiceEventQuery, ServiceStart
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import cyclers

router = APIRouter(tags=["cyclers"])


@router.get("/sites/{site_id}/cyclers")
def list_cyclers(work: Reading, site_id: str, asked: Annotated[CyclerQuery, Query()]) -> Page[Cycler]:
    return cyclers.list_of(work, site_id, asked)


@router.post("/sites/{site_id}/cyclers", status_code=status.HTTP_201_CREATED)
def create_cycler(work: Writing, who: Who, site_id: str, draft: CyclerDraft) -> Cycler:
    return cyclers.create(work, who, site_id, draft)


@router.get("/cyclers/{cycler_id}")
def get_cycler(work: Reading, cycler_id: str) -> Cycler:
    return work.cyclers.get(cycler_id)


@router.patch("/cyclers/{cycler_id}")
def update_cycler(work: Writing, who: Who, cycler_id: str, patch: CyclerPatch) -> Cycler:
    return cyclers.update(work, who, cycler_id, patch)


@router.delete("/cyclers/{cycler_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_cycler(work: Writing, who: Who, cycler_id: str) -> None:
    cyclers.delete(work, who, cycler_id)


@router.get("/cyclers/{cycler_id}/service_events")
def list_service_events(
    work: Reading, cycler_id: str, asked: Annotated[ServiceEventQuery, Query()]
) -> Page[CyclerServiceEvent]:
    return cyclers.service_events(work, cycler_id, asked)


@router.post("/cyclers/{cycler_id}/service_events", status_code=status.HTTP_201_CREATED)
def start_service(work: Writing, who: Who, cycler_id: str, asked: ServiceStart) -> CyclerServiceEvent:
    return cyclers.start_service(work, who, cycler_id, asked)


@router.post("/cyclers/{cycler_id}/service_events/complete")
def complete_service(work: Writing, who: Who, cycler_id: str, asked: ServiceCompletion) -> CyclerServiceEvent:
    return cyclers.complete_service(work, who, cycler_id, asked)

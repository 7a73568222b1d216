"""Cell measurements once they are recorded."""

from typing import Annotated

from fastapi import APIRouter, Query, status
from fastapi.responses import RedirectResponse

from cellkeep.domain.findings import FindingList, FindingQuery
from cellkeep.domain.measurements import (
    CellMeasurement,
    CycleTable,
    FileList,
    MeasurementPatch,
    MeasurementQuery,
    NoTables,
    ProjectMeasurementQuery,
    StepAndCycleTables,
)
from cellkeep.domain.paging import Page
from cellkeep.domain.summary_rules import CycleNumber
from cellkeep.domain.versions import SeriesPart, VersionList, VersionNumber
from cellkeep.server.context import Ctx, LinksTo, Reading, Who, Writing
from cellkeep.services import checking, measurements, versions

router = APIRouter(tags=["cell measurements"])


@router.get("/cell_instances/{instance_id}/cell_measurements")
def list_measurements(
    work: Reading, instance_id: str, asked: Annotated[MeasurementQuery, Query()]
) -> Page[CellMeasurement]:
    return measurements.list_of_instance(work, instance_id, asked)


@router.get("/cell_measurements")
def list_measurements_of_project(
    work: Reading, asked: Annotated[ProjectMeasurementQuery, Query()]
) -> Page[CellMeasurement]:
    return measurements.list_of_project(work, asked)


@router.get("/cell_measurements/{measurement_id}")
def get_measurement(work: Reading, measurement_id: str) -> CellMeasurement:
    return work.measurements.get(measurement_id)


@router.patch("/cell_measurements/{measurement_id}")
def update_measurement(context: Ctx, who: Who, measurement_id: str, patch: MeasurementPatch) -> CellMeasurement:
    return measurements.change(context.store, context.jobs, who, measurement_id, patch)


@router.post("/cell_measurements/{measurement_id}/make-tables")
def make_tables(context: Ctx, who: Who, measurement_id: str) -> CellMeasurement:
    return measurements.make_tables(context.store, context.jobs, who, measurement_id)


@router.delete("/cell_measurements/{measurement_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_measurement(work: Writing, who: Who, measurement_id: str) -> None:
    measurements.delete(work, who, measurement_id)


@router.get("/cell_measurements/{measurement_id}/time_series/download", response_class=RedirectResponse)
def download_time_series(links: LinksTo, measurement_id: str) -> str:
    return links.time_series(measurement_id)


@router.get("/cell_measurements/{measurement_id}/steps/download", response_class=RedirectResponse)
def download_steps(links: LinksTo, measurement_id: str) -> str:
    return links.steps(measurement_id)


@router.get("/cell_measurements/{measurement_id}/cycles")
def get_cycles(context: Ctx, who: Who, measurement_id: str, reference_cycle: CycleNumber | None = None) -> CycleTable:
    return measurements.cycle_table(context.store, who, measurement_id, reference_cycle)


@router.get("/cell_measurements/{measurement_id}/steps_and_cycles")
def get_steps_and_cycles(context: Ctx, who: Who, measurement_id: str) -> StepAndCycleTables | NoTables:
    return measurements.tables_if_any(context.store, who, measurement_id)


@router.get("/cell_measurements/{measurement_id}/findings")
def get_findings(work: Reading, measurement_id: str, asked: Annotated[FindingQuery, Query()]) -> FindingList:
    return checking.found(work, measurement_id, asked)


@router.get("/cell_measurements/{measurement_id}/versions")
def list_versions(work: Reading, measurement_id: str) -> VersionList:
    return versions.listed(work, measurement_id)


@router.get("/cell_measurements/{measurement_id}/versions/{number}/{part}/download", response_class=RedirectResponse)
def download_version(links: LinksTo, measurement_id: str, number: VersionNumber, part: SeriesPart) -> str:
    return versions.link(links, measurement_id, number, part)


@router.get("/cell_measurements/{measurement_id}/files")
def list_files(work: Reading, measurement_id: str) -> FileList:
    return FileList(filenames=measurements.filenames(work, measurement_id))


@router.get("/cell_measurements/{measurement_id}/files/{filename}", response_class=RedirectResponse)
def get_file(links: LinksTo, measurement_id: str, filename: str) -> str:
    return links.file(measurement_id, filename)

"""Bringing measurements in: initiate, send to the signed links, confirm."""

from fastapi import APIRouter, Response, status

from cellkeep.domain.measurements import (
    CellMeasurement,
    ConfirmExtend,
    ConfirmUpload,
    InitiatedUpload,
    InitiateUpload,
    MeasurementBundle,
    PropertiesDraft,
)
from cellkeep.domain.versions import ConfirmReplace, InitiateReplace
from cellkeep.server.context import BaseUrl, Ctx, Who, Writing
from cellkeep.services import extend, measurements, replace, uploads
from cellkeep.services.origin import Origin

router = APIRouter(tags=["uploads"])


@router.post("/cell_instances/{instance_id}/cell_measurements/initiate-upload")
def initiate_upload(
    context: Ctx, who: Who, base_url: BaseUrl, instance_id: str, asked: InitiateUpload
) -> InitiatedUpload:
    return uploads.initiate(context.store, who, instance_id, asked, base_url=base_url)


@router.post("/cell_measurements/{measurement_id}/confirm-upload", status_code=status.HTTP_201_CREATED)
def confirm_upload(
    context: Ctx, who: Who, measurement_id: str, asked: ConfirmUpload, response: Response
) -> MeasurementBundle:
    bundle = uploads.confirm(context.store, context.jobs, who, measurement_id, asked)
    if bundle.processing_status != "ready":
        response.status_code = status.HTTP_202_ACCEPTED
    return bundle


@router.post("/cell_measurements/{measurement_id}/initiate-extend")
def initiate_extend(context: Ctx, who: Who, base_url: BaseUrl, measurement_id: str) -> InitiatedUpload:
    return extend.initiate(context.store, who, measurement_id, base_url=base_url)


@router.post("/cell_measurements/{measurement_id}/confirm-extend")
def confirm_extend(
    context: Ctx, who: Who, measurement_id: str, response: Response, asked: ConfirmExtend | None = None
) -> MeasurementBundle:
    asked = asked or ConfirmExtend()
    bundle = extend.confirm(context.store, context.jobs, who, measurement_id, asked.path, origin=Origin.of(asked))
    if bundle.processing_status != "ready":
        response.status_code = status.HTTP_202_ACCEPTED
    return bundle


@router.post("/cell_measurements/{measurement_id}/initiate-replace")
def initiate_replace(
    context: Ctx, who: Who, base_url: BaseUrl, measurement_id: str, asked: InitiateReplace | None = None
) -> InitiatedUpload:
    return replace.initiate(context.store, who, measurement_id, asked or InitiateReplace(), base_url=base_url)


@router.post("/cell_measurements/{measurement_id}/confirm-replace")
def confirm_replace(
    context: Ctx, who: Who, measurement_id: str, response: Response, asked: ConfirmReplace
) -> MeasurementBundle:
    bundle = replace.confirm(context.store, context.jobs, who, measurement_id, asked)
    if bundle.processing_status != "ready":
        response.status_code = status.HTTP_202_ACCEPTED
    return bundle


@router.post("/cell_instances/{instance_id}/cell_measurements/create", status_code=status.HTTP_201_CREATED)
def create_properties(work: Writing, who: Who, instance_id: str, draft: PropertiesDraft) -> CellMeasurement:
    return measurements.create_properties(work, who, instance_id, draft)

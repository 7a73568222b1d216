"""Raw files, and the measurements they belong to."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, status
from fastapi.responses import RedirectResponse

from cellkeep.domain.paging import MAX_LIMIT, Limit, Offset, Page
from cellkeep.domain.raw_data import (
    ConfirmRawDataUpload,
    DownloadUrl,
    InitiatedRawDataUpload,
    InitiateRawDataUpload,
    ProjectRawDataQuery,
    RawData,
    RawDataPatch,
    RawDataQuery,
    RawDataToAttach,
)
from cellkeep.server.context import BaseUrl, Ctx, Reading, Who, Writing
from cellkeep.services import raw_data

router = APIRouter(tags=["raw data"])


@router.post("/raw_data/initiate-upload")
def initiate_raw_data_upload(
    context: Ctx, who: Who, base_url: BaseUrl, asked: InitiateRawDataUpload
) -> InitiatedRawDataUpload:
    return raw_data.initiate(context.store, who, asked, base_url=base_url)


@router.post("/raw_data/{raw_data_id}/confirm-upload", status_code=status.HTTP_201_CREATED)
def confirm_raw_data_upload(context: Ctx, who: Who, raw_data_id: str, asked: ConfirmRawDataUpload) -> RawData:
    return raw_data.confirm(context.store, context.jobs, who, raw_data_id, asked)


@router.get("/raw_data")
def list_raw_data(work: Reading, asked: Annotated[ProjectRawDataQuery, Query()]) -> Page[RawData]:
    return raw_data.list_of_project(work, asked)


@router.get("/raw_data/{raw_data_id}")
def get_raw_data(work: Reading, raw_data_id: str) -> RawData:
    return work.raw_data.get(raw_data_id)


@router.get("/raw_data/{raw_data_id}/download", response_class=RedirectResponse)
def download_raw_data(context: Ctx, who: Who, base_url: BaseUrl, raw_data_id: str) -> str:
    return raw_data.link(context.store, who, raw_data_id, base_url)


@router.get("/raw_data/{raw_data_id}/download-url")
def get_raw_data_download_url(
    context: Ctx, who: Who, base_url: BaseUrl, request: Request, raw_data_id: str
) -> DownloadUrl:
    """A link to the content that holds for a while."""
    url = raw_data.link(context.store, who, raw_data_id, base_url)
    # Clients of the field send all their headers along. S3 refuses a signed link that comes with a bearer token;
    # a redirect to another host loses the token.
    if "authorization" in request.headers:
        url = f"{base_url}/raw_data/{raw_data_id}/download"
    return DownloadUrl(url=url)


@router.get("/raw_data/{raw_data_id}/cell_measurements")
def list_measurements_of_raw_data(
    work: Reading,
    raw_data_id: str,
    limit: Annotated[Limit, Query()] = MAX_LIMIT,
    offset: Annotated[Offset, Query()] = 0,
) -> Page[str]:
    return raw_data.measurement_ids(work, raw_data_id, limit=limit, offset=offset)


@router.patch("/raw_data/{raw_data_id}")
def update_raw_data(work: Writing, who: Who, raw_data_id: str, patch: RawDataPatch) -> RawData:
    return raw_data.update(work, who, raw_data_id, patch)


@router.delete("/raw_data/{raw_data_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_raw_data(work: Writing, who: Who, raw_data_id: str) -> None:
    raw_data.delete(work, who, raw_data_id)


@router.post("/cell_measurements/{measurement_id}/raw_data", status_code=status.HTTP_204_NO_CONTENT)
def attach_raw_data(work: Writing, who: Who, measurement_id: str, asked: RawDataToAttach) -> None:
    raw_data.attach(work, who, measurement_id, asked.raw_data_ids)


@router.get("/cell_measurements/{measurement_id}/raw_data")
def list_raw_data_of_measurement(
    work: Reading, measurement_id: str, asked: Annotated[RawDataQuery, Query()]
) -> Page[RawData]:
    return raw_data.list_of_measurement(work, measurement_id, asked)


@router.delete("/cell_measurements/{measurement_id}/raw_data/{raw_data_id}", status_code=status.HTTP_204_NO_CONTENT)
def detach_raw_data(work: Writing, who: Who, measurement_id: str, raw_data_id: str) -> None:
    raw_data.detach(work, who, measurement_id, raw_data_id)

"""Channels and their incidents."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from cellkeep.domain.channels import Channel, ChannelDraft, ChannelPatch, ChannelQuery
from cellkeep.domain.incidents import ChannelIncident, IncidentQuery
from cellkeep.domain.paging import ListQuery, Page
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import channels

router = APIRouter(tags=["channels"])


@router.get("/cyclers/{cycler_id}/channels")
def list_channels(work: Reading, cycler_id: str, asked: Annotated[ListQuery, Query()]) -> Page[Channel]:
    return channels.list_of(work, cycler_id, asked)


@router.post("/cyclers/{cycler_id}/channels", status_code=status.HTTP_201_CREATED)
def create_channel(work: Writing, who: Who, cycler_id: str, draft: ChannelDraft) -> Channel:
    return channels.create(work, who, cycler_id, draft)


@router.get("/channels")
def list_all_channels(work: Reading, asked: Annotated[ChannelQuery, Query()]) -> Page[Channel]:
    return work.channels.list_all(asked)


@router.get("/channels/{channel_id}")
def get_channel(work: Reading, channel_id: str) -> Channel:
    return work.channels.get(channel_id)


@router.patch("/channels/{channel_id}")
def update_channel(work: Writing, who: Who, channel_id: str, patch: ChannelPatch) -> Channel:
    return channels.update(work, who, channel_id, patch)


@router.delete("/channels/{channel_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_channel(work: Writing, who: Who, channel_id: str) -> None:
    channels.delete(work, who, channel_id)


@router.get("/channels/{channel_id}/incidents")
def list_incidents(work: Reading, channel_id: str, asked: Annotated[IncidentQuery, Query()]) -> Page[ChannelIncident]:
    return channels.incidents(work, channel_id, asked)

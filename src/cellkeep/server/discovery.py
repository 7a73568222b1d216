"""What this server is, told to programs."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from cellkeep.domain.errors import NotFoundError
from cellkeep.server.context import Who
from cellkeep.services import discovery

router = APIRouter(prefix="/discovery", tags=["discovery"])

_SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "data": discovery.data_schema,
    "protocol": discovery.protocol_schema,
}


@router.get("/capabilities")
def get_capabilities(_who: Who) -> dict[str, Any]:
    return discovery.capabilities()


@router.get("/schemas/{name}")
def get_schema(_who: Who, name: str) -> dict[str, Any]:
    if name not in _SCHEMAS:
        raise NotFoundError(f"There is no schema '{name}'. There are {' and '.join(_SCHEMAS)}.")
    return _SCHEMAS[name]()

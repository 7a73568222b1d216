"""Materials."""

from typing import Annotated

from fastapi import APIRouter, Query

from cellkeep.domain.materials import Material, MaterialQuery
from cellkeep.domain.paging import Page
from cellkeep.server.context import Reading
from cellkeep.services import materials

router = APIRouter(prefix="/materials", tags=["materials"])


@router.get("")
def list_materials(work: Reading, asked: Annotated[MaterialQuery, Query()]) -> Page[Material]:
    return materials.list_of(work, asked)


@router.get("/{material_id}")
def get_material(work: Reading, material_id: str) -> Material:
    return work.materials.get(material_id)

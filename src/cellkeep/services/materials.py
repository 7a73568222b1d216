"""Materials. They come and change with the specifications that name them."""

from cellkeep.domain.materials import Material, MaterialQuery
from cellkeep.domain.paging import Page
from cellkeep.storage.store import UnitOfWork


def list_of(work: UnitOfWork, asked: MaterialQuery) -> Page[Material]:
    work.projects.row(asked.project_id)
    return work.materials.list(asked)

"""The HTTP API at the root, as FastAPI routes; one file per resource."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI

from cellkeep.server import (
    analyses,
    batches,
    channels,
    cyclers,
    discovery,
    errors,
    instances,
    lab,
    materials,
    measurements,
    not_offered,
    organizations,
    people,
    planned_measurements,
    project_members,
    projects,
    property_datasets,
    raw_data,
    search,
    sites,
    specs,
    studies,
    tags,
    time_series,
    uploads,
)
from cellkeep.server.admission import Admission, Known
from cellkeep.server.blobs import blob_router
from cellkeep.server.context import Context, Who
from cellkeep.storage.local_blobs import LocalBlobs

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_ROUTERS = (
    people.router,
    organizations.router,
    projects.router,
    project_members.router,
    specs.router,
    batches.router,
    instances.router,
    uploads.router,
    tags.router,
    time_series.router,
    measurements.router,
    raw_data.router,
    materials.router,
    property_datasets.router,
    analyses.router,
    studies.router,
    search.router,
    discovery.router,
    sites.router,
    cyclers.router,
    channels.router,
    lab.router,
    planned_measurements.router,
    not_offered.router,
)


def create_api(context: Context, lifespan: Lifespan) -> FastAPI:
    """The API over a context. Its own description is behind a key, or a session, like everything else."""
    app = FastAPI(
        title="cellkeep",
        summary="Battery test data: every measurement of every cell.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.context = context
    app.add_middleware(
        Admission,
        authenticate=context.authenticate,
        by_session=context.by_session,
        public_url=context.public_url,
    )
    errors.install(app)
    for router in _ROUTERS:
        app.include_router(router)
    if isinstance(context.store.blobs, LocalBlobs):
        app.include_router(blob_router(context.store.blobs))

    @app.get("/openapi.json", include_in_schema=False)
    def describe(who: Who) -> dict[str, Any]:  # noqa: ARG001  anybody who may come in
        return app.openapi()

    return app


__all__ = ["Context", "Known", "create_api"]

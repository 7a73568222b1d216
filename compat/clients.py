"""The client of this environment: ours, or the official one in its own."""

import importlib.util
from typing import Any

IS_OFFICIAL = importlib.util.find_spec("ionworks") is not None


def connect(api_url: str, api_key: str, project_id: str | None = None, **options: Any) -> Any:
    """A client of that server."""
    if IS_OFFICIAL:
        import ionworks  # noqa: PLC0415  only in its own environment

        return ionworks.Ionworks(api_key=api_key, api_url=api_url, project_id=project_id, **options)
    from cellkeep import Client  # noqa: PLC0415

    return Client(api_key=api_key, api_url=api_url, project_id=project_id, **options)

"""Fixtures for tests of the official client."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from proxy import Proxy
from stands import Stand
from wire import Wire


@pytest.fixture
def wire(installation: Stand) -> Iterator[Wire]:
    with Wire(installation.api_url, installation.api_key) as found:
        yield found


@pytest.fixture
def proxy(installation: Stand) -> Iterator[Proxy]:
    """A way to the server on which requests are seen, and can be lost."""
    with Proxy(installation.api_url).running() as found:
        yield found


@pytest.fixture
def through(proxy: Proxy, installation: Stand, project_id: str) -> Any:
    """The official client on that way."""
    import ionworks  # noqa: PLC0415  after its settings were reset

    return ionworks.Ionworks(api_key=installation.api_key, api_url=proxy.url, project_id=project_id)


@pytest.fixture
def initiated(wire: Wire, cell: Any) -> Callable[..., dict[str, Any]]:
    """Begin an upload on the wire."""

    def initiate(name: str = "Upload", filenames: list[str] | None = None) -> dict[str, Any]:
        body: dict[str, Any] = {"measurement": {"name": name}}
        if filenames is not None:
            body |= {"measurement_type": "file", "filenames": filenames}
        answer = wire.post(f"/cell_instances/{cell.id}/cell_measurements/initiate-upload", json=body)
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return initiate

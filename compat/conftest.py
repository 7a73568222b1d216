"""Fixtures for tests of clients against real installations.

Tests in `both` run with our client in our environment, and with the official one in its own; tests in `official` run
with the official client alone, and those in `oracle` with the library that the field makes step and cycle tables with.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from clients import IS_OFFICIAL, connect
from stands import KINDS, Stand, stand


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give all tests of one kind of installation, and of one folder, to one worker: what they share is made once."""
    if not IS_OFFICIAL:
        return None
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  only where tests run side by side

    class ByInstallation(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return next((kind for kind in KINDS if f"[{kind}" in nodeid), nodeid.partition("/")[0])

    return ByInstallation(config, log)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine reaches a test."""
    for name in list(os.environ):
        if name.startswith(("CELLKEEP_", "IONWORKS_", "AWS_")) and name != "CELLKEEP_PYTHON":
            monkeypatch.delenv(name)
    monkeypatch.setenv("CELLKEEP_CONFIG", str(tmp_path / "config.json"))
    if IS_OFFICIAL:
        import ionworks  # noqa: PLC0415  only in its own environment

        ionworks.set_cache_directory(str(tmp_path / "cache"))
        ionworks.set_dataframe_backend("polars")  # its clients share one setting


@pytest.fixture(scope="session", params=KINDS if IS_OFFICIAL else ["postgres"])
def installation(request: pytest.FixtureRequest) -> Iterator[Stand]:
    """A server on PostgreSQL and S3, and one on SQLite and a folder, on which `tests/client` runs our client."""
    with stand(request.param) as found:
        yield found


@contextmanager
def connected(*arguments: Any, **options: Any) -> Iterator[Any]:
    """A client as `connect` gives it, closed in the end where it can be."""
    client = connect(*arguments, **options)
    yield client
    getattr(client, "close", lambda: None)()


@pytest.fixture
def connecting() -> Iterator[Callable[..., Any]]:
    """`connect`, for tests that need another client than `client`."""
    with ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(connected(*arguments, **options))


@pytest.fixture(scope="session")
def errors() -> type[Exception]:
    """What this environment's client raises where the server refuses."""
    if IS_OFFICIAL:
        import ionworks  # noqa: PLC0415

        found: type[Exception] = ionworks.IonworksError
        return found
    from cellkeep import CellkeepError  # noqa: PLC0415

    return CellkeepError


@pytest.fixture
def project_id(installation: Stand) -> str:
    """A new project, so that no test sees what another one made."""
    with connected(installation.api_url, installation.api_key) as client:
        found: str = client.project.create({"name": f"P {uuid4()}"}).id
    return found


@pytest.fixture
def client(installation: Stand, project_id: str) -> Iterator[Any]:
    """The admin's client, at work in the new project."""
    with connected(installation.api_url, installation.api_key, project_id) as client:
        yield client


@pytest.fixture
def spec(client: Any) -> Any:
    return client.cell_spec.create({"name": "Spec", "ratings": {"capacity": {"value": 5, "unit": "A.h"}}})


@pytest.fixture
def cell(client: Any, spec: Any) -> Any:
    return client.cell_instance.create(spec.id, {"name": "Cell"})


@pytest.fixture
def site(client: Any) -> Any:
    """A place of its own, for a site belongs to the organization and outlives the project."""
    return client.site.create({"name": f"Site {uuid4()}", "location": "Basement", "notes": "n"})


@pytest.fixture
def cycler(client: Any, site: Any, project_id: str) -> Any:
    return client.cycler.create(site.id, {"name": "Cycler", "project_id": project_id})


@pytest.fixture
def channels(client: Any, cycler: Any) -> list[Any]:
    """Three channels by their numbers: one without ratings, a small one and a large one."""
    rated = {"min_volts": 0.0, "max_volts": 5.0}
    return [
        client.channel.create(cycler.id, {"name": "Channel 1"}),
        client.channel.create(cycler.id, {"name": "Channel 2", "max_amps": 5.0, **rated}),
        client.channel.create(cycler.id, {"name": "Channel 10", "max_amps": 50.0, **rated}),
    ]

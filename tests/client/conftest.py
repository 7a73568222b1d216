"""One lab of each kind for all tests of a worker; every test works in a project of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

import cellkeep
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.projects import Project
from cellkeep.domain.specs import CellSpecification
from conftest import new_database, serving


@dataclass(frozen=True)
class Lab:
    """A place that a client speaks to: a served one with its address and key, or an embedded one."""

    kind: str
    blobs: Path
    url: str = ""
    key: str = ""
    embedded: Client | None = None

    def objects(self) -> set[Path]:
        """Everything that is stored of confirmed measurements."""
        return {path for path in (self.blobs / "measurements").rglob("*") if path.is_file()}

    @contextmanager
    def unchanged(self, client: Client, cell: CellInstance) -> Iterator[None]:
        """Claim that nothing is stored meanwhile: no record on the cell, no object anywhere."""
        before, total = self.objects(), client.cell_measurement.list(cell.id).total
        yield
        assert client.cell_measurement.list(cell.id).total == total
        assert self.objects() == before


@pytest.fixture(scope="session", params=["sqlite", "postgres", "embedded"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server on each database, and a folder without a server."""
    data = tmp_path_factory.mktemp(f"lab-{request.param}")
    if request.param == "embedded":
        with cellkeep.open(data, dataframe_backend="polars") as client:
            yield Lab("embedded", data / "blobs", embedded=client)
        return
    with new_database(request, request.param, data) as database_url, serving(data, database_url) as found:
        yield Lab(request.param, data / "blobs", found.url, found.key)


@pytest.fixture
def any_client(lab: Lab) -> Iterator[Client]:
    """Our client of each lab, as its admin."""
    if lab.embedded is not None:
        yield lab.embedded
        return
    with Client(api_url=lab.url, api_key=lab.key) as client:
        yield client


@pytest.fixture
def project(any_client: Client) -> Project:
    return any_client.project.create({"name": f"project {uuid4()}"})


@pytest.fixture
def spec(any_client: Client, project: Project) -> CellSpecification:
    ratings = {"capacity": {"value": 5, "unit": "A.h"}}
    return any_client.cell_spec.create({"name": "LG M50", "project_id": project.id, "ratings": ratings})


@pytest.fixture
def cell(any_client: Client, spec: CellSpecification) -> CellInstance:
    return any_client.cell_instance.create(spec.id, {"name": "M50-001"})

"""Raw HTTP to a served application, and people of several kinds."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import polars as pl
import pytest

from cellkeep.client import Client
from cellkeep.domain.people import OrganizationRole, ProjectRole
from cellkeep.services import accounts
from conftest import Server
from states import State

Join = Callable[..., httpx2.Client]

SERIES = pl.DataFrame(
    {
        "Time [s]": [0.0, 1.0, 2.0],
        "Voltage [V]": [3.0, 3.1, 3.2],
        "Current [A]": [1.0, 1.0, -1.0],
        "Step count": [0, 0, 1],
    }
)

TABLE = pl.DataFrame({"x [m]": [0.0, 1.0], "y": [None, 2.5]})


@pytest.fixture
def http(server: Any) -> Iterator[httpx2.Client]:
    """The admin's way to the server, without our client in between."""
    with httpx2.Client(base_url=server.url, headers={"X-API-Key": server.key}, timeout=30) as http:
        yield http


@pytest.fixture
def stranger(server: Any) -> Iterator[httpx2.Client]:
    """Somebody without a key."""
    with httpx2.Client(base_url=server.url, timeout=30) as http:
        yield http


@pytest.fixture
def join(server: Any) -> Iterator[Join]:
    """Let somebody in: of the admin's organization with a role in a project, or as admin of an organization apart."""
    with ExitStack() as stack:

        def joined(
            email: str,
            *,
            organization: str | None = None,
            role: OrganizationRole = "Member",
            project_id: str | None = None,
            project_role: ProjectRole = "Project Viewer",
        ) -> httpx2.Client:
            with server.store.writing() as work:
                home = work.people.first_admin().organization
                if organization is not None:
                    home = work.people.add_organization(organization)
                user_id = work.people.add_user(home, email, role)
                if project_id is not None:
                    work.people.add_member(project_id, user_id, project_role)
            headers = {"X-API-Key": accounts.create_key(server.store, user_id, "test")}
            return stack.enter_context(httpx2.Client(base_url=server.url, headers=headers, timeout=30))

        yield joined


@dataclass(frozen=True)
class Things:
    """The ids of one record of each kind."""

    organization_id: str
    user_id: str
    project_id: str
    spec_id: str
    batch_id: str
    instance_id: str
    measurement_id: str
    properties_id: str
    file_id: str
    raw_data_id: str
    material_id: str
    dataset_id: str
    analysis_id: str
    study_id: str
    site_id: str
    cycler_id: str
    channel_id: str
    planned_id: str


@pytest.fixture(scope="session")
def furnished() -> dict[str, tuple[Things, State]]:
    """By the address of a server, what was made there once, and what the server held then."""
    return {}


@pytest.fixture
def things(server: Server, furnished: dict[str, tuple[Things, State]], tmp_path: Path) -> Things:
    """One record of each kind."""
    if server.url in furnished:
        found, state = furnished[server.url]
        state.restore(server.store)
        return found
    with Client(api_url=server.url, api_key=server.key) as client:
        found = made_by(client, tmp_path)
    furnished[server.url] = (found, State.of(server.store))
    return found


def made_by(client: Client, folder: Path) -> Things:
    (folder / "a.txt").write_text("content")
    project = client.project.list()[0].id
    anode = {"material": {"name": "Graphite"}}
    spec = client.cell_spec.create({"name": "S", "project_id": project, "anode": anode}).id
    cell = client.cell_instance.create(spec, {"name": "C", "batch": "B"})
    made = client.cell_measurement
    series = made.create(cell.id, {"measurement": {"name": "T"}, "time_series": SERIES}).id
    material = client.material.list(project_id=project)[0].id
    study = client.study.create({"name": "Y"}, project).id
    client.study.assign_measurement(study, series, project)
    me = client.whoami()
    site = client.site.create({"name": "Hall"}).id
    cycler = client.cycler.create(site, {"name": "Rack 1", "project_id": project}).id
    channel = client.channel.create(cycler, {"name": "1"}).id
    plan = {"name": "Soon", "protocol_id": "p", "cell_specification_id": spec, "estimated_duration_seconds": 60}
    return Things(
        me.authorized_organization.id,
        me.id,
        project,
        spec,
        str(cell.batch_id),
        cell.id,
        series,
        made.create_properties(cell.id, "P", {"a": "b"}).id,
        made.create_file(cell.id, "F", folder / "a.txt").id,
        client.raw_data.upload(project, folder / "a.txt").id,
        material,
        client.material_property_dataset.create(material, "D", TABLE).id,
        client.analysis.create(series, "A", "t", TABLE).id,
        study,
        site,
        cycler,
        channel,
        client.planned_measurement.create(plan, project).id,
    )

"""Who am I, where am I, and what is there: calls whose answers only the official client gives in its own form."""

import urllib.request
from typing import Any

import ionworks
import polars as pl
import pytest
from clients import connect
from samples import series
from stands import Stand


def test_who_is_calling(client: Any) -> None:
    """The person and the organization of the key, in the form that organization calls need."""
    me = client.whoami()
    assert me["email"] == "admin@localhost"
    assert me["organizations"] == [me["authorized_organization"]]
    assert client.health_check() == {"status": "ok"}


def test_a_token_and_an_organization_can_be_given(installation: Stand) -> None:
    """The key works as a bearer token, and the organization may be named."""
    me = connect(installation.api_url, installation.api_key).whoami()
    found = ionworks.Ionworks(
        token=installation.api_key, api_url=installation.api_url, organization_id=me["authorized_organization"]["id"]
    )
    assert found.whoami() == me
    assert found.organization.get_member("ADMIN@localhost").role == "Admin"


def test_a_foreign_organization_is_not_found(installation: Stand) -> None:
    """Whoever names another organization sees nobody of it."""
    elsewhere = ionworks.Ionworks(
        api_key=installation.api_key, api_url=installation.api_url, organization_id="elsewhere"
    )
    with pytest.raises(ionworks.IonworksError) as refused:
        elsewhere.organization.members()
    assert refused.value.status_code == 404


def test_links_lead_to_pages(
    client: Any, installation: Stand, project_id: str, cell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With IONWORKS_APP_URL at the server's pages, every link about data leads to one of them."""
    monkeypatch.setenv("IONWORKS_APP_URL", f"{installation.api_url}/ui")
    measurement = client.cell_measurement.create_properties(cell.id, "P", {"a": "b"})
    urls = client.urls
    spec_id = cell.cell_specification_id
    for link, page in (
        (urls.measurement(measurement.id), f"/ui/measurements/{measurement.id}"),
        (urls.project(), f"/ui/?project={project_id}"),
        (urls.cell_specs(), f"/ui/specs?project={project_id}"),
        (urls.cell_instances(spec_id), f"/ui/cells?project={project_id}&spec={spec_id}"),
        (urls.material("a-material"), f"/ui/specs?project={project_id}&material=a-material"),
        (urls.study("a-study"), f"/ui/measurements?project={project_id}&study=a-study"),
    ):
        assert link.startswith(f"{installation.api_url}/ui/projects/{project_id}/")
        try:
            answer: Any = urllib.request.urlopen(link, timeout=10)  # noqa: S310  our own server
        except urllib.error.HTTPError as refused:  # nobody has signed in to the pages
            answer = refused
        assert (answer.status in {200, 401}, answer.url) == (True, f"{installation.api_url}{page}")


@pytest.fixture
def pandas_frames() -> Any:
    """Frames of pandas, which the navigator needs for tables."""
    before = ionworks.get_dataframe_backend()
    ionworks.set_dataframe_backend("pandas")
    yield
    ionworks.set_dataframe_backend(before)


def test_a_navigator_walks_by_name(client: Any, project_id: str, spec: Any, cell: Any, pandas_frames: None) -> None:
    """Specifications, cells, measurements and their tables are found by name, in pages."""
    for number in range(5):
        client.cell_instance.create(spec.id, {"name": f"{number}"})
    made = client.cell_measurement.create(cell.id, series("T"))
    walk = ionworks.Navigator(client, page_size=2)
    assert {name: found.id for name, found in walk.specs().items()} == {spec.name: spec.id}
    assert walk.spec(spec.name).id == spec.id
    assert {each.name for each in walk.instances(spec.name)} == {cell.name, *"01234"}
    assert [each.id for each in walk.measurements(cell.id)] == [made.id]
    assert len(walk.steps(made.id)) == 2
    assert pl.from_pandas(walk.time_series(made.id)).height == 122
    client.cell_instance.create(spec.id, {"name": "later"})
    walk.invalidate(spec_name=spec.name)
    assert len(walk.instances(spec.name)) == 7
    walk.clear()
    with pytest.raises(KeyError):
        walk.instances("unknown")

"""How the official client reaches a server: credentials, addresses, names of all kinds, retries, many at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ionworks
import pytest
from proxy import Proxy
from samples import names, series, two_steps
from stands import Stand, stand
from wire import Wire

ODD_NAMES = ["Zelle ä №1", "a/b & c=d?e#f", "100 % + 5", "电池", "tab\tand 'quotes\""]
ODD_FILENAMES = ["ä b.txt", "电池.png", "a+b&c=d;e.txt", "100%.txt", ".hidden", "trailing space .txt", "it's.txt"]


def test_two_variables_are_all_that_is_needed(
    monkeypatch: pytest.MonkeyPatch, installation: Stand, project_id: str
) -> None:
    """Address and key come from the environment, and a slash at the end of the address does no harm."""
    monkeypatch.setenv("IONWORKS_API_URL", installation.api_url + "/")
    monkeypatch.setenv("IONWORKS_API_KEY", installation.api_key)
    client = ionworks.Ionworks()
    assert client.health_check() == {"status": "ok"}
    assert client.whoami()["email"]
    assert client.project.get(project_id).id == project_id


@pytest.mark.parametrize("given", ["argument", "environment"])
def test_a_bearer_token_is_taken_like_a_key(
    monkeypatch: pytest.MonkeyPatch, installation: Stand, proxy: Proxy, project_id: str, given: str
) -> None:
    """The key of a server may be sent as a token, which then is the only credential."""
    if given == "environment":
        monkeypatch.setenv("IONWORKS_API_TOKEN", installation.api_key)
    token = {"token": installation.api_key} if given == "argument" else {}
    client = ionworks.Ionworks(api_url=proxy.url, **token)
    assert client.project.get(project_id).id == project_id
    (asked,) = proxy.passed("GET", project_id)
    assert asked.headers["authorization"] == f"Bearer {installation.api_key}"
    assert "x-api-key" not in asked.headers


@pytest.mark.parametrize("credential", [{"api_key": "ck_wrong"}, {"token": "ck_wrong"}])
def test_a_wrong_credential_is_refused(installation: Stand, credential: dict[str, str]) -> None:
    """A key that the server does not know is answered 401 to every call but the health check."""
    client = ionworks.Ionworks(api_url=installation.api_url, **credential)
    assert client.health_check()["status"] == "ok"
    for call in (client.whoami, client.project.list, lambda: client.cell_measurement.get("x")):
        with pytest.raises(ionworks.IonworksError) as refused:
            call()
        assert (refused.value.status_code, refused.value.error_code) == (401, "UNAUTHORIZED")


def test_an_organization_may_be_named(installation: Stand, proxy: Proxy, project_id: str) -> None:
    """A key belongs to one organization, so the header that names one changes nothing."""
    own = ionworks.Ionworks(api_key=installation.api_key, api_url=proxy.url).whoami()["authorized_organization"]["id"]
    for organization_id in (own, "another"):
        client = ionworks.Ionworks(api_key=installation.api_key, api_url=proxy.url, organization_id=organization_id)
        assert client.project.get(project_id).organization_id == own
        assert proxy.exchanges[-1].headers["x-organization-id"] == organization_id


def test_paths_end_without_a_slash(wire: Wire) -> None:
    """No path is redirected to one with a slash, nor from one."""
    assert wire.get("/projects").status_code == 200
    assert wire.get("/projects/").status_code == 404
    assert wire.get("/healthz").json() == {"status": "ok"}


@pytest.fixture(scope="module")
def prefixed() -> Iterator[tuple[Proxy, Stand]]:
    """A server behind another that puts `/lab/v1` before its paths."""
    with (
        Proxy(prefix="/lab/v1", own_host=False).running() as proxy,
        stand("sqlite", CELLKEEP_PUBLIC_URL=proxy.url) as server,
    ):
        proxy.upstream = server.api_url
        yield proxy, server


def test_a_server_may_be_behind_a_prefix(prefixed: tuple[Proxy, Stand], tmp_path: Path) -> None:
    """With CELLKEEP_PUBLIC_URL set, what is sent and what is read passes by the public address alone."""
    proxy, server = prefixed
    client = ionworks.Ionworks(api_key=server.api_key, api_url=proxy.url)
    spec = client.cell_spec.create({"name": "S", "project_id": client.project.create({"name": "P"}).id})
    cell = client.cell_instance.create(spec.id, {"name": "C"})
    (tmp_path / "f").write_bytes(b"content")
    made = client.cell_measurement.create(cell.id, series())
    files = client.cell_measurement.create_file(cell.id, "Files", [str(tmp_path / "f")])
    assert client.cell_measurement.time_series(made.id).equals(two_steps())
    assert client.cell_measurement.time_series(made.id, False, (3, 5)).equals(two_steps()[3:5])
    assert client.cell_measurement.steps(made.id).height == 2
    assert client.cell_measurement.cycles(made.id).height == 1
    assert client.cell_measurement.get_file(files.id, "f") == b"content"
    assert client.redirect_url(f"/cell_measurements/{made.id}/steps/download").startswith(f"{proxy.url}/blobs/")
    assert len(proxy.passed("PUT")) == 2


def _errors(client: Any, spec: Any, cell: Any) -> dict[int, Any]:
    """Calls that fail, by the status they fail with."""
    values = client.cell_measurement.create_properties(cell.id, "Values", {"a": 1})
    return {
        400: lambda: client.cell_measurement.steps(values.id),
        404: lambda: client.cell_measurement.get("nowhere"),
        409: lambda: client.cell_instance.create(spec.id, {"name": cell.name}),
        422: lambda: client.cell_instance.create(spec.id, {"notes": "no name"}),
    }


@pytest.mark.parametrize(
    ("status", "code"), [(400, "BAD_REQUEST"), (404, "NOT_FOUND"), (409, "CONFLICT"), (422, "INVALID")]
)
def test_errors_carry_message_code_and_data(client: Any, spec: Any, cell: Any, status: int, code: str) -> None:
    """The message is a sentence, and the data is the whole body."""
    with pytest.raises(ionworks.IonworksError) as refused:
        _errors(client, spec, cell)[status]()
    error = refused.value
    assert (error.status_code, error.error_code) == (status, code)
    assert error.data == {"error_code": code, "message": error.message, "detail": error.data["detail"]}
    assert error.message.endswith((".", "required"))
    assert str(error) == f"error code: {status}, message: {error.message}"


def test_who_may_read_may_not_write(client: Any, installation: Stand, project_id: str, spec: Any, cell: Any) -> None:
    """A viewer of a project reads its cells and is refused with 403 where it would change them; others see nothing."""
    email = f"viewer-{project_id}@example.org"
    viewer = client.organization.invite(email)
    reader = ionworks.Ionworks(api_key=installation.key_of(email), api_url=installation.api_url)
    with pytest.raises(ionworks.IonworksError) as refused:
        reader.cell_spec.get(spec.id)
    assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")
    client.project.add_member(project_id, viewer.user_id, "Project Viewer")
    assert reader.cell_spec.get(spec.id).name == spec.name
    for change in (
        lambda: reader.cell_instance.create(spec.id, {"name": "mine"}),
        lambda: reader.cell_measurement.create(cell.id, series()),
        lambda: reader.cell_spec.delete(spec.id),
    ):
        with pytest.raises(ionworks.IonworksError) as refused:
            change()
        assert (refused.value.status_code, refused.value.error_code) == (403, "FORBIDDEN")
        assert refused.value.data["message"] == refused.value.message


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_may_hold_anything(client: Any, project_id: str, name: str) -> None:
    """A name with spaces, signs and letters of any script is kept, found as a whole and found by a part."""
    spec = client.cell_spec.create({"name": name})
    cell = client.cell_instance.create(spec.id, {"name": name})
    made = client.cell_measurement.create_properties(cell.id, name, {name: name}, tags=[name])
    assert names(client.cell_spec.list(project_id=project_id, name_exact=name)) == [name]
    assert names(client.cell_instance.list(spec.id, name=name[2:-1])) == [name]
    assert names(client.cell_measurement.list(cell.id, tags_all=[name], name_exact=name)) == [name]
    assert names(client.cell_measurement.list_by_project(project_id, q=name)) == [name]
    found = client.resolve_measurement(name, name, name)
    assert (found.id, found.properties, found.tags) == (made.id, {name: name}, [name.strip()])
    assert client.cell_spec.create_or_get({"name": name}).id == spec.id


def test_filenames_may_hold_what_a_link_can_carry(client: Any, cell: Any, tmp_path: Path) -> None:
    """Spaces, signs and letters of any script come back under the same name."""
    for name in ODD_FILENAMES:
        (tmp_path / name).write_text(name)
    made = client.cell_measurement.create_file(cell.id, "Files", [str(tmp_path / name) for name in ODD_FILENAMES])
    assert client.cell_measurement.list_files(made.id) == ODD_FILENAMES
    found = client.cell_measurement.download_files(made.id, use_cache=False)
    assert found == {name: name.encode() for name in ODD_FILENAMES}


@pytest.mark.parametrize("name", ["what?.txt", "no#1.txt", "a/b.txt", "", "..", "a\0b", "x" * 300])
def test_filenames_that_no_link_can_carry_are_refused(wire: Wire, cell: Any, name: str) -> None:
    """The client could not ask for them, so they are refused before anything is sent."""
    body = {"measurement": {"name": "Files"}, "measurement_type": "file", "filenames": [name]}
    answer = wire.post(f"/cell_instances/{cell.id}/cell_measurements/initiate-upload", json=body)
    assert answer.status_code in {400, 422}
    assert answer.json()["message"]


@pytest.mark.parametrize("record_id", ["no such", "ä", "50%", "'; drop table", "x" * 500])
def test_ids_that_are_none_are_not_found(client: Any, record_id: str) -> None:
    """Whatever is asked for as an id, the answer is 404."""
    for get in (client.cell_spec.get, client.cell_instance.get, client.cell_batch.get, client.cell_measurement.get):
        with pytest.raises(ionworks.IonworksError) as refused:
            get(record_id)
        assert refused.value.status_code == 404


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_stumbles_is_asked_again(through: Any, proxy: Proxy, project_id: str, status: int) -> None:
    """The client asks again where it only reads, and gets the answer."""
    proxy.fail("GET", project_id, status)
    assert through.project.get(project_id).id == project_id
    assert [each.status for each in proxy.passed("GET", project_id)] == [status, 200]


def test_a_deletion_is_asked_for_again(through: Any, proxy: Proxy, spec: Any, project_id: str) -> None:
    """A deletion that did not reach the server is done by the second request."""
    proxy.fail("DELETE", spec.id, 503)
    through.cell_spec.delete(spec.id)
    assert [each.status for each in proxy.passed("DELETE", spec.id)] == [503, 204]
    assert through.cell_spec.list(project_id=project_id).total == 0


def test_eighteen_requests_in_flight_are_answered(client: Any, wire: Wire, cell: Any) -> None:
    """The detail of a cell asks for many parts at once, and so may several clients of one key."""
    made = [client.cell_measurement.create(cell.id, series(f"M{number}")).id for number in range(7)]
    found = client.cell_instance.detail(cell.id)
    assert sorted(one.id for one in found.measurements) == sorted(made)
    assert all(one.time_series.equals(two_steps()) and one.steps.height == 2 for one in found.measurements)
    paths = [f"/cell_measurements/{one}/steps_and_cycles" for one in made] * 6
    with ThreadPoolExecutor(18) as pool:
        answers = list(pool.map(wire.get, paths))
    assert {answer.status_code for answer in answers} == {200}

"""The laboratory on the wire: every documented key, who may do what, and what is refused."""

import json
from typing import Any

import httpx2
import pytest

from cellkeep.client import Client
from server.conftest import Join, Things

STAMPS = {"id", "name", "organization_id", "created_at", "updated_at", "created_by", "created_by_email"}
KEYS = {
    "site": STAMPS | {"location", "notes"},
    "cycler": STAMPS
    | {
        "site_id",
        "project_id",
        "manufacturer",
        "model",
        "version",
        "serial_number",
        "firmware_version",
        "hostname",
        "ip_address",
        "port",
        "notes",
        "last_calibrated_at",
        "calibration_interval_days",
        "calibration_due_at",
    },
    "channel": STAMPS | {"cycler_id", "project_id", "notes", "out_of_commission", "max_amps", "min_volts", "max_volts"},
    "planned": STAMPS
    | {
        "project_id",
        "status",
        "protocol_id",
        "cell_specification_id",
        "cell_instance_id",
        "channel_id",
        "planned_start_time",
        "planned_end_time",
        "estimated_duration_seconds",
        "notes",
        "requested_by_email",
        "scheduled_by_email",
    },
    "event": {
        "id",
        "cycler_id",
        "project_id",
        "event_type",
        "scheduled_for",
        "scheduled_until",
        "performed_at",
        "notes",
        "created_at",
        "created_by",
        "performed_by",
    },
    "incident": {
        "id",
        "channel_id",
        "project_id",
        "service_event_id",
        "category",
        "notes",
        "service_scheduled_at",
        "service_scheduled_until",
        "started_at",
        "resolved_at",
        "resolution_notes",
        "started_by",
        "resolved_by",
        "is_estimated",
    },
    "lab channel": {
        "id",
        "name",
        "state",
        "measurement",
        "notes",
        "out_of_commission",
        "max_amps",
        "min_volts",
        "max_volts",
    },
    "lab measurement": {
        "id",
        "name",
        "start_time",
        "estimated_end_time",
        "updated_at",
        "cell_instance_id",
        "cell_instance_name",
        "cell_specification_name",
        "protocol_name",
        "watched",
    },
    "assignment": {
        "planned_measurement_id",
        "planned_measurement_name",
        "planned_measurement_updated_at",
        "channel_id",
        "channel_name",
        "cycler_name",
        "planned_start_time",
        "planned_end_time",
        "unscheduled_reason",
    },
}
COUNTS = {"occupied", "stale", "free", "out_of_commission"}


def plans(things: Things) -> str:
    return f"/projects/{things.project_id}/planned_measurements"


def test_every_documented_key_is_there(http: httpx2.Client, things: Things) -> None:
    """Records of each kind carry all their keys, with null where nothing is known."""
    for kind, path in (
        ("site", f"/sites/{things.site_id}"),
        ("cycler", f"/cyclers/{things.cycler_id}"),
        ("channel", f"/channels/{things.channel_id}"),
        ("planned", f"{plans(things)}/{things.planned_id}"),
    ):
        found = http.get(path)
        assert found.headers["content-type"] == "application/json"
        assert found.json().keys() == KEYS[kind]
    asked = {"event_type": "repair", "scheduled_for": "2026-01-01"}
    event = http.post(f"/cyclers/{things.cycler_id}/service_events", json=asked)
    assert (event.status_code, event.json().keys()) == (201, KEYS["event"])
    assert event.json()["scheduled_for"] == "2026-01-01T00:00:00Z"
    incidents = http.get(f"/channels/{things.channel_id}/incidents").json()
    assert (incidents["total"], incidents["items"][0].keys()) == (1, KEYS["incident"])


def test_the_view_has_every_documented_key(http: httpx2.Client, things: Things) -> None:
    """At each level of the tree."""
    run = {"channel_id": things.channel_id, "start_time": "2026-01-01"}
    assert http.patch(f"/cell_measurements/{things.measurement_id}", json=run).status_code == 200
    assert http.post(f"/cell_measurements/{things.measurement_id}/watch", json={}).json() == {"watched": True}
    status = http.get(f"/projects/{things.project_id}/lab/status").json()
    assert status.keys() == {"sites", *COUNTS}
    (site,) = status["sites"]
    (cycler,) = site["cyclers"]
    assert cycler.keys() == {"id", "name", "manufacturer", "model", "channel_count", "channels", *COUNTS}
    (channel,) = cycler["channels"]
    assert channel.keys() == KEYS["lab channel"]
    assert channel["measurement"].keys() == KEYS["lab measurement"]
    assert (channel["state"], channel["measurement"]["watched"]) == ("occupied", True)
    watched = http.get(f"/projects/{things.project_id}/lab/watched").json()
    assert watched == {"measurement_ids": [things.measurement_id]}
    assert http.delete(f"/cell_measurements/{things.measurement_id}/watch").status_code == 204


def test_a_proposal_has_every_documented_key(http: httpx2.Client, things: Things) -> None:
    """And what is applied comes back as a bare list."""
    asked = {"planned_measurement_ids": [things.planned_id]}
    proposal = http.post(f"{plans(things)}/auto_schedule_proposal", json=asked).json()
    assert proposal.keys() == {"generated_at", "assignments"}
    assert proposal["assignments"][0].keys() == KEYS["assignment"]
    body = {"assignments": proposal["assignments"]}
    (applied,) = http.post(f"{plans(things)}/apply_auto_schedule_proposal", json=body).json()
    assert (applied.keys(), applied["status"]) == (KEYS["planned"], "scheduled")
    stale = http.post(f"{plans(things)}/apply_auto_schedule_proposal", json=body)
    assert (stale.status_code, stale.json()["error_code"]) == (409, "SCHEDULE_STALE")


def test_keys_of_ones_own_are_kept(http: httpx2.Client, things: Things) -> None:
    """What a person adds stays with the record; what only the server sets is not taken, nor what is of an outage."""
    mine = {"mine": [1], "id": "x", "created_by": "x", "calibration_due_at": "2050-01-01", "scheduled_by_email": "x"}
    for path in (
        f"/sites/{things.site_id}",
        f"/cyclers/{things.cycler_id}",
        f"/channels/{things.channel_id}",
        f"{plans(things)}/{things.planned_id}",
    ):
        answer = http.patch(path, json={**mine, "incident_notes": "n"} if "channels" in path else mine)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["mine"] == [1]
        assert found["id"] == path.rpartition("/")[2]
        assert found["created_by"] != "x"
        if "cyclers" in path:
            assert found["calibration_due_at"] is None
        if "planned" in path:
            assert found["scheduled_by_email"] is None
        if "channels" in path:
            assert "incident_notes" not in found


def test_a_cycler_needs_a_project(http: httpx2.Client, things: Things) -> None:
    """The body must name it."""
    answer = http.post(f"/sites/{things.site_id}/cyclers", json={"name": "N"})
    assert answer.status_code == 422
    assert "project_id" in answer.json()["message"]


HOSTILE: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/sites", {"name": "a\0b"}),
    ("POST", "/sites", {"name": ["x"]}),
    ("POST", "/sites", {"name": "x" * 256}),
    ("PATCH", "/sites/{site}", {"location": {"a": 1}}),
    ("PATCH", "/sites/{site}", {"name": None}),
    ("PATCH", "/cyclers/{cycler}", {"port": 10**30}),
    ("PATCH", "/cyclers/{cycler}", {"calibration_interval_days": 2**63}),
    ("PATCH", "/cyclers/{cycler}", {"last_calibrated_at": "9999-12-31T23:59:59-12:00"}),
    ("PATCH", "/cyclers/{cycler}", {"last_calibrated_at": "9999-12-31", "calibration_interval_days": 1}),
    ("POST", "/cyclers/{cycler}/service_events", {"event_type": "holiday", "scheduled_for": "2026-01-01"}),
    ("POST", "/cyclers/{cycler}/service_events", {"event_type": "repair"}),
    ("POST", "/cyclers/{cycler}/service_events/complete", {"performed_at": "9999-01-01"}),
    ("PATCH", "/channels/{channel}", {"max_amps": "many"}),
    ("PATCH", "/channels/{channel}", {"max_amps": 1e400}),
    ("PATCH", "/channels/{channel}", {"out_of_commission": "perhaps"}),
    ("PATCH", "/channels/{channel}", {"out_of_commission": None}),
    ("PATCH", "/channels/{channel}", {"out_of_commission": True, "incident_category": "gremlins"}),
    ("POST", "/cyclers/{cycler}/channels", {"name": "x", "out_of_commission": False}),
    ("POST", "{plans}", {"name": "x"}),
    ("POST", "{plans}", {"name": "x", "protocol_id": "p", "cell_specification_id": "\ud800"}),
    ("PATCH", "{plans}/{planned}", {"estimated_duration_seconds": 10**20}),
    ("PATCH", "{plans}/{planned}", {"channel_id": 5}),
    ("POST", "{plans}/auto_schedule_proposal", {"planned_measurement_ids": []}),
    ("POST", "{plans}/auto_schedule_proposal", {"planned_measurement_ids": ["x"] * 1001}),
    ("POST", "{plans}/auto_schedule_proposal", {"planned_measurement_ids": "{planned}", "start_after": "soon"}),
    ("POST", "{plans}/apply_auto_schedule_proposal", {"assignments": [{"planned_measurement_id": "x"}]}),
    ("POST", "{plans}/apply_auto_schedule_proposal", {"assignments": {}}),
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_nonsense_is_refused_by_name(http: httpx2.Client, things: Things, number: int) -> None:
    """It is answered 400 or 422 with a reason, and nothing is changed by it."""
    method, path, body = HOSTILE[number]
    places = {
        "{plans}": plans(things),
        "{site}": things.site_id,
        "{cycler}": things.cycler_id,
        "{channel}": things.channel_id,
        "{planned}": things.planned_id,
    }
    for name, value in places.items():
        path = path.replace(name, value)

    def all_there_is() -> list[Any]:
        paths = ("/sites", f"/sites/{things.site_id}/cyclers", "/channels", plans(things))
        return [http.get(each).json() for each in paths]

    before = all_there_is()
    headers = {"content-type": "application/json"}
    answer = http.request(method, path, content=json.dumps(body), headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["message"]
    assert all_there_is() == before


def test_a_schedule_that_leads_beyond_time_is_refused(http: httpx2.Client, things: Things) -> None:
    """A start in the last second of the year 9999 is answered, and is no accident."""
    asked = {"planned_measurement_ids": [things.planned_id], "start_after": "9999-12-31T23:59:59Z"}
    answer = http.post(f"{plans(things)}/auto_schedule_proposal", json=asked)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    "query", ["calibration_due_at_gt=soon", "order_by=id", "limit=0", "offset=-1", "order=sideways"]
)
def test_a_malformed_list_query_is_refused(http: httpx2.Client, things: Things, query: str) -> None:
    """It is said which part of it is wrong."""
    answer = http.get(f"/sites/{things.site_id}/cyclers?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[0].removesuffix("_gt") in answer.json()["message"]


def test_lists_are_filtered_as_the_client_asks(http: httpx2.Client, things: Things, client: Client) -> None:
    """By parts of texts in any case, whole names, times and owners; the total counts all matches."""
    client.site.update(things.site_id, {"location": "Building 9"})
    said = {"manufacturer": "BioLogic", "serial_number": "A_1", "hostname": "rack.lab", "calibration_interval_days": 9}
    client.cycler.update(things.cycler_id, {**said, "last_calibrated_at": "2026-01-01"})
    below = f"/sites/{things.site_id}/cyclers"
    for path, params, total in (
        ("/sites", {"location": "ilike.%building%"}, 1),
        ("/sites", {"location": "ilike.%cellar%"}, 0),
        (below, {"manufacturer": "ilike.%biolog%", "hostname": "ilike.%RACK%"}, 1),
        (below, {"serial_number": "ilike.%a_1%"}, 1),
        (below, {"serial_number": "ilike.%a%1%"}, 0),
        (below, {"calibration_due_at_gt": "2026-01-09", "calibration_due_at_lt": "2026-01-11"}, 1),
        (below, {"calibration_due_at_gt": "2026-01-10"}, 0),
        (below, {"project_id": things.project_id}, 1),
        (below, {"project_id": "other"}, 0),
        ("/channels", {"cycler_id": things.cycler_id, "name": "eq.1"}, 1),
        ("/channels", {"cycler_id": "other"}, 0),
        (f"/cyclers/{things.cycler_id}/channels", {"name": "eq.2"}, 0),
        (plans(things), {"status": "requested", "name": "ilike.%SOON%"}, 1),
        (plans(things), {"channel_id": things.channel_id}, 0),
    ):
        assert http.get(path, params=params).json()["total"] == total, (path, params)


def test_who_may_do_what(http: httpx2.Client, join: Join, things: Things) -> None:
    """Sites are seen by the whole organization and by no other; plans and watches by the members of the project."""
    other = join("other@elsewhere", organization="Elsewhere", role="Admin")
    member = join("member@localhost")
    viewer = join("viewer@localhost", project_id=things.project_id)
    contributor = join("c@localhost", project_id=things.project_id, project_role="Project Contributor")
    ids = {"planned_measurement_ids": [things.planned_id]}
    plan = {"name": "n", "protocol_id": "p", "cell_specification_id": things.spec_id, "estimated_duration_seconds": 1}
    site, one = f"/sites/{things.site_id}", f"{plans(things)}/{things.planned_id}"
    watch = f"/cell_measurements/{things.measurement_id}/watch"
    cycler = {"name": "n", "project_id": things.project_id}
    for method, path, body, statuses in (
        # of another organization, of no project, viewer, contributor
        ("GET", site, None, (404, 200, 200, 200)),
        ("GET", f"{site}/cyclers", None, (404, 200, 200, 200)),
        ("PATCH", site, {"notes": "n"}, (404, 403, 403, 200)),
        ("POST", f"{site}/cyclers", cycler, (404, 404, 403, 201)),
        ("GET", plans(things), None, (404, 404, 200, 200)),
        ("GET", one, None, (404, 404, 200, 200)),
        ("PATCH", one, {"notes": "n"}, (404, 404, 403, 200)),
        ("POST", plans(things), plan, (404, 404, 403, 201)),
        ("POST", f"{plans(things)}/auto_schedule_proposal", ids, (404, 404, 200, 200)),
        ("POST", f"{plans(things)}/apply_auto_schedule_proposal", {"assignments": []}, (404, 404, 403, 200)),
        ("POST", watch, {}, (404, 404, 200, 200)),
        ("DELETE", watch, None, (404, 404, 204, 204)),
        ("DELETE", one, None, (404, 404, 403, 204)),
        ("DELETE", site, None, (404, 403, 403, 204)),
    ):
        for who, status in zip((other, member, viewer, contributor), statuses, strict=True):
            answer = who.request(method, path, json=body)
            assert answer.status_code == status, (method, path, status, answer.text)
    assert http.get("/sites").json()["total"] == 0

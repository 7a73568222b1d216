"""What other servers do and this one does not is said plainly."""

import re
import time
from typing import Any

import httpx2

from cellkeep.server.not_offered import AREAS
from server.conftest import Things
from server.test_context import require_error

ASKED = """
GET /discovery/pybamm_models
POST /discovery/pybamm_models/validate
POST /discovery/ionworks_models/serialize
GET POST /models
GET PATCH DELETE /models/{id}
POST /models/upload-custom
POST /models/{id}/custom-variables
GET POST /parameterized_models
GET PATCH DELETE /parameterized_models/{id}
GET POST /cells/{id}/parameterized_models
GET PATCH DELETE /cells/{id}/parameterized_models/{id}
GET /parameterized_models/{id}/parameter-values
GET /parameterized_models/{id}/variable-names
GET POST /model_builders
GET PATCH DELETE /model_builders/{id}
POST /model_builders/{id}/check
POST /model_builders/{id}/build
POST /model_builders/dry_run
POST /model_builders/preview_mapping
GET /model_builders/calculations/producing
GET /cell_specifications/{id}/resolved
GET /cell_specifications/{id}/builder_readiness
GET POST /experiment_templates
GET PATCH DELETE /experiment_templates/{id}
GET /experiment_templates/{id}/human_readable
GET /experiment_templates/{id}/source_protocol
POST /protocols/parse
POST /protocols/validate
POST /protocols/input_references
POST /protocols/convert
POST /protocols/parse-to-template
POST /simulations/with-template/batch
GET /simulations
GET DELETE /simulations/{id}
POST /simulations/statuses
GET /simulations/{id}/time_series/download
GET /simulations/{id}/steps/download
GET POST /pipelines
GET PATCH DELETE /pipelines/{id}
GET /pipelines/{id}/result
POST /pipelines/{id}/cancel
GET /pipelines/{id}/elements
GET /pipelines/datafits/{id}/plot_data
GET POST /simple_pipelines
GET PATCH DELETE /simple_pipelines/{id}
POST /simple_pipelines/{id}/cancel
GET POST /optimizations
GET PATCH /optimizations/{id}
POST /optimizations/{id}/cancel
GET /ecm/examples
GET /ecm/examples/{id}/data
POST /ecm/fit
POST /ecm/fit-from-measurements
POST /ecm/fit-from-file
POST /ecm/detect-and-read
POST /ecm/save-to-project
POST /ecm/validate
GET POST /jobs/
GET /jobs/{id}
POST /jobs/{id}/cancel
GET /jobs/{id}/metadata
GET /jobs/{id}/series
GET /jobs/{id}/series/channels
POST DELETE /projects/{id}/studies/{id}/simulations/{id}
GET /agent/skills.zip
GET /agent/skills
"""
"""Every method and path that clients of the field know and that is not about data."""


def asked() -> list[tuple[str, str]]:
    lines = [line.split() for line in ASKED.strip().splitlines()]
    return [(method, words[-1].replace("{id}", "an-id")) for words in lines for method in words[:-1]]


def test_each_is_answered_in_one_sentence(http: httpx2.Client) -> None:
    """501, our form of an error, and a sentence that says what to do instead."""
    assert len(asked()) > 80
    for method, path in asked():
        for body in (None, {"name": "x"}) if method in {"POST", "PATCH"} else (None,):
            answer = http.request(method, path, json=body)
            require_error(answer, 501, "NOT_IMPLEMENTED")
            assert answer.json()["detail"] is None
            message = answer.json()["message"]
            assert "this server keeps battery data. Instead," in message
            assert message.endswith(".")


def test_a_key_is_needed_to_be_told(stranger: httpx2.Client) -> None:
    """Without a key, and with a wrong one, nobody learns what is offered."""
    for method, path in asked():
        require_error(stranger.request(method, path), 401, "UNAUTHORIZED")
        require_error(stranger.request(method, path, headers={"X-API-Key": "ck_wrong"}), 401, "UNAUTHORIZED")


def test_a_file_that_is_sent_there_is_not_waited_for(http: httpx2.Client) -> None:
    """A form with a file of some megabytes is refused at once and does no harm to the connection."""
    began = time.monotonic()
    for path in ("/models/upload-custom", "/protocols/parse", "/ecm/fit-from-file"):
        answer = http.post(path, files={"file": ("a.bin", b"x" * 2_000_000)}, data={"name": "x"})
        require_error(answer, 501, "NOT_IMPLEMENTED")
    assert http.get("/users/me").status_code == 200
    assert time.monotonic() - began < 5


def test_none_stands_in_front_of_what_is_offered(http: httpx2.Client, things: Things) -> None:
    """No described route matches one that is not offered, and none of these is described."""
    described: dict[str, Any] = http.get("/openapi.json").json()["paths"]
    for area in AREAS:
        for path in area.paths:
            rest = "(/.*)?" if area.below else ""
            pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + rest)
            assert not [known for known in described if pattern.fullmatch(known)], path
    assert http.get(f"/cell_specifications/{things.spec_id}").status_code == 200
    assert http.get("/discovery/capabilities").status_code == 200
    require_error(http.get("/discovery/nothing"), 404, "NOT_FOUND")
    require_error(http.get("/model"), 404, "NOT_FOUND")
    require_error(http.get("/modelsx"), 404, "NOT_FOUND")

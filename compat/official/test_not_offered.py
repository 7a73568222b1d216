"""What this server does not do is told to the official client at once, in its own form of an error."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ionworks
import pytest

CALLS: dict[str, Callable[[Any, Any, Path], Any]] = {
    "model.list": lambda client, spec, path: client.model.list(),
    "model.get": lambda client, spec, path: client.model.get("an-id"),
    "model.create": lambda client, spec, path: client.model.create({"name": "x"}),
    "pybamm_models": lambda client, spec, path: client.pybamm_models(),
    "parameterized_model.list_by_project": lambda client, spec, path: client.parameterized_model.list_by_project(),
    "parameterized_model.list_by_cell_specification": lambda client, spec, path: (
        client.parameterized_model.list_by_cell_specification(spec.id)
    ),
    "model_builder.list": lambda client, spec, path: client.model_builder.list(),
    "model_builder.readiness": lambda client, spec, path: client.model_builder.readiness(spec.id),
    "model_builder.resolved_cell_spec": lambda client, spec, path: client.model_builder.resolved_cell_spec(spec.id),
    "protocol.list": lambda client, spec, path: client.protocol.list(),
    "protocol.get": lambda client, spec, path: client.protocol.get("an-id"),
    "protocol.validate": lambda client, spec, path: client.protocol.validate("steps: []"),
    "protocol.parse_file": lambda client, spec, path: client.protocol.parse_file(path),
    "simulation.list": lambda client, spec, path: client.simulation.list(study_id="a-study"),
    "simulation.get": lambda client, spec, path: client.simulation.get("an-id"),
    "simulation.delete": lambda client, spec, path: client.simulation.delete("an-id"),
    "pipeline.list": lambda client, spec, path: client.pipeline.list(),
    "pipeline.get": lambda client, spec, path: client.pipeline.get("an-id"),
    "simple_pipeline.list": lambda client, spec, path: client.simple_pipeline.list(),
    "optimization.list": lambda client, spec, path: client.optimization.list(),
    "ecm.list_examples": lambda client, spec, path: client.ecm.list_examples(),
    "job.list": lambda client, spec, path: client.job.list(),
    "job.get": lambda client, spec, path: client.job.get("an-id"),
    "job.cancel": lambda client, spec, path: client.job.cancel("an-id"),
    "study.assign_simulation": lambda client, spec, path: client.study.assign_simulation("a-study", "an-id"),
    "study.remove_simulation": lambda client, spec, path: client.study.remove_simulation("a-study", "an-id"),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # that a call is old is not the matter here
@pytest.mark.parametrize("call", CALLS)
def test_a_call_ends_at_once(client: Any, spec: Any, tmp_path: Path, call: str) -> None:
    """The code is NOT_IMPLEMENTED, the message says what to do instead, and nothing is tried again."""
    path = tmp_path / "a.txt"
    path.write_text("steps: []")
    began = time.monotonic()
    with pytest.raises(ionworks.IonworksError) as refused:
        CALLS[call](client, spec, path)
    took = time.monotonic() - began
    assert (refused.value.status_code, refused.value.error_code) == (501, "NOT_IMPLEMENTED")
    assert "Instead," in refused.value.message
    assert took < 8, took  # the waits between attempts alone come to nine seconds

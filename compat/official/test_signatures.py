"""cellkeep's own client takes what the official one takes, so that code moves by changing an import."""

import inspect
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import ionworks
import pytest
from stands import PYTHON

PAGE = (Path(__file__).parents[2] / "docs" / "official_client.md").read_text(encoding="utf-8")
OFFERED = re.findall(r"^\| `(client\.\w+\.\w+)` \| yes \|$", PAGE, re.MULTILINE)
RESOURCES = sorted({call.split(".")[1] for call in OFFERED})
OF_A_SIMULATOR = {"client.electrolyte.transport_from_dataset", "client.material_property_dataset.to_prior"}
"""They make objects of a simulator, which our client does not bring."""


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    """What methods of our client take, by call."""
    program = Path(__file__).with_name("signatures.py")
    done = subprocess.run([PYTHON, str(program)], capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _official(call: str) -> list[inspect.Parameter]:
    client = ionworks.Ionworks(api_key="none", api_url="http://127.0.0.1:1")
    _, resource, method = call.split(".")
    return list(inspect.signature(getattr(getattr(client, resource), method)).parameters.values())


@pytest.mark.parametrize("resource", RESOURCES)
def test_our_client_takes_what_the_official_one_takes(ours: dict[str, Any], resource: str) -> None:
    """Every method that works is there, with the same names, by position in the same order."""
    calls = [call for call in OFFERED if call.split(".")[1] == resource and call not in OF_A_SIMULATOR]
    assert [call for call in calls if call not in ours] == []
    for call in calls:
        wanted = _official(call)
        by_position = [one.name for one in wanted if one.kind is one.POSITIONAL_OR_KEYWORD]
        assert ours[call]["by_position"][: len(by_position)] == by_position, call
        assert {one.name for one in wanted} <= set(ours[call]["by_name"]), call

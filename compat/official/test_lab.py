"""The laboratory, as far as only the official client goes."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import ionworks
import pytest
from samples import series

RESOURCES = ("site", "cycler", "channel", "lab", "planned_measurement")
DRIVEN = Path(__file__).parents[1] / "both" / "test_lab.py"


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_method_is_driven(client: Any, resource: str) -> None:
    """Each public method of each resource is called by the tests that both clients run."""
    source = DRIVEN.read_text(encoding="utf-8").replace(" plans.", " client.planned_measurement.")
    found = getattr(client, resource)
    methods = {name for name in dir(found) if not name.startswith("_") and callable(getattr(found, name))}
    assert len(methods) >= 7
    assert {name for name in methods if f"client.{resource}.{name}(" not in source} == set()


def test_a_conflict_about_a_channel_is_no_name(client: Any, project_id: str, cell: Any) -> None:
    """create_or_get takes any conflict for a name, finds none, and says so: no record is given back in error."""
    site = client.site.create({"name": f"Hall {uuid4()}"})
    cycler = client.cycler.create(site.id, {"name": "R", "project_id": project_id})
    channel = client.channel.create(cycler.id, {"name": "1"})
    there = {"channel_id": channel.id, "start_time": "2026-01-01T00:00:00Z"}
    client.cell_measurement.create(cell.id, series("First", **there))
    with pytest.raises(ValueError, match="Second"):
        client.cell_measurement.create_or_get(cell.id, series("Second", **there))
    assert client.cell_measurement.list(cell.id).total == 1


def test_times_are_as_exact_as_they_were_sent(client: Any, project_id: str) -> None:
    """A plan's last change goes through the client to the microsecond, so that a proposal is not stale by itself."""
    spec = client.cell_spec.create({"name": f"S {uuid4()}"})
    site = client.site.create({"name": f"Hall {uuid4()}"})
    cycler = client.cycler.create(site.id, {"name": "R", "project_id": project_id})
    client.channel.create(cycler.id, {"name": "1"})
    plan = {"protocol_id": "p", "cell_specification_id": spec.id, "estimated_duration_seconds": 60}
    for number in range(3):
        made = client.planned_measurement.create({"name": str(number), **plan})
        proposal = client.planned_measurement.auto_schedule_proposal([made.id])
        assignment = proposal.assignments[0]
        assert isinstance(assignment, ionworks.models.AutoScheduleAssignment)
        sent = assignment.model_dump() if number else assignment
        (done,) = client.planned_measurement.apply_auto_schedule_proposal([sent])
        assert done.planned_start_time == assignment.planned_start_time


def test_a_plan_goes_to_the_project_that_is_named(client: Any, installation: Any) -> None:
    """An argument wins over the client's own project."""
    other = client.project.create({"name": f"P {uuid4()}"}).id
    spec = client.cell_spec.create({"name": "S", "project_id": other})
    plan = {"name": "x", "protocol_id": "p", "cell_specification_id": spec.id, "estimated_duration_seconds": 60}
    made = client.planned_measurement.create(plan, project_id=other)
    assert made.project_id == other
    assert client.planned_measurement.list().total == 0
    assert client.planned_measurement.get(made.id, project_id=other).id == made.id

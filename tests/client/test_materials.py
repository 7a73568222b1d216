"""`client.material` and what is related by materials, the same over HTTP and in a folder."""

import pytest

from cellkeep import InvalidError, NotFoundError
from cellkeep.client import Client
from cellkeep.domain.projects import Project
from cellkeep.domain.specs import CellSpecification

GRAPHITE = {"material": {"name": "Graphite", "manufacturer": "Maker", "definition": {"type": "graphite"}}}
NMC = {"material": {"name": "NMC 622"}}


@pytest.fixture
def coin(any_client: Client, project: Project) -> CellSpecification:
    return any_client.cell_spec.create(
        {"name": "coin", "project_id": project.id, "anode": GRAPHITE, "cathode": NMC, "separator": {}}
    )


def test_materials_come_from_specifications(any_client: Client, project: Project, coin: CellSpecification) -> None:
    """What specifications name is listed once, by name, and is the record that their components carry."""
    any_client.cell_spec.create({"name": "pouch", "project_id": project.id, "cathode": NMC})
    found = any_client.material.list(project_id=project.id)
    assert ([each.name for each in found], found.total) == (["Graphite", "NMC 622"], 2)
    assert coin.anode is not None
    assert coin.anode.material == found[0] == any_client.material.get(found[0].id)
    assert (found[0].manufacturer, found[0].definition) == ("Maker", {"type": "graphite"})
    assert (found[1].manufacturer, found[1].product_id, found[1].project_id) == (None, None, project.id)


def test_lists_take_operators(any_client: Client, project: Project, coin: CellSpecification) -> None:
    """A bare value means equality, and an operator before it something else."""

    def names(**asked: object) -> list[str]:
        return [each.name for each in any_client.material.list(project_id=project.id, **asked)]  # type: ignore[arg-type]

    assert names(name="Graphite") == names(name="ilike.%GRAPH%") == names(name_exact="Graphite") == ["Graphite"]
    assert names(name="graphite") == []
    assert names(manufacturer="eq.") == ["NMC 622"]
    assert names(created_at="gte.2020-01-01", order_by="name", order="desc") == ["NMC 622", "Graphite"]
    assert names(created_at_gt="2099-01-01") == names(updated_at="lt.2020-01-01") == []
    assert names(limit=1, offset=1) == ["NMC 622"]
    with pytest.raises(ValueError, match="not both"):
        names(name="a", name_exact="b")
    with pytest.raises(InvalidError, match="created_at"):
        names(created_at="gte.soon")


def test_the_project_must_be_known(any_client: Client, project: Project) -> None:
    """With several projects one is to be named, and one that is not there is not found."""
    any_client.project.create({"name": f"another than {project.name}"})
    with pytest.raises(ValueError, match="pass project_id"):
        any_client.material.list()
    with pytest.raises(NotFoundError):
        any_client.material.list(project_id="nowhere")
    with pytest.raises(NotFoundError):
        any_client.material.get("nothing")


def test_the_only_project_is_taken(client: Client) -> None:
    """Where there is one project, it need not be named."""
    client.cell_spec.create({"name": "coin", "anode": GRAPHITE})
    assert [each.name for each in client.material.list()] == ["Graphite"]
    assert client.study.create({"name": "S"}).project_id == client.project.list()[0].id


def test_specifications_are_related_by_materials(any_client: Client, project: Project, coin: CellSpecification) -> None:
    """Related is what shares a material in any slot, or in the slots that are asked for, within the project."""
    make = any_client.cell_spec.create
    make({"name": "same cathode", "project_id": project.id, "cathode": NMC})
    make({"name": "swapped", "project_id": project.id, "anode": NMC})
    bare = make({"name": "bare", "project_id": project.id, "separator": {}})
    other = any_client.project.create({"name": f"beside {project.name}"})
    make({"name": "elsewhere", "project_id": other.id, "cathode": NMC})

    def names(**asked: object) -> set[str]:
        return {each.name for each in any_client.cell_spec.related_specs(coin.id, **asked)}  # type: ignore[arg-type]

    assert names() == {"same cathode", "swapped"}
    assert names(slots=["cathode"]) == {"same cathode"}
    assert names(slots=["anode", "cathode"], exclude_self=False) == {"same cathode", "coin"}
    assert names(slots=["anode"]) == names(slots=["separator"]) == names(slots=["case"]) == names(slots=[]) == set()
    assert any_client.cell_spec.related_specs(bare.id).total == 0
    page = any_client.cell_spec.related_specs(coin.id, limit=1, include_components=True)
    assert (page.count, page.total) == (1, 2)
    assert page[0].anode is not None
    with pytest.raises(ValueError, match="no slot lid"):
        names(slots=["lid"])
    with pytest.raises(NotFoundError):
        any_client.cell_spec.related_specs("nothing")

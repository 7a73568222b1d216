"""One rich project for all tests of a worker, and its crate as a zip, as a folder, and taken into another store."""

import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import cellkeep
from cellkeep.client import Client
from cellkeep.client.crate import TakenIn, Written
from client.crate.rich import build
from client.samples import series


@dataclass(frozen=True)
class Rich:
    """Where everything is."""

    client: Client
    project: str
    zip: Path
    folder: Path
    written: Written


@dataclass(frozen=True)
class Again:
    """The same in another store, and what it was exported as from there."""

    client: Client
    taken: TakenIn
    folder: Path


Labs = Callable[[Path], Path]


@pytest.fixture(scope="session")
def new_lab(tmp_path_factory: pytest.TempPathFactory) -> Labs:
    """Makes a folder that can be opened, faster than opening does."""
    bare = tmp_path_factory.mktemp("bare") / "lab"
    cellkeep.open(bare).close()
    return lambda folder: shutil.copytree(bare, folder / "lab")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, new_lab: Labs) -> Path:
    """A crate with one series and one analysis, as a folder."""
    root = tmp_path_factory.mktemp("small")
    with cellkeep.open(new_lab(root)) as client:
        project = client.project.create({"name": "small"}).id
        material = {"name": "Si", "definition": {"ours": True}}
        spec = client.cell_spec.create({"name": "s", "project_id": project, "anode": {"material": material}})
        cell = client.cell_instance.create(spec.id, {"name": "c"})
        test = client.cell_measurement.create(cell.id, {"measurement": {"name": "m"}, "time_series": series()}).id
        fit = client.analysis.create(test, "fit", "ecm", {"R": [1.0]}).id
        client.analysis.update(fit, {"own": [1, {"deep": 2}]})
        client.export_project(project, root / "crate")
    return root / "crate"


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory, new_lab: Labs) -> Iterator[Rich]:
    root = tmp_path_factory.mktemp("rich")
    with cellkeep.open(new_lab(root)) as client:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the checks think of it is not the matter here
            project = build(client, root / "files")
        zipped, folder = root / "rich.crate.zip", root / "rich.crate"
        written = client.export_project(project, zipped, license="CC-BY-4.0")
        client.export_project(project, folder, license="CC-BY-4.0")
        yield Rich(client, project, zipped, folder, written)


@pytest.fixture(scope="session")
def again(rich: Rich, tmp_path_factory: pytest.TempPathFactory, new_lab: Labs) -> Iterator[Again]:
    root = tmp_path_factory.mktemp("again")
    with cellkeep.open(new_lab(root)) as client:
        taken = client.import_project(rich.zip)
        client.export_project(taken.project.id, root / "again.crate", license="CC-BY-4.0")
        yield Again(client, taken, root / "again.crate")

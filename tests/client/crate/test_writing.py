"""What an exported project looks like to everybody else."""

import hashlib
import json
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from cellkeep import NotFoundError
from cellkeep.client.crate.places import path_of
from client.crate.conftest import Rich
from client.crate.looking import graph, records
from client.crate.rich import HOSTILE


@pytest.fixture
def entities(rich: Rich) -> dict[str, dict[str, Any]]:
    return {each["@id"]: each for each in graph(rich.folder)}


def of(entities: dict[str, dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [each for each in entities.values() if each["@type"] == kind]


def test_the_crate_says_what_it_is(entities: dict[str, dict[str, Any]]) -> None:
    """By RO-Crate 1.2, with name, description, date, licence and publisher at its root."""
    about = entities["ro-crate-metadata.json"]
    assert about["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    root = entities[about["about"]["@id"]]
    assert (root["name"], root["description"]) == ("Rich: project/1", "Alles über Zellen")
    assert root["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}
    assert entities[root["publisher"]["@id"]]["@type"] == "Organization"
    assert entities[root["author"]["@id"]]["email"] == "admin@localhost"


def test_every_file_is_told_with_size_kind_and_checksum(rich: Rich, entities: dict[str, dict[str, Any]]) -> None:
    """And all of them are parts of the crate, directly or of a measurement."""
    present = {path.relative_to(rich.folder).as_posix() for path in rich.folder.rglob("*") if path.is_file()}
    told = {path_of(each["@id"]): each for each in of(entities, "File")}
    assert told.keys() == present - {"ro-crate-metadata.json"}
    for name, each in told.items():
        content = (rich.folder / str(name)).read_bytes()
        assert (each["contentSize"], each["sha256"]) == (str(len(content)), hashlib.sha256(content).hexdigest())
        assert "/" in each["encodingFormat"]
    parts = _parts(entities, "./")
    assert {each["@id"] for each in told.values()} <= parts


def _parts(entities: dict[str, dict[str, Any]], owner: str) -> set[str]:
    found = entities[owner].get("hasPart", [])
    direct = {each["@id"] for each in (found if isinstance(found, list) else [found])}
    return direct.union(*(_parts(entities, each) for each in direct))


def test_every_reference_leads_to_an_entity(rich: Rich, entities: dict[str, dict[str, Any]]) -> None:
    """Nothing is named that is not described."""
    text = (rich.folder / "ro-crate-metadata.json").read_text(encoding="utf-8")
    found: list[str] = []
    json.loads(text, object_hook=lambda each: found.append(each["@id"]) if each.keys() == {"@id"} else each)
    assert set(found) - entities.keys() == {"https://w3id.org/ro/crate/1.2"}


def test_quantities_have_their_units(entities: dict[str, dict[str, Any]]) -> None:
    """As property values, by their path, with value and unit as they were written."""
    spec = next(each for each in of(entities, "ProductModel") if each["name"] == HOSTILE)
    values = {entities[each["@id"]]["name"]: entities[each["@id"]] for each in spec["additionalProperty"]}
    assert (values["ratings.capacity"]["value"], values["ratings.capacity"]["unitText"]) == (5, "A*h")
    assert values["anode.loading"]["unitText"] == "mg/cm**2"


def test_how_a_series_was_read_is_an_action(entities: dict[str, dict[str, Any]]) -> None:
    """Of the raw file in the crate, by a program, to the series."""
    (reading,) = (each for each in of(entities, "CreateAction") if each["@id"].startswith("#reading-"))
    assert [entities[each["@id"]]["@type"] for each in reading["object"]] == ["File", "CreativeWork"]
    assert reading["object"][0]["@id"] == "raw/data.csv"
    assert entities[reading["instrument"]["@id"]]["name"] == "cellkeep 0.1.0"
    assert reading["result"]["@id"].endswith("/time_series.parquet")


def test_parquet_is_stored_in_a_zip_and_text_is_packed(rich: Rich) -> None:
    """What would not become smaller is not packed."""
    with ZipFile(rich.zip) as archive:
        found = {info.filename: info.compress_type for info in archive.infolist()}
        assert archive.testzip() is None
    assert {found[name] for name in found if name.endswith("time_series.parquet")} == {ZIP_STORED}
    assert found["raw/data.csv"] == found["records.jsonl"] == ZIP_DEFLATED


def test_who_stored_what_can_be_left_out(rich: Rich, tmp_path: Path) -> None:
    """Then nobody's address is in it; and what is never in it is named."""
    written = rich.client.export_project(rich.project, tmp_path / "nobody", people=False)
    for name in ("records.jsonl", "ro-crate-metadata.json"):
        assert "admin@localhost" not in (tmp_path / "nobody" / name).read_text(encoding="utf-8")
    assert "members of the project and their roles" in written.left_out
    assert written.records == rich.written.records
    assert sum(written.records.values()) == len(records(rich.folder)) - 1


def test_without_a_licence_the_crate_says_so(rich: Rich, tmp_path: Path) -> None:
    """The rules want one to be told."""
    rich.client.export_project(rich.project, tmp_path / "crate")
    root = next(each for each in graph(tmp_path / "crate") if each["@id"] == "./")
    assert root["license"].startswith("No licence was stated.")


def test_nothing_is_written_over(rich: Rich, tmp_path: Path) -> None:
    """A zip may be replaced where that is said; a folder stays; of what fails nothing is left."""
    taken = tmp_path / "x.zip"
    taken.write_text("mine")
    with pytest.raises(FileExistsError):
        rich.client.export_project(rich.project, taken)
    assert taken.read_text() == "mine"
    with pytest.raises(NotFoundError):
        rich.client.export_project("0" * 8, taken, overwrite=True)
    with pytest.raises(NotFoundError):
        rich.client.export_project("0" * 8, tmp_path / "new" / "folder")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "config"] == ["x.zip"]
    assert list((tmp_path / "new").iterdir()) == []

"""A project that goes out and comes back is the same project."""

from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import cellkeep
from cellkeep.client import Client
from cellkeep.client.crate.records import KINDS
from cellkeep.domain.instances import CellInstance
from client.crate.conftest import Again, Labs, Rich
from client.crate.looking import contents, described, graph, mapped, records, renamed, said
from client.samples import motley

KEPT = {"created_at", "updated_at", "created_by", "created_by_email", "id", "crate"}


def test_every_file_comes_back_byte_for_byte(rich: Rich, again: Again) -> None:
    """Series, also extended ones, tables, attached files, raw files, data sets and analyses, under the same names."""
    before, after = contents(rich.folder), contents(again.folder)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []
    assert len(before) == 29
    assert not again.taken.tables_differ


def test_every_record_comes_back_with_all_that_people_said(rich: Rich, again: Again) -> None:
    """Line by line and in the same order, with the new ids where the old ones stood, also in references."""
    before, after = records(rich.folder), records(again.folder)
    assert {each["kind"] for each in before} == {"crate", *KINDS}
    for ours, theirs in zip(mapped(before, again.taken, after), after, strict=True):
        assert said(ours) == said(theirs)


def test_the_metadata_comes_back_too(rich: Rich, again: Again) -> None:
    """The same entities in the same order, but for who stored them and when."""
    ids = {old: new for (_, old), new in again.taken.ids.items()}
    before = described(renamed(graph(rich.folder), ids))
    assert before == described(graph(again.folder))


def test_what_the_server_sets_is_kept_under_a_key_of_its_own(rich: Rich, again: Again) -> None:
    """Each record tells its old id, when and by whom it was made; of a material, without keys, the project does."""
    before = {(each["kind"], each["record"].get("id")): each["record"] for each in records(rich.folder)}
    project = again.client.project.get(again.taken.project.id)
    (mark,) = project.imported_from  # type: ignore[attr-defined]
    for line in records(again.folder)[1:]:
        if line["kind"] == "material":
            continue
        (told,) = line["record"]["imported_from"]
        old = before[line["kind"], told["id"]]
        assert told.keys() >= KEPT
        assert (told["created_at"], told["created_by_email"]) == (old["created_at"], old["created_by_email"])
        assert told["crate"] == mark["crate"]
    materials = {each["record"]["id"] for each in records(rich.folder) if each["kind"] == "material"}
    assert mark["materials"].keys() == materials


def test_a_project_that_did_not_change_gives_the_same_bytes(rich: Rich, tmp_path: Path) -> None:
    """A second zip is equal to the first, but for the date; the folder holds the same files."""
    rich.client.export_project(rich.project, tmp_path / "second.zip", license="CC-BY-4.0")
    with ZipFile(rich.zip) as first, ZipFile(tmp_path / "second.zip") as second:
        assert first.read("ro-crate-metadata.json").decode() == second.read("ro-crate-metadata.json").decode()
        for name in first.namelist():
            if not name.endswith("/"):
                assert first.read(name) == (rich.folder / name).read_bytes(), name
    assert rich.zip.read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_taken_in_twice_is_taken_in_once(rich: Rich, again: Again) -> None:
    """All is there already, and nothing is made."""
    taken = again.client.import_project(rich.zip)
    assert not taken.made
    assert taken.there == again.taken.made
    assert taken.ids == again.taken.ids
    assert again.client.project.list().total == 2


def test_a_crate_of_a_crate_remembers_both(small: Path, tmp_path: Path, new_lab: Labs) -> None:
    """Where a record came from before stands before where it comes from now."""
    with cellkeep.open(new_lab(tmp_path)) as client:
        second = client.import_project(small).project.id
        client.export_project(second, tmp_path / "second")
        taken = client.import_project(tmp_path / "second", "third")
        (spec,) = client.cell_spec.list(project_id=taken.project.id)
    former, latter = spec.imported_from  # type: ignore[attr-defined]
    assert former["id"] in {each["record"].get("id") for each in records(small)}
    assert taken.ids["cell_specification", latter["id"]] == spec.id


@pytest.mark.filterwarnings("ignore")
def test_it_is_the_same_over_a_network(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """From one server and back into it under another name, with a series, a raw file and an analysis."""
    data = {"measurement": {"name": "all / kinds", "tags": ["Ä"]}, "time_series": motley()}
    test = any_client.cell_measurement.create(cell.id, data).id
    (tmp_path / "dump.bin").write_bytes(bytes(range(256)) * 9_000)
    raw = any_client.raw_data.upload(cell.project_id, tmp_path / "dump.bin")
    any_client.cell_measurement.attach_raw_data(test, raw.id)
    any_client.analysis.create(test, "fit", "ecm", {"R": [1.0]})
    any_client.export_project(cell.project_id, tmp_path / "one.zip")
    taken = any_client.import_project(tmp_path / "one.zip", f"copy of {cell.project_id}")
    assert not taken.left_out
    copy = taken.ids["cell_measurement", test]
    assert_frame_equal(any_client.cell_measurement.time_series(copy), motley())
    assert any_client.cell_measurement.list_raw_data(copy)[0].sha256 == raw.sha256
    assert any_client.analysis.get_data(taken.ids["analysis", any_client.analysis.list(test)[0].id]).equals(
        pl.DataFrame({"R": [1.0]})
    )

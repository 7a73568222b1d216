"""What comes from anywhere is looked at before anything is made of it."""

import hashlib
import json
import os
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

import cellkeep
from cellkeep import UnusableDataError
from cellkeep.client import Client
from cellkeep.client.crate import is_crate
from cellkeep.client.crate import opening as opening_module
from client.crate.conftest import Labs, Rich
from client.crate.looking import records

Change = Callable[[Path], object]


@pytest.fixture
def crate(small: Path, tmp_path: Path) -> Path:
    return shutil.copytree(small, tmp_path / "crate")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, new_lab: Labs) -> Iterator[Client]:
    """A store in which nothing is ever made."""
    with cellkeep.open(new_lab(tmp_path_factory.mktemp("empty"))) as client:
        yield client


def refused(client: Client, path: Path, reason: str) -> None:
    """Claim that a crate is refused for that reason, and nothing made of it."""
    with pytest.raises(UnusableDataError, match=reason):
        client.import_project(path)
    assert client.project.list().total == 1


def edited(name: str, change: Callable[[bytes], bytes]) -> Change:
    return lambda crate: (crate / name).write_bytes(change((crate / name).read_bytes()))


def with_entity(**entity: object) -> Change:
    def add(content: bytes) -> bytes:
        said = json.loads(content)
        said["@graph"].append(entity)
        return json.dumps(said).encode()

    return edited("ro-crate-metadata.json", add)


def resized(crate: Path) -> None:
    with (crate / "measurements/c/m/steps.parquet").open("ab") as file:
        file.write(b"x")


OUTSIDE = {"@type": "File", "contentSize": "1", "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (edited("measurements/c/m/time_series.parquet", lambda old: old[:40] + b"X" + old[41:]), "or was changed"),
        (resized, "bytes and should have"),
        (lambda crate: (crate / "measurements/c/m/time_series.parquet").unlink(), "has no file 'measurements/c/m/time"),
        (lambda crate: (crate / "ro-crate-metadata.json").unlink(), "is no RO-Crate"),
        (lambda crate: (crate / "ro-crate-metadata.json").write_text("{"), "can not be read"),
        (lambda crate: (crate / "ro-crate-metadata.json").write_text('{"@graph": []}'), "not written by cellkeep"),
        (edited("records.jsonl", lambda old: old.replace(b'"name":"m"', b'"name":"M"')), "or was changed"),
        (lambda crate: (crate / "link").symlink_to("/etc/passwd"), "'link' is a link"),
        (lambda crate: (crate / "more").symlink_to("/etc"), "'more' is a link"),
        (with_entity(**OUTSIDE, **{"@id": "../secret"}), "leads outside"),
        (with_entity(**OUTSIDE, **{"@id": "/etc/hostname"}), "leads outside"),
        (with_entity(**OUTSIDE, **{"@id": "a/%2e%2e/%2e%2e/b"}), "leads outside"),
        (with_entity(**{"@type": "File", "@id": "more.csv"}), "no size and no SHA-256"),
    ],
    ids=[
        "byte",
        "longer",
        "missing",
        "bare",
        "broken",
        "foreign",
        "records",
        "link",
        "linked folder",
        "above",
        "root",
        "escaped",
        "unsaid",
    ],
)
def test_a_folder_that_is_not_as_it_was_is_refused(empty: Client, crate: Path, change: Change, reason: str) -> None:
    """A file that was changed, cut or removed, and whatever leads elsewhere."""
    change(crate)
    refused(empty, crate, reason)


def zipped(crate: Path, target: Path) -> Path:
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for path in sorted(crate.rglob("*")):
            archive.write(path, path.relative_to(crate).as_posix())
    return target


def with_member(name: str, mode: int = stat.S_IFREG) -> Callable[[Path], None]:
    def add(path: Path) -> None:
        info = ZipInfo(name)
        info.external_attr = (mode | 0o644) << 16
        with ZipFile(path, "a") as archive:
            archive.writestr(info, "/etc/passwd")

    return add


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-50])


def flipped(path: Path) -> None:
    with ZipFile(path) as archive:
        at = archive.getinfo("measurements/c/m/time_series.parquet").header_offset + 300
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (with_member("../slipped"), "leads outside"),
        (with_member("a/../../slipped"), "leads outside"),
        (with_member("/etc/slipped"), "leads outside"),
        (with_member("C:/slipped"), "leads outside"),
        (with_member("a\\..\\slipped"), "leads outside"),
        (with_member("link", stat.S_IFLNK), "no plain file but a link"),
        (cut, "was cut off"),
        (flipped, "damaged, or was changed"),
    ],
    ids=["above", "deep", "root", "drive", "backslash", "link", "cut", "flipped"],
)
def test_a_zip_that_is_not_as_it_was_is_refused(
    empty: Client, crate: Path, tmp_path: Path, change: Change, reason: str
) -> None:
    """One that slips out, has links in it, was cut off or damaged."""
    path = zipped(crate, tmp_path / "x.crate.zip")
    change(path)
    refused(empty, path, reason)
    assert not list(tmp_path.parent.rglob("slipped"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(empty: Client, crate: Path, tmp_path: Path) -> None:
    """Nobody knows which of them was verified."""
    path = zipped(crate, tmp_path / "x.zip")
    with_member("records.jsonl")(path)
    refused(empty, path, "two files 'records.jsonl'")


def test_a_bomb_is_refused(empty: Client, crate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip that would become many times its size is not unpacked; nor is more read of a file than was told."""
    monkeypatch.setattr(opening_module, "_ALWAYS_UNPACKED_BYTES", 0)
    (crate / "zeros").write_bytes(bytes(20_000_000))
    refused(empty, zipped(crate, tmp_path / "x.zip"), "That is refused")


def test_a_zip_made_by_another_program_is_taken(small: Path, tmp_path: Path, new_lab: Labs) -> None:
    """Packed otherwise, with folders and further files in it."""
    (tmp_path / "copy").mkdir()
    crate = shutil.copytree(small, tmp_path / "copy" / "crate")
    (crate / "Thumbs.db").write_text("noise")
    with cellkeep.open(new_lab(tmp_path)) as client:
        assert client.import_project(zipped(crate, tmp_path / "x.zip")).made["cell_measurement"] == 1


def test_a_crate_is_known_by_its_metadata(small: Path, rich: Rich, tmp_path: Path) -> None:
    """A folder and a zip that have it at their top; other folders, zips and files are none."""
    assert is_crate(small)
    assert is_crate(os.fspath(rich.zip))
    assert not is_crate(small.parent)
    (tmp_path / "x.csv").write_text("a,b")
    with ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("deep/ro-crate-metadata.json", "{}")
    assert not is_crate(tmp_path / "x.csv")
    assert not is_crate(tmp_path / "book.xlsx")
    assert not is_crate(tmp_path / "missing")
    (tmp_path / "cut.crate.zip").write_bytes(rich.zip.read_bytes()[:1000])
    assert not zipfile.is_zipfile(tmp_path / "cut.crate.zip")
    assert is_crate(tmp_path / "cut.crate.zip")


def rewritten(crate: Path, change: Callable[[list[dict[str, object]]], object]) -> None:
    """Other records, with a checksum that is right."""
    lines = records(crate)
    change(lines)
    content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    (crate / "records.jsonl").write_bytes(content)
    said = json.loads((crate / "ro-crate-metadata.json").read_bytes())
    for each in said["@graph"]:
        if each["@id"] == "records.jsonl":
            each |= {"contentSize": str(len(content)), "sha256": hashlib.sha256(content).hexdigest()}
    (crate / "ro-crate-metadata.json").write_text(json.dumps(said))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda lines: lines[0]["record"].update(format=2), "of the format 2"),
        (lambda lines: lines.pop(2), "names a cell_specification_id that is not in the crate"),
        (lambda lines: lines.append({"kind": "spaceship", "record": {}}), "does not know"),
        (lambda lines: lines.append(lines[1]), "twice"),
        (lambda lines: lines[4]["files"][0].update(path="../../x"), "lacks ../../x"),
        (lambda lines: lines[4]["record"].update(name=""), "can not be made"),
        (lambda lines: lines[4]["record"].update(measurement_type="x"), "can not be made"),
        (lambda lines: lines[4].update(raw_data=5), "can not be made"),
        (lambda lines: lines[2]["record"].update(anode={"material": 5}), "can not be made"),
        (lambda lines: lines[3]["record"].pop("id"), "has no id"),
        (lambda lines: lines.insert(1, {"kind": 5, "record": {}}), "Line 2 of 'records.jsonl' is no record"),
        (lambda lines: lines.pop(1), "holds 0 projects"),
    ],
    ids=["format", "orphan", "kind", "twice", "path", "name", "type", "beside", "slot", "id", "line", "project"],
)
def test_records_that_can_not_be_made_are_refused_before_the_first(
    empty: Client, crate: Path, change: Callable[[list[dict[str, object]]], object], reason: str
) -> None:
    """With right checksums and senseless content, nothing is made either."""
    rewritten(crate, change)
    refused(empty, crate, reason)

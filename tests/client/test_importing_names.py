"""Which files are imported, and what they are called."""

from pathlib import Path

import pytest

from cellkeep.client.importing.files import Found, find
from cellkeep.client.importing.naming import Names, Naming
from cellkeep.domain.errors import InvalidError


def called(relative: str, *, named: bool = False, **said: str) -> Names | None:
    return Naming(**said).of(Found(Path("/data") / relative, relative, named))


@pytest.mark.parametrize(
    ("relative", "pattern", "names"),
    [
        ("A/B/c.csv", "{spec}/{cell}/{name}.csv", Names("A", "B", "c", {})),
        ("A/B/c.CSV", "{spec}/{cell}/{name}.csv", Names("A", "B", "c", {})),
        ("A/B/c.v2.057", "{spec}/{cell}/{name}", Names("A", "B", "c.v2", {})),
        ("A/B/c.bdf.csv.gz", "{spec}/{cell}/{name}", Names("A", "B", "c", {})),
        ("A/B/c.csv", "./{spec}/{cell}/*.csv", Names("A", "B", "c", {})),
        ("A/B/c.xls", "{spec}/{cell}/{name}.csv", None),
        ("A/B/c/d.csv", "{spec}/{cell}/{name}.csv", None),
        (
            "B_25C_ada/c.csv",
            "{cell}_{temp}_{operator}/{name}",
            Names(None, "B", "c", {"temp": "25C", "operator": "ada"}),
        ),
        ("A/x/y/B_c_d.csv", "**/{cell}_{name}.csv", Names(None, "B", "c_d", {})),
        ("B_c.csv", "**/{cell}_{name}.csv", Names(None, "B", "c", {})),
        ("B/B_c.csv", "{cell}/{cell}_{name}.csv", Names(None, "B", "c", {})),
        ("B/C_c.csv", "{cell}/{cell}_{name}.csv", None),
        ("x/C12_c.csv", r"(?P<cell>C\d+)_(?P<name>\w)\.csv$", Names(None, "C12", "c", {})),
        ("x/C12.csv", r"(?P<cell>C\d+)(_(?P<name>\w))?\.csv$", Names(None, "C12", "C12", {})),
        ("a (1)+.csv", "{cell} (1)+.csv", Names(None, "a", "a (1)+", {})),
    ],
)
def test_a_pattern_takes_names_from_the_path(relative: str, pattern: str, names: Names | None) -> None:
    """The plain form matches the whole path, an expression any part of it; what is no name goes to the set-up."""
    assert called(relative, pattern=pattern) == names


def test_a_file_that_is_named_itself_is_matched_from_its_end() -> None:
    """Nobody said below which folder, so the pattern tells how many there are."""
    assert called("A/x/B/c.csv", named=True, pattern="{cell}/{name}.csv") == Names(None, "B", "c", {})
    assert called("A/x/B_c.csv", named=True, pattern="{cell}_{name}.csv") == Names(None, "B", "c", {})
    assert called("A/x/B_c.csv", named=True, pattern="(?P<cell>B)_") == Names(None, "B", "B_c", {})


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"cell": "C1"}, Names(None, "C1", "run 1", {})),
        ({"cell": "{folder}"}, Names(None, "B", "run 1", {})),
        ({"cell": "{folder}", "name": "{path}"}, Names(None, "B", "A/B/run 1.057", {})),
        ({"cell": "C {n}", "name": "{folder} {file}", "pattern": r"run (?P<n>\d)"}, Names(None, "C 1", "B run 1", {})),
        ({"spec": "S", "cell": "C", "pattern": "{spec}/{cell}/{name}"}, Names("S", "C", "run 1", {})),
    ],
)
def test_what_is_said_may_hold_fields(said: dict[str, str], names: Names) -> None:
    """Fields of the pattern and parts of the path stand in a name; what is said comes before what the pattern tells."""
    assert called("A/B/run 1.057", **said) == names


def test_a_file_whose_name_looks_like_a_field_is_called_by_it() -> None:
    """What stands in a path is never taken for a field."""
    assert called("{cell}/{q}.csv", cell="{folder}") == Names(None, "{cell}", "{q}", {})


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "--cell NCM622-GR-001"),
        ({"pattern": "{spec}/{name}"}, "Say on which cell"),
        ({"cell": "{q}"}, "there is no field 'q'. Fields are 'file', 'folder', 'path'"),
        ({"pattern": "{a b}/{cell}"}, "a field has a name"),
        ({"pattern": "(?P<cell>"}, "can not be understood"),
    ],
)
def test_names_that_can_name_nothing_are_refused(said: dict[str, str], words: str) -> None:
    """Before any file is looked at, with an example."""
    with pytest.raises(InvalidError) as error:
        Naming(**said)
    assert words in str(error.value)


def test_folders_are_looked_through_in_the_order_of_people(tmp_path: Path) -> None:
    """All files below, 2 before 10, and what is named itself as such."""
    for name in ("b/10.csv", "b/2.csv", "a.csv", "b/c/x.057"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [each.relative for each in find(tmp_path)] == ["a.csv", "b/2.csv", "b/10.csv", "b/c/x.057"]
    twice = find([tmp_path / "a.csv", tmp_path])
    assert (twice[0].path.name, twice[0].named) == ("a.csv", True)
    assert len(twice) == 4


def test_what_no_person_made_is_passed_over(tmp_path: Path) -> None:
    """Hidden files and folders, what other programs leave behind, and folders in which cellkeep keeps its data."""
    data = ("lab/secret.key", "lab/cellkeep.db", "lab/blobs/x.parquet")
    for name in (
        ".hidden.csv",
        ".git/x.csv",
        "~$x.xlsx",
        "x.csv~",
        "Thumbs.db",
        "desktop.ini",
        "__MACOSX/x.csv",
        *data,
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(InvalidError, match="no file to import"):
        find([tmp_path])
    (tmp_path / "x.csv").touch()
    assert [each.relative for each in find([tmp_path])] == ["x.csv"]


def test_links_lead_on_and_never_in_a_circle(tmp_path: Path) -> None:
    """A file that is reached in several ways is imported once."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "x.csv").touch()
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "there")
    (tmp_path / "there" / "back").symlink_to(tmp_path / "here")
    assert [each.relative for each in find([tmp_path / "here"])] == ["link/x.csv"]
    assert len(find([tmp_path])) == 1


def test_a_path_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    """It is not passed over in silence."""
    with pytest.raises(FileNotFoundError, match=r"no file or folder '.*gone'"):
        find([tmp_path / "gone"])

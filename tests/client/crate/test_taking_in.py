"""Where a crate goes, what stands in its way, and how it goes on after it broke off."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import cellkeep
from cellkeep import ConflictError, InvalidError, NotFoundError, UnusableDataError
from client.crate.conftest import Again, Labs, Rich
from client.crate.looking import contents, records

DOOMED = """
import os, signal, sys
import cellkeep
from cellkeep.client.transport import Transport

left, posted = int(sys.argv[3]), Transport.post

def post(*args, **how):
    global left
    left -= 1
    answer = posted(*args, **how)
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

Transport.post = post
with cellkeep.open(sys.argv[1]) as client:
    client.import_project(sys.argv[2])
"""
"""A process that dies after so many calls, when the server has done what was asked and nobody has heard of it."""


def test_after_a_kill_it_goes_on(rich: Rich, again: Again, tmp_path: Path, new_lab: Labs) -> None:
    """The same call makes what is missing and nothing twice, and all is as if nothing had happened."""
    lab = new_lab(tmp_path)
    died = subprocess.run([sys.executable, "-c", DOOMED, lab, rich.zip, "29"], check=False, capture_output=True)
    assert died.returncode == -9, died.stderr
    with cellkeep.open(lab) as client:
        taken = client.import_project(rich.zip)
        assert taken.there
        assert taken.made + taken.there == again.taken.made
        client.export_project(taken.project.id, tmp_path / "crate")
    assert contents(tmp_path / "crate") == contents(rich.folder)
    kinds = [Counter(each["kind"] for each in records(folder)) for folder in (tmp_path / "crate", rich.folder)]
    assert kinds[0] == kinds[1]


def test_a_project_of_that_name_is_not_touched(rich: Rich) -> None:
    """It is refused with the ways out, and nothing is made; so is a wrong pair of names."""
    before = rich.client.project.list().total
    with pytest.raises(ConflictError, match=r"another name \(project=…, --project\)") as refused:
        rich.client.import_project(rich.zip)
    assert refused.value.existing_id == rich.project
    with pytest.raises(InvalidError, match="Say either"):
        rich.client.import_project(rich.zip, "new", into="old")
    with pytest.raises(NotFoundError, match="no project 'nowhere'"):
        rich.client.import_project(rich.zip, into="nowhere")
    assert rich.client.project.list().total == before


def test_into_a_project_with_other_things_of_the_same_names_it_does_not_go(
    small: Path, tmp_path: Path, new_lab: Labs
) -> None:
    """All of them are named before anything is made; without them it goes there, beside what is there."""
    with cellkeep.open(new_lab(tmp_path)) as client:
        project = client.project.create({"name": "mine"}).id
        material = {"name": "Si", "definition": {"mine": True}}
        spec = client.cell_spec.create({"name": "s", "project_id": project, "anode": {"material": material}})
        with pytest.raises(ConflictError, match=r"specifications 's'; materials, which are defined otherwise 'Si'"):
            client.import_project(small, into="mine")
        assert client.cell_instance.list(spec.id).total == 0
        other = client.project.create({"name": "other"}).id
        client.cell_spec.create({"name": "mine", "project_id": other})
        assert client.import_project(small, into="other").project.id == other
        assert client.cell_spec.list(project_id=other).total == 2
        assert not client.import_project(small, into=other).made


def test_a_cycler_of_another_project_stays_there(rich: Rich) -> None:
    """A second copy on one server has no laboratory of its own: what is not made is named, and kept in the marks."""
    taken = rich.client.import_project(rich.zip, "copy")
    told = " ".join(taken.left_out)
    assert "the cycler 'Rack 1' with its channels" in told
    assert "channel and time of the planned measurement 'booked'" in told
    assert "cycler" not in taken.made
    (plan,) = rich.client.planned_measurement.list(taken.project.id, name_exact="booked")
    assert (plan.status, plan.estimated_duration_seconds) == ("requested", 86_400)
    assert plan.imported_from[0]["status"] == "scheduled"  # type: ignore[attr-defined]
    test = next(each["record"] for each in records(rich.folder) if each["record"].get("channel_id"))
    copy = rich.client.cell_measurement.get(taken.ids["cell_measurement", test["id"]])
    assert copy.channel_id is None
    assert copy.imported_from[0]["channel_id"] == test["channel_id"]  # type: ignore[attr-defined]


def test_tables_that_this_server_makes_otherwise_are_named(
    small: Path, tmp_path: Path, new_lab: Labs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The series are those of the crate; tables made by other rules are not passed over in silence."""
    monkeypatch.setattr("cellkeep.client.crate.comparing._same", lambda *_: False)
    with cellkeep.open(new_lab(tmp_path)) as client:
        assert client.import_project(small).tables_differ == ["m"]


def test_a_series_that_the_server_refuses_is_named(
    small: Path, tmp_path: Path, new_lab: Labs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All else is made, and the next attempt makes it where it is taken by then."""

    def refuse(*_: object) -> str:
        raise UnusableDataError("It has no rows.")

    with cellkeep.open(new_lab(tmp_path)) as client:
        with monkeypatch.context() as patched:
            patched.setattr("cellkeep.client.crate.sending.Sending.series", refuse)
            taken = client.import_project(small)
        assert taken.left_out == [
            "the measurement 'm': It has no rows.",
            "the analysis 'fit', whose measurement is left out",
        ]
        assert (taken.made["cell_instance"], taken.made["cell_measurement"]) == (1, 0)
        assert client.import_project(small).made == {"cell_measurement": 1, "analysis": 1}


def test_what_was_made_halfway_is_completed(
    small: Path, tmp_path: Path, new_lab: Labs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form takes no keys of any kind, so they come behind: broken off in between, they come the next time."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with cellkeep.open(new_lab(tmp_path)) as client:
        with monkeypatch.context() as patched:
            patched.setattr("cellkeep.client.crate.sending.Sending.complete", die)
            with pytest.raises(KeyboardInterrupt):
                client.import_project(small)
        taken = client.import_project(small)
        assert taken.there["analysis"] == 1
        (found,) = client.analysis.list(project_id=taken.project.id)
        assert found.own == [1, {"deep": 2}]  # type: ignore[attr-defined]
        assert found.imported_from[0]["id"] in {each["record"].get("id") for each in records(small)}  # type: ignore[attr-defined]

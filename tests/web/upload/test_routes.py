"""Files sent by the page: read, checked, mended and stored."""

from collections.abc import Callable

import pytest

from cellkeep.client import Client
from conftest import Server
from web.upload.conftest import Visitor
from web.upload.samples import LOCAL, PLAIN, UNKNOWN

FILES = "/ui/upload/files"
NEGATED = {"Current [A]": "-Current [A]"}
SIGN = "current_sign_reversed"


def test_a_file_becomes_a_measurement(visitor: Visitor, desk_client: Client, project_id: str) -> None:
    """What is sent is read, shown, and stored on the cell that was said, with the file itself."""
    upload_id = visitor.send("NCM-7 run.csv", PLAIN)
    found = visitor.settled(upload_id)
    assert (found["state"], found["look"]["reader"], found["facts"]["rows"]) == ("ready", "generic", 40)
    assert found["look"]["head"]["rows"][0][:3] == [0, 4.1, 1]
    assert {each["column"]: each["heading"] for each in found["look"]["columns"]}["Voltage [V]"] == "Voltage [V]"
    figure = visitor.http.get(f"{FILES}/{upload_id}/figure", params={"theme": "dark"}).json()["figure"]
    assert {trace["name"] for trace in figure["data"]} >= {"Voltage", "Current"}
    said = {"spec_name": "NCM", "rated_capacity_ah": 0.5, "batch": "L1", "cell_name": "NCM-7", "tags": ["a"]}
    done = visitor.store(upload_id, project_id=project_id, name="Run 1", notes="cold", **said)
    assert (done["state"], done["problem"]) == ("done", None)
    made = desk_client.cell_measurement.get(done["measurement_id"])
    assert (made.name, made.tags, made.notes, made.processing_status) == ("Run 1", ["a"], "cold", "ready")
    cell = desk_client.cell_instance.get(made.cell_instance_id)
    assert (cell.name, cell.batch_name) == ("NCM-7", "L1")
    assert desk_client.cell_spec.get(cell.cell_specification_id).ratings["capacity"]["value"] == 0.5
    (raw,) = desk_client.cell_measurement.list_raw_data(made.id)
    assert desk_client.raw_data.download(raw.id) == PLAIN.encode()


def test_a_file_is_stored_once(visitor: Visitor, desk_client: Client, project_id: str) -> None:
    """A file whose content is there is told before it is asked for, and leads to the measurement that holds it."""
    target = {"project_id": project_id, "spec_name": "S", "cell_name": "C"}
    first = visitor.store(visitor.send("a.csv", PLAIN), name="A", **target)
    again = visitor.send("b.csv", PLAIN)
    listed = {each["id"]: each["there"] for each in visitor.http.get(FILES).json()["files"]}
    assert listed[again] == {project_id: first["measurement_id"]}
    done = visitor.store(again, name="B", **target)
    assert (done["measurement_id"], done["problem"]["kind"]) == (first["measurement_id"], "there")
    other = visitor.store(visitor.send("c.csv", PLAIN + "2400,4.1,0\n"), name="A", **target)
    assert (other["state"], other["problem"]["kind"]) == ("ready", "same name")


def test_what_the_checks_refuse_is_stored_once_it_is_mended(
    visitor: Visitor, desk_client: Client, project_id: str
) -> None:
    """A reversed current is refused and offered to be turned, and the repair stays with the series."""
    upload_id = visitor.send("turned.csv", PLAIN)
    look = visitor.read(upload_id, columns=NEGATED)["look"]
    assert look["refused"] == [SIGN]
    assert [(mend["code"], mend["chosen"]) for mend in look["mends"]] == [(SIGN, False)]
    target = {"project_id": project_id, "spec_name": "S", "cell_name": "C", "name": "A"}
    assert visitor.store(upload_id, **target)["problem"]["kind"] == "checks"
    mended = visitor.read(upload_id, columns=NEGATED, mends=[SIGN])["look"]
    assert (mended["refused"], mended["findings"], mended["mends"][0]["chosen"]) == ([], [], True)
    before, after = (
        visitor.http.get(f"{FILES}/{upload_id}/figure", params={"which": which}).json()["figure"]
        for which in ("before", "after")
    )
    assert before != after
    made = desk_client.cell_measurement.get(visitor.store(upload_id, **target)["measurement_id"])
    assert [(repair.action, repair.codes) for repair in made.repairs or []] == [("current_negated", [SIGN])]


def test_a_finding_may_be_overruled(visitor: Visitor, desk_client: Client, project_id: str) -> None:
    """Who says that a finding is none has the file stored as it is, and the finding is kept."""
    upload_id = visitor.send("turned.csv", PLAIN)
    visitor.read(upload_id, columns=NEGATED)
    said = {"project_id": project_id, "spec_name": "S", "cell_name": "C", "name": "A", "despite": [SIGN]}
    made = desk_client.cell_measurement.get(visitor.store(upload_id, **said)["measurement_id"])
    assert made.finding_counts == {SIGN: 1}


def test_a_table_that_no_reader_knows_is_read_once_its_columns_are_named(visitor: Visitor) -> None:
    """Its headings are shown with their first values, and the units and the sign that a person says are followed."""
    found = visitor.settled(visitor.send("eigen.txt", UNKNOWN))
    assert (found["state"], found["look"]["headings"]["titles"]) == ("unknown", ["Zeit", "U1", "I1"])
    assert "--column" not in found["look"]["message"]
    named = {"Zeit": "Time [min]", "U1": "Voltage [mV]", "I1": "-Current [mA]"}
    read = visitor.read(found["id"], columns=named)
    assert (read["state"], read["look"]["refused"]) == ("ready", [])
    assert read["look"]["head"]["rows"][1][:3] == [60, 4.05, 1]


def test_a_clock_without_a_zone_is_asked_for(visitor: Visitor, desk_client: Client, project_id: str) -> None:
    """A file that names no zone is not stored until one is said, and the one that was said last counts."""
    upload_id = visitor.send("arbin.csv", LOCAL)
    assert visitor.settled(upload_id)["facts"]["local_start"] == "2026-01-31T08:00:00"
    target = {"project_id": project_id, "spec_name": "S", "cell_name": "C", "name": "A"}
    assert visitor.store(upload_id, **target)["problem"]["kind"] == "no zone"
    assert "Europe/Berlim" in visitor.store(upload_id, **target, timezone="Europe/Berlim")["problem"]["message"]
    made = desk_client.cell_measurement.get(
        visitor.store(upload_id, **target, timezone="Europe/Berlin")["measurement_id"]
    )
    assert made.start_time is not None
    assert made.start_time.isoformat() == "2026-01-31T07:00:00+00:00"


def test_what_is_no_series_is_kept_as_a_file(visitor: Visitor, desk_client: Client, project_id: str) -> None:
    """A picture becomes a file measurement of the cell, and so does a table that a person says is none."""
    cell = desk_client.cell_instance.create(desk_client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    picture = visitor.send("cell.png", b"\x89PNG\r\n\x1a\n" + bytes(64))
    assert visitor.settled(picture)["state"] == "file"
    target = {"project_id": project_id, "cell_id": cell.id, "cell_name": "C"}
    made = desk_client.cell_measurement.get(visitor.store(picture, name="Photo", **target)["measurement_id"])
    assert (made.measurement_type, list(made.file_metadata or {})) == ("file", ["cell.png"])
    plain = visitor.send("table.csv", PLAIN)
    assert visitor.read(plain, as_file=True)["state"] == "file"
    kept = visitor.store(plain, name="Table", **target)
    assert desk_client.cell_measurement.get(kept["measurement_id"]).measurement_type == "file"


def test_what_can_not_be_read_says_why(visitor: Visitor) -> None:
    """A file of a known instrument that holds nothing is told with what its reader found."""
    found = visitor.settled(visitor.send("empty.csv", LOCAL.partition("\n")[0] + "\n"))
    assert found["state"] == "failed"
    assert "Arbin" in found["facts"]["message"]


def test_only_a_page_of_this_server_sends(visitor: Visitor, desk_server: Server) -> None:
    """Without the header of our pages, from another site, or by a stranger nothing is taken."""
    ways = ({"X-Cellkeep-Page": "0"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.org"})
    for headers in ways:
        assert visitor.http.post(FILES, params={"name": "a.csv"}, content=b"a", headers=headers).status_code == 403
    visitor.http.cookies.clear()
    assert visitor.http.post(FILES, params={"name": "a.csv"}, content=b"a").status_code == 401
    assert visitor.http.get(FILES).status_code == 401


def test_who_may_not_write_hands_nothing_in(
    desk_client: Client, signed_in: Callable[[str], Visitor], visitor: Visitor, project_id: str
) -> None:
    """A viewer is told what to ask for, sees no file of others, and stores only where they may write."""
    member = desk_client.project.invite_member(project_id, "v@lab.org", "Project Viewer")
    viewer = signed_in(str(member.user_id))
    refused = viewer.http.post(FILES, params={"name": "a.csv"}, content=PLAIN)
    assert (refused.status_code, "Project Contributor" in refused.json()["message"]) == (403, True)
    assert "Project Contributor" in viewer.http.get("/ui/upload", headers={"Accept": "text/html"}).text
    others = visitor.send("a.csv", PLAIN)
    assert viewer.http.get(f"{FILES}/{others}").status_code == 404
    own = desk_client.project.create({"name": "Own"}).id
    desk_client.project.add_member(own, str(member.user_id))
    sent = viewer.send("a.csv", PLAIN)
    target = {"project_id": project_id, "spec_name": "S", "cell_name": "C", "name": "A"}
    assert viewer.http.post(f"{FILES}/{sent}/storing", json=target).status_code == 403
    assert viewer.store(sent, **{**target, "project_id": own})["state"] == "done"


@pytest.mark.parametrize("name", ["", "../a.csv", "a/b.csv", "x" * 256])
def test_a_name_that_is_none_is_refused(visitor: Visitor, name: str) -> None:
    """A path, an empty or an endless name is no name of a file."""
    assert visitor.http.post(FILES, params={"name": name}, content=b"a").status_code == 400
    assert visitor.http.get(FILES).json()["files"] == []

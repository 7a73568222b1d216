"""A folder whose files grow."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import cellkeep
from cellkeep.client import Client
from cellkeep.client.importing.imports import Home
from cellkeep.client.importing.naming import Naming
from cellkeep.client.importing.one_file import Options
from cellkeep.client.importing.reading import How
from cellkeep.client.watching import growing
from cellkeep.client.watching.folder import WatchedFolder
from cellkeep.domain.measurements import CellMeasurement
from readers.exports import arbin

_SETTLE_S = 60.0


class Inbox:
    """A watched folder with a clock of its own."""

    def __init__(self, folder: Path, client: Client) -> None:
        self.client = client
        self.path = folder / "inbox"
        (self.path / "A1").mkdir(parents=True)
        self.now = 0.0
        self.begin_again()

    def begin_again(self) -> None:
        """As after a restart: nothing is known but what is stored."""
        home = Home.of(self.client, self.client.project.list()[0].id)
        naming, options = Naming(spec="LG M50", cell="{folder}"), Options(How(timezone="UTC"))
        self._watched = WatchedFolder(
            home, self.path, naming, options, _SETTLE_S, clock=lambda: self.now, age=lambda _: 0.0
        )

    def look(self, *, after: float = 10.0) -> list[str]:
        """What happens in the next look."""
        self.now += after
        return [outcome.reason for outcome in self._watched.look()]

    def only(self) -> CellMeasurement:
        (found,) = self.client.cell_measurement.list_by_project(self.client.project.list()[0].id).items
        return found


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with cellkeep.open(tmp_path / "lab") as client:
        yield Inbox(tmp_path, client)


def test_a_test_is_made_once_and_grows_by_whole_rows(inbox: Inbox, tmp_path: Path) -> None:
    """At every look what is stored is the part of the file that is written to the end of a line."""
    content = arbin(tmp_path / "whole.csv", 24).read_bytes()
    file = inbox.path / "A1" / "t.csv"
    stored = 0
    for end in (0, 30, 400, 640, 641, 900, 1500, len(content)):
        file.write_bytes(content[:end])
        inbox.look()
        rows = max(content[:end].count(b"\n") - 1, 0)
        if rows:
            record = inbox.only()
            assert record.row_count == rows >= stored
            stored = rows
    series = inbox.client.cell_measurement.time_series(inbox.only().id)
    assert series.equals(cellkeep.read(file, timezone="UTC").time_series)
    assert len(inbox.client.cell_measurement.versions(inbox.only().id)) == 1


def test_what_is_stored_tells_where_it_was_left(inbox: Inbox, tmp_path: Path) -> None:
    """A new process goes on with the next row, and makes nothing twice."""
    lines = arbin(tmp_path / "whole.csv", 40).read_bytes().splitlines(keepends=True)
    file = inbox.path / "A1" / "t.csv"
    dice = random.Random(7)
    end = 3
    while end < len(lines):
        file.write_bytes(b"".join(lines[:end]))
        inbox.look()
        inbox.begin_again()
        assert inbox.look() == []
        end += dice.randint(1, 12)
    assert inbox.only().row_count == sum(1 for _ in file.read_bytes().splitlines()) - 1


def test_a_file_that_has_settled_is_kept_and_its_test_closed(inbox: Inbox) -> None:
    """Then the raw file is linked, the provenance names it, and the end of the test is that of its last row."""
    file = arbin(inbox.path / "A1" / "t.csv", 10)
    assert inbox.look() == ["begun"]
    assert inbox.look() == []
    assert inbox.look(after=_SETTLE_S) == ["its file is kept, and the test closed"]
    assert inbox.look(after=_SETTLE_S) == []
    record = inbox.only()
    (raw,) = inbox.client.cell_measurement.list_raw_data(record.id).items
    assert inbox.client.raw_data.download(raw.id) == file.read_bytes()
    assert record.provenance is not None
    assert record.provenance.files[0].raw_data_id == raw.id
    assert (record.provenance.options["timezone"], record.provenance.options["watched"]) == ("UTC", "A1/t.csv")
    assert f"{record.end_time:%H:%M:%S}" == "08:09:00"
    assert inbox.client.cell_measurement.reread(record.id).change is None


def test_a_test_that_goes_on_after_all_is_opened_again(inbox: Inbox) -> None:
    """Rows that come after it was closed are appended."""
    arbin(inbox.path / "A1" / "t.csv", 10)
    inbox.look()
    inbox.look(after=_SETTLE_S)
    arbin(inbox.path / "A1" / "t.csv", 13)
    assert inbox.look() == ["3 rows more"]
    assert (inbox.only().row_count, inbox.only().end_time) == (13, None)


def test_a_file_that_is_written_anew_is_read_anew(inbox: Inbox) -> None:
    """What was stored before stays as an earlier version."""
    arbin(inbox.path / "A1" / "t.csv", 10)
    inbox.look()
    arbin(inbox.path / "A1" / "t.csv", 12, every=4)
    assert inbox.look() == ["its earlier rows are read otherwise now; the earlier version is kept"]
    record = inbox.only()
    assert record.row_count == 12
    assert inbox.client.cell_measurement.earlier(record.id, 1).height == 10


def test_a_file_that_is_no_text_is_read_when_it_rests(inbox: Inbox, tmp_path: Path) -> None:
    """While it changes from look to look it may be in the middle of being written."""
    frame = cellkeep.read(arbin(tmp_path / "whole.csv", 12)).time_series
    file = inbox.path / "A1" / "t.parquet"
    frame.head(6).write_parquet(file)
    assert inbox.look() == ["begun"]
    frame.write_parquet(file)
    assert inbox.look() == []
    assert inbox.look() == ["6 rows more"]


def test_one_bad_file_does_not_hold_up_the_others(inbox: Inbox) -> None:
    """It is told once, until it changes; files of no cycler are passed over."""
    arbin(inbox.path / "A1" / "good.csv", 4)
    (inbox.path / "A1" / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    bad = inbox.path / "A1" / "bad.csv"
    bad.write_text("Time [s],Current [A],Step\n0,1,1\n1,1,1\n")
    told = inbox.look()
    assert len(told) == 2
    assert "name no voltage" in told[0]
    assert told[1] == "begun"
    assert inbox.look() == []


def test_another_measurement_of_that_name_is_left_alone(inbox: Inbox, tmp_path: Path) -> None:
    """One that follows no file is not overwritten, and one that was imported of this file is enough."""
    file = arbin(inbox.path / "A1" / "t.csv", 4)
    spec = inbox.client.cell_spec.create_or_get({"name": "LG M50"})
    cell = inbox.client.cell_instance.create_or_get(spec.id, {"name": "A1"})
    other = arbin(tmp_path / "t.csv", 5, begin="01/01/2026 08:00:00")
    made = inbox.client.cell_measurement.create_from_file(cell.id, other, timezone="UTC")
    assert "of another file" in inbox.look()[0]
    assert inbox.only().row_count == 5
    inbox.client.cell_measurement.delete(made.id)
    inbox.client.cell_measurement.create_from_file(cell.id, file, timezone="UTC")
    inbox.begin_again()
    assert inbox.look() == []


def test_a_folder_that_is_not_there_is_refused(inbox: Inbox) -> None:
    """An empty one is not."""
    assert inbox.look() == []
    shutil.rmtree(inbox.path)
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        inbox.look()


def test_a_last_line_without_an_end_is_whole_once_the_file_has_settled(inbox: Inbox) -> None:
    """Many exporters end so; the raw file is all of it."""
    file = arbin(inbox.path / "A1" / "t.csv", 10)
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    assert inbox.look() == ["begun"]
    assert inbox.only().row_count == 9
    assert inbox.look(after=_SETTLE_S) == ["1 rows more; its file is kept, and the test closed"]
    (raw,) = inbox.client.cell_measurement.list_raw_data(inbox.only().id).items
    assert inbox.client.raw_data.download(raw.id) == file.read_bytes()
    assert inbox.only().row_count == 10


def test_what_could_not_be_sent_is_sent_at_a_later_look(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is away is told once, and nothing is given up."""
    arbin(inbox.path / "A1" / "t.csv", 10)
    measurements = type(inbox.client.cell_measurement)

    def away(*_: object, **__: object) -> None:
        raise cellkeep.TransportError("The server does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(measurements, "create", away)
        assert inbox.look() == ["The server does not answer."]
        assert inbox.look() == []
    assert inbox.look() == ["begun"]
    arbin(inbox.path / "A1" / "t.csv", 14)
    with monkeypatch.context() as patch:
        patch.setattr(measurements, "extend", away)
        assert inbox.look() == ["The server does not answer."]
    assert inbox.look() == ["4 rows more"]
    with monkeypatch.context() as patch:
        patch.setattr(measurements, "keep_provenance", away)
        assert inbox.look(after=_SETTLE_S) == ["The server does not answer."]
    assert inbox.look() == ["its file is kept, and the test closed"]


def test_an_error_of_a_reader_ends_nothing_but_its_file(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are stored."""
    arbin(inbox.path / "A1" / "good.csv", 4)
    arbin(inbox.path / "A1" / "odd.csv", 4)
    read = growing.read

    def broken(path: Path, **how: object) -> cellkeep.Reading:
        if path.name == "odd.csv":
            raise ValueError("boo")
        return read(path, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(growing, "read", broken)
    assert inbox.look() == ["begun", "That is a mistake of ours: ValueError: boo"]


def test_a_file_that_is_shorter_for_a_moment_changes_nothing(inbox: Inbox) -> None:
    """It may be in the middle of being copied."""
    content = arbin(inbox.path / "A1" / "t.csv", 10).read_bytes()
    inbox.look()
    (inbox.path / "A1" / "t.csv").write_bytes(content[:400])
    assert inbox.look() == []
    (inbox.path / "A1" / "t.csv").write_bytes(content)
    assert inbox.look() == []
    assert (inbox.only().row_count, len(inbox.client.cell_measurement.versions(inbox.only().id))) == (10, 1)


def test_a_file_under_a_new_name_makes_nothing_new(inbox: Inbox) -> None:
    """Its content is there already."""
    file = arbin(inbox.path / "A1" / "t.csv", 10)
    inbox.look()
    inbox.look(after=_SETTLE_S)
    file.rename(inbox.path / "A1" / "done.csv")
    assert inbox.look() == []
    assert inbox.only().name == "t"


def test_an_end_that_a_person_said_stays(inbox: Inbox) -> None:
    """Rows that come after it are told, and not stored."""
    arbin(inbox.path / "A1" / "t.csv", 10)
    inbox.look()
    inbox.client.cell_measurement.update(inbox.only().id, {"end_time": "2026-01-31T12:00:00Z"})
    arbin(inbox.path / "A1" / "t.csv", 12)
    assert "somebody said that the test ended" in inbox.look()[0]
    assert inbox.only().row_count == 10


def test_what_was_left_out_of_appended_rows_is_told(inbox: Inbox) -> None:
    """The repairs of the measurement are those of the whole file."""
    file = arbin(inbox.path / "A1" / "t.csv", 30)
    inbox.look()
    with file.open("a") as growing_file:
        growing_file.write("31,01/31/2026 08:30:00,1800,1\n")
        growing_file.write("32,01/31/2026 08:31:00,1860,0,6,1,0.5,3.6,0.3,0\n")
    assert inbox.look() == ["1 rows more"]
    assert [each.action for each in inbox.only().repairs or []] == ["rows_left_out", "timezone_stated"]

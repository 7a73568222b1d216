"""Many files of cyclers at once: stored each once, taken up again, and told of."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cellkeep
from cellkeep.client import Client
from cellkeep.client.importing.files import find
from cellkeep.client.importing.halting import Halt
from cellkeep.client.importing.imports import Watching
from cellkeep.client.importing.naming import Naming
from cellkeep.client.importing.outcomes import ImportReport, Outcome
from cellkeep.client.importing.planning import Item, plan
from cellkeep.client.importing.reading import Reader
from cellkeep.client.importing.running import run
from cellkeep.client.measurements import CellMeasurements
from cellkeep.client.raw_data import RawFiles
from cellkeep.domain.errors import ConflictError, InvalidError, TransportError
from cellkeep.domain.projects import Project
from client.samples import arbin_csv, series
from conftest import CYCLER_FILES

MAKES = (
    "arbin/galv-harvester__arbin.csv",
    "basytec/PyProBE__sample_data_basytec.txt",
    "bdf/battery-data-format__legacy.bdf.parquet",
    "biologic/PyProBE__Sample_data_biologic_01_MB_CA1.txt",
    "gamry/impedance.py__exampleDataGamry.DTA",
    "hppc_xlsx/PyBOP__sample_hppc_pulse.xlsx",
    "maccor/cellpy__maccor_two.txt",
    "neware/fastnda__21_10_7_85.ndax",
    "pec/cellpy__Test25205.csv",
)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 8


@pytest.fixture(scope="module")
def folder_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One folder without a server for all tests here; each has a project of its own."""
    with cellkeep.open(tmp_path_factory.mktemp("lab")) as client:
        yield client


@pytest.fixture
def home(folder_client: Client, request: pytest.FixtureRequest) -> Iterator[Client]:
    """That client, in a new project."""
    folder_client.project_id = folder_client.project.create({"name": request.node.name}).id
    yield folder_client
    folder_client.project_id = None


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Three files of one cell and one of another."""
    return write(tmp_path / "files", {"A/1.csv": 1, "A/2.csv": 2, "A/10.csv": 10, "B/1.csv": 11})


def write(folder: Path, numbers: dict[str, int], **how: Any) -> Path:
    for name, number in numbers.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(arbin_csv(number, **how))
    return folder


def imported(client: Client, *paths: Path, **said: Any) -> ImportReport:
    """The report of an import of one file after the other, in this process."""
    return client.import_files(paths, **{"spec": "S", "cell": "{folder}", "jobs": 1, **said})


def told(report: ImportReport) -> list[tuple[str, str, str]]:
    """Path below the folder, status and kind of each file."""
    return [("/".join(each.file.parts[-2:]), each.status, each.kind) for each in report.outcomes]


def stored(client: Client) -> dict[tuple[str, str], list[str]]:
    """The files of each measurement of the project, by the names of cell and measurement."""
    found = {}
    for spec in client.cell_spec.list(project_id=client.project_id):
        for cell in client.cell_instance.list(spec.id):
            for each in client.cell_measurement.list(cell.id):
                found[cell.name, each.name] = [raw.filename for raw in client.cell_measurement.list_raw_data(each.id)]
    return found


def raw_total(client: Client) -> int:
    return client.raw_data.list(str(client.project_id)).total


def test_files_of_several_makes_become_measurements_with_the_files_beside_them(home: Client, tmp_path: Path) -> None:
    """Each is what `cellkeep.read` makes of it, on the cell its folder names, by two processes at once."""
    if not CYCLER_FILES.is_dir():
        pytest.skip("The sample files of cyclers are not on this machine.")
    paths = [CYCLER_FILES / each for each in MAKES]
    report = imported(home, *paths, timezone="Europe/Berlin", jobs=2)
    assert [(each.status, each.reason) for each in report.outcomes] == [("done", "")] * len(MAKES)
    assert [each.file for each in report.outcomes] == paths
    assert report.ok
    for path, outcome in zip(paths, report.outcomes, strict=True):
        read = cellkeep.read(path, timezone="Europe/Berlin")
        found = home.cell_measurement.get(str(outcome.measurement_id))
        assert (found.name, outcome.cell, outcome.reader) == (read.measurement["name"], path.parent.name, read.reader)
        assert found.row_count == outcome.rows == read.time_series.height
        assert home.cell_measurement.time_series(found.id).equals(read.time_series)
        (raw,) = home.cell_measurement.list_raw_data(found.id)
        assert home.raw_data.download(raw.id) == path.read_bytes()


def test_any_server_takes_files_and_knows_them_again(any_client: Client, project: Project, files: Path) -> None:
    """On each database and in a folder the second run finds everything there, and the report says what was made."""
    said = {"spec": "S", "cell": "{folder}", "project_id": project.id, "jobs": 1}
    first = any_client.import_files(files, **said)  # type: ignore[arg-type]
    assert (first.ok, [each.status for each in first.outcomes]) == (True, ["done"] * 4)
    assert [str(each) for each in first.made] == ["specification 'S'", "cell 'A' of 'S'", "cell 'B' of 'S'"]
    again = any_client.import_files(str(files), **said)  # type: ignore[arg-type]
    assert (again.ok, {each.kind for each in again.skipped}) == (True, {"there"})
    assert [each.measurement_id for each in again.skipped] == [each.measurement_id for each in first.done]
    assert any_client.cell_measurement.list_by_project(project.id).total == 4


def test_a_dry_run_tells_everything_and_writes_nothing(home: Client, files: Path) -> None:
    """Reader, rows, steps, duration and names of each file; no record and no object is made."""
    (files / "A" / "scan.pdf").write_bytes(PDF)
    report = imported(home, files, dry_run=True, timezone="UTC")
    first = report.outcomes[0]
    assert [each.status for each in report.outcomes] == ["planned"] * 3 + ["skipped", "planned"]
    assert (first.reader, first.cell, first.name, first.rows, first.steps) == ("arbin", "A", "1", 40, 2)
    assert (first.duration_s, first.start) == (39.0, None)
    assert "Test_Time(s)" in first.why
    assert [str(each) for each in report.made] == ["specification 'S'", "cell 'A' of 'S'", "cell 'B' of 'S'"]
    assert (home.cell_spec.list(project_id=home.project_id).total, raw_total(home)) == (0, 0)


def test_a_dry_run_tells_what_is_there_already(home: Client, files: Path) -> None:
    """And of cells only those that would be made."""
    imported(home, files / "A" / "1.csv")
    report = imported(home, files, dry_run=True)
    assert told(report)[0] == ("A/1.csv", "skipped", "there")
    assert [str(each) for each in report.made] == ["cell 'B' of 'S'"]


def test_a_run_that_was_cut_off_before_the_measurement_is_completed(home: Client, files: Path) -> None:
    """The file that was kept is used, and not sent twice."""
    home.raw_data.upload(str(home.project_id), files / "B" / "1.csv")
    assert told(imported(home, files / "B")) == [("B/1.csv", "done", "")]
    assert (stored(home), raw_total(home)) == ({("B", "1"): ["1.csv"]}, 1)


def test_a_run_that_was_cut_off_before_the_link_is_completed(
    home: Client, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The measurement is taken for one's own by the content it was made of, and no second one is made."""
    with monkeypatch.context() as patched:
        patched.setattr(CellMeasurements, "create_from_reading", without_link)
        imported(home, files / "B")
    assert stored(home) == {("B", "1"): []}
    for _ in range(2):
        report = imported(home, files / "B")
        assert (report.ok, stored(home), raw_total(home)) == (True, {("B", "1"): ["1.csv"]}, 1)
    assert told(report) == [("B/1.csv", "skipped", "there")]


def without_link(
    self: CellMeasurements, cell_id: str, path: Path, reading: cellkeep.Reading, fields: dict[str, Any], **_: Any
) -> Any:
    """As a run that is killed after the measurement."""
    return self.create(cell_id, reading.detail(**fields))


def test_a_measurement_that_another_run_made_meanwhile_is_taken(
    home: Client, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs at once make one measurement of a file."""
    made = CellMeasurements.create_from_reading

    def twice(self: CellMeasurements, *args: Any, **how: Any) -> Any:
        without_link(self, *args)
        return made(self, *args, **how)

    monkeypatch.setattr(CellMeasurements, "create_from_reading", twice)
    report = imported(home, files / "B")
    assert (report.ok, stored(home), raw_total(home)) == (True, {("B", "1"): ["1.csv"]}, 1)


def test_of_two_files_with_the_same_content_one_is_imported(home: Client, tmp_path: Path) -> None:
    """The other is passed over, and both are named, also where both would have the same name."""
    folder = write(tmp_path / "f", {"A/1.csv": 1, "A/copy.csv": 1, "A/sub/1.csv": 1})
    report = imported(home, folder, cell="A")
    assert [each[1:] for each in told(report)] == [("done", ""), ("skipped", "same"), ("skipped", "same")]
    assert report.outcomes[1].reason == f"Its content is that of '{folder / 'A' / '1.csv'}'."
    assert stored(home) == {("A", "1"): ["1.csv"]}


def test_files_that_would_have_one_name_are_named_and_can_be_told_apart(home: Client, files: Path) -> None:
    """None of them is imported under it; with the path in the name all are."""
    report = imported(home, files, cell="C")
    failed = [("A/1.csv", "failed", "same name"), ("B/1.csv", "failed", "same name")]
    assert [each for each in told(report) if each[1] != "done"] == failed
    assert f"'{files / 'B' / '1.csv'}'" in report.failed[0].reason
    assert "--name '{folder} {file}'" in report.failed[0].remedy
    assert not report.ok
    assert imported(home, files, cell="C", name="{path}").ok
    assert set(stored(home)) == {("C", "A/1.csv"), ("C", "B/1.csv"), ("C", "2"), ("C", "10")}


def test_what_was_imported_is_no_rival(home: Client, files: Path) -> None:
    """A file that is there stays there when another of its name comes, which fails alone."""
    imported(home, files / "A", cell="C")
    report = imported(home, files, cell="C")
    assert [each for each in told(report) if each[1] == "failed"] == [("B/1.csv", "failed", "same name")]


def test_a_name_that_a_measurement_of_other_content_has_is_refused(home: Client, files: Path) -> None:
    """Such as that of the same file before it grew, or of a series that came without a file."""
    imported(home, files)
    (files / "A" / "1.csv").write_text(arbin_csv(1, rows=30))
    cell = home.cell_instance.list(home.cell_spec.list(project_id=home.project_id)[0].id, name_exact="A")[0]
    home.cell_measurement.create(cell.id, {"measurement": {"name": "3"}, "time_series": series()})
    write(files, {"A/3.csv": 3})
    report = imported(home, files)
    assert [each.reason for each in report.failed] == [
        "The cell has a measurement '1' already, made of '1.csv', whose content is other.",
        "The cell has a measurement '3' already, which came from no file.",
    ]


def test_files_that_can_not_be_read_end_nothing(home: Client, files: Path) -> None:
    """Each fails with its reason, and the others are imported."""
    (files / "A" / "empty.csv").touch()
    (files / "A" / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\x00cut off")
    (files / "A" / "no voltage.csv").write_text("Time [s],Current [A]\n0,1\n1,1\n")
    report = imported(home, files)
    reasons = {each.file.name: each.reason for each in report.failed}
    assert set(reasons) == {"cut.csv.gz", "empty.csv", "no voltage.csv"}
    assert "can not be unpacked" in reasons["cut.csv.gz"]
    assert reasons["empty.csv"] == "'empty.csv' is empty."
    assert "name no voltage" in reasons["no voltage.csv"]
    assert (len(report.done), report.ok) == (4, False)


def test_a_file_that_ends_the_process_that_reads_it_fails_alone(
    home: Client, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named with how the process ended."""
    monkeypatch.setattr("cellkeep.client.importing.reading._COMMAND", ("sh", "-c", "kill -SEGV $$"))
    report = imported(home, files, jobs=2)
    assert [each.reason for each in report.failed][-1].startswith("'1.csv' ended the process that read it (SIGSEGV).")
    assert len(report.failed) == 4
    assert not report.stopped


def test_what_no_reader_knows_is_passed_over_unless_it_is_named(home: Client, files: Path) -> None:
    """Pictures, documents and notes lie in many folders; whoever names one wants to know why it fails."""
    (files / "A" / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    (files / "A" / "report.pdf").write_bytes(PDF)
    (files / "A" / "notes.txt").write_text("The chamber was opened at noon.\nNothing else happened.\n")
    report = imported(home, files)
    assert [each.file.name for each in report.skipped] == ["notes.txt", "photo.png", "report.pdf"]
    assert ({each.kind for each in report.skipped}, report.ok) == ({"no reader"}, True)
    named = imported(home, files / "A" / "photo.png")
    assert (told(named), named.ok) == ([("A/photo.png", "failed", "")], False)
    assert "no reader knows it" in named.failed[0].reason
    (files / "A" / "1.csv").unlink()
    nothing = imported(home, files / "A", pattern="nothing")
    assert ({each.kind for each in nothing.skipped}, nothing.ok) == ({"no match"}, False)


def test_a_run_that_begins_with_times_of_no_zone_sends_nothing(home: Client, files: Path) -> None:
    """It stops, says once what to do, and with the zone goes through."""
    write(files, {"A/1.csv": 1, "A/2.csv": 2}, moments=True)
    report = imported(home, files)
    assert told(report) == [("A/1.csv", "failed", "no zone")]
    assert (report.total, report.stopped) == (4, "The first files name no time zone, so nothing was sent.")
    assert "--timezone Europe/Berlin" in report.failed[0].remedy
    assert (home.cell_spec.list(project_id=home.project_id).total, raw_total(home)) == (0, 0)
    done = imported(home, files, timezone="Europe/Berlin")
    assert done.ok
    assert str(done.outcomes[0].start) == "2026-03-15 08:00:00+00:00"


def test_times_of_no_zone_fail_alone_once_something_was_sent(home: Client, files: Path) -> None:
    """What names its zone, or no time of day at all, is imported."""
    write(files, {"A/2.csv": 2}, moments=True)
    report = imported(home, files)
    assert [each[1:] for each in told(report)] == [("done", ""), ("failed", "no zone"), ("done", ""), ("done", "")]
    assert report.failed[0].reason == "It began at 2026-03-15 09:00:00, and does not say in which time zone."
    assert not report.stopped


def test_no_cell_is_made_for_files_that_are_not_stored(home: Client, files: Path) -> None:
    """A cell comes with its first measurement."""
    (files / "C").mkdir()
    (files / "C" / "empty.csv").touch()
    assert [each.cell for each in imported(home, files).made] == [None, "A", "B"]


def test_a_cell_that_is_there_needs_no_specification(home: Client, files: Path) -> None:
    """One that is not there does, and so does one whose name two specifications have."""
    spec = home.cell_spec.create({"name": "S", "project_id": home.project_id})
    home.cell_instance.create(spec.id, {"name": "A"})
    report = imported(home, files, spec=None)
    assert [each[1:] for each in told(report)] == [("done", "")] * 3 + [("failed", "no cell")]
    assert report.failed[0].reason == "There is no cell 'B' in the project."
    assert report.made == []
    other = home.cell_spec.create({"name": "T", "project_id": home.project_id})
    home.cell_instance.create(other.id, {"name": "A"})
    write(files, {"A/4.csv": 4})
    assert (
        imported(home, files / "A", spec=None).failed[0].reason == "Each of the specifications 'S', 'T' has a cell 'A'."
    )


def test_what_the_pattern_tells_beyond_the_names_is_kept(home: Client, tmp_path: Path) -> None:
    """It stands in `test_setup`, beside what the file says."""
    folder = write(tmp_path / "f", {"LG M50/C1_25degC_ada/ageing.csv": 1})
    said = {"spec": None, "cell": None, "pattern": "{spec}/{cell}_{temperature}_{operator}/{name}.csv"}
    (outcome,) = imported(home, folder, **said).done
    found = home.cell_measurement.get(str(outcome.measurement_id))
    assert stored(home) == {("C1", "ageing"): ["ageing.csv"]}
    assert found.test_setup == {"cycler": "Arbin", "temperature": "25degC", "operator": "ada"}


def test_what_the_checks_refuse_is_told_and_can_be_let_in(home: Client, tmp_path: Path) -> None:
    """The code is in the reason, and `despite` takes it."""
    folder = write(tmp_path / "f", {"A/1.csv": 1}, reversed_=True)
    (failed,) = imported(home, folder).failed
    assert (failed.kind, "[current_sign_reversed]" in failed.reason) == ("checks", True)
    assert stored(home) == {}
    (done,) = imported(home, folder, despite="current_sign_reversed").done
    assert done.findings["current_sign_reversed"] == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"timezone": "Berlin"}, "no time zone 'Berlin'"),
        ({"reader": "abacus"}, "no reader 'abacus'"),
        ({"despite": "all"}, "no code of a finding"),
        ({"cell": None}, "Say on which cell"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_before_anything_is_read(
    home: Client, files: Path, said: dict[str, Any], words: str
) -> None:
    """In one sentence, and not once for each file."""
    with pytest.raises(InvalidError, match=words):
        imported(home, files, **said)


def test_names_of_files_do_no_harm(home: Client, tmp_path: Path) -> None:
    """Whatever is text is kept as it is; what is no text is told, and fails alone."""
    folder = tmp_path / "f"
    folder.mkdir()
    good = ["[bold]x.csv", "-rf.csv", "a..b.csv", "b,c;$(x).csv", "per%20cent.csv", "q'uo\"te.csv", "日本.csv"]
    for number, name in enumerate([*good, "new\nline.csv", "Zelle_\udce4.csv"]):
        (folder / name).write_text(arbin_csv(number))
    report = imported(home, folder)
    assert {each.file.name for each in report.done} == set(good)
    assert {each.reason for each in report.failed} == {"Its name holds a character that is no text. Rename the file."}
    assert len(report.failed) == 2
    assert {files[0] for files in stored(home).values()} == set(good)


def test_a_server_that_is_gone_ends_the_run(home: Client, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other files are not tried in vain, one long wait after the other."""

    def gone(*_: Any, **__: Any) -> None:
        raise TransportError("no answer")

    monkeypatch.setattr(CellMeasurements, "create_from_reading", gone)
    monkeypatch.setattr(home, "health_check", gone)
    report = imported(home, files)
    assert (told(report), report.stopped) == ([("A/1.csv", "failed", "")], "no answer")


def test_a_stumble_of_the_server_fails_one_file(home: Client, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it answers, the others go on, and the next run makes up for it."""
    upload, calls = RawFiles.upload, iter(range(100))

    def stumbling(self: RawFiles, *args: Any, **how: Any) -> Any:
        if next(calls) == 1:
            raise TransportError("broke off")
        return upload(self, *args, **how)

    monkeypatch.setattr(RawFiles, "upload", stumbling)
    report = imported(home, files)
    assert [each.reason for each in report.outcomes] == ["", "broke off", "", ""]
    assert imported(home, files).ok
    assert len(stored(home)) == 4


def test_a_conflict_that_names_nothing_is_told(home: Client, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not taken for a measurement that is there."""

    def refused(*_: Any, **__: Any) -> None:
        raise ConflictError("not now")

    monkeypatch.setattr(CellMeasurements, "create_from_reading", refused)
    assert {each.reason for each in imported(home, files).failed} == {"not now"}


def test_a_mistake_of_ours_fails_one_file(home: Client, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that it is one, and of which kind."""
    monkeypatch.setattr(CellMeasurements, "create_from_reading", lambda *_, **__: {}["x"])
    report = imported(home, files)
    assert {each.reason for each in report.failed} == {"That is a mistake of ours: KeyError: 'x'"}
    assert len(report.failed) == 4


def test_a_person_who_ends_it_is_told_what_was_done(home: Client, files: Path) -> None:
    """What is under way is stored to its end, no other file is begun, and the same call goes on from there."""
    asked: list[str] = []

    def once(_: Outcome) -> None:
        if not asked:
            raise KeyboardInterrupt

    watching = Watching(done=once, stopping=lambda: asked.append("stopping"))
    report = imported(home, files, watching=watching)
    assert (report.interrupted, report.ok, asked) == (True, False, ["stopping"])
    assert 1 <= len(report.done) == len(stored(home)) < 4
    assert imported(home, files).ok
    assert len(stored(home)) == 4


def items(count: int) -> list[Item]:
    folder = Path(__file__).parent
    (item,) = plan(find([folder / "samples.py"]), Naming(cell="C"))
    return [replace(item, found=replace(item.found, path=folder / str(number))) for number in range(count)]


@pytest.fixture
def lanes() -> Callable[..., tuple[list[str], int]]:
    """Runs a number of items, and tells their names in order and how many were under way at once."""

    def ran(count: int, jobs: int) -> tuple[list[str], int]:
        lock, under_way, most = threading.Lock(), 0, 0

        def work(item: Item, _: Reader) -> Outcome:
            nonlocal under_way, most
            with lock:
                under_way += 1
                most = max(most, under_way)
            time.sleep(0.002)
            with lock:
                under_way -= 1
            return Outcome(item.found.path, "done")

        done = run(items(count), work, Halt(), jobs)
        return [each.file.name for each in done], most

    return ran


@pytest.mark.parametrize("jobs", [1, 3])
def test_no_more_files_are_under_way_than_wanted(lanes: Callable[..., tuple[list[str], int]], jobs: int) -> None:
    """However many there are, and the outcomes come in the order of the files."""
    names, most = lanes(40, jobs)
    assert (names, most) == ([str(number) for number in range(40)], jobs)

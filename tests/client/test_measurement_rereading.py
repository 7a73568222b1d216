"""Measurements read again from their stored raw files, by our client against every kind of lab."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cellkeep.client import Client
from cellkeep.client.checking import Mended
from cellkeep.client.measurement_rereading import has_newer_reader
from cellkeep.domain.errors import (
    ConflictError,
    InvalidError,
    MeasurementProcessingError,
    NotFoundError,
    UnusableDataError,
)
from cellkeep.domain.findings import Repair
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.measurements import MeasurementBundle
from cellkeep.domain.versions import Reread
from client.acme import BETTER, FIRST, install, written
from client.conftest import Lab
from client.samples import series

ROOM = "Room temperature [degC]"


@pytest.fixture(autouse=True)
def _first(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FIRST)


@pytest.fixture
def made(any_client: Client, cell: CellInstance, tmp_path: Path) -> MeasurementBundle:
    """A measurement of a file, made by the first declaration."""
    path = written(tmp_path / "a.csv")
    return any_client.cell_measurement.create_from_file(cell.id, path, timezone="Europe/Berlin")


def frame(client: Client, measurement_id: str) -> pl.DataFrame:
    return pl.DataFrame(client.cell_measurement.time_series(measurement_id))


def same(one: Any, other: Any) -> bool:
    return bool(pl.DataFrame(one).equals(pl.DataFrame(other)))


def test_a_better_reader_makes_a_new_version(
    any_client: Client, made: MeasurementBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changed is said and kept, the measurement is what the reader yields now, and what it was is read as it was.

    Read once more, it is as it is.
    """
    measurements = any_client.cell_measurement
    tables = (measurements.time_series, measurements.steps, measurements.cycles)
    before = [table(made.id) for table in tables]
    assert not has_newer_reader(measurements.get(made.id))
    install(monkeypatch, BETTER)
    assert has_newer_reader(measurements.get(made.id))
    told = measurements.reread(made.id)
    assert told.change is not None
    assert (told.measurement_id, told.name, told.version) == (made.id, "a", 2)
    assert (told.change.reader, told.change.reader_version) == (("acme", "acme"), (1, 2))
    assert (told.change.rows, told.change.steps, told.change.cycles) == ((20, 20), (2, 2), (1, 1))
    assert (told.change.columns_added, told.change.columns_removed) == ([ROOM], [])
    assert told.change.columns_changed == {"Voltage [V]": pytest.approx(0.1)}
    assert told.change.duration_s == (19.0, 19.0)
    assert told.change.discharge_capacity_ah[0] == pytest.approx(9 / 3600, rel=0.2)
    assert told.change.start_time == (datetime(2026, 3, 15, 9, 30, tzinfo=UTC),) * 2
    assert told.change.fields_changed == ["test_setup.cell_label", "protocol.name"]
    record = measurements.get(made.id)
    assert record.provenance is not None
    assert made.provenance is not None
    assert (record.provenance.reader_version, record.provenance.options) == (2, {"timezone": "Europe/Berlin"})
    assert record.provenance.files == made.provenance.files
    assert record.test_setup == {"cycler": "Acme", "operator": "Ada", "cell_label": "C1"}
    assert record.protocol == {"name": "Formation"}
    assert frame(any_client, made.id)["Voltage [V]"][0] == 3.5
    for kept, part in zip(before, ("time_series", "steps", "cycles"), strict=True):
        assert same(measurements.earlier(made.id, 1, part), kept)
    assert same(measurements.earlier(made.id, 2), frame(any_client, made.id))
    second, first = measurements.versions(made.id)
    assert (second.number, second.change, first.number, first.change) == (2, told.change, 1, None)
    assert measurements.reread(made.id) == Reread(measurement_id=made.id, name="a")
    assert len(measurements.versions(made.id)) == 2
    assert [each.filename for each in measurements.list_raw_data(made.id)] == ["a.csv"]


def test_where_nothing_changed_there_is_no_new_version(
    any_client: Client, lab: Lab, made: MeasurementBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provenance says which reader yields the same now; nothing else becomes another."""
    measurements, objects = any_client.cell_measurement, lab.objects()
    assert measurements.reread(made.id).change is None
    assert measurements.get(made.id).updated_at == made.updated_at
    install(monkeypatch, FIRST.__class__(**{**vars(FIRST), "version": 7}))
    assert measurements.reread(made.id) == Reread(measurement_id=made.id, name="a")
    record = measurements.get(made.id)
    assert record.provenance is not None
    assert record.provenance.reader_version == 7
    assert not has_newer_reader(record)
    assert record.model_copy(update={"provenance": made.provenance, "updated_at": made.updated_at}) == made.measurement
    assert (len(measurements.versions(made.id)), lab.objects()) == (1, objects)


def test_a_dry_run_writes_nothing(
    any_client: Client, lab: Lab, made: MeasurementBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what would change, or that it would be refused, and all is as it was."""
    measurements, objects = any_client.cell_measurement, lab.objects()
    before = measurements.get(made.id)
    install(monkeypatch, BETTER)
    told = measurements.reread(made.id, dry_run=True)
    assert (told.version, told.change and told.change.columns_added) == (None, [ROOM])
    assert (measurements.get(made.id), lab.objects()) == (before, objects)
    assert len(measurements.versions(made.id)) == 1
    measurements.extend(made.id, more(frame(any_client, made.id)))
    with pytest.raises(ConflictError, match="Rows were appended"):
        measurements.reread(made.id, dry_run=True)


def more(stored: pl.DataFrame) -> pl.DataFrame:
    """Rows that carry a series on."""
    return stored.tail(2).with_columns(pl.col("Time [s]") + 2, pl.col("Voltage [V]") + 0.01)


def test_what_a_person_did_is_kept_unless_it_is_said_otherwise(
    any_client: Client, made: MeasurementBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Appended rows stay where `force` is not said, and are in the earlier version where it is."""
    measurements = any_client.cell_measurement
    measurements.extend(made.id, more(frame(any_client, made.id)))
    longer = frame(any_client, made.id)
    install(monkeypatch, BETTER)
    with pytest.raises(ConflictError, match="Rows were appended to 'a'"):
        measurements.reread(made.id)
    assert same(frame(any_client, made.id), longer)
    told = measurements.reread(made.id, force=True)
    assert told.change is not None
    assert told.change.rows == (22, 20)
    assert told.change.columns_changed["Voltage [V]"] == pytest.approx(0.1)
    assert same(measurements.earlier(made.id, 1), longer)


def test_what_a_person_said_of_the_test_stays(
    any_client: Client, made: MeasurementBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fields are set anew where they are as the file had said; others stay, and are named where it differs anew."""
    measurements = any_client.cell_measurement
    mine = {"cycler": "Acme", "operator": "Grace", "cell_label": "Mine", "room": "12"}
    measurements.update(made.id, {"test_setup": mine})
    install(monkeypatch, BETTER)
    told = measurements.reread(made.id, timezone="UTC")
    assert told.change is not None
    assert told.change.fields_changed == ["start_time", "protocol.name"]
    assert told.change.fields_kept == ["test_setup.cell_label"]
    record = measurements.get(made.id)
    assert (record.test_setup, record.start_time) == (mine, datetime(2026, 3, 15, 10, 30, tzinfo=UTC))
    measurements.update(made.id, {"start_time": "2026-01-01T00:00:00Z"})
    told = measurements.reread(made.id, timezone="Asia/Tokyo")
    assert told.change is not None
    assert (told.change.fields_changed, told.change.fields_kept) == ([], ["start_time"])
    assert measurements.get(made.id).start_time == datetime(2026, 1, 1, tzinfo=UTC)


def test_other_options_read_otherwise(any_client: Client, made: MeasurementBundle) -> None:
    """A reader or headings that are said come before those that were kept, and are kept from then on."""
    told = any_client.cell_measurement.reread(made.id, columns={"Sense (V)": "Voltage [V]"})
    assert told.change is not None
    assert told.change.columns_changed == {"Voltage [V]": pytest.approx(0.1)}
    record = any_client.cell_measurement.get(made.id)
    assert record.provenance is not None
    assert record.provenance.options == {"timezone": "Europe/Berlin", "columns": {"Sense (V)": "Voltage [V]"}}
    assert any_client.cell_measurement.reread(made.id).change is None


def test_a_series_that_can_become_none_leaves_the_present_one(
    any_client: Client, made: MeasurementBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the server can not make tables of what was read, it is told, and everything is as it was."""
    measurements, before = any_client.cell_measurement, frame(any_client, made.id)
    install(monkeypatch, BETTER)
    write = "cellkeep.client.measurement_rereading.write_series"
    broken = series().with_columns(pl.col("Step count") + 0.5)
    monkeypatch.setattr(write, lambda _frame, file: broken.write_parquet(file))
    with pytest.raises(MeasurementProcessingError, match="Nothing was changed"):
        measurements.reread(made.id)
    assert same(frame(any_client, made.id), before)
    assert len(measurements.versions(made.id)) == 1


def test_a_series_that_came_as_a_table_is_read_of_its_raw_file_if_asked_for(
    any_client: Client, cell: CellInstance, tmp_path: Path
) -> None:
    """Without `force` it is refused; without a raw file there is nothing to read."""
    measurements = any_client.cell_measurement
    table = measurements.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()})
    with pytest.raises(ConflictError, match="came as a table"):
        measurements.reread(table.id)
    with pytest.raises(InvalidError, match="no raw file is attached"):
        measurements.reread(table.id, force=True)
    raw = any_client.raw_data.upload(cell.project_id, written(tmp_path / "a.csv"))
    measurements.attach_raw_data(table.id, raw.id)
    told = measurements.reread(table.id, force=True)
    assert told.change is not None
    assert told.change.sentences()[:2] == ["reader a table → acme 1", "rows 6 → 20"]
    assert same(measurements.earlier(table.id, 1), series())


def test_a_raw_file_that_is_gone_is_found_by_its_content(
    any_client: Client, made: MeasurementBundle, cell: CellInstance, tmp_path: Path
) -> None:
    """Where it is not kept any more it is said how to bring it back; stored again, under any name, it is read."""
    assert made.provenance is not None
    any_client.raw_data.delete(made.provenance.files[0].raw_data_id or "")
    with pytest.raises(InvalidError, match="of 'a' is not kept"):
        any_client.cell_measurement.reread(made.id)
    shutil.copyfile(tmp_path / "a.csv", tmp_path / "b.csv")
    raw = any_client.raw_data.upload(cell.project_id, tmp_path / "b.csv")
    assert any_client.cell_measurement.reread(made.id).change is None
    found = any_client.cell_measurement.get(made.id).provenance
    assert found is not None
    assert [(each.name, each.raw_data_id) for each in found.files] == [("a.csv", raw.id)]


def test_only_the_file_that_was_read_is_read_again(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """A raw file with another digest than was kept, one file twice, and a name that is a path are refused."""
    measurements, path = any_client.cell_measurement, written(tmp_path / "a.csv")
    raw = any_client.raw_data.upload(cell.project_id, path)
    known = {"name": "a.csv", "sha256": "0" * 64, "size_bytes": 1, "raw_data_id": raw.id}
    right = {**known, "sha256": raw.sha256}
    for number, (files, error, match) in enumerate((
        ([known], UnusableDataError, "is not the one of which"),
        ([right, right], UnusableDataError, "begins .* before .* ends"),
        ([{**right, "name": "../../a.csv"}], Exception, "contains a path"),
    )):  # fmt: skip
        provenance = {"reader": "acme", "reader_version": 1, "files": files}
        detail = {"measurement": {"name": f"T{number}", "provenance": provenance}, "time_series": series()}
        measurement_id = measurements.create(cell.id, detail).id
        with pytest.raises(error, match=match):
            measurements.reread(measurement_id)
        assert len(measurements.versions(measurement_id)) == 1


def test_a_version_that_is_not_there_is_not_found(any_client: Client, made: MeasurementBundle) -> None:
    """Numbers are counted from 1 to the present version, and there is no other part."""
    for number in (0, 2, 2**40):
        with pytest.raises((NotFoundError, InvalidError)):
            any_client.cell_measurement.earlier(made.id, number)
    with pytest.raises(InvalidError):
        any_client.cell_measurement.earlier(made.id, 1, "overview")  # type: ignore[arg-type]


def test_a_measurement_that_is_removed_leaves_nothing(
    any_client: Client, lab: Lab, cell: CellInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All objects of all versions go with it."""
    before = lab.objects()
    made = any_client.cell_measurement.create_from_file(cell.id, written(tmp_path / "a.csv"), timezone="UTC")
    install(monkeypatch, BETTER)
    assert any_client.cell_measurement.reread(made.id).version == 2
    assert len(lab.objects() - before) == 6
    any_client.cell_measurement.delete(made.id)
    assert lab.objects() == before


def test_a_mended_series_takes_the_place_of_the_stored_one(any_client: Client, made: MeasurementBundle) -> None:
    """What it was stays as an earlier version, its files are told as before, and it is not read again unasked."""
    measurements = any_client.cell_measurement
    before = frame(any_client, made.id)
    repair = Repair(action="current_negated", message="'Current [A]' negated.")
    mended = Mended(before.with_columns(-pl.col("Current [A]")), [repair])
    record = measurements.get(made.id)
    told = measurements.replace_series(record, mended)
    assert told.change is not None
    assert (told.version, list(told.change.columns_changed)) == (2, ["Current [A]"])
    after = measurements.get(made.id)
    assert after.provenance == record.provenance
    assert (after.repairs or [])[-1] == repair
    assert (after.name, after.start_time, after.test_setup) == (record.name, record.start_time, record.test_setup)
    assert same(measurements.earlier(made.id, 1), before)
    assert same(frame(any_client, made.id), mended.frame)
    with pytest.raises(ConflictError, match="was changed by others while it was mended"):
        measurements.replace_series(record, Mended(before, []))
    assert measurements.replace_series(after, Mended(mended.frame, [])).change is None
    with pytest.raises(ConflictError, match="was repaired by a person"):
        measurements.reread(made.id)

"""`client.cell_measurement`: listing, changing, removing, tags and waiting, the same over HTTP and in a folder."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from cellkeep import (
    BadRequestError,
    ConflictError,
    InvalidError,
    MeasurementProcessingError,
    NotFoundError,
    NotReadyError,
)
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.projects import Project
from client.conftest import Lab
from client.samples import series


def add(client: Client, cell: CellInstance, name: str, **more: Any) -> str:
    return client.cell_measurement.create_properties(cell.id, name, {"x": "y"}, **more).id


def test_lists_are_filtered(any_client: Client, cell: CellInstance) -> None:
    """By type, name, tags and start, in any order of the four, in pages that know the total."""
    any_client.cell_measurement.create(cell.id, {"measurement": {"name": "series"}, "time_series": series()})
    add(any_client, cell, "old", tags=["Hot", "rpt"], start_time="2026-01-01T00:00:00Z")
    add(any_client, cell, "new", tags="hot", start_time="2026-02-01T00:00:00+01:00")

    def names(**filters: Any) -> list[str]:
        return [each.name for each in any_client.cell_measurement.list(cell.id, **filters)]

    assert names() == ["new", "old", "series"]
    assert names(measurement_type="time_series") == ["series"]
    assert names(measurement_type="file") == []
    assert names(tags_all=["HOT", "RPT"]) == ["old"]
    assert names(tags_all="hot") == ["new", "old"]
    assert names(tags_any=["rpt", "nothing"]) == ["old"]
    assert names(tags_any="h") == []
    assert names(started_after="2026-01-31T22:59:59Z") == ["new"]
    assert names(started_after="2026-01-31T23:00:00Z") == []
    assert names(started_before="2026-01-02") == ["old"]
    assert names(order_by="start_time", order="asc") == ["old", "new", "series"]
    assert names(order_by="start_time", order="desc") == ["new", "old", "series"]
    assert names(name="SER") == ["series"]
    assert names(name_exact="old") == ["old"]
    page = any_client.cell_measurement.list(cell.id, 1, 1)
    assert ([each.name for each in page], page.total) == (["old"], 3)


def test_a_filter_that_can_not_be_read_is_refused(any_client: Client, cell: CellInstance) -> None:
    """A time or a type that is none is named."""
    with pytest.raises(InvalidError, match="start_time_gt"):
        any_client.cell_measurement.list(cell.id, started_after="yesterday")
    with pytest.raises(InvalidError, match="measurement_type"):
        any_client.cell_measurement.list(cell.id, measurement_type="movie")
    with pytest.raises(NotFoundError):
        any_client.cell_measurement.list("nowhere")


def test_a_project_is_searched(any_client: Client, project: Project, cell: CellInstance) -> None:
    """Text is found in name, notes, protocol name and tags, in any case, with % and _ as plain characters."""
    add(any_client, cell, "Zählung 100%")
    add(any_client, cell, "b", notes="said RPT")
    add(any_client, cell, "c", protocol={"name": "RPT C/10"})
    add(any_client, cell, "d", tags=["my_rpt"])

    def names(q: str | None = None, **more: Any) -> list[str]:
        return [each.name for each in any_client.cell_measurement.list_by_project(project.id, q=q, **more)]

    assert names("rpt") == ["d", "c", "b"]
    assert names("_") == ["d"]
    assert names("%") == ["Zählung 100%"]
    assert names("ZÄHL") == ["Zählung 100%"]
    assert names("  ") == names() == ["d", "c", "b", "Zählung 100%"]
    assert names("rpt", tags_any="MY_RPT") == ["d"]
    assert names(measurement_type="properties", order_by="name", order="desc")[-1] in {"Zählung 100%", "b"}
    assert names(limit=1, offset=2) == ["b"]
    with pytest.raises(NotFoundError):
        any_client.cell_measurement.list_by_project("nowhere")


def test_a_project_lists_25_unless_asked_otherwise(any_client: Client, project: Project, cell: CellInstance) -> None:
    """The default page of a project is short, and its total is whole."""
    for number in range(26):
        add(any_client, cell, str(number))
    found = any_client.cell_measurement.list_by_project(project.id)
    assert (len(found), found.count, found.total) == (25, 25, 26)
    assert len(any_client.cell_measurement.list_by_project(project.id, limit=5000)) == 26
    assert len(any_client.cell_measurement.list(cell.id)) == 26


def test_update_changes_and_clears(any_client: Client, cell: CellInstance) -> None:
    """Keys that are sent change, null clears, others stay, and the rows never change."""
    made = any_client.cell_measurement.create(
        cell.id,
        {
            "measurement": {
                "name": "T",
                "notes": "n",
                "start_time": "2026-03-15T09:30:00Z",
                "end_time": "2026-03-15T09:30:05Z",
                "protocol": {"name": "CC-CV", "ambient_temperature_degc": 25},
                "test_setup": {"cycler": "VMP3"},
                "tags": ["a"],
                "mine": {"deep": [1, None]},
            },
            "time_series": series(),
        },
    )
    changed = any_client.cell_measurement.update(made.id, {"name": "T2", "mine2": 2, "step_labels_validated": True})
    assert (changed.name, changed.notes, changed.mine, changed.mine2) == ("T2", "n", {"deep": [1, None]}, 2)
    assert changed.step_labels_validated
    assert changed.updated_at > made.updated_at
    keys = ("notes", "start_time", "end_time", "protocol", "test_setup", "tags")
    cleared = any_client.cell_measurement.update(made.id, dict.fromkeys(keys))
    assert [getattr(cleared, key) for key in keys] == [None, None, None, None, None, []]
    assert any_client.cell_measurement.get(made.id) == cleared
    assert any_client.cell_measurement.time_series(made.id).equals(series())


def test_an_update_that_makes_no_sense_changes_nothing(any_client: Client, cell: CellInstance) -> None:
    """An end before the start, a cleared or taken name, tags that are none: refused, and nothing is changed."""
    made = any_client.cell_measurement.create(
        cell.id, {"measurement": {"name": "T", "start_time": "2026-03-15T09:30:00Z"}, "time_series": series()}
    )
    other = add(any_client, cell, "other")
    before = any_client.cell_measurement.get(made.id)
    for data, kind, message in (
        ({"notes": "x", "end_time": "2026-03-15T09:29:59Z"}, BadRequestError, "end_time"),
        ({"notes": "x", "name": None}, BadRequestError, "name"),
        ({"notes": "x", "name": "n" * 256}, InvalidError, "name"),
        ({"notes": "x", "tags": ["t" * 51]}, BadRequestError, "tag"),
        ({"notes": "x", "tags": "bare"}, InvalidError, "tags"),
        ({"notes": "x", "start_time": "soon"}, InvalidError, "start_time"),
        ({"notes": "x", "name": "other"}, ConflictError, "other"),
    ):
        with pytest.raises(kind, match=message):
            any_client.cell_measurement.update(made.id, data)
        assert any_client.cell_measurement.get(made.id) == before
    with pytest.raises(ConflictError) as caught:
        any_client.cell_measurement.update(made.id, {"name": "other"})
    assert caught.value.existing_id == other


def test_times_keep_their_instant(any_client: Client, cell: CellInstance) -> None:
    """A time with a zone is the same instant in UTC, one without is UTC, and a datetime may be sent as it is."""
    zoned = add(any_client, cell, "zoned", start_time="2026-03-15T09:30:00.123456+02:00")
    naive = add(any_client, cell, "naive", start_time="2026-03-15T09:30:00")
    moment = datetime(2026, 3, 15, 7, 30, 0, 123456, tzinfo=UTC)
    assert any_client.cell_measurement.get(zoned).start_time == moment
    assert any_client.cell_measurement.get(naive).start_time == datetime(2026, 3, 15, 9, 30, tzinfo=UTC)
    assert any_client.cell_measurement.update(naive, {"start_time": moment}).start_time == moment


def test_deleting_a_measurement_removes_its_data(lab: Lab, any_client: Client, cell: CellInstance) -> None:
    """The record, its rows and its tables are gone, and its name is free."""
    before = lab.objects()
    made = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()})
    assert len(lab.objects() - before) == 3
    any_client.cell_measurement.delete(made.id)
    assert lab.objects() == before
    for read in (
        any_client.cell_measurement.get,
        any_client.cell_measurement.detail,
        any_client.cell_measurement.time_series,
        any_client.cell_measurement.steps,
        any_client.cell_measurement.cycles,
        any_client.cell_measurement.steps_and_cycles,
        any_client.cell_measurement.list_files,
        any_client.cell_measurement.delete,
    ):
        with pytest.raises(NotFoundError, match=made.id):
            read(made.id)
    assert any_client.cell_measurement.list(cell.id).total == 0
    assert add(any_client, cell, "T")


def test_tags_are_added_and_taken_off(any_client: Client, project: Project, cell: CellInstance) -> None:
    """Tags change on many measurements at once; what is there already, or is not there, changes nothing."""
    first, second = add(any_client, cell, "1", tags=[" Hot ", "hot"]), add(any_client, cell, "2")
    tags = any_client.cell_measurement
    assert tags.get(first).tags == ["Hot"]
    assert tags.add_tags([first, second], "HOT") == 1
    assert tags.get(second).tags == ["Hot"]
    assert tags.add_tags([first, first], ["b", "a"]) == 1
    assert tags.get(first).tags == ["a", "b", "Hot"]
    assert tags.add_tags(first, ["B"]) == 0
    assert tags.remove_tags([first, second], "hOt") == 2
    assert tags.remove_tags(first, "hot") == 0
    assert tags.get(second).tags == []
    assert [(each.tag, each.usage_count) for each in tags.list_tags(project.id)] == [("a", 1), ("b", 1)]


def test_the_tags_of_a_project_are_listed(any_client: Client, project: Project, cell: CellInstance) -> None:
    """Most used first, those that contain the text in any case, with the number of all."""
    add(any_client, cell, "1", tags=["rpt", "Überlast"])
    add(any_client, cell, "2", tags=["RPT", "hppc", "50%"])
    found = any_client.cell_measurement.list_tags(project.id)
    assert (found[0].tag, found[0].usage_count) == ("rpt", 2)
    assert (len(found), found.total) == (4, 4)
    assert [each.tag for each in any_client.cell_measurement.list_tags(project.id, "P", 1)] == ["rpt"]
    assert any_client.cell_measurement.list_tags(project.id, q="p", limit=1).total == 2
    assert [each.tag for each in any_client.cell_measurement.list_tags(project.id, q="über")] == ["Überlast"]
    assert [each.tag for each in any_client.cell_measurement.list_tags(project.id, q="%")] == ["50%"]
    with pytest.raises(NotFoundError):
        any_client.cell_measurement.list_tags("nowhere")


def test_tags_change_on_all_or_on_none(any_client: Client, cell: CellInstance) -> None:
    """One unknown measurement, one bad tag or one too many: nothing is changed anywhere."""
    made = add(any_client, cell, "1", tags=[str(number) for number in range(50)])
    other = add(any_client, cell, "2")
    for ids, tags, kind in (
        ([other, "nowhere"], ["a"], NotFoundError),
        ([other], ["a", " "], BadRequestError),
        ([other], ["a", "x" * 51], BadRequestError),
        ([other, made], ["a"], BadRequestError),
    ):
        with pytest.raises(kind):
            any_client.cell_measurement.add_tags(ids, tags)
    assert any_client.cell_measurement.add_tags([], ["a"]) == 0
    assert any_client.cell_measurement.get(other).tags == []
    assert len(any_client.cell_measurement.get(made).tags) == 50


def test_waiting_for_many(any_client: Client, cell: CellInstance) -> None:
    """Measurements that were not waited for can be waited for together; properties are ready at once."""
    ids = [
        any_client.cell_measurement.create(
            cell.id, {"measurement": {"name": str(number)}, "time_series": series()}, wait_for_processing=False
        ).id
        for number in range(3)
    ]
    ids.append(add(any_client, cell, "P"))
    done = any_client.cell_measurement.wait_for_processing(iter(ids))
    assert {key: record["processing_status"] for key, record in done.items()} == dict.fromkeys(ids, "ready")
    assert any_client.cell_measurement.wait_for_processing(ids[0], timeout=0)[ids[0]]["step_count"] == 2
    assert any_client.cell_measurement.wait_for_processing([]) == {}
    with pytest.raises(NotFoundError):
        any_client.cell_measurement.wait_for_processing("nowhere")


def test_data_that_can_not_be_summarised_is_kept_where_steps_are_at_fault(
    any_client: Client, cell: CellInstance
) -> None:
    """A step table of one's own from which no cycles can be made fails processing; the rows stay readable."""
    columns = ["Cycle count", "Discharge capacity [A.h]", "Charge capacity [A.h]", "Duration [s]", "Mean current [A]"]
    steps = pl.DataFrame({name: ["no number"] for name in columns})
    detail = {"measurement": {"name": "T"}, "time_series": series(), "steps": steps}
    try:
        made = any_client.cell_measurement.create(cell.id, detail)
    except MeasurementProcessingError as error:
        record = any_client.cell_measurement.get(error.measurement_id or "")
        assert record.processing_status == "failed"
        assert record.processing_error in str(error)  # noqa: PT017  one of two ways
        assert any_client.cell_measurement.time_series(record.id).equals(series())
        with pytest.raises(NotReadyError, match="has no step table"):
            any_client.cell_measurement.steps(record.id)
        whole = any_client.cell_measurement.detail(record.id)
        assert (whole.steps, whole.cycles, whole.time_series.height) == (None, None, 6)
    else:
        assert any_client.cell_measurement.steps(made.id).equals(steps)


def test_measurement_is_another_name_of_cell_measurement(any_client: Client) -> None:
    """Both attributes are one object."""
    assert any_client.measurement is any_client.cell_measurement

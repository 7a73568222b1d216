"""The morning's view of a laboratory."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, insert

from cellkeep.domain.errors import NotFoundError
from cellkeep.domain.lab import ChannelState, LabChannel, flattened, utilization
from cellkeep.domain.people import Caller
from cellkeep.domain.records import new_id, now
from cellkeep.services import lab
from cellkeep.settings import LAB_STALE_AFTER_S
from cellkeep.storage.store import Store
from cellkeep.storage.tables import ChannelRow, CyclerRow, InstanceRow, MeasurementRow, WatchRow
from services.bench import together
from services.lab_bench import LabBench, lab_bench


@pytest.fixture
def at(store: Store, admin: Caller) -> LabBench:
    return lab_bench(store, admin, 5)


def age(at: LabBench, measurement_id: str, seconds: float) -> None:
    """As if the measurement had last been changed so long ago."""
    with at.store.writing() as work:
        work.measurements.row(measurement_id).updated_at = now() - timedelta(seconds=seconds)


def shown(at: LabBench) -> list[LabChannel]:
    return [found.channel for found in flattened(at.status())]


def test_a_channel_is_what_its_run_says(at: LabBench) -> None:
    """Running and updated is occupied, running and quiet is stale, ended is free; and each is counted at each level."""
    at.run("Ended", 0, end_time="2026-01-02")
    busy = at.run("Busy", 1, estimated_end_time="2050-01-01", protocol={"name": "C/10", "steps": [1]})
    quiet, almost = at.run("Quiet", 2), at.run("Almost", 3)
    age(at, quiet, LAB_STALE_AFTER_S + 60)
    age(at, almost, LAB_STALE_AFTER_S - 60)
    at.set_channel(4, out_of_commission=True)
    status = at.status()
    states = [channel.state.value for channel in shown(at)]
    assert states == ["free", "occupied", "stale", "occupied", "out_of_commission"]
    for level in (status, status.sites[0], status.sites[0].cyclers[0]):
        assert (level.occupied, level.stale, level.free, level.out_of_commission) == (2, 1, 1, 1)
    assert (status.sites[0].channel_count, status.sites[0].cyclers[0].channel_count) == (5, 5)
    assert utilization(status).percent == 60
    summary = shown(at)[1].measurement
    assert summary is not None
    assert (summary.id, summary.name, summary.protocol_name, summary.watched) == (busy, "Busy", "C/10", False)
    assert (summary.cell_instance_name, summary.cell_specification_name) == ("C", "S")
    assert [channel.measurement is None for channel in shown(at)] == [True, False, False, False, True]


def test_names_are_in_the_order_people_count(at: LabBench) -> None:
    """Channel 2 comes before channel 10, on cycler 2 before cycler 10."""
    for number in (10, 2):
        cycler_id = at.add_cycler(f"Rack {number}")
        for channel in (11, 9):
            at.add_channel(f"Ch {channel}", cycler_id)
    places = [(found.cycler_name, found.channel.name) for found in flattened(at.status())]
    assert places[5:] == [("Rack 2", "Ch 9"), ("Rack 2", "Ch 11"), ("Rack 10", "Ch 9"), ("Rack 10", "Ch 11")]


def test_watching_is_personal(at: LabBench) -> None:
    """Each person watches for themselves, twice is once, and what has ended stays in the list."""
    first, second = at.run("A", 0), at.run("B", 1)
    viewer = LabBench(**{**vars(at), "caller": at.person("v@lab", {at.project_id: "Project Viewer"})})
    for _ in range(2):
        with at.store.writing(viewer.caller) as work:
            lab.watch(work, viewer.caller, first)
    with at.store.writing(at.caller) as work:
        lab.watch(work, at.caller, second)

    def watched(who: LabBench) -> list[str]:
        with at.store.reading(who.caller) as work:
            return lab.watched(work, who.caller, at.project_id)

    assert (watched(viewer), watched(at)) == ([first], [second])
    assert [channel.measurement.watched for channel in shown(viewer) if channel.measurement] == [True, False]
    at.change(first, end_time="2026-01-02")
    assert watched(viewer) == [first]
    for _ in range(2):
        with at.store.writing(viewer.caller) as work:
            lab.unwatch(work, viewer.caller, first)
    assert (watched(viewer), watched(at)) == ([], [second])


def test_only_what_is_seen_is_watched(at: LabBench) -> None:
    """A measurement that is not there, or not for this person, can not be watched or left."""
    outsider, running = at.person("o@lab"), at.run("A")
    for who, measurement_id in ((at.caller, "nothing"), (outsider, running)):
        for do in (lab.watch, lab.unwatch):
            with pytest.raises(NotFoundError), at.store.writing(who) as work:
                do(work, who, measurement_id)
    for look in (lab.status, lab.watched):
        with pytest.raises(NotFoundError), at.store.reading(outsider) as work:
            look(work, outsider, at.project_id)


def test_many_watch_at_once(at: LabBench) -> None:
    """The same watch, sent eight times at one moment, is one watch and no failure."""
    running = at.run("A")

    def watch(_: int) -> None:
        with at.store.writing(at.caller) as work:
            lab.watch(work, at.caller, running)

    assert together(8, watch) == [None] * 8
    with at.store.reading(at.caller) as work:
        assert lab.watched(work, at.caller, at.project_id) == [running]


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that the database is sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)
    yield sent
    event.remove(store._engine, "before_cursor_execute", note)


def enlarge(at: LabBench, n_cyclers: int, n_channels: int) -> None:
    """Further cyclers with channels, on half of which a test runs; a tenth of the tests are watched."""
    with at.store.writing(at.caller) as work:
        session = work.measurements._session
        like = {
            "organization_id": at.caller.organization.id,
            "project_id": at.project_id,
            "created_at": now(),
            "updated_at": now(),
            "custom": {},
        }
        rows: dict[type, list[dict[str, object]]] = {
            CyclerRow: [],
            ChannelRow: [],
            InstanceRow: [],
            MeasurementRow: [],
            WatchRow: [],
        }
        for cycler in range(n_cyclers):
            cycler_id = new_id()
            rows[CyclerRow].append({**like, "id": cycler_id, "name": f"Many {cycler}", "site_id": at.site_id})
            for number in range(n_channels):
                channel_id, cell_id, run_id = new_id(), new_id(), new_id()
                rows[ChannelRow].append({**like, "id": channel_id, "name": str(number), "cycler_id": cycler_id})
                if number % 2:
                    continue
                name = f"{cycler} {number}"
                rows[InstanceRow].append({**like, "id": cell_id, "name": name, "cell_specification_id": at.spec_id})
                rows[MeasurementRow].append(
                    {
                        **like,
                        "id": run_id,
                        "name": name,
                        "cell_instance_id": cell_id,
                        "specification_id": at.spec_id,
                        "measurement_type": "time_series",
                        "start_time": now(),
                        "channel_id": channel_id,
                        "protocol": {"name": "Cycling", "definition": ["x" * 100] * 20},
                    }
                )
                if number % 20 == 0:
                    rows[WatchRow].append({"measurement_id": run_id, "user_id": at.caller.user_id})
        for table, values in rows.items():
            session.execute(insert(table), values)


def test_two_thousand_channels_take_as_many_queries_as_five(at: LabBench) -> None:
    """The number of statements does not grow with the laboratory, and its view is there in a moment."""
    with counted(at.store) as few:
        at.status()
    enlarge(at, 50, 40)
    with counted(at.store) as many:
        began = time.perf_counter()
        status = at.status()
        took = time.perf_counter() - began
    assert len(many) == len(few) == 5, many
    assert (status.occupied, status.free, len(status.sites[0].cyclers)) == (1000, 1005, 51)
    summaries = [found.channel.measurement for found in flattened(status)]
    assert sum(summary.watched for summary in summaries if summary) == 100
    assert all(found.channel.state in {ChannelState.occupied, ChannelState.free} for found in flattened(status))
    assert took < 3, took  # it takes a tenth of a second; the machine of a test may be busy

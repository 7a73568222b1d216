"""What may be on a channel, however it comes there."""

from typing import Any

import pytest

from cellkeep.domain.channels import ChannelDraft
from cellkeep.domain.cyclers import CyclerDraft
from cellkeep.domain.errors import BadRequestError, ConflictError
from cellkeep.domain.measurements import MeasurementBundle, PropertiesDraft
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import ProjectDraft
from cellkeep.services import channels, cyclers, measurements, projects, sites
from cellkeep.services.channel_rules import ChannelTakenError
from cellkeep.storage.store import Store
from services.bench import parquet, series, together
from services.lab_bench import LabBench, lab_bench


@pytest.fixture
def at(store: Store, admin: Caller) -> LabBench:
    return lab_bench(store, admin)


def channel_elsewhere(at: LabBench) -> str:
    """A channel of another project."""
    with at.store.writing(at.caller) as work:
        other = projects.create(work, at.caller, ProjectDraft(name="Other"))
        cycler = cyclers.create(work, at.caller, at.site_id, CyclerDraft(name="O", project_id=other.id))
        return channels.create(work, at.caller, cycler.id, ChannelDraft(name="1")).id


def refused_everywhere(at: LabBench, error: type[Exception], match: str, **said: Any) -> None:
    """The rule holds when the upload is asked for, when it is confirmed, and when a record is changed."""
    with pytest.raises(error, match=match):
        at.initiate("New", measurement={"name": "New", **said})
    measurement_id = at.send(parquet(series()), name="New")
    with pytest.raises(error, match=match) as refused:
        at.confirm(measurement_id, name="New", **said)
    assert getattr(refused.value, "existing_id", None) is None
    assert not at.stored()
    recorded = at.record(f"R {said}"[:200])
    with pytest.raises(error, match=match):
        at.change(recorded, **said)
    with at.store.reading() as work:
        assert work.measurements.get(recorded).channel_id is None


def test_a_run_is_put_on_its_channel(at: LabBench) -> None:
    """A confirmed series with a start is on the channel it names, and saying it again is answered the same."""
    measurement_id = at.send(parquet(series()))
    said = {"channel_id": at.channel_ids[0], "start_time": "2026-01-01T00:00:00Z"}
    first = at.confirm(measurement_id, **said)
    assert first.channel_id == at.channel_ids[0]
    assert at.confirm(measurement_id, **said) == first


def test_a_channel_of_nowhere_or_elsewhere_is_refused(at: LabBench) -> None:
    """The channel must be one of the same project."""
    for channel_id in ("nothing", channel_elsewhere(at)):
        refused_everywhere(
            at, BadRequestError, "not a channel of the project", channel_id=channel_id, start_time="2026-01-01"
        )


def test_a_run_needs_a_start(at: LabBench) -> None:
    """Without a start nobody knows when it takes the channel; nor can it be taken away later."""
    refused_everywhere(at, BadRequestError, "needs a start_time", channel_id=at.channel_ids[0])
    running = at.run("Runs")
    with pytest.raises(BadRequestError, match="needs a start_time"):
        at.change(running, start_time=None)


def test_only_a_series_runs_on_a_channel(at: LabBench) -> None:
    """Files and properties are not on a channel, whichever way they come."""
    said = {"channel_id": at.channel_ids[0], "start_time": "2026-01-01"}
    with pytest.raises(BadRequestError, match="type file"):
        at.initiate("F", measurement={"name": "F", **said}, measurement_type="file", filenames=["a.txt"])
    draft = PropertiesDraft.model_validate({"name": "P", "properties": {}, **said})
    with pytest.raises(BadRequestError, match="type properties"), at.store.writing(at.caller) as work:
        measurements.create_properties(work, at.caller, at.instance_id, draft)
    with pytest.raises(BadRequestError, match="type file"):
        at.change(at.record("G", "file"), **said)


def test_a_channel_that_is_out_takes_no_run(at: LabBench) -> None:
    """Out of commission, a channel takes neither a new run nor one that is opened again; what is there is kept."""
    old = at.run("Old", end_time="2026-01-02")
    at.set_channel(out_of_commission=True)
    said = {"channel_id": at.channel_ids[0], "start_time": "2026-02-01", "end_time": "2026-02-02"}
    refused_everywhere(at, ConflictError, "out of commission", **said)
    with pytest.raises(ConflictError, match="out of commission"):
        at.change(old, end_time=None)
    assert at.change(old, notes="n", end_time="2026-01-03", channel_id=at.channel_ids[0]).notes == "n"


@pytest.mark.parametrize(
    ("start", "end", "meets"),
    [
        ("2025-12-01", "2026-01-01", False),
        ("2025-12-01", "2026-01-01T00:00:01Z", True),
        ("2025-12-01", None, True),
        ("2026-01-05", "2026-01-06", True),
        ("2026-01-09T23:59:59Z", None, True),
        ("2026-01-10", None, False),
    ],
)
def test_two_runs_do_not_share_a_moment(at: LabBench, start: str, end: str | None, meets: bool) -> None:
    """A run takes its channel from its start to before its end, and without an end for ever."""
    at.run("First", end_time="2026-01-10")
    if meets:
        said = {"channel_id": at.channel_ids[0], "start_time": start, "end_time": end}
        refused_everywhere(at, ConflictError, "'First'", **said)
    else:
        at.run("Second", start_time=start, end_time=end)
    at.run("Elsewhere", 1, start_time=start, end_time=end)


def test_an_open_run_takes_its_channel_for_ever(at: LabBench) -> None:
    """Until its end is told, a run lets no other follow, and none begin before it without ending in time."""
    running = at.run("Runs")
    with pytest.raises(ChannelTakenError, match="still runs") as refused:
        at.run("Later", start_time="2030-01-01")
    assert refused.value.existing_id is None
    assert refused.value.detail == {"measurement_id": running}
    at.change(running, end_time="2026-01-05")
    at.run("Next", start_time="2026-01-05")
    with pytest.raises(ConflictError, match="'Next'"):
        at.change(running, end_time="2026-01-06")
    with pytest.raises(ConflictError, match="'Next'"):
        at.change(running, end_time=None)


def test_a_run_is_taken_off_its_channel(at: LabBench) -> None:
    """Null unlinks, and the channel is free for another."""
    running = at.run("Runs")
    assert at.change(running, channel_id=None).channel_id is None
    at.run("Next")


def test_of_two_confirms_at_once_one_has_the_channel(at: LabBench) -> None:
    """Two uploads that are confirmed at the same moment for one channel end in one run and one conflict."""
    said = {"channel_id": at.channel_ids[0], "start_time": "2026-01-01"}
    for turn in range(3):
        ids = [at.send(parquet(series()), name=f"{turn} {number}") for number in range(2)]
        answers = together(2, lambda n, ids=ids, turn=turn: at.confirm(ids[n], name=f"{turn} {n}", **said))  # type: ignore[misc]
        (kept,) = [answer for answer in answers if isinstance(answer, MeasurementBundle)]
        (conflict,) = [answer for answer in answers if isinstance(answer, ConflictError)]
        assert conflict.existing_id is None
        assert at.records() == [kept.id]
        assert at.stored() == at.named()
        with at.store.writing(at.caller) as work:
            measurements.delete(work, at.caller, kept.id)


def test_eight_confirms_of_one_run_are_one(at: LabBench) -> None:
    """The same run, confirmed by eight at once, is not in its own way."""
    measurement_id = at.send(parquet(series()))
    said = {"channel_id": at.channel_ids[0], "start_time": "2026-01-01"}
    answers = together(8, lambda _: at.confirm(measurement_id, **said))
    assert all(answer == answers[0] for answer in answers), answers
    assert isinstance(answers[0], MeasurementBundle)


def test_of_many_links_at_once_one_has_the_channel(at: LabBench) -> None:
    """Records that are put on one channel at the same moment, while it is taken out, never both get their way."""
    for turn in range(3):
        ids = [at.record(f"{turn} {number}") for number in range(4)]

        def do(number: int, ids: list[str] = ids) -> Any:
            if number == 4:
                return at.set_channel(2, out_of_commission=True)
            return at.change(ids[number], channel_id=at.channel_ids[2], start_time="2026-01-01")

        answers = together(5, do)
        won = [answer for answer in answers if not isinstance(answer, Exception)]
        assert len(won) == 1, answers
        assert all(isinstance(answer, ConflictError) for answer in answers if answer not in won), answers
        at.set_channel(2, out_of_commission=False)
        for key in ids:
            at.change(key, channel_id=None)


@pytest.mark.parametrize("height", ["channel", "cycler", "site"])
def test_a_measurement_outlives_its_channel(at: LabBench, height: str) -> None:
    """Removing a channel, or what it belongs to, leaves its measurements, which name it no more."""
    running, other = at.run("Runs"), at.run("Other", at.add_channel("x", at.add_cycler("Rack 2")))
    with at.store.writing(at.caller) as work:
        {
            "channel": lambda: channels.delete(work, at.caller, at.channel_ids[0]),
            "cycler": lambda: cyclers.delete(work, at.caller, at.cycler_id),
            "site": lambda: sites.delete(work, at.caller, at.site_id),
        }[height]()
    with at.store.reading() as work:
        assert work.measurements.get(running).channel_id is None
        assert (work.measurements.get(other).channel_id is None) == (height == "site")

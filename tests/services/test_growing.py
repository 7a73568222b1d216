"""Rows that lie beside a series are read with it by every way, and become one file with it when somebody wants one."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import pairwise
from typing import Any
from urllib.parse import unquote, urlparse

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy.exc import OperationalError

from cellkeep.domain.errors import NotFoundError, ServerError, UnusableDataError
from cellkeep.domain.people import Caller
from cellkeep.domain.time_series import SeriesQuery
from cellkeep.services import digests, growing, making, measurements, one_file, summarising, time_series
from cellkeep.services.blob_rows import rows_keys
from cellkeep.services.processing import Outcome, process
from cellkeep.settings import MAX_WAITING_LINKS
from cellkeep.storage.objects import Objects
from cellkeep.storage.store import Store
from services.bench import BASE, Bench, Never, bench, series, together

WHOLE = series(400, 16)
STORED = 300


@pytest.fixture
def at(store: Store, admin: Caller, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Where two pieces may lie beside even a short series."""
    monkeypatch.setattr(growing, "_FEWEST_APART", 1)
    monkeypatch.setattr(growing, "_MOST_APART", 2)
    return bench(store, admin)


@pytest.fixture
def grown(at: Bench) -> str:
    """A series of 360 rows, of which 60 lie beside it in two pieces."""
    measurement_id = at.create(frame=WHOLE[:STORED]).id
    for start, end in ((STORED, 310), (310, 360)):
        assert at.append(measurement_id, WHOLE[start:end]).row_count == end
    return measurement_id


def objects(at: Bench, measurement_id: str) -> tuple[str, ...]:
    """Keys of the objects that hold its rows."""
    with at.store.reading() as work:
        return rows_keys(work.measurements.row(measurement_id))


def linked(at: Bench, measurement_id: str) -> pl.DataFrame:
    """The rows, as one finds them who follows a link to the series."""
    link = measurements.Links(at.store, at.caller, BASE).time_series(measurement_id)
    return pl.read_parquet(at.store.blobs.get(unquote(urlparse(link).path).removeprefix("/blobs/")))


def part(at: Bench, measurement_id: str, **query: Any) -> pl.DataFrame:
    target = BytesIO()
    asked = SeriesQuery.model_validate({"format": "parquet", **query})
    time_series.write_part(at.store, at.caller, measurement_id, asked, target)
    return pl.read_parquet(BytesIO(target.getvalue()))


def heights(at: Bench, measurement_id: str) -> list[int]:
    return [pl.read_parquet(at.store.blobs.get(key)).height for key in objects(at, measurement_id)]


def test_the_stored_file_stays_as_it_is(at: Bench) -> None:
    """Each addition is an object of its own, of the new rows alone; nothing else of the series is written."""
    measurement_id = at.create(frame=WHOLE[:STORED]).id
    (first,) = objects(at, measurement_id)
    at.append(measurement_id, WHOLE[STORED:310])
    at.append(measurement_id, WHOLE[310:360])
    assert objects(at, measurement_id)[0] == first
    assert heights(at, measurement_id) == [STORED, 10, 50]


def test_after_so_many_pieces_all_become_one_file(at: Bench, grown: str) -> None:
    """The next addition finds no place beside the series; what was replaced goes with the last links to it."""
    before = objects(at, grown)
    at.append(grown, WHOLE[360:])
    assert heights(at, grown) == [400]
    assert at.table(grown, "time_series").equals(WHOLE)
    assert set(before) <= set(at.take_retired())
    assert at.stored() == at.named()
    at.append(grown, WHOLE[-1:].with_columns(pl.col("Time [s]") + 1))
    assert heights(at, grown) == [400, 1]


def test_a_short_series_is_written_anew(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below so many values from which it pays, all rows are one file after each addition."""
    monkeypatch.setattr(growing, "_FEWEST_APART", (STORED + 11) * WHOLE.width)
    measurement_id = at.create(frame=WHOLE[:STORED]).id
    at.append(measurement_id, WHOLE[STORED:310])
    assert heights(at, measurement_id) == [310]
    at.append(measurement_id, WHOLE[310:311])
    at.append(measurement_id, WHOLE[311:320])
    assert heights(at, measurement_id) == [311, 9]


def test_tables_of_pieces_are_those_of_the_whole(at: Bench, grown: str) -> None:
    """Steps and cycles are equal, to rounding, whether rows lie in one file, in pieces, or became one file."""
    whole = at.create("Whole", WHOLE[:360]).id
    for role in ("steps", "cycles"):
        assert_frame_equal(at.table(grown, role), at.table(whole, role), rel_tol=1e-12, abs_tol=1e-14)
    at.append(grown, WHOLE[360:])
    whole = at.create("All", WHOLE).id
    for role in ("steps", "cycles"):
        assert_frame_equal(at.table(grown, role), at.table(whole, role), rel_tol=1e-12, abs_tol=1e-14)


def test_a_column_in_another_order_or_a_narrower_type_is_stored_as_the_series_has_it(at: Bench) -> None:
    """What lies beside a series has its columns and types, so that both are read as one."""
    measurement_id = at.create(frame=WHOLE[:STORED]).id
    narrow = WHOLE[STORED:].with_columns(pl.col("Current [A]").cast(pl.Int8), pl.col("Step count").cast(pl.Int16))
    at.append(measurement_id, narrow.select(reversed(narrow.columns)))
    assert heights(at, measurement_id) == [STORED, 100]
    assert_frame_equal(part(at, measurement_id), WHOLE)
    assert_frame_equal(linked(at, measurement_id), WHOLE)


def test_values_of_every_kind_are_kept_beside_a_series(at: Bench) -> None:
    """Text, categories, clocks, durations, lists, bytes and missing values come back as they were sent."""
    row = pl.int_range(pl.len())
    whole = WHOLE.with_columns(
        pl.format("t{}", row).alias("text"),
        pl.format("c{}", row // 150).cast(pl.Categorical).alias("category"),
        pl.format("e{}", row % 3).cast(pl.Enum(["e0", "e1", "e2"])).alias("kind"),
        (row * 1000).cast(pl.Datetime("us", "Europe/Berlin")).alias("clock"),
        (row * 1000).cast(pl.Duration("ns")).alias("lasts"),
        pl.concat_list(row, row + 1).alias("list"),
        pl.struct(a=row, b=pl.lit("x")).alias("both"),
        pl.format("{}", row).cast(pl.Binary).alias("bytes"),
        pl.when(row % 2 == 0).then(row / 3).alias("missing"),
        (row / 100).cast(pl.Decimal(20, 2)).alias("decimal"),
        (row % 2 == 0).alias("^true$"),
    )
    measurement_id = at.create(frame=whole[:STORED]).id
    for start, end in ((STORED, 320), (320, 400)):
        at.append(measurement_id, whole[start:end])
    assert heights(at, measurement_id) == [STORED, 20, 80]
    assert_frame_equal(part(at, measurement_id), whole)
    assert_frame_equal(part(at, measurement_id, row_from=298, row_to=325), whole[298:325])
    assert_frame_equal(linked(at, measurement_id), whole)


def test_a_column_that_needs_another_type_makes_one_file(at: Bench, grown: str) -> None:
    """Pieces of one type can not hold what only a wider type can, so all rows are written in that."""
    at.change(grown, notes="counts were whole so far")
    measurement_id = at.create("Counted", WHOLE[:STORED].with_columns(pl.lit(1).alias("Remark"))).id
    at.append(measurement_id, WHOLE[STORED:310].with_columns(pl.lit(2).alias("Remark")))
    assert heights(at, measurement_id) == [STORED, 10]
    at.append(measurement_id, WHOLE[310:320].with_columns(pl.lit(0.5).alias("Remark")))
    assert heights(at, measurement_id) == [320]
    assert at.table(measurement_id, "time_series")["Remark"].to_list() == [1.0] * STORED + [2.0] * 10 + [0.5] * 10


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"columns": ["Voltage [V]"], "row_from": 290, "row_to": 330},
        {"row_from": 305},
        {"steps": ["11", "12", "13"]},
        {"cycles": ["7"]},
        {"window_column": ["Time [s]"], "window_from": ["299"], "window_to": ["311"]},
        {"max_points": 50},
    ],
)
def test_parts_are_read_across_the_seams(at: Bench, grown: str, query: dict[str, Any]) -> None:
    """A part of a series in pieces is that of the same series in one file, read once or again."""
    whole = at.create("Whole", WHOLE[:360]).id
    expected = part(at, whole, **query)
    for _ in range(3):  # what is read twice is held in memory
        assert_frame_equal(part(at, grown, **query), expected)


def test_what_is_held_in_memory_of_a_series_is_not_taken_for_what_it_became(at: Bench) -> None:
    """The last rows are read anew after each addition, though they were held just before."""
    measurement_id = at.create(frame=WHOLE[:STORED]).id
    for end in (310, 320, 333):
        at.append(measurement_id, WHOLE[:end][at.table(measurement_id, "time_series").height :])
        for _ in range(3):
            assert_frame_equal(part(at, measurement_id, row_from=290), WHOLE[290:end])


def test_an_overview_goes_on_over_the_pieces(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture of rows in pieces shows their extremes, as soon as the overview reaches them and before."""
    monkeypatch.setattr(summarising, "_ROWS_WORTH_AN_OVERVIEW", 50)
    spiked = WHOLE.with_columns(
        pl.when(pl.int_range(pl.len()).is_in([305, 341, 399])).then(9.0).otherwise("Voltage [V]").alias("Voltage [V]")
    )
    measurement_id = at.create(frame=spiked[:STORED]).id
    overviews = {at.keys(measurement_id)["overview"]}
    for start, end, peaks in ((STORED, 320, 1), (320, 380, 2), (380, 400, 3)):
        at.append(measurement_id, spiked[start:end])
        overviews.add(at.keys(measurement_id)["overview"])
        picture = part(at, measurement_id, max_points=30)
        assert (picture["Voltage [V]"] == 9.0).sum() >= 1
        every = part(at, measurement_id, window_column=["Voltage [V]"], window_from=["8"], window_to=["inf"])
        assert every.height == peaks
    assert len(overviews) == 2
    whole = at.create("Whole", spiked[:380]).id
    assert at.table(measurement_id, "overview").equals(at.table(whole, "overview"))


def test_other_rules_make_the_tables_of_all_pieces(at: Bench, grown: str) -> None:
    """Tables that are made anew are of every row, and the pieces stay where they are."""
    before = objects(at, grown)
    with at.store.writing() as work:
        work.measurements.row(grown).summary_rules = {"charge_between_steps": "include"}
        work.measurements.row(grown).processing_status = "pending"
    assert process(at.store, grown) == Outcome("ready", 15)
    assert objects(at, grown) == before
    steps = at.table(grown, "steps")
    assert steps["End index"][-1] == 359
    at.append(grown, WHOLE[360:])
    assert at.table(grown, "steps")["End index"][-1] == 399


# One file, for who wants one.


def test_a_link_leads_to_all_rows_in_one_file(at: Bench, grown: str) -> None:
    """The file takes the place of the pieces, which stay for who reads them; nothing else of the record changes."""
    pieces, before = objects(at, grown), at.keys(grown)
    with at.store.reading() as work:
        record = work.measurements.get(grown)
    assert linked(at, grown).equals(WHOLE[:360])
    (key,) = objects(at, grown)
    assert linked(at, grown).equals(WHOLE[:360])
    assert objects(at, grown) == (key,)
    after = at.keys(grown)
    assert {role: after[role] for role in ("steps", "cycles")} == {role: before[role] for role in ("steps", "cycles")}
    with at.store.reading() as work:
        assert work.measurements.get(grown) == record
    assert set(pieces) <= set(at.take_retired())
    assert at.stored() == at.named()
    digests.complete_digests(at.store)
    with at.store.reading() as work:
        assert work.measurements.without_digest() == []
    assert at.append(grown, WHOLE[360:]).row_count == 400
    assert heights(at, grown) == [360, 40]


def test_a_link_while_rows_are_appended_leads_to_the_rows_before(at: Bench, grown: str) -> None:
    """One file takes the place of the pieces, and the rows are appended behind it."""
    at.append(grown, WHOLE[360:], Never())
    assert linked(at, grown).equals(WHOLE[:360])
    assert heights(at, grown) == [360]
    assert process(at.store, grown).status == "ready"
    assert heights(at, grown) == [360, 40]
    assert at.table(grown, "time_series").equals(WHOLE)
    at.take_retired()
    assert at.stored() == at.named()


@pytest.mark.parametrize("pieces", [1, 2])
def test_one_file_may_take_the_place_of_pieces_while_a_worker_reads_them(
    at: Bench, monkeypatch: pytest.MonkeyPatch, pieces: int
) -> None:
    """What the worker has made of the pieces follows the file, or takes its place, and no row is there twice."""
    measurement_id = at.create(frame=WHOLE[:STORED]).id
    cuts = [STORED, 310, 320][: pieces + 1]
    for start, end in pairwise(cuts):
        at.append(measurement_id, WHOLE[start:end])
    grown = making.grown

    def and_a_link(*given: Any) -> Any:
        longer = grown(*given)
        assert linked(at, measurement_id).equals(WHOLE[: cuts[-1]])
        return longer

    monkeypatch.setattr(making, "grown", and_a_link)
    assert at.append(measurement_id, WHOLE[cuts[-1] : 340]).row_count == 340
    assert heights(at, measurement_id) == ([310, 30] if pieces == 1 else [340])
    assert at.table(measurement_id, "time_series").equals(WHOLE[:340])
    at.take_retired()
    assert at.stored() == at.named()


def test_many_who_ask_for_a_link_at_once_find_the_same_file(at: Bench, grown: str) -> None:
    """Eight threads get all rows, and one file is written."""
    before = len(at.stored())
    answers = together(8, lambda _: linked(at, grown))
    assert all(isinstance(rows, pl.DataFrame) and rows.equals(WHOLE[:360]) for rows in answers), answers
    assert len(at.stored()) == before + 1
    assert at.stored() == at.named()


def test_links_and_additions_at_once_lose_nothing(at: Bench) -> None:
    """While one thread appends, others ask for links: each finds the rows of one moment, and all get there."""
    measurement_id = at.create(frame=WHOLE[:STORED]).id
    moments = random.Random(3)
    cuts = [STORED, *sorted(moments.sample(range(STORED + 1, 400), 7)), 400]

    def work(number: int) -> list[int]:
        if number == 0:
            return [at.append(measurement_id, WHOLE[start:end]).row_count or 0 for start, end in pairwise(cuts)]
        found = []
        for _ in range(8):
            rows = linked(at, measurement_id)
            assert rows.equals(WHOLE[: rows.height])
            found.append(rows.height)
        return found

    appended, *read = together(4, work)
    assert appended == cuts[1:]
    assert all(set(found) <= set(cuts) and found == sorted(found) for found in read), read
    assert linked(at, measurement_id).equals(WHOLE)
    at.take_retired()
    assert at.stored() == at.named()


def test_a_file_that_could_not_be_written_leaves_the_pieces(
    at: Bench, grown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where storage gives up, the series stays as it was and the next reader is served."""
    before, stored = objects(at, grown), at.stored()

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for place, name in ((one_file, "stitch"), (at.store.blobs, "put")):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, broken)
            with pytest.raises(OSError, match="No space"):
                linked(at, grown)
    assert (objects(at, grown), at.stored()) == (before, stored)
    assert linked(at, grown).equals(WHOLE[:360])


def test_no_copy_is_left_where_no_record_can_name_it(at: Bench, grown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database gives up, the file goes again, however often a reader asks."""
    before = at.stored()

    def broken(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr(Objects, "retire", broken)
        for _ in range(3):
            with pytest.raises(OperationalError):
                linked(at, grown)
    assert at.stored() == before


def test_so_many_who_wait_for_files_do_not_stop_the_others(
    at: Bench, grown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond so many that wait, one more is told to ask again; for another series, or a part, nobody waits."""
    other = at.create("Other", WHOLE[:STORED]).id
    at.append(other, WHOLE[STORED:360])
    stitch, begun, go_on = one_file.stitch, threading.Event(), threading.Event()

    def slow(*given: Any) -> None:
        if not begun.is_set():
            begun.set()
            assert go_on.wait(20)
        stitch(*given)

    monkeypatch.setattr(one_file, "stitch", slow)
    with ThreadPoolExecutor(MAX_WAITING_LINKS + 1) as threads:
        waiting = [threads.submit(linked, at, grown) for _ in range(MAX_WAITING_LINKS + 1)]
        assert begun.wait(20)
        deadline = time.monotonic() + 20
        while one_file._waiting._value:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        with pytest.raises(ServerError, match="Ask again in a moment") as found:
            linked(at, grown)
        assert found.value.status_code == 503
        assert linked(at, other).equals(WHOLE[:360])
        assert part(at, grown).equals(WHOLE[:360])
        go_on.set()
        assert all(rows.result().equals(WHOLE[:360]) for rows in waiting)
    assert linked(at, grown).equals(WHOLE[:360])


def test_an_overview_that_can_not_be_carried_on_is_no_reason_to_refuse_rows(
    at: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Storage that does not answer amid an addition is not the fault of who sends; the old overview serves on."""
    monkeypatch.setattr(summarising, "_ROWS_WORTH_AN_OVERVIEW", 50)
    measurement_id = at.create(frame=WHOLE[:STORED]).id
    before = at.keys(measurement_id)["overview"]
    secret = "https://bucket/x?signature=secret"

    def gone(*_: object) -> None:
        raise UnusableDataError(f"The time series can not be read to its end: {secret}")

    with monkeypatch.context() as patch:
        patch.setattr(growing, "shown", gone)
        bundle = at.append(measurement_id, WHOLE[STORED:360])
    assert (bundle.processing_status, bundle.processing_error, bundle.row_count) == ("ready", None, 360)
    assert at.keys(measurement_id)["overview"] == before
    assert "could not be carried on" in caplog.text
    assert "secret" not in caplog.text
    at.append(measurement_id, WHOLE[360:])
    assert at.keys(measurement_id)["overview"] != before


@pytest.mark.parametrize("read", [False, True])
def test_a_measurement_that_goes_while_its_file_is_written_is_not_found(
    at: Bench, grown: str, monkeypatch: pytest.MonkeyPatch, read: bool
) -> None:
    """Nothing is left of it, whether its pieces went before they were read or after."""
    place, name = (one_file, "stitch") if read else (at.store.blobs, "local_copy")
    usual = getattr(place, name)

    def while_it_goes(*given: Any) -> Any:
        monkeypatch.undo()
        if not read:
            at.remove(grown)
        found = usual(*given)
        if read:
            at.remove(grown)
        return found

    monkeypatch.setattr(place, name, while_it_goes)
    with pytest.raises(NotFoundError):
        linked(at, grown)
    at.take_retired()
    assert at.stored() == at.named() == []

"""Tables made by rules that a person chose, and carried on when rows are appended."""

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep.domain.errors import BadRequestError, ConflictError, NotReadyError
from cellkeep.domain.measurements import MeasurementPatch, PropertiesDraft
from cellkeep.domain.people import Caller
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.services import growing, making, measurements, processing, series, summarising
from cellkeep.services.processing import process
from cellkeep.storage.store import Store
from cellkeep.summarise import summarise
from services.bench import Bench, Never, Now, bench, parquet
from summarise.series import cycling

RULES = {"charge_between_steps": "include", "longest_gap_s": 600.0, "reference_cycle": 1}
FRAME = cycling(3)


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


def expected(frame: pl.DataFrame = FRAME, rules: dict[str, Any] | None = None) -> dict[str, pl.DataFrame]:
    found = summarise([frame], rated_capacity_ah=1.0, rules=SummaryRules.model_validate(rules or {}))
    return {"steps": found.steps, "cycles": found.cycles}


def assert_tables(at: Bench, measurement_id: str, tables: dict[str, pl.DataFrame]) -> None:
    for role, table in tables.items():
        assert_frame_equal(at.table(measurement_id, role), table, rel_tol=1e-12, abs_tol=1e-14)


def choose(at: Bench, measurement_id: str, jobs: Any = None, **rules: Any) -> Any:
    patch = MeasurementPatch.model_validate({"summary_rules": rules or None})
    wait_s = 0 if isinstance(jobs, Never) else 20
    return measurements.change(at.store, jobs or Now(at.store), at.caller, measurement_id, patch, wait_s=wait_s)


def test_rules_of_a_new_series(at: Bench) -> None:
    """Rules that come with a series are those its tables are made by, and are told with it."""
    measurement_id = at.send(parquet(FRAME))
    bundle = at.confirm(measurement_id, summary_rules=RULES)
    assert bundle.summary_rules == SummaryRules.model_validate(RULES)
    assert_tables(at, measurement_id, expected(rules=RULES))


def test_other_rules_make_the_tables_anew(at: Bench) -> None:
    """Other rules have both tables made anew, the rows stay, and the rules of the field bring back the old ones."""
    made = at.create(frame=FRAME)
    before = at.keys(made.id)
    changed = choose(at, made.id, **RULES)
    assert (changed.processing_status, changed.summary_rules) == ("ready", SummaryRules.model_validate(RULES))
    assert_tables(at, made.id, expected(rules=RULES))
    after = at.keys(made.id)
    assert {role for role in after if after[role] == before[role]} == {"time_series"}
    assert choose(at, made.id).summary_rules is None
    assert_tables(at, made.id, expected())
    at.take_retired()
    assert at.stored() == at.named()


def test_the_same_rules_change_nothing(at: Bench) -> None:
    """A record that is written back as it was read has nothing made anew."""
    made = at.create(frame=FRAME)
    before = at.keys(made.id)
    at.change(made.id, summary_rules=None, notes="x")
    at.change(made.id, summary_rules={})
    assert at.keys(made.id) == before
    assert at.status(made.id) == ("ready", None)


def test_old_tables_are_read_until_new_ones_are_there(at: Bench) -> None:
    """While tables are made anew the old ones are read, and after a crash they are made at the next start."""
    made = at.create(frame=FRAME)
    assert choose(at, made.id, Never(), **RULES).processing_status == "pending"
    assert_tables(at, made.id, expected())
    assert measurements.cycle_table(at.store, at.caller, made.id).cycles["Reference cycle"] == [0, 0, 0]
    with pytest.raises(ConflictError, match="not ready"):
        choose(at, made.id, longest_gap_s=1.0)
    with at.store.reading() as work:
        assert work.measurements.unfinished() == [made.id]
    process(at.store, made.id)
    assert_tables(at, made.id, expected(rules=RULES))


def test_what_fails_leaves_the_old_tables(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where new tables can not be made, the old ones stay, with the reason; asking again makes them."""
    made = at.create(frame=FRAME)

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("No space left")

    with monkeypatch.context() as patch:
        patch.setattr(summarising, "summarise", broken)
        changed = choose(at, made.id, **RULES)
    assert changed.processing_status == "ready"
    assert "incident" in (changed.processing_error or "")
    assert_tables(at, made.id, expected())
    assert choose(at, made.id, **RULES).processing_error is None
    assert_tables(at, made.id, expected(rules=RULES))


def test_tables_of_a_person_are_not_made_anew(at: Bench) -> None:
    """Rules are refused where the step table came from a person, and for what has no tables."""
    measurement_id = at.send(parquet(FRAME), parquet(pl.DataFrame({"Step count": [0]})))
    at.confirm(measurement_id)
    with pytest.raises(ConflictError, match="was sent with the series"):
        choose(at, measurement_id, **RULES)
    draft = PropertiesDraft.model_validate({"name": "P", "properties": {"weight": {"value": 1, "unit": "g"}}})
    with at.store.writing(at.caller) as work:
        other = measurements.create_properties(work, at.caller, at.instance_id, draft).id
    with pytest.raises(BadRequestError, match="no time series"):
        choose(at, other, **RULES)


def test_rows_are_appended_without_reading_the_series(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the new rows are summarised, by the rules of the series, also those of steps that were cut."""
    measurement_id = at.send(parquet(FRAME[:200]))
    at.confirm(measurement_id, summary_rules=RULES)
    read: list[int] = []
    chunks = series.chunks

    def counted(*asked: Any) -> Any:
        for chunk in chunks(*asked):
            read.append(chunk.height)
            yield chunk

    monkeypatch.setattr(making.series, "chunks", counted)
    monkeypatch.setattr(growing, "summarised", lambda *_: pytest.fail("The whole series was read."))
    for start, end in ((200, 201), (201, 400), (400, 522)):
        bundle = at.append(measurement_id, FRAME[start:end])
        assert (bundle.processing_status, bundle.row_count) == ("ready", end)
    assert sum(read) == 2 * 322, "once to verify that they follow, once for the tables"
    assert_tables(at, measurement_id, expected(rules=RULES))


def test_tables_that_can_not_be_carried_on_are_made_whole(at: Bench) -> None:
    """After a step table of a person, or with a column of another type, all rows are summarised."""
    own = at.send(parquet(FRAME[:200]), parquet(pl.DataFrame({"Step count": [0]})))
    at.confirm(own)
    at.append(own, FRAME[200:])
    assert_tables(at, own, expected())
    assert choose(at, own, **RULES).processing_status == "ready", "they are ours now"
    numbered = FRAME.with_columns(pl.lit(1, pl.Int64).alias("Cycle from cycler"))
    half = numbered.with_columns(pl.lit(1.5).alias("Cycle from cycler"))
    measurement_id = at.send(parquet(numbered[:200]), name="N")
    at.confirm(measurement_id, name="N")
    at.append(measurement_id, half[200:])
    both = pl.concat([numbered[:200].cast({"Cycle from cycler": pl.Float64}), half[200:]])
    assert_tables(at, measurement_id, expected(both))


def test_a_new_rating_holds_for_all_steps_after_an_extension(at: Bench) -> None:
    """A rated capacity that was corrected relabels finished steps, too, when rows are appended."""
    made = at.create(frame=FRAME[:300])
    with at.store.writing(at.caller) as work:
        work.specs.row(at.spec_id).ratings = {"capacity": {"value": 9000, "unit": "A.h"}}
    at.append(made.id, FRAME[300:])
    table = summarise([FRAME], rated_capacity_ah=9000.0).steps
    assert set(table["Step type"]) == {"Rest"}
    assert_tables(at, made.id, {"steps": table})


def test_reference_cycle_of_one_answer(at: Bench) -> None:
    """Retention can refer to another cycle in one answer; a cycle that is not there is refused by name."""
    made = at.create(frame=FRAME)
    asked = measurements.cycle_table(at.store, at.caller, made.id, reference_cycle=2).cycles
    assert asked["Reference cycle"] == [2, 2, 2]
    assert asked["Capacity retention"] == pytest.approx([1.0] * 3)
    with pytest.raises(BadRequestError, match=r"no cycle 7.*0 to 2"):
        measurements.cycle_table(at.store, at.caller, made.id, reference_cycle=7)


def test_first_tables_are_waited_for(at: Bench) -> None:
    """Until the first tables are there nothing is read in their place."""
    made = at.create(frame=FRAME, jobs=Never())
    with pytest.raises(NotReadyError):
        measurements.cycle_table(at.store, at.caller, made.id)


def test_tables_are_made_anew_on_request(at: Bench) -> None:
    """After a rating was corrected, the tables can be made by it without new rows, unless a person made them."""
    made = at.create(frame=FRAME)
    with at.store.writing(at.caller) as work:
        work.specs.row(at.spec_id).ratings = {"capacity": {"value": 9000, "unit": "A.h"}}
    again = measurements.make_tables(at.store, Now(at.store), at.caller, made.id)
    assert again.processing_status == "ready"
    assert set(at.table(made.id, "steps")["Step type"]) == {"Rest"}
    own = at.send(parquet(FRAME), parquet(pl.DataFrame({"Step count": [0]})), name="O")
    at.confirm(own, name="O")
    with pytest.raises(ConflictError, match="was sent with the series"):
        measurements.make_tables(at.store, Now(at.store), at.caller, own)


def test_a_copied_step_table_is_not_carried_on(at: Bench) -> None:
    """Steps that a person sent are replaced when rows follow, also where they are a table that was made here."""
    other = at.create("Other", FRAME[:200].with_columns(pl.col("Current [A]") / 2)).id
    measurement_id = at.send(parquet(FRAME[:200]), at.bytes(other, "steps"))
    at.confirm(measurement_id)
    at.append(measurement_id, FRAME[200:])
    assert_tables(at, measurement_id, expected())


def test_reference_cycle_of_a_step_table_that_was_sent(at: Bench) -> None:
    """It holds for the cycles that are made of it; text where numbers belong leaves those of the series."""
    given = summarise([FRAME]).steps
    measurement_id = at.send(parquet(FRAME), parquet(given))
    at.confirm(measurement_id, summary_rules={"reference_cycle": 1})
    assert at.table(measurement_id, "cycles")["Reference cycle"].to_list() == [1, 1, 1]
    text = at.send(parquet(FRAME), parquet(given.with_columns(pl.lit("much").alias("Charge capacity [A.h]"))), name="X")
    assert at.confirm(text, name="X").processing_status == "ready"
    assert_frame_equal(at.table(text, "cycles"), expected()["cycles"])


def test_a_worker_that_is_late_does_not_pass_off_old_rules(at: Bench) -> None:
    """Tables by rules that were given up meanwhile do not take the place of those that are wanted."""
    made = at.create(frame=FRAME)
    choose(at, made.id, Never(), charge_between_steps="include")
    task = processing._claim(at.store, made.id)
    assert task is not None
    late = making.make(at.store, made.id, task)
    with at.store.writing() as work:
        work.measurements.row(made.id).processing_status = "ready"
    choose(at, made.id, Never(), longest_gap_s=600)
    processing._finish(at.store, made.id, task, late)
    assert process(at.store, made.id).status == "ready"
    assert_tables(at, made.id, expected(rules={"longest_gap_s": 600}))

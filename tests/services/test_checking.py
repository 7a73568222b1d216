"""What the server finds in a series, keeps with it, and finds anew when rows are added or its times change."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from cellkeep import validate
from cellkeep.domain.errors import NotReadyError, UnusableDataError
from cellkeep.domain.findings import FindingQuery, StoredFinding
from cellkeep.domain.measurements import MeasurementQuery
from cellkeep.domain.people import Caller
from cellkeep.services import checking
from cellkeep.services.processing import process
from cellkeep.storage.measurements import MOST_FINDINGS_OF_A_KIND
from cellkeep.storage.store import Store
from cellkeep.storage.tables import MeasurementRow
from services.bench import Bench, Never, bench, parquet

HIGH, LOW = 4.1, 3.5


def cycling(steps: int = 6, rows: int = 40, sign: float = 1.0) -> pl.DataFrame:
    """Discharge and charge in turn, a row each minute, with a voltage that follows and some noise of its own."""
    number = np.arange(steps * rows)
    step, within = number // rows, number % rows / rows
    falling = step % 2 == 0
    noise = np.random.default_rng(steps).normal(0, 1e-4, number.size)
    return pl.DataFrame(
        {
            "Time [s]": number * 60.0,
            "Voltage [V]": np.where(falling, HIGH - (HIGH - LOW) * within, LOW + (HIGH - LOW) * within) + noise,
            "Current [A]": sign * np.where(falling, 1.0, -1.0),
            "Step count": step,
            "Cycle count": step // 2,
        }
    )


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


def found(at: Bench, measurement_id: str, **query: Any) -> list[StoredFinding]:
    with at.store.reading(at.caller) as work:
        return checking.found(work, measurement_id, FindingQuery(**query)).findings


def codes(at: Bench, measurement_id: str, **query: Any) -> list[str]:
    return [each.code for each in found(at, measurement_id, **query)]


def row_of(at: Bench, measurement_id: str) -> tuple[dict[str, int] | None, bool]:
    """Its counts, and whether the checks can go on from where they are."""
    with at.store.reading() as work:
        row = work.measurements.row(measurement_id)
        return row.finding_counts, row.check_state is not None


def test_a_good_series_has_no_findings(at: Bench) -> None:
    """Checked and found good is told apart from never checked."""
    made = at.create(frame=cycling())
    assert (made.finding_counts, codes(at, made.id)) == ({}, [])


def test_a_reversed_current_is_kept_and_told(at: Bench) -> None:
    """The series is stored as it came, and what was found is listed, counted and looked for."""
    made = at.create(frame=cycling(sign=-1))
    at.create(name="good", frame=cycling())
    assert made.processing_status == "ready"
    assert made.finding_counts == {"current_sign_reversed": 1}
    (finding,) = found(at, made.id)
    assert finding.severity == "error"
    assert finding.payload["charge_fraction"] == pytest.approx(1.0)
    assert "cellkeep.mend" in finding.message
    for query in ({"finding_code": "current_sign_reversed"}, {"finding_severity": "error"}):
        with at.store.reading(at.caller) as work:
            page = work.measurements.list(at.instance_id, MeasurementQuery(**query))
        assert [each.id for each in page] == [made.id]
    for query in ({"finding_code": "voltage_continuity"}, {"finding_severity": "warning"}):
        with at.store.reading(at.caller) as work:
            assert work.measurements.list(at.instance_id, MeasurementQuery(**query)).total == 0
    assert codes(at, made.id, severity="warning") == codes(at, made.id, code="time_gap_too_large") == []


def test_of_many_findings_the_first_are_kept_and_all_are_counted(at: Bench) -> None:
    """A capacity that never resets is wrong in each of 300 steps."""
    steps = 300
    frame = cycling(steps, 4).with_columns(pl.Series("Discharge capacity [A.h]", np.arange(steps * 4) + 1.0))
    made = at.create(frame=frame)
    assert (made.finding_counts or {})["cumulative_value_not_reset"] == steps
    kept = found(at, made.id, code="cumulative_value_not_reset")
    assert [each.payload["step_index"] for each in kept] == list(range(MOST_FINDINGS_OF_A_KIND))


def test_what_no_tables_can_be_made_of_fails_with_what_was_found(at: Bench) -> None:
    """At the confirm it is refused with the findings; where the upload was answered before, they stay with it."""
    bad = parquet(cycling().with_columns(pl.col("Step count") + 0.5))
    with pytest.raises(UnusableDataError, match="step_count_does_not_start_at_zero") as refused:
        at.confirm(at.send(bad))
    assert [each["code"] for each in refused.value.detail["findings"]] == ["step_count_does_not_start_at_zero"]
    assert at.records() == []
    measurement_id = at.send(bad)
    at.confirm(measurement_id, Never(), wait_s=0)
    assert process(at.store, measurement_id).status == "failed"
    status, reason = at.status(measurement_id)
    assert (status, "step_count_does_not_start_at_zero" in str(reason)) == ("failed", True)
    assert codes(at, measurement_id) == ["step_count_does_not_start_at_zero"]


def test_a_missing_column_is_refused_with_what_was_found(at: Bench) -> None:
    """The detail of the refusal has the finding beside the column."""
    with pytest.raises(UnusableDataError) as refused:
        at.confirm(at.send(parquet(cycling().drop("Step count"))))
    assert [each["code"] for each in refused.value.detail["findings"]] == ["step_count_missing"]
    assert refused.value.detail["missing"] == ["Step count"]


def faulty(rows: int = 400) -> pl.DataFrame:
    """A series in which most checks find something, before and behind any place where it may be cut."""
    number = np.arange(rows)
    random = np.random.default_rng(7)
    frame = cycling(rows // 40, 40, sign=-1)
    time = frame["Time [s]"].to_numpy().copy()
    time[rows // 2 :] += 20_000
    time[[5, 6, rows - 9, rows - 8]] = time[[5, 5, rows - 9, rows - 9]]
    return frame.with_columns(
        pl.Series("Time [s]", time),
        pl.Series("Current [A]", np.where(number % 97 == 3, np.nan, frame["Current [A]"].to_numpy())),
        pl.Series("Discharge capacity [A.h]", random.uniform(0, 1, rows)),
        pl.Series("Charge energy [W.h]", number / 60.0),
        pl.Series("Cycle count", frame["Cycle count"].to_numpy() + (number % 150 == 149)),
    )


@pytest.mark.usefixtures("lies")
@pytest.mark.parametrize("cut", [1, 40, 203])
def test_rows_that_are_added_are_checked_as_if_all_had_come_at_once(at: Bench, cut: int) -> None:
    """The checks go on from where they were, and find what they find in the whole."""
    whole = faulty()
    grown = at.create(frame=whole[:cut])
    assert row_of(at, grown.id)[1]
    at.append(grown.id, whole[cut : cut + 4])
    at.append(grown.id, whole[cut + 4 :])
    at_once = at.create(name="at once", frame=whole)
    mine, wanted = found(at, grown.id), found(at, at_once.id)
    assert [each.code for each in mine] == [each.code for each in wanted]
    assert len({each.code for each in mine}) >= 8
    for one, other in zip(mine, wanted, strict=True):
        assert one.payload == {key: near(value) for key, value in other.payload.items()}


def near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-9) if isinstance(value, float) else value


def test_a_series_that_was_never_checked_says_so_until_it_is(at: Bench) -> None:
    """One that is pending, and one that was stored before there were checks; both are told what to do."""
    waiting = at.send(parquet(cycling(sign=-1)))
    at.confirm(waiting, Never(), wait_s=0)
    with pytest.raises(NotReadyError, match="still being processed"):
        found(at, waiting)
    process(at.store, waiting)
    with at.store.writing() as work:
        row = work.measurements.row(waiting)
        work.measurements.set_findings(row, [])
        row.finding_counts, row.check_state = None, None
    with pytest.raises(NotReadyError, match="make_tables"):
        found(at, waiting)
    at.append(waiting, cycling(8, sign=-1)[240:])
    assert codes(at, waiting) == ["current_sign_reversed"]


def test_a_state_of_other_checks_is_not_gone_on_from(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of the checks and can not be read is made anew from all rows."""
    made = at.create(frame=cycling(sign=-1))
    with at.store.writing() as work:
        state = work.measurements.row(made.id).check_state
        assert state is not None
        state.state = state.state.replace('"format": 1', '"format": 0')
    at.append(made.id, cycling(8, sign=-1)[240:])
    assert codes(at, made.id) == ["current_sign_reversed"]
    monkeypatch.setattr(validate.keeping, "_LARGEST", 10)
    at.append(made.id, cycling(10, sign=-1)[320:])
    assert row_of(at, made.id) == ({"current_sign_reversed": 1}, False)
    at.append(made.id, cycling(12, sign=-1)[400:])
    assert codes(at, made.id) == ["current_sign_reversed"]


def test_start_and_end_are_looked_at_whenever_they_change(at: Bench) -> None:
    """What else was found stays; a clock in milliseconds is told from the two of them."""
    frame = cycling(sign=-1).with_columns(pl.col("Time [s]") * 1000)
    made = at.create(frame=frame)
    before = codes(at, made.id)
    assert "duration_mismatch" not in before
    at.change(made.id, start_time="2026-01-01T00:00:00Z", end_time="2026-01-01T03:59:00Z")
    assert codes(at, made.id) == [*before, "duration_mismatch", "clock_rate_mismatch"]
    (clock,) = found(at, made.id, code="clock_rate_mismatch")
    assert (clock.payload["unit"], clock.payload["ratio"]) == ("milliseconds", pytest.approx(1000))
    at.change(made.id, end_time=None)
    assert codes(at, made.id) == before
    at.change(made.id, start_time="2199-01-01T00:00:00Z")
    assert codes(at, made.id) == [*before, "start_time_in_future"]


def test_findings_go_with_their_measurement(at: Bench) -> None:
    """Removed with it, whatever there was."""
    made = at.create(frame=cycling(sign=-1))
    at.remove(made.id)
    with at.store.writing() as work:
        assert work.measurements.find(made.id) is None
    again = at.create(frame=cycling())
    assert codes(at, again.id) == []


def test_ratings_of_the_specification_are_the_limits(at: Bench) -> None:
    """Rated capacity and voltage window are those of the specification when the tables are made."""
    made = at.create(frame=cycling())
    with at.store.writing() as work:
        work.specs.row(at.spec_id).ratings = {
            "capacity": {"value": 100, "unit": "mA.h"},
            "voltage_min": {"value": 3700, "unit": "mV"},
            "voltage_max": {"value": 3.701, "unit": "V"},
        }
    with at.store.writing() as work:
        row: MeasurementRow = work.measurements.row(made.id)
        row.processing_status = "pending"
    process(at.store, made.id)
    assert codes(at, made.id) == ["voltage_continuity", "step_capacity_exceeds_rated"]


def test_names_of_columns_may_be_anything(at: Bench) -> None:
    """What no database takes is replaced in what is kept, and a long name is cut."""
    stamps = pl.datetime_range(pl.datetime(2026, 1, 1), pl.datetime(2026, 1, 1, 3, 59), interval="1m", eager=True)
    odd = ["at\0once", "é" + "x" * 5000]
    frame = cycling().with_columns(
        pl.col("Time [s]") * 1000,
        *(stamps.alias(name) for name in odd),
        pl.lit(1.0).alias("\0steps by the sign of the current"),
    )
    made = at.create(frame=frame)
    assert made.processing_status == "ready"
    clocks = found(at, made.id, code="clock_rate_mismatch")
    assert [each.payload["column"][:8] for each in clocks] == ["at\ufffdonce", "éxxxxxxx"]
    assert all(len(each.message) <= 2001 for each in clocks)
    assert len(clocks[1].payload["column"]) < 300


def test_a_label_that_somebody_sends_tells_no_steps(at: Bench) -> None:
    """A spectrum with a column of the name that is used within is looked at as any other."""
    spectrum = pl.DataFrame(
        {
            "Frequency [Hz]": [1e3, 1e2, 1e1],
            "Z_Re [Ohm]": [0.02, 0.03, 0.04],
            "Z_Im [Ohm]": [0.01, 0.02, 0.01],
            "\0steps by the sign of the current": ["a", "b", "c"],
        }
    )
    made = at.create(frame=spectrum)
    assert (made.processing_status, made.finding_counts) == ("ready", {"eis_zim_sign_reversed": 1})


def test_what_could_not_be_checked_is_not_called_good(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where processing fails by an accident, nothing is said of the rows; after the next try it is."""
    measurement_id = at.send(parquet(cycling(sign=-1)))
    at.confirm(measurement_id, Never(), wait_s=0)
    with monkeypatch.context() as broken:
        broken.setattr("cellkeep.services.making.checked", lambda *_: 1 / 0)
        assert process(at.store, measurement_id).status == "failed"
    with pytest.raises(NotReadyError, match="was not checked"):
        found(at, measurement_id)
    assert row_of(at, measurement_id)[0] is None
    process(at.store, measurement_id)
    assert codes(at, measurement_id) == ["current_sign_reversed"]


def test_times_that_change_while_it_is_processed_are_those_that_count(
    at: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the record is written it is looked at as it is then, and the order is the same as after a later change."""
    measurement_id = at.send(parquet(cycling(sign=-1)))
    at.confirm(measurement_id, Never(), wait_s=0)
    checked = checking.checked

    def late(*asked: Any) -> Any:
        at.change(measurement_id, start_time="2199-01-01T00:00:00Z")
        return checked(*asked)

    monkeypatch.setattr("cellkeep.services.making.checked", late)
    process(at.store, measurement_id)
    assert codes(at, measurement_id) == ["current_sign_reversed", "start_time_in_future"]


def test_of_each_column_some_findings_are_kept(at: Bench) -> None:
    """One column with many does not push out what is wrong with the other."""
    steps = 150
    ramp = np.arange(steps * 4) + 1.0
    frame = cycling(steps, 4).with_columns(
        pl.Series("Discharge capacity [A.h]", ramp), pl.Series("Charge energy [W.h]", ramp)
    )
    made = at.create(frame=frame)
    assert (made.finding_counts or {})["cumulative_value_not_reset"] == 2 * steps
    kept = [each.payload["column"] for each in found(at, made.id, code="cumulative_value_not_reset")]
    assert kept == ["Discharge capacity [A.h]"] * 100 + ["Charge energy [W.h]"] * 100

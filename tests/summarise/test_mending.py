"""Repairs of a series: what each does, what it leaves alone, and that the checks are content afterwards."""

import json
import math
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings

from cellkeep.domain.findings import Code, Finding, Repair, found
from cellkeep.summarise.mending import MENDED_CODES, Mended, mend
from cellkeep.validate import findings
from validate.series import CURRENT, STEPS, TIME, TRANSFERS, VOLTAGE, faulty_series, is_plain
from validate.vectors import base, spectrum

NAN, INF = math.nan, math.inf
DISCHARGE, CHARGE, DISCHARGE_ENERGY, CHARGE_ENERGY = TRANSFERS
FROM_CYCLER, IMAGINARY = "Step from cycler", "Z_Im [Ohm]"
MOVED = [row / 3600 for row in range(10)]
"""Capacity at the rows of the base frame, of which the current is 1 A."""
NOTHING = [0.0] * 10


def mended(frame: pl.DataFrame) -> Mended:
    """A frame, mended by what is found in it: nothing is left to be mended, and the frame itself is unchanged."""
    before = frame.clone()
    done = mend(frame, findings(frame, strict=True))
    assert frame.equals(before)
    assert frame.schema == before.schema
    assert MENDED_CODES.isdisjoint(each.code for each in findings(done.frame, strict=True))
    if not {"columns_exchanged", "recomputed"} & {repair.action for repair in done.repairs}:
        assert [name for name in done.frame.columns if name in frame.columns] == frame.columns
    return done


def only(repairs: Sequence[Repair]) -> Repair:
    (repair,) = repairs
    return repair


def same_but(frame: pl.DataFrame, other: pl.DataFrame, *names: str) -> bool:
    """Whether all columns but these are as they were."""
    return frame.drop(names, strict=False).equals(other.drop(names, strict=False))


def test_a_time_that_starts_late() -> None:
    """The first time is taken off all others, and nothing else changes."""
    frame = base(**{TIME: [5.5 + row for row in range(10)], "note": ["x"] * 10})
    done = mended(frame)
    assert done.frame[TIME].to_list() == [float(row) for row in range(10)]
    assert same_but(done.frame, frame, TIME)
    assert only(done.repairs) == Repair(
        action="time_shifted",
        message="5.5 s were subtracted from 'Time [s]'.",
        codes=["time_does_not_start_at_zero"],
        payload={"subtracted_s": 5.5},
    )


@pytest.mark.parametrize("dtype", [pl.Int64, pl.UInt8, pl.Float32, pl.Decimal(8, 2)])
def test_times_of_any_kind(dtype: Any) -> None:
    """A time before 0 or behind it is a number of seconds."""
    frame = base(**{TIME: [7 + row for row in range(10)]}).cast({TIME: dtype})
    assert mended(frame).frame[TIME].to_list() == [float(row) for row in range(10)]


def test_rows_without_a_time_keep_having_none() -> None:
    """The first time is that of the first row that has one."""
    frame = base(4, 0.0, **{TIME: [None, -3.0, NAN, 4.0], "Frequency [Hz]": [1.0, None, 2.0, None]})
    assert mended(frame).frame[TIME].to_list() == [None, 0.0, None, 7.0]


def test_steps_that_are_not_counted() -> None:
    """They are counted by the sign of the current, in a column behind the others."""
    frame = base(10, **{CURRENT: [1.0] * 4 + [0.0] * 3 + [-1.0] * 3, VOLTAGE: [3.7] * 10}).drop(STEPS)
    done = mended(frame)
    assert done.frame.columns == [TIME, VOLTAGE, CURRENT, STEPS]
    assert done.frame[STEPS].to_list() == [0] * 4 + [1] * 3 + [2] * 3
    assert same_but(done.frame, frame, STEPS)
    repair = only(done.repairs)
    assert (repair.action, repair.codes, repair.payload) == ("steps_counted", ["step_count_missing"], {"steps": 3})
    assert "by the sign of the current" in repair.message


def test_the_number_of_the_cycler_has_the_say() -> None:
    """Where it is there, the current is not asked, and a count that was wrong is replaced in its place."""
    numbers = [1, 1, 1, 4, 4, 1, 1, 1, 1, 1]
    frame = base(**{FROM_CYCLER: numbers})
    counts = [0] * 3 + [1] * 2 + [2] * 5
    for wrong in (frame.drop(STEPS), frame.with_columns(pl.Series(STEPS, [3] * 10))):
        done = mended(wrong)
        assert done.frame[STEPS].to_list() == counts
        assert done.frame[FROM_CYCLER].to_list() == numbers
        assert "by 'Step from cycler'" in only(done.repairs).message
    assert mended(frame.with_columns(pl.lit(3).alias(STEPS))).frame.columns == frame.columns


@pytest.mark.parametrize(
    ("counts", "expected", "code"),
    [
        ([0] * 5 + [7] * 3 + [0] * 2, [0] * 5 + [1] * 3 + [2] * 2, "step_count_non_sequential"),
        ([0] * 5 + [0.5] * 5, [0] * 5 + [1] * 5, "step_count_non_sequential"),
        ([0] * 5 + [None] * 3 + [1] * 2, [0] * 8 + [1] * 2, "step_count_non_sequential"),
        ([0.0] * 5 + [NAN] * 3 + [1.0] * 2, [0] * 8 + [1] * 2, "step_count_non_sequential"),
    ],
)
def test_steps_that_are_counted_wrong(counts: list[float | None], expected: list[int], code: str) -> None:
    """They are counted anew by the count that was there, in its place, which is kept as the number of the cycler."""
    frame = base(**{STEPS: counts, "note": ["x"] * 10})
    done = mended(frame)
    assert done.frame.columns == [*frame.columns, FROM_CYCLER]
    assert done.frame[STEPS].to_list() == expected
    assert done.frame[FROM_CYCLER].rename(STEPS).equals(frame[STEPS])
    assert same_but(done.frame, frame, STEPS, FROM_CYCLER)
    repair = only(done.repairs)
    assert repair.codes == [code]
    assert repair.message.endswith("The old count is kept as 'Step from cycler'.")


def test_a_count_that_starts_elsewhere() -> None:
    """Where nothing else is wrong with it, its first value is subtracted, and it is no coarser than before."""
    done = mended(base(**{FROM_CYCLER: [7] * 4 + [8] * 6, STEPS: [1] * 2 + [2] * 2 + [3] * 6}))
    assert done.frame[STEPS].to_list() == [0] * 2 + [1] * 2 + [2] * 6
    assert only(done.repairs).payload == {"subtracted": 1}


def test_one_number_of_the_cycler_tells_no_steps() -> None:
    """Where it is the same in all rows, the old count tells them, and is replaced."""
    frame = base(**{FROM_CYCLER: [1] * 10, STEPS: [3] * 4 + [9] * 6})
    done = mended(frame)
    assert done.frame[STEPS].to_list() == [0] * 4 + [1] * 6
    assert same_but(done.frame, frame, STEPS)
    assert done.frame.columns == frame.columns


def phases(counts: Sequence[int]) -> pl.DataFrame:
    """Discharge for a while and then charge."""
    time = [10.0 * row for row in range(40)]
    return base(40, **{TIME: time, VOLTAGE: [3.7] * 40, CURRENT: [1.0] * 20 + [-1.0] * 20, STEPS: counts})


def test_a_step_within_which_the_current_turns() -> None:
    """A step begins there, too, beside those that were counted."""
    done = mended(phases([0] * 5 + [1] * 35))
    assert done.frame[STEPS].to_list() == [0] * 5 + [1] * 15 + [2] * 20
    repair = only(done.repairs)
    assert (repair.codes, repair.payload) == (["step_count_disagrees_with_current"], {"steps": 3})
    assert "the sign of the current" in repair.message


def test_a_count_of_rows() -> None:
    """Where more than every other row begins a step, steps begin where the current turns, and only there."""
    assert mended(phases(range(40))).frame[STEPS].to_list() == [0] * 20 + [1] * 20


@pytest.mark.parametrize("frame", [base().drop(STEPS, CURRENT), pl.DataFrame(), base(Step=[1] * 10).drop(STEPS)])
def test_nothing_tells_the_steps(frame: pl.DataFrame) -> None:
    """Then they stay uncounted, as they do where a column looks like the number of a cycler; and it is told why."""
    done = mend(frame, findings(frame))
    assert done.frame.equals(frame)
    assert (done.repairs, len(done.refused)) == ([], 1)


def reversed_with(**columns: Sequence[float | None]) -> Mended:
    """What becomes of rows of which the current has the wrong sign."""
    return mended(base(10, -1.0, **columns))


def actions(done: Mended) -> list[str]:
    return [repair.action for repair in done.repairs]


def test_a_reversed_current() -> None:
    """It is negated, and power with it."""
    done = reversed_with(**{"Power [W]": [-4.0] * 10})
    assert done.frame[CURRENT].to_list() == [1.0] * 10
    assert done.frame["Power [W]"].to_list() == [4.0] * 10
    assert done.frame.columns == [*base().columns, "Power [W]"]
    assert only(done.repairs) == Repair(
        action="current_negated",
        message="'Current [A]', 'Power [W]' negated: the voltage rose where current was positive, so that was charge.",
        codes=["current_sign_reversed"],
        payload={"columns": [CURRENT, "Power [W]"]},
    )


def test_columns_that_agree_after_they_changed_places() -> None:
    """What was counted as charge, by the sign of the current, was discharge."""
    done = reversed_with(**{CHARGE: MOVED, DISCHARGE: NOTHING})
    assert actions(done) == ["current_negated", "columns_exchanged"]
    assert done.repairs[1].payload == {"columns": [DISCHARGE, CHARGE]}
    assert done.frame[DISCHARGE].to_list() == MOVED
    assert done.frame[CHARGE].to_list() == NOTHING
    assert done.frame.columns == [*base().columns, CHARGE, DISCHARGE]


def test_columns_that_agree_as_they_were() -> None:
    """The cycler knew the direction, and they are kept without a word."""
    done = reversed_with(**{DISCHARGE: MOVED, CHARGE: NOTHING})
    assert actions(done) == ["current_negated"]
    assert done.frame[DISCHARGE].to_list() == MOVED
    assert done.frame[CHARGE].to_list() == NOTHING
    assert done.frame.columns == [*base().columns, DISCHARGE, CHARGE]


def test_columns_that_agree_with_neither() -> None:
    """They are computed anew from the current."""
    done = reversed_with(**{DISCHARGE: [5 * it for it in MOVED], CHARGE: MOVED})
    assert actions(done) == ["current_negated", "recomputed"]
    assert done.repairs[1].payload == {"columns": [DISCHARGE, CHARGE]}
    assert done.frame[DISCHARGE].to_list() == pytest.approx(MOVED)
    assert done.frame[CHARGE].to_list() == NOTHING


def test_a_tenth_more_is_agreement() -> None:
    """What a cycler counts is not the integral of the rows to the last digit."""
    counted = [1.05 * it for it in MOVED]
    assert reversed_with(**{DISCHARGE: counted, CHARGE: NOTHING}).frame[DISCHARGE].to_list() == counted


def test_capacity_and_energy_are_looked_at_for_themselves() -> None:
    """One may have been right where the other was not."""
    energy = [4 * it for it in MOVED]
    done = reversed_with(**{DISCHARGE: MOVED, CHARGE: NOTHING, CHARGE_ENERGY: energy, DISCHARGE_ENERGY: NOTHING})
    assert actions(done) == ["current_negated", "columns_exchanged"]
    assert done.repairs[1].payload == {"columns": [DISCHARGE_ENERGY, CHARGE_ENERGY]}
    assert done.frame[DISCHARGE_ENERGY].to_list() == energy
    assert done.frame[DISCHARGE].to_list() == MOVED


def test_one_column_alone() -> None:
    """It is renamed where that agrees, kept where it agrees, and computed anew where it does neither."""
    renamed = reversed_with(**{CHARGE: MOVED})
    assert renamed.frame.columns == [*base().columns, DISCHARGE]
    assert renamed.frame[DISCHARGE].to_list() == MOVED
    kept = reversed_with(**{DISCHARGE: MOVED})
    assert kept.frame.columns == [*base().columns, DISCHARGE]
    assert kept.frame[DISCHARGE].to_list() == MOVED
    replaced = reversed_with(**{DISCHARGE: [9 * it for it in MOVED]})
    assert replaced.frame[DISCHARGE].to_list() == pytest.approx(MOVED)
    assert replaced.frame.columns == kept.frame.columns


def test_without_a_clock_nothing_is_integrated() -> None:
    """Columns change places then, as they would by the sign of the current."""
    frame = base(10, -1.0, **{CHARGE: MOVED}).drop(TIME)
    done = mend(frame, [found(Code.CURRENT_SIGN_REVERSED, "it is")])
    assert actions(done) == ["current_negated", "columns_exchanged"]
    assert done.frame.columns == [VOLTAGE, CURRENT, STEPS, DISCHARGE]


def test_steps_are_counted_before_they_are_needed() -> None:
    """A series without a count, of which the current is reversed, is mended in one go."""
    done = mended(base(10, -1.0, **{DISCHARGE: [9 * it for it in MOVED]}).drop(STEPS))
    assert actions(done) == ["steps_counted", "current_negated", "recomputed"]


@pytest.mark.parametrize("column", TRANSFERS)
def test_a_column_that_does_not_begin_at_zero(column: str) -> None:
    """What it has at the start of each step is taken off."""
    frame = base(6, 0.0, **{STEPS: [0, 0, 0, 1, 1, 1], column: [0.5, 0.75, 1.0, 1.0, 1.25, 1.5]})
    done = mended(frame)
    assert done.frame[column].to_list() == [0.0, 0.25, 0.5, 0.0, 0.25, 0.5]
    assert same_but(done.frame, frame, column)
    repair = only(done.repairs)
    assert (repair.action, repair.payload) == ("reset_per_step", {"column": column})
    assert repair.codes == ["cumulative_value_not_reset"]


def test_a_column_that_counts_downwards() -> None:
    """It falls, and is computed anew from the current."""
    done = mended(base(**{DISCHARGE: [-0.5 - it for it in MOVED]}))
    assert done.frame[DISCHARGE].to_list() == pytest.approx(MOVED)
    repair = only(done.repairs)
    assert (repair.action, repair.payload) == ("recomputed", {"columns": [DISCHARGE]})
    assert repair.codes == ["cumulative_value_not_reset", "cumulative_value_decreased"]


def test_missing_values_stay_missing() -> None:
    """A step counts from its first value on."""
    frame = base(6, 0.0, **{STEPS: [0, 0, 0, 1, 1, 1], CHARGE: [0.5, None, 0.75, None, 2.0, NAN]})
    assert mended(frame).frame[CHARGE].to_list() == [0.0, None, 0.25, None, 0.0, None]


@pytest.mark.parametrize(("column", "volts"), [(DISCHARGE, 1.0), (DISCHARGE_ENERGY, 4.0)])
def test_a_column_that_falls_within_a_step(column: str, volts: float) -> None:
    """It is computed anew from the current; its sibling is left alone."""
    frame = base(10, **{VOLTAGE: [4.0] * 10, column: [0.0, 0.1, 0.2, 0.1, *[0.1] * 6]})
    done = mended(frame)
    assert done.frame[column].to_list() == pytest.approx([volts * it for it in MOVED])
    assert same_but(done.frame, frame, column)
    repair = only(done.repairs)
    assert (repair.action, repair.payload) == ("recomputed", {"columns": [column]})
    assert repair.codes == ["cumulative_value_decreased"]


@pytest.mark.parametrize("missing", [CURRENT, TIME])
def test_a_column_that_falls_where_nothing_can_be_integrated(missing: str) -> None:
    """It stays as it is, as nothing tells what it should be."""
    frame = base(4, **{DISCHARGE: [0.0, 0.2, 0.1, 0.3]}).drop(missing)
    done = mend(frame, findings(frame))
    assert done.frame.equals(frame)
    (reason,) = done.refused
    assert "falls within steps" in reason


def test_times_that_can_not_be_told_apart() -> None:
    """They stay, where a microsecond more would pass the time that follows; what else can be mended is."""
    frame = base(4, 0.0, **{TIME: [5.0, 6.0, 6.0, 6.0 + 1e-7]})
    done = mend(frame, findings(frame))
    assert done.frame[TIME].to_list() == pytest.approx([0.0, 1.0, 1.0, 1.0 + 1e-7])
    assert [repair.action for repair in done.repairs] == ["time_shifted"]
    (reason,) = done.refused
    assert "microsecond" in reason


def test_columns_are_mended_one_by_one() -> None:
    """Each has its own repair, and one that is right has none."""
    frame = base(4, 0.0, **{DISCHARGE: [0.5, 0.5, 0.5, 0.5], CHARGE: [0.0] * 4, DISCHARGE_ENERGY: [0.0, 1.0, 0.5, 0.5]})
    assert [(each.action, each.payload) for each in mended(frame).repairs] == [
        ("reset_per_step", {"column": DISCHARGE}),
        ("recomputed", {"columns": [DISCHARGE_ENERGY]}),
    ]


def test_times_that_repeat() -> None:
    """They are set a microsecond apart, and the rows that moved are counted."""
    frame = base(5, 0.0, **{TIME: [0.0, 1.0, 1.0, 1.0, 2.0]})
    done = mended(frame)
    assert done.frame[TIME].to_list() == pytest.approx([0.0, 1.0, 1.000001, 1.000002, 2.0], abs=1e-9)
    assert same_but(done.frame, frame, TIME)
    repair = only(done.repairs)
    assert (repair.action, repair.codes, repair.payload) == ("times_spread", ["time_repeated"], {"rows": 2})


def test_an_imaginary_part_of_the_wrong_sign() -> None:
    """It is negated, and nothing else is."""
    frame = spectrum(imaginary=-1.0).with_columns(pl.lit("x").alias("note"))
    done = mended_spectrum(frame)
    assert done.frame[IMAGINARY].to_list() == spectrum()[IMAGINARY].to_list()
    assert same_but(done.frame, frame, IMAGINARY)
    repair = only(done.repairs)
    assert (repair.action, repair.codes) == ("impedance_negated", ["eis_zim_sign_reversed"])
    assert repair.payload == {"columns": [IMAGINARY]}


def mended_spectrum(frame: pl.DataFrame) -> Mended:
    before = frame.clone()
    done = mend(frame, findings(frame, strict=True))
    assert frame.equals(before)
    assert done.frame.columns == frame.columns
    assert findings(done.frame, strict=True) == []
    return done


def test_several_faults_at_once() -> None:
    """Repairs are done and told in the order in which they stand on each other."""
    frame = base(
        10,
        -1.0,
        **{TIME: [5.0, 6.0, 7.0, 7.0, *(8.0 + row for row in range(6))], STEPS: [3] * 10, DISCHARGE: NOTHING},
        **{CHARGE: NOTHING, DISCHARGE_ENERGY: [1.0] * 10, CHARGE_ENERGY: [1.0] * 10},
    )
    done = mend(frame, findings(frame))
    assert actions(done) == [
        "time_shifted",
        "step_count_shifted",
        "current_negated",
        "recomputed",
        "recomputed",
        "times_spread",
    ]
    assert findings(done.frame, strict=True) == []
    assert all(is_plain(repair.payload) for repair in done.repairs)
    json.dumps([repair.model_dump() for repair in done.repairs])


@pytest.mark.parametrize("code", sorted(set(Code) - MENDED_CODES))
def test_what_has_no_safe_repair_is_passed_over(code: Code) -> None:
    """The very frame comes back, and nothing was done."""
    frame = base(4, -1.0, **{TIME: [3.0, 3.0, 1.0, None], STEPS: [5, 5, 0, 0], DISCHARGE: [3.0, 2.0, 1.0, 0.0]})
    done = mend(frame, [found(code, "so it is", column=DISCHARGE, row_index=0)])
    assert done.frame is frame
    assert done.repairs == []


@pytest.mark.parametrize("code", sorted(MENDED_CODES - {"eis_zim_sign_reversed", "current_sign_reversed"}))
def test_what_was_mended_already_stays(code: str) -> None:
    """Findings of another series change nothing where there is nothing to change, but for a new count of the steps."""
    frame = base(**{FROM_CYCLER: [1] * 10, DISCHARGE: MOVED})
    done = mend(frame, [Finding(code=code, severity="error", message="", payload={"column": DISCHARGE})])
    assert done.frame.equals(frame)
    assert set(actions(done)) <= {"steps_counted"}


def test_no_findings() -> None:
    """Nothing is done."""
    frame = base(10, -1.0)
    assert mend(frame, []).repairs == []
    assert mend(frame, iter(())).frame is frame


def test_findings_come_in_any_order() -> None:
    """And from any iterable; a code nobody knows is passed over."""
    frame = base(10, -1.0, **{TIME: [5.0 + row for row in range(10)]})
    listed = [*findings(frame), Finding(code="of_tomorrow", severity="error", message="")]
    one, other = mend(frame, listed[::-1]), mend(frame, listed)
    assert one.frame.equals(other.frame)
    assert one.repairs == other.repairs
    assert actions(mend(frame, (each for each in listed))) == ["time_shifted", "current_negated"]


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("current_sign_reversed", CURRENT),
        ("time_does_not_start_at_zero", TIME),
        ("time_repeated", TIME),
        ("cumulative_value_not_reset", STEPS),
        ("cumulative_value_decreased", STEPS),
    ],
)
def test_a_column_that_a_repair_needs(code: str, missing: str) -> None:
    """Its name is told where it is missing, and where it holds text."""
    finding = Finding(code=code, severity="error", message="", payload={"column": DISCHARGE})
    frame = base(**{DISCHARGE: MOVED})
    for wrong, said in (
        (frame.drop(missing), f"'{missing}' not found"),
        (frame.with_columns(pl.lit("one").alias(missing)), "must hold numbers"),
    ):
        done = mend(wrong, [finding])
        assert (done.frame.equals(wrong), done.repairs) == (True, [])
        (reason,) = done.refused
        assert said in reason


@pytest.mark.parametrize("code", sorted(MENDED_CODES))
def test_no_rows(code: str) -> None:
    """A series without rows has nothing to mend, and keeps its columns."""
    frame = base(**{DISCHARGE: MOVED, IMAGINARY: MOVED}).clear()
    done = mend(frame, [Finding(code=code, severity="error", message="", payload={"column": DISCHARGE})])
    assert done.frame.height == 0
    assert len(done.frame.columns) >= frame.width


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of infinite values
@settings(max_examples=40, deadline=None)
@given(faulty_series())
def test_the_checks_are_content_with_what_was_mended(frame: pl.DataFrame) -> None:
    """None of the codes that were mended is found again. Where time falls, nothing can be integrated."""
    faults = findings(frame, strict=True)
    asked = {each.code for each in faults} & MENDED_CODES
    assume(Code.TIME_NOT_MONOTONIC not in {each.code for each in faults})
    assume(not {Code.CURRENT_SIGN_REVERSED, Code.STEP_COUNT_NON_SEQUENTIAL} & asked or asked.isdisjoint(_CUMULATIVE))
    assume(not frame[TIME].is_infinite().any())
    before = frame.clone()
    done = mend(frame, faults)
    assert frame.equals(before)
    assert asked.isdisjoint(each.code for each in findings(done.frame, strict=True))


_CUMULATIVE = {Code.CUMULATIVE_VALUE_NOT_RESET, Code.CUMULATIVE_VALUE_DECREASED}
"""Together with counts or signs that change, these may come up once more: of other steps, or of another column."""


def test_cycles_that_nobody_counted() -> None:
    """They are counted by the current, or by the cycler where it counts more than one; what is counted stays."""
    rows = range(16)
    frame = base(16, **{TIME: [600.0 * row for row in rows], STEPS: [row // 4 for row in rows]}).with_columns(
        pl.Series(CURRENT, ([2.0] * 4 + [-2.0] * 4) * 2),
        pl.Series(VOLTAGE, [3.9, 3.8, 3.7, 3.6, 3.6, 3.7, 3.8, 3.9] * 2),
    )
    asked = [found(Code.CYCLES_NOT_COUNTED, "so it is")]
    done = mended(frame)
    assert done.frame["Cycle count"].to_list() == [0] * 8 + [1] * 8
    assert only(done.repairs) == Repair(
        action="cycles_counted",
        message="2 cycles were counted by the full swings of the current; before, all rows were one.",
        codes=["cycles_not_counted"],
        payload={"cycles": 2},
    )
    assert mend(done.frame, asked).repairs == []
    by_cycler = frame.with_columns(pl.Series("Cycle from cycler", [3] * 4 + [4] * 12), pl.lit(0).alias("Cycle count"))
    assert mended(by_cycler).frame["Cycle count"].to_list() == [0] * 4 + [1] * 12
    assert mend(by_cycler.drop("Cycle count"), asked).repairs == []
    (reason,) = mend(frame.drop(STEPS), asked).refused
    assert "'Step count' not found" in reason


def test_a_column_that_was_exchanged_is_reset_too() -> None:
    """The finding names the column that it was before the current was turned."""
    done = reversed_with(**{CHARGE: [it + 0.5 for it in MOVED], DISCHARGE: NOTHING})
    assert done.frame[DISCHARGE].to_list() == pytest.approx(MOVED)
    assert done.frame[CHARGE].to_list() == NOTHING


def test_charge_and_energy_may_each_need_another_repair() -> None:
    """One column may be exchanged while that of the energy is computed anew, and no column goes."""
    volts = base()[VOLTAGE].to_list()
    done = reversed_with(**{CHARGE: MOVED, DISCHARGE_ENERGY: [9 * it for it in MOVED]})
    assert done.frame.columns == [*base().columns, DISCHARGE, DISCHARGE_ENERGY]
    assert done.frame[DISCHARGE_ENERGY][-1] == pytest.approx(sum(volts) / 10 * MOVED[-1], rel=1e-3)
    assert [repair.action for repair in done.repairs] == ["current_negated", "columns_exchanged", "recomputed"]


def test_infinite_values_stay() -> None:
    """A repair of other values does not make them missing."""
    frame = base(4, 0.0, **{TIME: [5.0, 6.0, 7.0, math.inf]})
    done = mend(frame, findings(frame))
    assert done.frame[TIME].to_list() == [0.0, 1.0, 2.0, math.inf]


def test_the_counters_of_a_cycler_are_kept_where_their_direction_fits() -> None:
    """They may differ from the integral of a current that was rounded; of the other unit they are computed anew."""
    kept = reversed_with(**{DISCHARGE: [0.87 * it for it in MOVED], CHARGE: NOTHING})
    assert kept.frame[DISCHARGE].to_list() == [0.87 * it for it in MOVED]
    assert kept.frame[CHARGE].to_list() == NOTHING
    assert [repair.action for repair in kept.repairs] == ["current_negated"]

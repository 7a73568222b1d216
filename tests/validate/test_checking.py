"""Which checks a series goes through, in which order, and that it does not matter how its rows come."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.findings import OWN_CODES
from cellkeep.validate import (
    STRICT_NAMES,
    Asked,
    Checking,
    Timing,
    findings,
    findings_of_more,
    known_names,
    require_numbers,
)
from cellkeep.validate import rows as rows_module
from cellkeep.validate.checking import chosen
from validate.series import (
    CURRENT,
    STEPS,
    STRICT,
    TIME,
    TRANSFERS,
    VOLTAGE,
    WINDOW,
    checked,
    codes,
    cut_and_kept,
    faulty_series,
    is_plain,
    pieces,
    require_same,
)
from validate.vectors import base, spectrum

cuts = st.lists(st.integers(0, 120), max_size=5)
quick = settings(max_examples=80, deadline=None)
few = settings(max_examples=30, deadline=None)


def asked(frame: pl.DataFrame) -> Asked:
    return Asked(frame.columns, strict=True, rated_capacity=1.0, voltage_window=WINDOW)


def within(frame: pl.DataFrame, places: list[int]) -> list[int]:
    return [min(place, frame.height) for place in places]


@quick
@given(faulty_series(), cuts)
def test_how_rows_come_does_not_matter(frame: pl.DataFrame, places: list[int]) -> None:
    """In pieces of any size, some of them empty, the same is found as in one."""
    whole = checked([frame], asked(frame))
    require_same(checked(pieces(frame, within(frame, places)), asked(frame)), whole)
    assert all(is_plain(each.payload) for each in whole)


@few
@given(faulty_series(), cuts, st.integers(1, 9))
def test_how_large_blocks_are_does_not_matter(frame: pl.DataFrame, places: list[int], block_rows: int) -> None:
    """Blocks and pieces may be cut anywhere."""
    whole = checked([frame], asked(frame))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_module, "BLOCK_ROWS", block_rows)
        require_same(checked(pieces(frame, within(frame, places)), asked(frame)), whole)


@quick
@given(st.data(), cuts)
def test_spectra_may_come_in_pieces(data: st.DataObject, places: list[int]) -> None:
    """What is found in a spectrum does not follow from how it is cut either."""
    number = st.sampled_from([None, float("nan"), 0.0, 0.01, -0.01, 0.02, 1.0, 50.0])
    names = ("Frequency [Hz]", "Z_Re [Ohm]", "Z_Im [Ohm]")
    points = data.draw(st.lists(st.tuples(number, number, number), max_size=12))
    frame = pl.DataFrame(points, dict.fromkeys(names, pl.Float64), orient="row")
    given_asked = Asked(frame.columns, "eis", strict=True, rated_capacity=2.5)
    require_same(checked(pieces(frame, within(frame, places)), given_asked), checked([frame], given_asked))


@few
@given(faulty_series())
def test_looking_does_not_change_what_is_seen(frame: pl.DataFrame) -> None:
    """Findings can be asked for at any time, and as often as wanted."""
    checking = Checking.of(asked(frame))
    for piece in pieces(frame, [frame.height // 3, frame.height // 2]):
        checking.add(piece)
        require_same(list(checking.findings()), list(checking.findings()))
    require_same(list(checking.findings()), checked([frame], asked(frame)))


def test_the_order_of_findings() -> None:
    """Those of the field first: always, strict, of the steps, and of timing; then our own."""
    frame = base(
        30,
        -1.0,
        **{
            TIME: [5.0, 4.0, None, *[20_000.0 + 10 * row for row in range(27)]],
            STEPS: [1, *[3] * 29],
            TRANSFERS[0]: [1.0, 1.0, 0.5, *[1.0] * 27],
            "Cycle count": [0, 1, 2, *[4] * 27],
            "Power [W]": [float("inf"), *[0.0] * 29],
        },
    )
    steps = pl.DataFrame({STEPS: [1], TRANSFERS[1]: [100.0]})
    found = codes(frame, **STRICT, steps=steps, start_time="2199-01-01T00:00:00Z")
    assert found == [
        "current_sign_reversed",
        "time_missing_on_non_eis_row",
        "time_does_not_start_at_zero",
        "time_not_monotonic",
        "step_count_does_not_start_at_zero",
        "step_count_non_sequential",
        "cumulative_value_not_reset",
        "cumulative_value_not_reset",
        "cumulative_value_decreased",
        "step_too_few_points",
        "cycle_changes_within_step",
        "discharge_capacity_integral_mismatch",
        "time_gap_too_large",
        "step_capacity_exceeds_rated",
        "start_time_in_future",
        "value_infinite",
        "cycle_count_not_a_counter",
    ]
    own = [code in OWN_CODES for code in found]
    assert own == sorted(own)


def test_what_runs_without_being_asked_for() -> None:
    """Checks with a name are strict, and can be skipped."""
    frame = base().with_columns(pl.lit(0.0).alias(name) for name in (*TRANSFERS, "Cycle count"))
    always = chosen(Asked(frame.columns, voltage_window=WINDOW))
    strict = chosen(asked(frame))
    assert all(check.name is None for check in always)
    assert {check.name for check in strict} - {None} == {
        "minimum_points_per_step",
        "cycle_constant_within_step",
        "capacity_energy_from_current_power",
        "time_gaps",
        "voltage_continuity",
    }
    skipping = chosen(Asked(frame.columns, strict=True, skip=STRICT_NAMES, voltage_window=WINDOW))
    assert [type(check) for check in skipping] == [type(check) for check in always]


def test_names_of_checks_to_skip() -> None:
    """They are those of the strict checks; one alone may be given as it is."""
    assert known_names(None) == known_names([]) == frozenset()
    assert known_names("time_gaps") == known_names({"time_gaps"}) == {"time_gaps"}
    assert known_names(iter(STRICT_NAMES)) == STRICT_NAMES
    assert len(STRICT_NAMES) == 10


@pytest.mark.parametrize("names", ["time_gap", ["time_gaps", "current_sign"], ["time_gap_too_large"], [1], [""]])
@pytest.mark.parametrize("strict", [True, False])
def test_names_of_no_check(names: Any, strict: bool) -> None:
    """They are refused, strict or not, before anything is looked at."""
    with pytest.raises(ValueError, match=r"skip_checks names .*Only strict checks can be skipped: capacity_energy"):
        findings(base(), strict=strict, skip_checks=names)


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (spectrum(), "eis"),
        (spectrum().with_columns(pl.lit(1.0).alias(TIME)), "eis"),
        (pl.DataFrame({VOLTAGE: [3.0], "SOC": [0.5]}), "ocp"),
        (base(2).with_columns(pl.lit(0.5).alias("SOC")), None),
        (base(2).drop(TIME), None),
    ],
)
def test_the_kind_of_a_series(frame: pl.DataFrame, kind: str | None) -> None:
    """It is told by the columns, unless it is said."""
    found = codes(frame)
    assert found == codes(frame, data_type=kind)
    assert ("eis_columns_missing" in codes(frame, data_type="eis")) is (kind != "eis")


def test_a_kind_that_is_said_has_the_say() -> None:
    """A series with time, current and voltage can be one of impedances all the same."""
    frame = base(4, -1.0, **{TIME: [5.0, 1.0, 1.0, 1.0]}).with_columns(spectrum().head(4))
    assert codes(frame, data_type="eis") == []
    assert codes(frame) != []


@pytest.mark.parametrize("name", [TIME, STEPS, CURRENT, "Cycle count", "Z_Re [Ohm]", TRANSFERS[3], "SOC"])
@pytest.mark.parametrize("look", [findings, require_numbers])
def test_columns_that_hold_no_numbers(look: Callable[[pl.DataFrame], object], name: str) -> None:
    """They are refused by name; those that are not of the data format may hold anything."""
    frame = base(2).with_columns(pl.lit("1").alias(name), pl.lit("x").alias("note"))
    with pytest.raises(UnusableDataError, match="must hold numbers") as error:
        look(frame)
    assert error.value.detail == {"not_numeric": [name]}


def test_each_piece_has_to_hold_numbers() -> None:
    """Not only the first."""
    checking = Checking.of(Asked(base().columns))
    checking.add(base(2))
    with pytest.raises(UnusableDataError):
        checking.add(base(2).cast({TIME: pl.String}))


def test_rows_that_follow_others() -> None:
    """Where a series starts and how it counts is not looked at, and what can be told of some rows alone is."""
    frame = base(
        10,
        -1.0,
        **{TIME: [50.0, 51.0, 51.0, 40.0, None, *[60.0 + row for row in range(5)]], STEPS: [7] * 4 + [9] * 6},
        **{VOLTAGE: [3.0, None, *[3.2 + 0.1 * row for row in range(8)]], TRANSFERS[0]: [5.0] * 10},
    )
    assert [each.code for each in findings_of_more(frame)] == [
        "time_missing_on_non_eis_row",
        "time_not_monotonic",
        "value_missing",
        "time_repeated",
    ]
    assert [each.code for each in findings_of_more(base(10, -1.0, **{TIME: [5.0 + row for row in range(10)]}))] == [
        "current_sign_reversed"
    ]


def test_rows_that_follow_others_without_steps() -> None:
    """What steps would tell is not told, nor what a column would that holds text."""
    assert findings_of_more(base(10, -1.0).cast({VOLTAGE: pl.String, TIME: pl.String})) == []
    assert findings_of_more(base(10, -1.0).drop(STEPS)) == []
    assert findings_of_more(pl.DataFrame()) == []


def test_timing_is_looked_at_with_the_rows_so_far() -> None:
    """The span is that of what was added."""
    checking = Checking.of(Asked(base().columns))
    said = Timing("2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z")
    assert [each.code for each in checking.findings(said=said)] == []
    checking.add(base())
    (found,) = checking.findings(said=said)
    assert found.payload["data_span_seconds"] == 9.0


def test_nothing_was_added() -> None:
    """Before the first row there is nothing wrong but what the columns tell."""
    assert list(Checking.of(asked(base())).findings()) == []
    assert [each.code for each in Checking.of(Asked(["x"])).findings()] == ["step_count_missing"]


def test_a_frame_is_not_changed() -> None:
    """Looking at a series leaves it as it is."""
    frame = base(10, -1.0).drop(STEPS)
    before = frame.clone()
    findings(frame, **STRICT)
    assert frame.equals(before)
    assert frame.columns == before.columns


BORDERS = {
    "a counter falls at the border": base(
        4, 0.0, **{STEPS: [0, 0, 1, 1], "Discharge capacity [A.h]": [0.0, -1.0, 0.0, 0.0]}
    ),
    "the largest current comes late": base(
        200,
        **{
            TIME: [10.0 * row for row in range(200)],
            "Current [A]": [0.0] * 50 + [0.005] * 50 + [1.0] * 100,
            STEPS: [0] * 100 + [1] * 100,
        },
    ),
    "an hour after the first row": base(5, **{TIME: [0.0, 3600.0, 3601.0, 3602.0, 3603.0]}),
    "two columns lack values": base(4, **{"Current [A]": [1.0, None, 1.0, 1.0], "Voltage [V]": [4.2, 4.1, None, 4.0]}),
    "a count is missing at the end": base(4, **{STEPS: [0, 2, 2, None]}),
    "an untimed sweep before a turn": base(
        42,
        **{
            TIME: [0.0, None, *[10.0 * row for row in range(1, 41)]],
            "Current [A]": [0.0, None, *[1.0] * 20, *[-1.0] * 20],
            STEPS: [0, 1, *[2] * 40],
            "Frequency [Hz]": [None, 5.0, *[None] * 40],
        },
    ),
}


@pytest.mark.parametrize("name", BORDERS)
def test_what_lies_at_a_border(name: str) -> None:
    """Wherever the rows are cut in two, what is found is the same, and can be kept between the two."""
    frame = BORDERS[name]
    asked = Asked(frame.columns, strict=True)
    whole = checked([frame], asked)
    for cut in range(1, frame.height):
        require_same(checked([frame[:cut], frame[cut:]], asked), whole)
        require_same(cut_and_kept(frame, asked, cut), whole)


def test_a_turn_behind_an_untimed_sweep_is_of_its_own_step() -> None:
    """Steps are numbered over all rows, with or without a time."""
    frame = BORDERS["an untimed sweep before a turn"]
    (turn,) = [each for each in checked([frame], Asked(frame.columns)) if each.code.startswith("step_count_disagrees")]
    assert turn.payload["examples"] == [{"step_index": 2, "row_index": 22}]

"""The check of steps that are counted against those that the current shows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from validate.series import CURRENT, STEPS, TIME, codes, messages, payloads
from validate.vectors import base

CODE = "step_count_disagrees_with_current"


def phases(
    *currents: float, rows: int = 12, interval: float = 10.0, steps: Sequence[int] | None = None
) -> pl.DataFrame:
    """Phases of one current each, in one step where nothing else is said."""
    total = rows * len(currents)
    return base(
        total,
        **{
            TIME: interval * np.arange(total),
            "Voltage [V]": [3.7] * total,
            CURRENT: np.repeat(currents, rows),
            STEPS: np.repeat(steps or [0] * len(currents), rows),
        },
    )


def found(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return payloads(CODE, frame)


@pytest.mark.parametrize("currents", [(1.0, -1.0), (-1.0, 1.0), (0.0, 1.0), (0.0, -1.0), (0.005, -1.0), (5.0, -0.1)])
def test_the_current_turns_around_within_a_step(currents: tuple[float, ...]) -> None:
    """Or begins to flow after a rest, which has up to a hundredth of the largest current."""
    assert found(phases(*currents)) == [{"num_changes": 1, "examples": [{"step_index": 0, "row_index": 12}]}]


@pytest.mark.parametrize("currents", [(1.0,), (1.0, 1.0), (1.0, 0.5, 0.02), (1.0, 0.0), (0.0, 0.0)])
def test_currents_of_one_step(currents: tuple[float, ...]) -> None:
    """It may change its size and come to rest."""
    assert found(phases(*currents)) == []


def test_where_a_step_begins_the_current_may_turn() -> None:
    """That is what steps are for."""
    assert found(phases(1.0, -1.0, 0.0, 1.0, steps=[0, 1, 2, 3])) == []


@pytest.mark.parametrize(
    ("rows", "interval", "told"), [(10, 7.0, True), (9, 10.0, False), (12, 5.0, False), (61, 1.0, True)]
)
def test_phases_last_a_minute_and_ten_rows(rows: int, interval: float, told: bool) -> None:
    """Pulses and drive cycles change sooner, within one step."""
    assert bool(found(phases(1.0, -1.0, rows=rows, interval=interval))) is told


def test_changes_are_counted() -> None:
    """Five of them are shown."""
    assert found(phases(*[1.0, -1.0] * 4)) == [
        {"num_changes": 7, "examples": [{"step_index": 0, "row_index": row} for row in (12, 24, 36, 48, 60)]}
    ]


def test_a_change_in_a_later_step() -> None:
    """The step is told by its place, not by its count."""
    frame = phases(1.0, -1.0, 1.0, steps=[5, 6, 6])
    assert found(frame) == [{"num_changes": 1, "examples": [{"step_index": 1, "row_index": 24}]}]


def test_a_step_count_that_counts_rows() -> None:
    """Where more than every other row begins a step, that is told, and no place is shown."""
    frame = base(20, **{STEPS: range(20)})
    assert found(frame) == [{"num_changes": 20, "examples": []}]
    assert "counts 20 steps in 20 rows" in messages(CODE, frame)[0]


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param(list(range(19)), id="few steps"),
        pytest.param([row // 2 for row in range(60)], id="two rows each"),
        pytest.param([0] * 30 + list(range(1, 21)), id="many rows in one"),
    ],
)
def test_short_steps(counts: list[int]) -> None:
    """Few, or not that many, may be what was done."""
    assert found(base(len(counts), **{STEPS: counts})) == []


@pytest.mark.parametrize("column", [TIME, STEPS, CURRENT])
def test_without_its_columns_nothing_is_told(column: str) -> None:
    """All three are needed."""
    assert CODE not in codes(phases(1.0, -1.0).drop(column))


def test_rows_without_a_time_are_stepped_over() -> None:
    """They end no phase, and rows are numbered in the whole series."""
    frame = phases(1.0, -1.0).with_columns(
        pl.when(pl.int_range(pl.len()) != 5).then(TIME).alias(TIME), pl.lit(1.0).alias("Frequency [Hz]")
    )
    assert found(frame)[0]["examples"] == [{"step_index": 0, "row_index": 12}]


def test_rows_without_a_current() -> None:
    """What is missing is no phase, and ends the one before."""
    frame = phases(1.0, -1.0).with_columns(
        pl.when(~pl.int_range(pl.len()).is_between(11, 13)).then(CURRENT).alias(CURRENT)
    )
    assert found(frame) == []


@pytest.mark.parametrize("rows", [0, 1])
def test_hardly_any_rows(rows: int) -> None:
    """Nothing is told of them."""
    assert found(base(rows)) == []

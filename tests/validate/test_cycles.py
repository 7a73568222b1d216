"""The check of cycles that nobody counted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from cellkeep.summarise.mending import mend
from cellkeep.validate import Asked, findings
from validate.series import CURRENT, STEPS, TIME, VOLTAGE, checked, codes, cut_and_kept, messages, payloads

CODE = "cycles_not_counted"
CYCLES = "Cycle count"
HALF_CYCLE = 3600.0


def moving(*charges: float, seconds: float = HALF_CYCLE, rows: int = 6, volts: float = 0.5) -> pl.DataFrame:
    """Steps that discharge so much each [A.h], or charge it; the voltage goes down and up between the two."""
    amounts = np.repeat(charges, rows)
    share = np.tile(np.linspace(-1, 1, rows), len(charges))
    return pl.DataFrame(
        {
            TIME: np.concatenate([seconds * (step + np.linspace(0, 1, rows)) for step in range(len(charges))]),
            VOLTAGE: 3.7 - volts * share * np.sign(amounts),
            CURRENT: amounts * 3600 / seconds,
            STEPS: np.repeat(np.arange(len(charges)), rows),
        }
    )


def found(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return payloads(CODE, frame)


FOUR = (2.4, -2.4) * 4


def test_four_cycles_that_nobody_counted() -> None:
    """How often it was discharged and charged is told, and what to do."""
    frame = moving(*FOUR)
    assert codes(frame) == [CODE]
    assert found(frame) == [{"column": None, "num_discharges": 4, "num_charges": 4}]
    (message,) = messages(CODE, frame)
    assert "there is no 'Cycle count'" in message
    assert "cellkeep.mend counts them" in message
    assert findings(frame)[0].severity == "warning"


@pytest.mark.parametrize(
    "charges",
    [
        pytest.param((-2.0, 2.0), id="one cycle"),
        pytest.param((1.0, -2.0, 2.0, 0.0), id="emptied first, as in a formation"),
        pytest.param((-2.0, 2.0, -2.0), id="charged again"),
        pytest.param((-2.0, *[0.1] * 20, *[-0.1] * 20), id="a titration down and up"),
        pytest.param((-2.0, *(0.02, -0.015, 0.2) * 9, -2.0), id="pulses of power"),
        pytest.param((*(0.02, -0.02) * 20, 2.0), id="pulses before a discharge"),
        pytest.param((*(0.02, -0.02) * 20, 2.0, -2.0, 2.0), id="pulses before a cycle"),
        pytest.param((2.0, -0.9, 0.9, -0.9, 0.9), id="partial cycles after a whole discharge"),
        pytest.param((0.0, 0.0, 0.0, 0.0), id="rest"),
        pytest.param((), id="nothing"),
    ],
)
def test_what_is_one_cycle(charges: Sequence[float]) -> None:
    """Or has no more than one full discharge or charge."""
    assert found(moving(*charges) if charges else moving(*FOUR).clear()) == []


@pytest.mark.parametrize(
    ("charges", "told"),
    [
        pytest.param((2.0, -2.0, 2.0, -2.0), (2, 2), id="two"),
        pytest.param((-1.2, *(1.2, -1.2) * 2), (2, 3), id="begun by a charge"),
        pytest.param((*(1.0, -1.0) * 4, *(0.6, -0.6) * 4), (8, 8), id="fading"),
        pytest.param((*(0.1, -0.1) * 9, *(1.0, -1.0) * 3), (3, 3), id="after smaller ones"),
        pytest.param((0.5, 0.0, 0.5, -0.01, -0.99, 0.0) * 3, (3, 3), id="in several steps"),
        pytest.param(((-0.1,) * 10 + (0.1, -0.02) * 12) * 2, (2, 2), id="with pulses"),
    ],
)
def test_what_is_several(charges: Sequence[float], told: tuple[int, int]) -> None:
    """Rests, pulses and further steps in one direction belong to a swing; small swings before large ones are pulses."""
    (payload,) = found(moving(*charges))
    assert (payload["num_discharges"], payload["num_charges"]) == told


def test_pulses_and_noise_are_no_cycles() -> None:
    """A full swing flows for five minutes, and moves the voltage."""
    assert found(moving(*FOUR, seconds=120.0)) == []
    assert found(moving(*FOUR, volts=0.001)) == []


def test_cycles_that_are_counted() -> None:
    """One change of the cycle, by whoever counts it, and nothing is said; a count that never changes counts nothing."""
    frame = moving(*FOUR)
    in_two = (pl.col(STEPS) > 3).cast(pl.Int64)
    for name in (CYCLES, "Cycle from cycler"):
        assert found(frame.with_columns(in_two.alias(name))) == []
        assert found(frame.with_columns(pl.lit(1).alias(name)))[0]["column"] == name
    assert "never changes" in messages(CODE, frame.with_columns(pl.lit(0).alias(CYCLES)))[0]


@pytest.mark.parametrize("column", [TIME, VOLTAGE, CURRENT, STEPS])
def test_without_its_columns_nothing_is_told(column: str) -> None:
    """All are needed."""
    assert CODE not in codes(moving(*FOUR).drop(column))


def test_it_goes_on_from_wherever_it_was_kept() -> None:
    """Cut anywhere, and kept as text there, the same is found; rows without a time or a current are stepped over."""
    frame = moving(0.3, *(2.0, -0.02, 0.0, -1.98) * 2).with_columns(
        pl.when(pl.int_range(pl.len()) % 7 != 3).then(CURRENT).alias(CURRENT)
    )
    asked = Asked(frame.columns)
    whole = checked([frame], asked)
    assert [each.code for each in whole if each.code == CODE] == [CODE]
    for cut in range(frame.height + 1):
        assert cut_and_kept(frame, asked, cut) == whole


@pytest.mark.parametrize(
    ("charges", "cycles"),
    [(FOUR, 4), ((0.3, *(-2.0, 2.0) * 3), 3), ((-0.1, *(0.1, -0.02) * 9, *(-1.0, 1.0) * 4), 5)],
)
def test_what_was_mended_is_counted(charges: Sequence[float], cycles: int) -> None:
    """The check and the repair go by the same swings, and the first full one begins the first cycle."""
    frame = moving(*charges)
    told = findings(frame)
    done = mend(frame, told)
    assert done.frame[CYCLES].max() == cycles - 1
    assert CODE in {each.code for each in told} - {each.code for each in findings(done.frame)}

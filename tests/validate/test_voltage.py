"""The check for a voltage that jumps from row to row."""

import math

import pytest

from validate.series import VOLTAGE, WINDOW, codes, messages, payloads
from validate.vectors import base

NAN, INF = math.nan, math.inf
CODE = "voltage_continuity"


def found(*volts: float | None, window: tuple[float, float] | None = WINDOW) -> list[dict[str, object]]:
    """What is found in rows at rest with these voltages."""
    frame = base(len(volts), 0.0, **{VOLTAGE: list(volts)})
    return payloads(CODE, frame, strict=True, voltage_window=window)


def test_a_voltage_that_jumps() -> None:
    """Pairs of neighbours are counted that lie further apart than four fifths of the window."""
    assert found(2.5, 4.2, 4.2, 2.5, 2.6) == [
        {
            "bad_count": 2,
            "total_pairs": 4,
            "bad_fraction": 0.5,
            "threshold_volts": pytest.approx(1.36),
            "voltage_window": [2.5, 4.2],
        }
    ]


def test_what_is_said() -> None:
    """The message tells both numbers."""
    frame = base(3, 0.0, **{VOLTAGE: [2.5, 4.2, 2.5]})
    (said,) = messages(CODE, frame, strict=True, voltage_window=WINDOW)
    assert said.startswith("From 2 of 2 rows to the next the voltage jumps by more than 1.360 V")


@pytest.mark.parametrize(("jumps", "of", "told"), [(1, 20, False), (1, 19, True), (2, 40, False), (3, 40, True)])
def test_one_jump_in_twenty_is_tolerated(jumps: int, of: int, told: bool) -> None:
    """More than that is a finding."""
    volts = [2.5 if row % 2 else 4.2 for row in range(jumps + 1)]
    assert bool(found(*volts, *[volts[-1]] * (of - jumps))) is told


def test_a_jump_of_four_fifths_is_none() -> None:
    """Only a larger one is."""
    assert found(0.0, 0.8, 0.0, window=(0.0, 1.0)) == []
    assert found(0.0, 0.8001, 0.0, window=(0.0, 1.0)) != []


@pytest.mark.parametrize("value", [None, NAN])
def test_a_missing_voltage_jumps_nowhere(value: float | None) -> None:
    """Its pairs are counted among all."""
    assert found(2.5, 4.2, value, 2.5) == [
        {
            "bad_count": 1,
            "total_pairs": 3,
            "bad_fraction": pytest.approx(1 / 3),
            "threshold_volts": pytest.approx(1.36),
            "voltage_window": [2.5, 4.2],
        }
    ]


def test_an_infinite_voltage_jumps() -> None:
    """It is as far from all others as can be."""
    assert found(3.0, INF, 3.0)[0]["bad_count"] == 2


@pytest.mark.parametrize("window", [None, (4.2, 2.5), (3.0, 3.0), (NAN, 4.2), (2.5, NAN)])
def test_without_a_window_nothing_is_found(window: tuple[float, float] | None) -> None:
    """It has to be wider than nothing."""
    assert found(2.5, 4.2, 2.5, window=window) == []


@pytest.mark.parametrize("volts", [(), (3.0,)])
def test_one_row_is_no_pair(volts: tuple[float, ...]) -> None:
    """Nor are none."""
    assert found(*volts) == []


def test_only_strict_checks_look() -> None:
    """And they can be told not to."""
    frame = base(3, 0.0, **{VOLTAGE: [2.5, 4.2, 2.5]})
    assert codes(frame, voltage_window=WINDOW) == []
    assert codes(frame, strict=True, voltage_window=WINDOW, skip_checks=[CODE]) == []
    assert codes(frame.drop(VOLTAGE), strict=True, voltage_window=WINDOW) == []

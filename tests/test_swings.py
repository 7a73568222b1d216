"""Full swings between charge and discharge."""

from cellkeep.swings import Swings


def begun(*charges: float, seconds: float = 600.0) -> list[tuple[int, int]]:
    """Direction and first step of the full swings in steps that move so much [A.s], each to another voltage."""
    swings = Swings()
    for step, charge in enumerate(charges):
        swings.add(step, charge, seconds, 3.7 - 0.1 * charge)
    return swings.ended().begun


def test_a_swing_begins_with_the_step_that_flows_back() -> None:
    """Rests belong to the swing before, and so does what flows back and is made up for."""
    assert begun(1.0, 0.0, -1.0, 0.0, 1.0) == [(1, 0), (-1, 2), (1, 4)]
    assert begun(1.0, -0.2, 0.3, 0.0, -0.2, -0.7) == [(1, 0), (-1, 4)]
    assert begun(1.0, -0.4, 0.3, -0.3, -0.6) == [(1, 0), (-1, 1)]


def test_a_swing_that_is_much_larger_begins_anew() -> None:
    """All before it were pulses; at twice the size they still are swings."""
    assert begun(0.1, -0.1, 0.1, -1.0, 1.0) == [(-1, 3), (1, 4)]
    assert begun(0.5, -1.0, 1.0) == [(1, 0), (-1, 1), (1, 2)]


def test_what_flows_back_in_seconds_is_no_swing() -> None:
    """Nor is what moves nothing."""
    assert begun(1.0, -1.0, seconds=10.0) == []
    assert begun(0.0, float("nan")) == []


def test_to_ask_changes_nothing() -> None:
    """The last swing goes on after it was looked at as if it had ended."""
    swings = Swings()
    swings.add(0, 1.0, 200.0, 3.6)
    assert swings.ended().discharges == 0
    swings.add(1, 1.0, 200.0, 3.5)
    assert swings.ended().discharges == 1
    assert (swings.discharges, swings.begun) == (0, [])

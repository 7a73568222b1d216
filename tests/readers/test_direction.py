"""The direction of the current, by status and by what was counted."""

import polars as pl
import pytest

from cellkeep.domain import columns as c
from cellkeep.readers.direction import direct

STEP, STATUS, CURRENT = c.STEP_FROM_CYCLER, c.STATUS, c.CURRENT


def test_a_row_of_suspension_has_the_direction_of_its_step() -> None:
    """Of an unsigned current, rows whose status says nothing go with their step, and others are told."""
    frame = pl.DataFrame({STEP: [1, 2, 2, 3, 3, 4], STATUS: list("RCSDSP"), CURRENT: [0.0, 1.0, 1.0, 2.0, 2.0, 0.5]})
    done, repairs, known = direct(frame, CURRENT, "charge")
    assert done[CURRENT].to_list() == [0.0, -1.0, -1.0, 2.0, 2.0, -0.5]
    assert [each.action for each in repairs] == ["current_signed_by_status", "direction_assumed"]
    assert known


def test_small_currents_keep_their_sign_at_rest() -> None:
    """Noise of rows that neither charge nor discharge stays as it is."""
    frame = pl.DataFrame({STATUS: ["Rest", "Rest", "CC DChg"], CURRENT: [1e-6, -1e-6, 2.0]})
    done, _, _ = direct(frame, CURRENT, "charge")
    assert done[CURRENT].to_list() == [-1e-6, 1e-6, 2.0]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_counters_tell_the_direction(sign: float) -> None:
    """Where neither format nor status says it, the capacity that grows does."""
    current = [0.0, 1.0, 1.0, -1.0, -1.0]
    counted = {c.CHARGE_CAPACITY: [0.0, 0.1, 0.2, 0.2, 0.2], c.DISCHARGE_CAPACITY: [0.0, 0.0, 0.0, 0.1, 0.2]}
    frame = pl.DataFrame({CURRENT: [sign * value for value in current], **counted})
    done, repairs, _ = direct(frame, CURRENT, "unknown")
    assert done[CURRENT].to_list() == [-value + 0.0 for value in current]
    assert [each.action for each in repairs] == ["current_signed_by_counters"] * (sign > 0)


def test_a_current_of_zero_has_no_sign() -> None:
    """A zero that is negated stays a plain one."""
    done, _, _ = direct(pl.DataFrame({CURRENT: [0.0, -1.0]}), CURRENT, "charge")
    assert str(done[CURRENT][0]) == "0.0"

"""The cycle that retention refers to."""

import polars as pl
import pytest

from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.summarise import with_reference
from cellkeep.summarise.derived import ageing
from cellkeep.web.figures.reference import reference_of

PLAIN = CellMeasurement.model_construct(summary_rules=None)


def test_formation_at_another_current_is_no_reference() -> None:
    """A page tells the retention that a comparison does, and says of which cycle; one that is named stays."""
    capacities = [2.5, 2.5, 2.5, *(2.0 - 0.01 * number for number in range(20))]
    formed = pl.DataFrame(
        {
            "Cycle count": range(23),
            "Discharge capacity [A.h]": capacities,
            "Charge capacity [A.h]": capacities,
            "Discharge energy [W.h]": capacities,
            "Mean discharge current [A]": [0.2] * 3 + [2.0] * 20,
        }
    )
    found = reference_of(with_reference(formed, None), PLAIN, None)
    assert (found.cycle, found.table["Capacity retention"][-1]) == (3, pytest.approx(0.905))
    assert found.table["Capacity retention"][-1] == ageing(formed)["Capacity retention"][0]
    assert "cycle 3, the first comparable one, since cycle 0 was not discharged as fast as most" in found.told
    ruled = CellMeasurement.model_construct(summary_rules=SummaryRules(reference_cycle=1))
    named = reference_of(with_reference(formed, 1), ruled, None)
    assert (named.cycle, named.asked) == (1, None)
    assert "cycle 3 is the first comparable one" in named.told


def test_a_table_of_text_has_no_reference() -> None:
    """It is shown as it is."""
    text = pl.DataFrame({"Cycle count": [0], "Discharge capacity [A.h]": ["much"], "Reference cycle": ["first"]})
    found = reference_of(text, PLAIN, None)
    assert (found.cycle, found.told) == (None, "")
    assert found.table is text

"""Our tables of generated series are those of ionworksdata."""

from collections.abc import Mapping

import pytest
from oracle.agreement import assert_agree
from oracle.case import Case
from oracle.generated import NAMES
from oracle.reference import Tables
from oracle.special import SPECIAL


@pytest.mark.parametrize("name", [*NAMES, *SPECIAL])
def test_tables_agree(cases: Mapping[str, Case], ours: Mapping[str, Tables], name: str) -> None:
    """Every cell is the same, but where a difference on the page is meant; and there it is what the page says."""
    assert_agree(cases[name], ours[name])

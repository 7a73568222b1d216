"""Each difference is as its page says, and the comparison lets no other pass."""

from collections.abc import Mapping

import polars as pl
import pytest
from oracle.case import Case
from oracle.comparing import differing
from oracle.differences import DIFFERENCES, OF_ONE_SIDE
from oracle.page import SECTIONS, theirs, written
from oracle.reference import Tables


@pytest.mark.parametrize("title", SECTIONS)
def test_the_page_shows_both_sides(ours: Mapping[str, Tables], title: str) -> None:
    """The example gives what the page writes, here and there, and somewhere these are not the same."""
    section, reference = SECTIONS[title], theirs(SECTIONS[title])
    for said in section.said:
        assert written(ours[title], said) == said.ours, said
        assert written(reference, said) == said.theirs, said
    assert any(said.ours != said.theirs for said in section.said)


def test_every_difference_has_its_section() -> None:
    """What the comparison lets pass is on the page, and the page tells of nothing else."""
    assert {each.title for each in DIFFERENCES} | OF_ONE_SIDE == set(SECTIONS)


def test_every_difference_is_met(cases: Mapping[str, Case]) -> None:
    """No allowance is there for series that are not among those compared."""
    for each in DIFFERENCES:
        assert any(each.applies(case.series) for case in cases.values()), each.title


@pytest.mark.parametrize("change", [1 + 2e-9, None, float("nan")])
def test_the_comparison_sees_a_change_of_one_cell(ours: Mapping[str, Tables], change: float | None) -> None:
    """A figure that is off by more than 1e-9, or missing, is found."""
    table = ours["worked example"].steps
    assert isinstance(table, pl.DataFrame)
    wrong = pl.when(pl.col("Step count") == 3).then(pl.col("Mean voltage [V]") * change).otherwise("Mean voltage [V]")
    assert differing(table, table) == []
    assert len(differing(table.with_columns(wrong.alias("Mean voltage [V]")), table)) == 1

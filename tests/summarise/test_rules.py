"""What counts, where a person may choose."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cellkeep.summarise import SummaryRules, steps, summarise
from summarise.series import broken_series, cycling, one_step

AH = ["Discharge capacity [A.h]", "Charge capacity [A.h]"]
WH = ["Discharge energy [W.h]", "Charge energy [W.h]"]
REPORTED = {AH[0]: [0.0] * 4, AH[1]: [0.0] * 4}
BETWEEN = SummaryRules(charge_between_steps="include")


def two_steps(**columns: list[float]) -> pl.DataFrame:
    """Two steps at 1 A, 1 h each and 2 h apart."""
    frame = one_step(current=[1.0] * 4, time=[0.0, 3600.0, 10800.0, 14400.0])
    return frame.with_columns(
        pl.Series("Step count", [0, 0, 1, 1]), *[pl.Series(name, values) for name, values in columns.items()]
    )


def test_between_steps() -> None:
    """What flows between two steps is in neither, or in the later one where it is included."""
    assert steps(two_steps())[AH[0]].to_list() == pytest.approx([1.0, 1.0])
    table = summarise([two_steps()], rules=BETWEEN)
    assert table.steps[AH[0]].to_list() == pytest.approx([1.0, 3.0])
    assert table.steps[WH[0]].to_list() == pytest.approx([3.7, 11.1])
    assert table.cycles[AH[0]].to_list() == pytest.approx([4.0])


def test_gaps() -> None:
    """A gap longer than the limit counts nothing, between steps as within; one as long as the limit counts."""
    frame = two_steps().with_columns(pl.lit(0).alias("Step count"))
    for limit, expected in ((7200.0, 4.0), (7199.0, 2.0), (3600.0, 2.0), (3599.0, 0.0)):
        rules = SummaryRules(longest_gap_s=limit, charge_between_steps="include")
        assert steps(frame, rules=rules)[AH[0]].item() == pytest.approx(expected)
        assert steps(two_steps(), rules=rules)[AH[0]].sum() == pytest.approx(expected)


def test_between_steps_of_what_was_reported() -> None:
    """Counters that start anew at each step know nothing of what lies between: there the current is integrated."""
    reported = {AH[0]: [0.0, 0.9, 0.0, 0.9], AH[1]: [0.0] * 4}
    assert steps(two_steps(**reported), rules=BETWEEN)[AH[0]].to_list() == pytest.approx([0.9, 2.9])


def test_side_by_side() -> None:
    """What the cycler reported stands beside what we integrate, with the difference."""
    reported = {AH[0]: [0.0, 0.9, 0.0, 0.9], AH[1]: [0.0] * 4, "Energy [W.h]": [0.0, 4.0, 4.0, 7.0]}
    found = summarise([two_steps(**reported)])
    assert found.steps["Integrated discharge capacity [A.h]"].to_list() == pytest.approx([1.0, 1.0])
    assert found.steps["Discharge capacity difference [A.h]"].to_list() == pytest.approx([-0.1, -0.1])
    assert found.steps[WH[0]].to_list() == pytest.approx([4.0, 3.0])
    assert found.steps["Discharge energy difference [W.h]"].to_list() == pytest.approx([0.3, -0.7])
    assert found.cycles["Integrated discharge capacity [A.h]"].item() == pytest.approx(2.0)
    assert found.cycles["Discharge capacity difference [A.h]"].item() == pytest.approx(-0.2)
    assert not [name for name in steps(two_steps()).columns if "ntegrated" in name], "nothing was reported"


@pytest.mark.parametrize(
    ("frame", "rules", "texts"),
    [
        (two_steps(), SummaryRules(), ("integrated", "integrated")),
        (two_steps(**REPORTED), SummaryRules(), ("reported", "integrated")),
        (two_steps(**{"Capacity [A.h]": [0.0] * 4}), SummaryRules(), ("reported, by sign", "integrated")),
        (two_steps(**REPORTED).drop("Voltage [V]"), SummaryRules(), ("reported", "not known")),
        (two_steps().drop("Current [A]"), BETWEEN, (None, None)),
        (
            two_steps(),
            SummaryRules(charge_between_steps="include", longest_gap_s=600),
            ("integrated; charge between steps included; gaps over 600 s not integrated",) * 2,
        ),
    ],
)  # fmt: skip
def test_tables_say_the_rule(frame: pl.DataFrame, rules: SummaryRules, texts: tuple[str | None, ...]) -> None:
    """Both tables say in words how charge and energy were found."""
    found = summarise([frame], rules=rules)
    for table in (found.steps, found.cycles):
        assert set(table.select("Capacity rule", "Energy rule").rows()) == {texts}


def test_rest_counts() -> None:
    """What flows in a rest is in its step and in its cycle."""
    table = summarise([one_step(current=[9e-4] * 3, time=[0.0, 1800.0, 3600.0])], rated_capacity_ah=5.0)
    assert table.steps["Step type"].to_list() == ["Rest"]
    assert table.cycles[AH[0]].to_list() == pytest.approx([9e-4])


@settings(max_examples=40, deadline=None)
@given(frame=broken_series(), cut=st.integers(0, 400), limit=st.sampled_from([None, 20.0, 60.0]))
def test_charge_is_conserved(frame: pl.DataFrame, cut: int, limit: float | None) -> None:
    """With what lies between steps, all steps and all cycles together moved what the series as one step did."""
    rules = SummaryRules(charge_between_steps="include", longest_gap_s=limit)
    at = cut % frame.height
    found = summarise([frame[:at], frame[at:]], rules=rules)
    whole = steps(frame.with_columns(pl.lit(0).alias("Step count")), rules=rules)
    for name in (*AH, *WH):
        known = whole[name].item() or 0.0
        assert found.steps[name].sum() == pytest.approx(known, rel=1e-9, abs=1e-12)
        assert found.cycles[name].sum() == pytest.approx(known, rel=1e-9, abs=1e-12)


def test_defaults_are_the_rules_of_the_field() -> None:
    """Rules that choose nothing change nothing."""
    assert_frame_equal(steps(cycling(), rules=SummaryRules()), steps(cycling()))

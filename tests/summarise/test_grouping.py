"""Kinds of experiment and their groups."""

import polars as pl

from cellkeep.summarise import steps
from summarise.series import cycling

Piece = tuple[float, float]


def series(*pieces: Piece) -> pl.DataFrame:
    """Steps of a current [A] and a duration [s], eleven rows each."""
    rows: dict[str, list[float]] = {"Time [s]": [], "Current [A]": [], "Step count": []}
    start = 0.0
    for step, (current, duration) in enumerate(pieces):
        rows["Time [s]"] += [start + duration * k / 10 for k in range(11)]
        rows["Current [A]"] += [current] * 11
        rows["Step count"] += [step] * 11
        start += duration
    frame = pl.DataFrame(rows)
    return frame.with_columns(
        (3.7 - pl.col("Time [s]") / 1e6).alias("Voltage [V]"), pl.col("Step count").cast(pl.Int64)
    )


def groups(frame: pl.DataFrame, rated_capacity_ah: float | None = 1.0) -> list[tuple[str | None, int | None]]:
    return steps(frame, rated_capacity_ah=rated_capacity_ah).select("Label", "Group number").rows()


def test_cycling() -> None:
    """Full charges and discharges are cycling, with the constant voltage and the rests beside them."""
    expected = [("Cycling", 0)] * 3 + [("Cycling", 1)] + [("Cycling", 2)] * 3 + [("Cycling", 3)]
    assert groups(cycling()) == expected


def test_without_a_rated_capacity() -> None:
    """A pulse of a tenth is not told from a full discharge, so only impedance has a label."""
    frame = cycling().with_columns(pl.when(pl.col("Step count") == 2).then(100.0).alias("Frequency [Hz]"))
    found = groups(frame, None)
    assert found[2] == ("EIS", 0)
    assert {group for step, group in enumerate(found) if step != 2} == {(None, None)}


def test_gitt() -> None:
    """Long pulses with one rest each are GITT; a group begins at each pulse."""
    pulse, rest = (0.5, 360.0), (0.0, 3600.0)
    assert groups(series(rest, *[pulse, rest] * 4)) == [
        ("GITT", 0), *[("GITT", number) for number in range(4) for _ in range(2)]
    ]  # fmt: skip


def test_hppc() -> None:
    """Long pulses that come with short ones, and so with more than one rest, are HPPC."""
    group = [(0.5, 360.0), (0.0, 3600.0), (1.0, 10.0), (0.0, 40.0), (-0.75, 10.0), (0.0, 600.0)]
    assert groups(series(*group * 3)) == [("HPPC", number) for number in range(3) for _ in range(6)]


def test_charging_gitt_after_discharging() -> None:
    """Pulses of the two directions are two runs, each counted from 0."""
    rest = (0.0, 3600.0)
    found = groups(series(*[(0.5, 360.0), rest] * 3, *[(-0.5, 360.0), rest] * 3))
    assert [label for label, _ in found] == ["GITT"] * 12
    assert [number for _, number in found[:6]] == [0, 0, 1, 1, 2, 2]
    assert [number for _, number in found[6:]] == [0, 0, 1, 1, 2, 2]


def test_short_pulses_alone() -> None:
    """Without any long pulse there is no experiment to name."""
    assert groups(series((1.0, 10.0), (0.0, 40.0), (-1.0, 10.0), (0.0, 40.0))) == [(None, None)] * 4


def test_gitt_within_cycling() -> None:
    """A run of pulses between two full steps has its own label, its last rest included, and splits cycling."""
    rest = (0.0, 3600.0)
    found = groups(series((-1.0, 3600.0), (0.5, 360.0), rest, (0.5, 360.0), rest, (1.0, 3000.0)))
    assert found == [("Cycling", 0), ("GITT", 0), ("GITT", 0), ("GITT", 1), ("GITT", 1), ("Cycling", 0)]


def test_impedance() -> None:
    """Sweeps that follow each other are one group; another begins where other steps lie between."""
    sweeps = pl.Series([0, 3, 4, 6])
    frame = series(*[(0.0, 100.0)] * 7).with_columns(
        pl.when(pl.col("Step count").is_in(sweeps.implode())).then(100.0).alias("Frequency [Hz]")
    )
    found = dict(enumerate(groups(frame)))
    assert {step: group for step, group in found.items() if group[0] == "EIS"} == {
        0: ("EIS", 0), 3: ("EIS", 1), 4: ("EIS", 1), 6: ("EIS", 2)
    }  # fmt: skip


def test_nothing_moved() -> None:
    """A test that only rests has no label."""
    assert groups(series((0.0, 100.0), (0.0, 100.0))) == [(None, None)] * 2

"""The check for rows that were there before."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest

from cellkeep.validate import repeated_rows
from validate.series import CURRENT, STEPS, TIME, VOLTAGE, codes, messages, payloads
from validate.vectors import base

CODE = "rows_repeated"


def measured(rows: int, seed: int = 0) -> pl.DataFrame:
    """Rows with noise, so that no two are the same."""
    rng = np.random.default_rng(seed)
    volts = 3.7 - 1e-4 * np.arange(rows) + rng.normal(0.0, 1e-3, rows)
    return base(rows, **{VOLTAGE: volts, CURRENT: 1.0 + rng.normal(0.0, 1e-3, rows)})


def after(*frames: pl.DataFrame) -> pl.DataFrame:
    """One behind the other, with times that go on."""
    return pl.concat(frames).with_columns(pl.int_range(pl.len()).cast(pl.Float64).alias(TIME))


def found(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return payloads(CODE, frame)


def test_a_file_behind_itself() -> None:
    """The rows that repeat others are told, with the first of those they repeat."""
    frame = after(measured(100), measured(100))
    assert found(frame) == [
        {
            "num_rows": 100,
            "num_stretches": 1,
            "examples": [{"first_row": 100, "last_row": 199, "first_row_before": 0}],
        }
    ]
    assert messages(CODE, frame)[0].startswith(
        "Rows 100 to 199 have exactly the voltage and current of rows 0 to 99; 100 rows in all are such repeats."
    )


def test_exports_that_overlap() -> None:
    """Only what was there before is told."""
    whole = measured(300)
    (payload,) = found(after(whole[:200], whole[120:]))
    assert payload["examples"] == [{"first_row": 200, "last_row": 279, "first_row_before": 120}]


def test_several_stretches() -> None:
    """Each is told with the rows that it repeats, five of them, and all are counted."""
    whole = measured(800)
    parts = [whole[at : at + 60] for at in range(0, 700, 100)]
    (payload,) = found(after(whole, *parts))
    assert (payload["num_rows"], payload["num_stretches"]) == (420, 7)
    assert payload["examples"] == [
        {"first_row": 800 + 60 * number, "last_row": 859 + 60 * number, "first_row_before": 100 * number}
        for number in range(5)
    ]


@pytest.mark.parametrize(("rows", "told"), [(49, False), (50, True)])
def test_fifty_rows_are_needed(rows: int, told: bool) -> None:
    """Less may come by chance."""
    whole = measured(200)
    assert bool(found(after(whole, whole[30 : 30 + rows]))) is told


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(measured(400), id="noise"),
        pytest.param(base(400, 0.0, **{VOLTAGE: [3.7] * 400}), id="a flat rest"),
        pytest.param(base(400, **{VOLTAGE: [3.7, 3.6] * 200}), id="two values"),
        pytest.param(base(400, **{VOLTAGE: [3.7 - 0.1 * (row % 10) for row in range(400)]}), id="ten values"),
        pytest.param(base(400, **{VOLTAGE: [3.7 - 0.01 * row for row in range(400)]}), id="each value once"),
        pytest.param(base(5), id="five rows"),
        pytest.param(base(0), id="no rows"),
        pytest.param(base(400, **{VOLTAGE: [None] * 400, CURRENT: [None] * 400}), id="nothing"),
    ],
)
def test_rows_that_are_no_repeats(frame: pl.DataFrame) -> None:
    """Where the voltage does not change, or is one of few values, nothing is told."""
    assert found(frame) == []


def test_one_value_that_differs_ends_a_stretch() -> None:
    """A repeat is exact."""
    whole = measured(200)
    at = pl.int_range(pl.len())
    nearly = after(whole, whole).with_columns(pl.when(at == 300).then(pl.col(VOLTAGE) + 1e-9).otherwise(VOLTAGE))
    assert [(each["first_row"], each["last_row"]) for each in found(nearly)[0]["examples"]] == [(200, 299), (301, 399)]


def test_a_zero_has_no_sign() -> None:
    """0 and -0 are the same."""
    whole = measured(100).with_columns(pl.lit(0.0).alias(CURRENT))
    assert len(found(after(whole, whole.with_columns(pl.lit(-0.0).alias(CURRENT))))) == 1


@pytest.mark.parametrize("column", [VOLTAGE, CURRENT])
def test_without_its_columns_nothing_is_told(column: str) -> None:
    """Voltage and current are compared together."""
    assert CODE not in codes(after(measured(100), measured(100)).drop(column))


@pytest.mark.parametrize(("times", "told"), [(2, True), (3, True), (5, False), (12, False)])
def test_what_comes_over_and_over_repeats_by_rule(times: int, told: bool) -> None:
    """Equal cycles of a simulation are no mistake; a file that is there twice or three times is."""
    assert bool(found(after(*[measured(100)] * times))) is told


def test_of_a_long_series_some_rows_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are chosen by what they hold, so that repeats are found nevertheless, if not to the row."""
    monkeypatch.setattr(repeated_rows, "_MOST_ANCHORS", 1000)
    whole = measured(4000)
    (payload,) = found(after(whole, whole))
    (example,) = payload["examples"]
    assert example["first_row"] - example["first_row_before"] == 4000
    assert payload["num_rows"] == pytest.approx(4000, abs=300)


def test_the_same_few_values_over_and_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to tell rows apart by, and thinning them out comes to an end."""
    monkeypatch.setattr(repeated_rows, "_MOST_ANCHORS", 100)
    assert found(base(1000, **{VOLTAGE: [3.7, 3.6] * 500})) == []


@pytest.fixture(autouse=True)
def _one_hash() -> Iterator[None]:
    """Hashing wraps around silently, whatever the values."""
    with np.errstate(all="raise"):
        yield


def test_few_voltages_of_a_coarse_instrument() -> None:
    """At 1 mV and one row a second two cycles have long stretches in common, and none is told."""
    rng = np.random.default_rng(1)
    rows = 7200
    falling = 4.1 - 0.2 * np.arange(rows) / rows
    volts = np.concatenate([(falling + rng.normal(0, 1e-4, rows)).round(3) for _ in range(2)])
    frame = base(2 * rows, **{VOLTAGE: volts.tolist(), STEPS: [0] * rows + [1] * rows})
    assert "rows_repeated" not in codes(frame)

"""What checks know, kept as text and taken up again."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cellkeep.domain.findings import Code
from cellkeep.validate import Asked, Checking, keeping, kept, resumed
from validate.series import STEPS, TIME, TRANSFERS, WINDOW, checked, faulty_series, pieces, require_same
from validate.vectors import base, spectrum


def asked(frame: pl.DataFrame, **changed: object) -> Asked:
    given = {"columns": frame.columns, "strict": True, "rated_capacity": 1.0, "voltage_window": WINDOW, **changed}
    return Asked(**given)  # type: ignore[arg-type]


def text_of(frame: pl.DataFrame) -> str:
    checking = Checking.of(asked(frame))
    checking.add(frame)
    text = kept(checking)
    assert text is not None
    return text


@settings(max_examples=40, deadline=None)
@given(faulty_series(), st.lists(st.integers(0, 120), min_size=1, max_size=3))
def test_checks_go_on_from_what_was_kept(frame: pl.DataFrame, cuts: list[int]) -> None:
    """Whenever they were kept, the same is found as in one go; but for repeats of rows that came before."""
    whole = [each for each in checked([frame], asked(frame)) if each.code != Code.ROWS_REPEATED]
    assume(Code.CUMULATIVE_VALUE_DECREASED not in {each.code for each in whole})
    checking, rows = Checking.of(asked(frame)), 0
    for piece in pieces(frame, [min(cut, frame.height) for cut in cuts]):
        checking.add(piece)
        rows += piece.height
        text = kept(checking)
        assert text is not None
        again = resumed(text, asked(frame), rows)
        assert again is not None
        require_same(list(again.findings()), list(checking.findings()))
        checking = again
    require_same([each for each in checking.findings() if each.code != Code.ROWS_REPEATED], whole)


def test_what_was_kept_says_what_was_found() -> None:
    """Findings are the same after it was kept, and after it was taken up again."""
    frame = base(10, -1.0, **{TIME: [5.0, 4.0, *[float(row) for row in range(8)]], STEPS: [1] * 4 + [3] * 6})
    checking = Checking.of(asked(frame))
    checking.add(frame)
    before = list(checking.findings())
    text = kept(checking)
    assert text is not None
    assert list(checking.findings()) == before
    again = resumed(text, asked(frame), 10)
    assert again is not None
    assert list(again.findings()) == before
    assert again.span.seconds == checking.span.seconds


def test_spectra_are_kept_too() -> None:
    """With all their points."""
    frame = spectrum(imaginary=-1.0)
    limits = Asked(frame.columns, "eis", strict=True, rated_capacity=2.5)
    checking = Checking.of(limits)
    checking.add(frame[:3])
    again = resumed(kept(checking) or "", limits, 3)
    assert again is not None
    again.add(frame[3:])
    require_same(list(again.findings()), checked([frame], limits))


@pytest.mark.parametrize(
    "changed",
    [
        {"columns": [*base().columns, "x"]},
        {"columns": base().columns[::-1]},
        {"strict": False},
        {"skip": ["time_gaps"]},
        {"rated_capacity": 2.0},
        {"rated_capacity": None},
        {"voltage_window": (2.5, 4.3)},
        {"voltage_window": None},
        {"data_type": "ocp"},
    ],
)
def test_other_checks_do_not_go_on(changed: dict[str, object]) -> None:
    """What was kept of other columns, or with other limits, is not taken up."""
    text = text_of(base())
    assert resumed(text, asked(base()), 10) is not None
    assert resumed(text, asked(base(), **changed), 10) is None


@pytest.mark.parametrize("rows", [0, 9, 11])
def test_other_rows_do_not_go_on(rows: int) -> None:
    """It has to be of as many rows as there are."""
    assert resumed(text_of(base()), asked(base()), rows) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "no json",
        '{"format": 1}',
        json.dumps({"format": 1, "asked": {}, "place": {"rows": 10}}),
    ],
)
def test_text_that_was_not_kept(text: str) -> None:
    """It is not taken up, whatever it is."""
    assert resumed(text, asked(base()), 10) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), 0),
        (("checks",), {}),
        (("checks", "StepCount"), {"last": "x"}),
        (("checks", "CurrentSign", "small"), None),
        (("place", "runs"), "many"),
        (("span",), 7),
    ],
)
def test_text_of_another_version(path: tuple[str, ...], value: object) -> None:
    """What does not fit is not guessed at."""
    known = json.loads(text_of(base()))
    at = known
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    assert resumed(json.dumps(known), asked(base()), 10) is None


def test_what_is_too_long_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are read again instead."""
    checking = Checking.of(asked(base()))
    checking.add(base())
    monkeypatch.setattr(keeping, "_LARGEST", 100)
    assert kept(checking) is None


def test_a_long_series_is_short_when_kept() -> None:
    """What is kept does not grow with the rows of a step."""
    short, long = text_of(base(100)), text_of(base(20_000))
    assert len(long) < len(short) + 200


def test_missing_and_infinite_values_can_be_kept() -> None:
    """They are known as what they are."""
    frame = base(3, **{STEPS: [0.0, float("nan"), float("inf")], TRANSFERS[0]: [0.0, None, float("inf")]}).with_columns(
        pl.Series(TIME, [None, float("nan"), None], dtype=pl.Float64)
    )
    checking = Checking.of(Asked(frame.columns))
    with np.errstate(invalid="ignore"):
        checking.add(frame)
    again = resumed(kept(checking) or "", Asked(frame.columns), 3)
    assert again is not None
    require_same(list(again.findings()), list(checking.findings()))

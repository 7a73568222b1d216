"""What is no polars frame is refused in words, by every function that takes one."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pytest

from cellkeep import InvalidError, derived

_OTHERS = {"bands", "spread_evenly"}
"""What takes several frames, or none."""
FUNCTIONS = [getattr(derived, name) for name in derived.__all__ if name not in _OTHERS]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_a_frame_of_another_kind_is_refused(function: Callable[..., Any]) -> None:
    """Pandas, lazy frames and plain dicts are named, with what makes a frame of them."""
    for given, words in (
        (pd.DataFrame({"Time [s]": [0.0]}), r"not a pandas\.DataFrame; polars\.from_pandas makes one"),
        (pl.LazyFrame({"Time [s]": [0.0]}), r"not a LazyFrame; give what its collect\(\) returns"),
        ({"Time [s]": [0.0]}, r"not a dict; polars\.DataFrame makes one"),
    ):
        with pytest.raises(InvalidError, match=f"{function.__name__} takes a polars.DataFrame, {words}"):
            function(given)


def test_a_frame_may_be_given_by_name() -> None:
    """What is missing or unknown stays the error that Python gives."""
    frame = pl.DataFrame({"Step from cycler": [1, 1, 2]})
    assert derived.with_step_count(frame=frame).equals(derived.with_step_count(frame))
    with pytest.raises(TypeError, match="frame"):
        derived.with_step_count()  # type: ignore[call-arg]
    with pytest.raises(InvalidError, match="takes a polars"):
        derived.with_step_count(frame=None)  # type: ignore[arg-type]

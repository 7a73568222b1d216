"""What figures may be made of."""

from types import SimpleNamespace

import polars as pl
import pytest

from cellkeep.domain.errors import InvalidError
from cellkeep.plots.inputs import sources

FRAME = pl.DataFrame({"cycles": [1.0], "Voltage [V]": [3.0]})


def test_frames_of_all_kinds_are_rows() -> None:
    """A polars frame, a lazy one and one of pandas are the same, though a column of it may be called like a table."""
    for frame in (FRAME, FRAME.lazy(), FRAME.to_pandas()):
        (source,) = sources(frame)
        assert source.series.equals(FRAME)
        assert source.cycles is None
    assert sources(FRAME, frame_is="cycles")[0].cycle_table.equals(FRAME)


def test_several_have_their_labels() -> None:
    """The label of a mapping is kept, and a detail alone is called by its name."""
    detail = SimpleNamespace(name="RPT 1", time_series=FRAME, steps=None, cycles=None)
    assert [source.label for source in sources({"A": detail, 2: FRAME})] == ["A", "2"]
    assert sources(detail)[0].label == "RPT 1"


def test_what_is_none_of_these_is_told() -> None:
    """A list, an empty mapping, and a measurement without the part that is drawn are refused in words that help."""
    with pytest.raises(InvalidError, match="not of a list"):
        sources([1, 2])
    with pytest.raises(InvalidError, match="nothing to draw"):
        sources({})
    (photos,) = sources(SimpleNamespace(name="Photos", time_series=None, steps=None, cycles=None))
    with pytest.raises(InvalidError, match="'Photos' came without its time series"):
        _ = photos.series
    with pytest.raises(InvalidError, match="'Photos' came without a cycle table"):
        _ = photos.cycle_table

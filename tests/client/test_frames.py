"""Frames go out and come back equal: polars, pandas and plain dicts."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import cellkeep
from cellkeep import InvalidError
from cellkeep.client import Client
from cellkeep.client.frames import to_polars, write_series
from cellkeep.domain.instances import CellInstance
from client.conftest import Lab
from client.samples import motley, series


def send(client: Client, cell: CellInstance, frame: Any, name: str = "T") -> str:
    return client.cell_measurement.create(cell.id, {"measurement": {"name": name}, "time_series": frame}).id


def test_polars_comes_back_equal(any_client: Client, cell: CellInstance) -> None:
    """All columns with their types, in order: numbers, nulls, NaN, infinities, text, times, flags, float32."""
    found = any_client.cell_measurement.time_series(send(any_client, cell, motley()))
    assert_frame_equal(found, motley(), check_exact=True)


def test_odd_columns_come_back_equal(any_client: Client, cell: CellInstance) -> None:
    """Days, durations, decimals, bytes, lists, categories and names of every sort come back equal too."""
    frame = series(2, 1).with_columns(
        pl.Series("day", [dt.date(2026, 1, 1), None]),
        pl.Series("clock", [dt.time(1, 2, 3, 4), None]),
        pl.Series("span", [dt.timedelta(microseconds=1), None]),
        pl.Series("money", [Decimal("1.10"), None]),
        pl.Series("raw", [b"\xff\x00", None]),
        pl.Series("list", [[1.0, None], None]),
        pl.Series("struct", [{"a": 1, "b": "x"}, {"a": None, "b": None}]),
        pl.Series("category", ["x", None], dtype=pl.Categorical),
        pl.Series("null", [None, None]),
        pl.Series("", [1, 2]),
        pl.Series("Übertemperatur [°C] 日本 \"'\n", [1, 2]),
    )
    assert_frame_equal(any_client.cell_measurement.time_series(send(any_client, cell, frame)), frame)


@pytest.mark.filterwarnings("ignore:.*has no value:UserWarning")
def test_a_lazy_frame_and_a_dict_are_frames(any_client: Client, cell: CellInstance) -> None:
    """What can be made a frame is stored as that frame; lists, arrays and one value for all rows alike."""
    assert_frame_equal(any_client.cell_measurement.time_series(send(any_client, cell, series().lazy(), "a")), series())
    plain = {"Time [s]": [0, 1.5], "Voltage [V]": np.array([3.0, np.nan]), "Step count": (0, 0), "note": ["x", None]}
    found = any_client.cell_measurement.time_series(send(any_client, cell, plain, "b"))
    assert found.to_dict(as_series=False) | {"Voltage [V]": 0} == {**plain, "Step count": [0, 0], "Voltage [V]": 0}
    assert np.isnan(found["Voltage [V]"][1])


@pytest.mark.filterwarnings("ignore:.*has no value:UserWarning")
def test_pandas_comes_back_equal(any_client: Client, cell: CellInstance) -> None:
    """A pandas frame is stored with its types; NaN, NaT and None are null, and the index is dropped."""
    moment = pd.Timestamp("2026-03-15T09:30:00.123456", tz="UTC")
    sent = pd.DataFrame(
        {
            "Time [s]": [0.0, 1.0],
            "Voltage [V]": [3.0, float("nan")],
            "Step count": np.array([0, 0], dtype=np.int32),
            "float32": np.array([0.1, 0.2], dtype=np.float32),
            "text": ["a", None],
            "flag": [True, False],
            "when": [moment, pd.NaT],
            "nullable": pd.array([1, None], dtype="Int64"),
            "category": pd.Categorical(["x", "y"]),
        },
        index=[7, 3],
    )
    found = any_client.cell_measurement.time_series(send(any_client, cell, sent))
    assert found.columns == list(sent.columns)
    assert found["Voltage [V]"].to_list() == [3.0, None]
    assert found["text"].to_list() == ["a", None]
    assert found["nullable"].to_list() == [1, None]
    assert found["when"].to_list() == [moment.to_pydatetime(), None]
    assert (found["Step count"].dtype, found["float32"].dtype, found["flag"].dtype) == (
        pl.Int32,
        pl.Float32,
        pl.Boolean,
    )
    assert found["category"].cast(pl.String).to_list() == ["x", "y"]


def test_pandas_is_returned_where_it_is_asked_for(lab: Lab, any_client: Client, cell: CellInstance) -> None:
    """By argument or by environment, every table comes back as pandas, with equal values."""
    made = send(any_client, cell, series())
    asked = open_again(lab, dataframe_backend="pandas")
    with asked:
        read = asked.cell_measurement
        both = read.steps_and_cycles(made)
        found = [read.time_series(made), read.steps(made), read.cycles(made), both.steps, both.cycles]
        found += [read.time_series(made, row_range=(1, 2)), read.detail(made).time_series]
        assert [type(each) for each in found] == [pd.DataFrame] * 7
        assert_frame_equal(pl.from_pandas(read.time_series(made)), series())
        again = read.create(cell.id, {"measurement": {"name": "again"}, "time_series": read.time_series(made)})
        assert_frame_equal(any_client.cell_measurement.time_series(again.id), series())


def test_the_environment_can_ask_for_pandas(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """`CELLKEEP_DATAFRAME_BACKEND` is taken where no argument says otherwise; a third kind is refused."""
    monkeypatch.setenv("CELLKEEP_DATAFRAME_BACKEND", "pandas")
    with open_again(lab) as client:
        assert client.cell_measurement._backend == "pandas"
    with open_again(lab, dataframe_backend="polars") as client:
        assert client.cell_measurement._backend == "polars"
    monkeypatch.setenv("CELLKEEP_DATAFRAME_BACKEND", "excel")
    with pytest.raises(InvalidError, match="excel"):
        open_again(lab)


def open_again(lab: Lab, **more: Any) -> Client:
    """A second client of the same lab."""
    if lab.embedded is not None:
        return cellkeep.open(lab.blobs.parent, **more)
    return Client(api_url=lab.url, api_key=lab.key, **more)


@pytest.mark.parametrize(
    "frame",
    [
        [1, 2, 3],
        "data.csv",
        None,
        np.zeros((2, 2)),
        {"Time [s]": [0.0, 1.0], "Voltage [V]": [3.0]},
        pd.DataFrame({"mixed": [1, "a", {}]}),
        pd.DataFrame([[1, 2]], columns=["x", "x"]),
        pl.DataFrame({"object": [object()]}),
    ],
    ids=["list", "path", "none", "array", "ragged", "mixed", "twice", "object"],
)
def test_what_is_no_table_is_refused_before_anything_is_sent(
    lab: Lab, any_client: Client, cell: CellInstance, frame: Any
) -> None:
    """The error is ours, names the time series, and nothing is stored."""
    with lab.unchanged(any_client, cell), pytest.raises(InvalidError, match="time_series"):
        send(any_client, cell, frame)


def test_no_value_is_lost_in_a_dict_of_mixed_values() -> None:
    """Whole numbers, floats and text in one list become one type without a value turning null."""
    assert to_polars({"a": [1, 2.5], "b": [None, 1.5]})["a"].to_list() == [1.0, 2.5]
    assert to_polars({"a": [1.5, "bad"]})["a"].null_count() == 0
    assert to_polars({"a": [1, "bad"]})["a"].null_count() == 0
    late = to_polars({"a": [*[1] * 200, 2.5], "b": [*[None] * 200, "x"]})
    assert (late["a"][200], late["b"][200]) == (2.5, "x")


def test_numbers_beyond_64_bits_are_not_lost() -> None:
    """A whole number that no column type holds is refused or kept, never turned into another value."""
    try:
        found = to_polars({"a": [2**70, 1]})["a"].to_list()
    except InvalidError:
        return
    assert found == [2**70, 1]


def test_a_long_series_is_written_in_several_row_groups(tmp_path: Path) -> None:
    """300,000 rows are several row groups, so that a window is read without the rest."""
    write_series(series(3, 100_000), tmp_path / "long.parquet")
    import pyarrow.parquet as pq  # noqa: PLC0415

    assert pq.ParquetFile(tmp_path / "long.parquet").num_row_groups >= 3

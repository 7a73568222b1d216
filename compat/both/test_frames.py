"""Frames of polars and of pandas, in and out, through either client."""

from typing import Any

import pandas as pd
import polars as pl
import pytest
from clients import connect
from samples import series, two_steps
from stands import Stand


@pytest.fixture(params=["polars", "pandas"])
def reading(request: pytest.FixtureRequest, installation: Stand, project_id: str) -> Any:
    """A client that gives frames of one kind."""
    return connect(
        installation.api_url, installation.api_key, project_id, dataframe_backend=request.param
    ), request.param


def as_polars(frame: Any, kind: str) -> pl.DataFrame:
    assert type(frame) is (pd.DataFrame if kind == "pandas" else pl.DataFrame)
    return pl.from_pandas(frame) if kind == "pandas" else frame


@pytest.mark.parametrize("kind_in", ["polars", "pandas", "dict"])
def test_every_frame_goes_in_and_both_kinds_come_out(reading: Any, cell: Any, kind_in: str) -> None:
    """What is read is the same, whatever kind it was sent as and is read as."""
    client, kind = reading
    sent = {
        "polars": two_steps,
        "pandas": lambda: two_steps().to_pandas(),
        "dict": lambda: two_steps().to_dict(as_series=False),
    }
    made = client.cell_measurement.create(cell.id, series(frame=sent[kind_in]()))
    assert as_polars(client.cell_measurement.time_series(made.id, use_cache=False), kind).equals(two_steps())
    part = client.cell_measurement.time_series(made.id, use_cache=False, row_range=(3, 5))
    assert as_polars(part, kind).equals(two_steps()[3:5])
    assert as_polars(client.cell_measurement.steps(made.id), kind)["Step count"].to_list() == [0, 1]
    assert as_polars(client.cell_measurement.cycles(made.id), kind)["Cycle count"].to_list() == [0]
    both = client.cell_measurement.steps_and_cycles(made.id)
    assert as_polars(both.steps, kind).height == 2
    assert as_polars(both.cycles, kind).height == 1
    assert as_polars(client.cell_measurement.detail(made.id).time_series, kind).equals(two_steps())


def test_a_gap_in_pandas_is_no_value(client: Any, cell: Any) -> None:
    """NaN of pandas comes back as null, NaN of polars as NaN, and further columns of any type as they are."""
    frame = two_steps().to_pandas()
    frame["Temperature [degC]"] = 25.0
    frame.loc[3, "Temperature [degC]"] = float("nan")
    made = client.cell_measurement.create(cell.id, series(frame=frame))
    assert client.cell_measurement.time_series(made.id)["Temperature [degC]"].null_count() == 1
    odd = two_steps().with_columns(
        pl.lit(float("nan")).alias("Temperature [degC]"), pl.lit("x").alias("Remark"), pl.lit(None).alias("Empty")
    )
    made = client.cell_measurement.create(cell.id, series("odd", frame=odd))
    found = client.cell_measurement.time_series(made.id)
    assert found.equals(odd)
    assert found.schema == odd.schema

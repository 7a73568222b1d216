"""A time series as a figure."""

import json
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from cellkeep import plots
from cellkeep.domain.errors import InvalidError
from cellkeep.summarise import cycles, steps
from plots.series import rest_charge_discharge

FRAME = rest_charge_discharge()
HOUR = 3600


def test_what_is_there_is_stacked() -> None:
    """Voltage, current and temperature have a plot each where they are there, from the top down, over one x axis."""
    figure = plots.time_series(FRAME.with_columns(pl.lit(25.0).alias("Temperature [degC]")))
    lines = figure.data[:3]
    assert [line.name for line in lines] == ["Voltage", "Current", "Temperature"]
    assert [line.yaxis for line in lines] == ["y", "y2", "y3"]
    assert {line.xaxis for line in lines} == {None}
    tops = [figure.layout[axis].domain[1] for axis in ("yaxis", "yaxis2", "yaxis3")]
    assert tops == sorted(tops, reverse=True)
    assert [line.yaxis for line in plots.time_series(FRAME, y="Current [A]").data[:1]] == ["y"]


def test_a_line_breaks_where_steps_are_left_out() -> None:
    """Between chosen steps that do not follow each other there is a point without a value, and else none."""
    some, table = FRAME.filter(pl.col("Step count") != 1), steps(FRAME)
    assert np.flatnonzero(np.isnan(plots.time_series(some, steps=table, chosen=[0, 2]).data[0].y)).tolist() == [100]
    by_label = plots.time_series({"A": SimpleNamespace(time_series=some, steps=table)}, chosen={"A": [0, 2]})
    assert np.flatnonzero(np.isnan(by_label.data[0].y)).tolist() == [100]
    assert not np.isnan(plots.time_series(FRAME, steps=table, chosen=[0, 1, 2]).data[0].y).any()


def test_a_line_does_not_break_where_thinning_passes_over_steps() -> None:
    """Rows that lie far apart in time may be many steps apart in a picture, and yet none is missing."""
    minute = pl.int_range(pl.len()) * 60.0
    sparse = pl.select(pl.int_range(86_400, dtype=pl.Int64).alias("row")).select(
        (86_400.0 + minute).alias("Time [s]"), pl.col("row").mod(90).cast(pl.Float64).alias("Voltage [V]"),
        (1 + pl.col("row") // 90).alias("Step count"),
    )  # fmt: skip
    dense = pl.select(pl.int_range(864_000, dtype=pl.Int64).alias("row")).select(
        (pl.col("row") / 10).alias("Time [s]"),
        pl.lit(3.7).alias("Voltage [V]"),
        pl.lit(0, pl.Int64).alias("Step count"),
    )
    rows = pl.concat([dense, sparse])
    table = rows.select(pl.col("Step count").unique(), Cycle=0).rename({"Cycle": "Cycle count"})
    line = plots.time_series(rows, y="Voltage [V]", steps=table, chosen=table["Step count"].to_list()).data[0]
    assert np.diff(line.customdata[:, 0]).max() > 1
    assert not np.isnan(line.y).any()
    assert not np.isnan(plots.time_series(rows, y="Voltage [V]", steps=table).data[0].y).any()


def test_axes_say_quantity_unit_and_sign() -> None:
    """Axes are named as the data format names columns, and the current says which way is positive."""
    layout = plots.time_series(FRAME).layout
    assert layout.xaxis.title.text == "Time [s]"
    assert layout.yaxis.title.text == "Voltage [V]"
    assert layout.yaxis2.title.text == "Current [A]<br>positive = discharge"


def test_points_know_their_step_and_cycle() -> None:
    """`customdata` has `Step count` and `Cycle count` of each point, also where only the step table tells cycles."""
    counts = FRAME.select("Step count", "Cycle count").to_numpy()
    assert np.array_equal(plots.time_series(FRAME).data[0].customdata, counts)
    told = plots.time_series(FRAME.drop("Cycle count"), steps=steps(FRAME))
    assert np.array_equal(told.data[1].customdata, counts)


def test_arrays_are_sent_as_bytes() -> None:
    """Numbers leave as typed arrays and not as text."""
    for line in json.loads(plots.time_series(FRAME).to_json())["data"]:
        assert {"dtype", "bdata"} <= line["x"].keys()
        assert {"dtype", "bdata"} <= line["y"].keys()


@pytest.mark.parametrize(
    ("x", "last"), [("Net capacity [A.h]", 99 / HOUR), ("Throughput [A.h]", 297 / HOUR), ("Step time [s]", 99.0)]
)
def test_what_follows_can_be_drawn_over(x: str, last: float) -> None:
    """A series is drawn over what follows from it, which is computed from all of its rows before any is left out."""
    line = plots.time_series(FRAME, x=x, max_points=50).data[0]
    assert line.x[-1] == pytest.approx(last)
    assert len(line.x) <= 52


def test_no_line_jumps_back_to_the_start_of_a_step() -> None:
    """Over the time of the step there is a point without values between two steps."""
    figure = plots.time_series(FRAME, x="Step time [s]")
    assert np.flatnonzero(np.isnan(figure.data[0].x)).tolist() == [100, 201]
    assert np.flatnonzero(np.isnan(figure.data[0].y)).tolist() == [100, 201]
    assert [line.name for line in figure.data] == ["Voltage", "Current"]


def test_long_series_are_thinned() -> None:
    """No line has more points than are seen, and the extremes are among them."""
    frame = rest_charge_discharge(10_000).with_columns(
        pl.when(pl.int_range(pl.len()) == 12_345).then(9.0).otherwise("Voltage [V]").alias("Voltage [V]")
    )
    lines = plots.time_series(frame).data[:2]
    assert all(len(line.x) <= 4000 for line in lines)
    assert max(lines[0].y) == 9.0


def test_a_missing_value_leaves_no_hole_and_no_nan() -> None:
    """Rows without a value of a column are passed over, so that sparse readings make a line."""
    sparse = pl.when(pl.int_range(pl.len()) % 10 == 0).then(25.0).alias("Temperature [degC]")
    line = plots.time_series(FRAME.with_columns(sparse), y="Temperature [degC]").data[0]
    assert len(line.y) == 30
    assert not np.isnan(line.y).any()


def test_a_detail_brings_its_own_tables() -> None:
    """What the client returns as the detail of a measurement is drawn with its step table, and pandas frames too."""
    table = steps(FRAME)
    detail = SimpleNamespace(name="A", time_series=FRAME, steps=table, cycles=cycles(table))
    in_pandas = SimpleNamespace(name="A", time_series=FRAME.to_pandas(), steps=table.to_pandas(), cycles=None)
    plain = plots.time_series(FRAME).to_json()
    assert plots.time_series(detail).to_json() == plain
    assert plots.time_series(in_pandas).to_json() == plain


def test_several_are_drawn_over_each_other() -> None:
    """Each source has one colour in all plots and one entry in the legend; given colours are kept."""
    figure = plots.time_series({"A": FRAME, "B": FRAME[:150]}, colours={"B": "#123456"})
    assert [(line.name, line.showlegend) for line in figure.data] == [
        ("A", True),
        ("A", False),
        ("B", True),
        ("B", False),
    ]
    assert [line.line.color for line in figure.data[2:]] == ["#123456"] * 2
    assert figure.data[0].line.color != "#123456"


def test_many_have_a_colour_bar() -> None:
    """More than eight are told by a ramp and not by a legend, and so are those with a number of their own."""
    many = plots.time_series({f"Cell {number}": FRAME for number in range(9)}, y="Voltage [V]")
    assert many.data[0].marker.colorbar.title.text == "Number in the list"
    assert not any(line.showlegend for line in many.data)
    assert many.layout.hovermode == "closest"
    by_value = plots.time_series({"A": FRAME, "B": FRAME}, values={"A": 25, "B": 45}, value_name="Temperature [degC]")
    assert by_value.data[0].marker.colorbar.title.text == "Temperature [degC]"
    assert len({line.line.color for line in by_value.data[1:]}) == 2


def test_what_is_not_there_is_told() -> None:
    """A column that is not there, text, and a series without anything usual are refused with what there is."""
    with pytest.raises(InvalidError, match=r"no column 'Voltage'.*'Voltage \[V\]'"):
        plots.time_series(FRAME, y="Voltage")
    with pytest.raises(InvalidError, match=r"'Time'\. .* 'Step time"):
        plots.time_series(FRAME, x="Time")
    with pytest.raises(InvalidError, match=r"no column 'Net capacity \[mA"):
        plots.time_series(FRAME, x="Net capacity [mA.h.cm-2]")
    with pytest.raises(InvalidError, match="neither numbers nor times"):
        plots.time_series(FRAME.with_columns(pl.lit("on").alias("Status")), y="Status")
    with pytest.raises(InvalidError, match="say in y"):
        plots.time_series(pl.DataFrame({"Time [s]": [0.0], "Humidity": [0.5]}))


def test_a_redraw_keeps_the_zoom() -> None:
    """Figures over the same axes have the same `uirevision`, and another x axis has another."""
    whole, window = plots.time_series(FRAME).layout, plots.time_series(FRAME[50:150]).layout
    assert (whole.uirevision, whole.xaxis.uirevision) == (window.uirevision, window.xaxis.uirevision)
    assert plots.time_series(FRAME, x="Throughput [A.h]").layout.xaxis.uirevision != whole.xaxis.uirevision

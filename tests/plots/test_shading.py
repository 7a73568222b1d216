"""Bands of step types behind a plot."""

import numpy as np
import polars as pl

from cellkeep import plots
from cellkeep.plots.palette import STEP_TYPE_COLOURS
from cellkeep.plots.shading import shaded
from cellkeep.summarise import names, steps
from plots.series import rest_charge_discharge

FRAME = rest_charge_discharge()
TABLE = steps(FRAME)


def test_each_type_has_one_trace() -> None:
    """Bands of one type are one trace behind the first plot, with the word of the step table, and not in the legend."""
    twice = pl.concat([FRAME, FRAME.with_columns(pl.col("Time [s]") + 300, pl.col("Step count") + 3)])
    figure = plots.time_series(twice)
    bands = figure.data[2:]
    assert [band.name for band in bands] == ["Rest", "Constant current charge", "Constant current discharge"]
    assert {(band.fill, band.hoveron, band.showlegend, band.zorder) for band in bands} == {
        ("toself", "fills", False, -1)
    }
    assert {figure.layout[band.yaxis.replace("y", "yaxis")].overlaying for band in bands} == {"y"}
    assert bands[0].x[~np.isnan(bands[0].x)].tolist() == [0, 0, 100, 100, 300, 300, 400, 400]


def test_bands_end_where_the_view_does() -> None:
    """Of a step that is seen in part, the band is seen in part."""
    rest, charge = shaded(FRAME[50:150], "Time [s]", TABLE, dark=False)
    assert (np.nanmin(rest["x"]), np.nanmax(rest["x"])) == (50, 100)
    assert (np.nanmin(charge["x"]), np.nanmax(charge["x"])) == (100, 149)


def test_bands_that_say_nothing_are_left_out() -> None:
    """There are none where x turns back, where there are hundreds, and where no type is known."""
    assert [band.name for band in plots.time_series(FRAME, x="Net capacity [A.h]").data] == ["Voltage", "Current"]
    assert len(plots.time_series(FRAME, x="Throughput [A.h]").data) > 2
    restless = FRAME.with_columns(Step=pl.int_range(pl.len())).drop("Step count").rename({"Step": "Step count"})
    many = pl.concat([restless, restless.with_columns(pl.col("Time [s]", "Step count") + 300)])
    kinds = pl.DataFrame({"Step count": range(600), "Step type": ["Rest", "EIS"] * 300})
    assert [band.name for band in plots.time_series(many, steps=kinds).data] == ["Voltage", "Current"]
    assert len(plots.time_series(FRAME.drop("Step count")).data) == 2


def test_every_type_has_a_colour() -> None:
    """Each word that a step table may have is coloured, and no two alike."""
    words = {names.STEP_TYPE: ["EIS", "Rest", "Unknown step type"]}
    kinds = {f"Constant {what} {way}" for what in ("current", "voltage", "power") for way in ("charge", "discharge")}
    assert set(STEP_TYPE_COLOURS) == kinds | set(words[names.STEP_TYPE])
    assert len(set(STEP_TYPE_COLOURS.values())) == len(STEP_TYPE_COLOURS)

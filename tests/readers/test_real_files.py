"""Real files of cyclers, by detection alone, beside what independent readers find in them."""

import warnings
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import cellkeep
from cellkeep.summarise import steps
from conftest import CYCLER_FILES
from readers.golden import REFUSED, SERIES, SPECTRA, Series, Spectrum

pytestmark = pytest.mark.skipif(not CYCLER_FILES.is_dir(), reason="the files of cyclers are not there")

_PAIR = "landt/battery-data-format__SINTEF__LiGrR2032__2024-04-30__25degC__Landt"
_WITHOUT_A_FILE = {"MANIFEST.tsv"}


def _read(file: str) -> cellkeep.Reading:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # galvani guesses at the types of columns
        return cellkeep.read(CYCLER_FILES / file, timezone="UTC")


@pytest.mark.parametrize("expected", SERIES, ids=lambda expected: Path(expected.file).name)
def test_a_series_is_what_independent_readers_find(expected: Series) -> None:
    """Rows, steps, cycles, duration and the charge that moved in either direction."""
    reading = _read(expected.file)
    frame = reading.time_series
    table = steps(frame)
    assert (reading.reader, frame.height, table.height) == (expected.reader, expected.rows, expected.steps)
    assert frame["Cycle count"].n_unique() == expected.cycles
    assert frame["Time [s]"][-1] == pytest.approx(expected.duration, abs=1e-3, rel=1e-6)
    moved = {name: table[f"{name} capacity [A.h]"].sum() for name in ("Charge", "Discharge")}
    assert moved == pytest.approx({"Charge": expected.charge, "Discharge": expected.discharge}, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("expected", SPECTRA, ids=lambda expected: Path(expected.file).name)
def test_a_spectrum_is_what_independent_readers_find(expected: Spectrum) -> None:
    """Its points, in their order, with the imaginary part itself."""
    reading = _read(expected.file)
    points = reading.time_series.select("Frequency [Hz]", "Z_Re [Ohm]", "Z_Im [Ohm]")
    assert (reading.reader, points.height) == (expected.reader, expected.points)
    assert reading.measurement["data_type"] == "eis"
    assert points.row(0) == pytest.approx(expected.first, rel=1e-6)
    assert points.row(-1) == pytest.approx(expected.last, rel=1e-6)


@pytest.mark.parametrize("file", REFUSED)
def test_what_holds_no_measurement_is_refused_with_the_reason(file: str) -> None:
    """The error says what is wrong with the file."""
    with pytest.raises(cellkeep.UnusableDataError, match=r".*" + REFUSED[file].replace("[", r"\[").replace("]", r"\]")):
        _read(file)


def test_every_file_is_in_the_tables() -> None:
    """None is left out."""
    there = {str(path.relative_to(CYCLER_FILES)) for path in CYCLER_FILES.rglob("*") if path.is_file()}
    told = {*(each.file for each in SERIES), *(each.file for each in SPECTRA), *REFUSED}
    assert there - _WITHOUT_A_FILE == told


def test_the_landt_file_agrees_with_its_published_conversion() -> None:
    """To the printed precision, in each row: time, voltage, current with the other sign, step, capacities."""
    ours = _read(f"{_PAIR}.csv").time_series
    theirs = pl.read_csv(CYCLER_FILES / f"{_PAIR}.bdf.csv", infer_schema_length=None)
    assert (ours["Time [s]"] - (theirs["test_time_second"] - theirs["test_time_second"][0])).abs().max() < 5e-4  # type: ignore[operator]
    assert (ours["Voltage [V]"] - theirs["voltage_volt"]).abs().max() == 0
    assert (ours["Current [A]"] + theirs["current_ampere"]).abs().max() == 0
    assert (ours["Step from cycler"] == theirs["step_index"]).all()
    for own, other in (("Charge", "charging"), ("Discharge", "discharging")):
        kept = pl.DataFrame({"step": ours["Step count"], "theirs": theirs[f"{other}_capacity_ah"]})
        since = kept.select((pl.col("theirs") - pl.col("theirs").first().over("step")).abs())["theirs"]
        assert (ours[f"{own} capacity [A.h]"] - since).abs().max() < 5e-5  # type: ignore[operator]


def test_the_header_is_told_in_one_vocabulary() -> None:
    """Protocol, channel, operator and start of makes that name them differently."""

    def said(file: str) -> tuple[Any, ...]:
        fields = _read(file).measurement
        setup = fields["test_setup"]
        return fields.get("protocol"), setup.get("channel_number"), setup.get("operator"), fields.get("start_time")

    assert said("basytec/PyProBE__sample_data_basytec.txt") == (
        {"name": "plan.pln"}, "1814 CH14 XCTS_40", "basytec", "2023-06-19T17:56:53+00:00",
    )  # fmt: skip
    assert said("maccor/beep__xTESLADIAG_000038.078") == (
        {"name": "xTESLADIAG_000038.000"}, "78", None, "2019-08-13T19:17:53+00:00",
    )  # fmt: skip
    assert said("arbin/navani__arbin_example.res") == (
        {"name": "AliceM\\LCO-ajm5-SSA8-N_5xCo10.sdu"}, "12", "AliceM", "2023-07-24T18:50:00+00:00",
    )  # fmt: skip
    assert said("pec/cellpy__Test25205.csv") == (
        {"name": "OCV generic long HP"}, None, "vie", "2026-01-08T17:45:08+00:00",
    )  # fmt: skip

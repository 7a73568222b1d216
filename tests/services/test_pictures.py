"""The rows that figures are drawn of, against the same part of the whole series."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import cellkeep
from cellkeep.app import open_store
from cellkeep.client import Client
from cellkeep.domain.errors import BadRequestError, UnusableDataError
from cellkeep.plots.drawn import STEP_TIME, THROUGHPUT, with_drawn
from cellkeep.services import accounts, pictures
from cellkeep.services.marks import Mark, marks, spans
from cellkeep.services.pictures import View
from cellkeep.services.time_series import Series, opened
from cellkeep.settings import ServerSettings
from services.bench import series

NET = "Net capacity [A.h]"
_CURRENT = np.where(np.arange(400) // 50 % 2, -1.0, 1.5) * (1 + np.arange(400) / 4000)
FRAME = series(400, 8).with_columns(
    pl.Series("Current [A]", _CURRENT), pl.Series("Voltage [V]", 4.0 - np.cumsum(_CURRENT) / 500)
)


@dataclass(frozen=True)
class Bench:
    """Stored series: one that counts cycles, and one that does not."""

    client: Client
    counted: Series
    uncounted: Series


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("pictures")
    with cellkeep.open(folder) as client:
        cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
        frames = {"counted": FRAME, "uncounted": FRAME.drop("Cycle count")}
        ids = [
            client.cell_measurement.create(cell.id, {"measurement": {"name": name}, "time_series": frame}).id
            for name, frame in frames.items()
        ]
        store = open_store(ServerSettings.embedded(folder), embedded=True)
        admin = accounts.ensure_first_admin(store)
        with opened(store, admin, ids[0]) as counted, opened(store, admin, ids[1]) as uncounted:
            yield Bench(client, counted, uncounted)
        store.close()


@pytest.mark.parametrize("x", [THROUGHPUT, NET, STEP_TIME])
@pytest.mark.parametrize("part", [(None, None), (0.02, 0.05), (0.1, None), (7.0, 30.0), (1e6, None)])
def test_what_follows_from_the_rows_is_the_same_in_any_part(
    at: Bench, x: str, part: tuple[float | None, float | None]
) -> None:
    """A part of an axis that is computed shows what all rows show there, though few of them are read for it."""
    low, high = part
    bounds = (-np.inf if low is None else low, np.inf if high is None else high)
    whole = with_drawn(FRAME, [x]).filter(pl.col(x).is_between(*bounds))
    shown = pictures.picture(at.counted, View(x, ["Voltage [V]"], low=low, high=high)).rows
    assert_frame_equal(shown.select(x, "Voltage [V]"), whole.select(x, "Voltage [V]"), abs_tol=1e-9)


def test_a_series_too_long_to_be_held_is_outlined(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many rows some tell the course, each step begins where those before it end, and the picture says so."""
    monkeypatch.setattr(pictures, "_HELD_ROWS", 100)
    monkeypatch.setattr(pictures, "_OUTLINE_POINTS", 60)
    outline = pictures.picture(at.counted, View(THROUGHPUT, ["Voltage [V]"]))
    assert outline.is_outline
    assert outline.rows.height <= 60
    exact = with_drawn(FRAME, [THROUGHPUT]).group_by("Step count", maintain_order=True).first()[THROUGHPUT]
    begun = outline.rows.group_by("Step count", maintain_order=True).first()
    assert begun[THROUGHPUT].to_list() == pytest.approx(exact.to_list(), abs=2e-3)
    zoomed = pictures.picture(at.counted, View(THROUGHPUT, ["Voltage [V]"], low=0.03, high=0.04))
    assert not zoomed.is_outline


def test_power_follows_from_voltage_and_current(at: Bench) -> None:
    """A series without power has the product drawn, positive on discharge."""
    rows = pictures.picture(at.counted, View("Time [s]", ["Power [W]"], low=10, high=20)).rows
    assert rows["Time [s]"].to_list() == list(range(10, 21))
    assert rows["Power [W]"].to_list() == pytest.approx((FRAME["Voltage [V]"] * FRAME["Current [A]"])[10:21].to_list())


def test_few_steps_are_drawn_of_many(at: Bench) -> None:
    """Chosen steps and cycles are drawn alone, on every kind of axis."""
    for x in ("Time [s]", THROUGHPUT):
        rows = pictures.picture(at.counted, View(x, ["Voltage [V]"], steps=["3"], cycles=["1"])).rows
        assert rows["Step count"].unique().to_list() == [3]
    with pytest.raises(BadRequestError, match="no step 99"):
        pictures.picture(at.counted, View("Time [s]", ["Voltage [V]"], steps=["99"]))


def test_what_is_not_there_is_named(at: Bench) -> None:
    """A column that the series has not, and that follows from nothing, is refused by its name."""
    with pytest.raises(BadRequestError, match="Humidity"):
        pictures.picture(at.counted, View("Time [s]", ["Humidity [%]"]))
    with pytest.raises(BadRequestError, match="Humidity"):
        pictures.picture(at.counted, View("Humidity [%]", ["Voltage [V]"]))
    with pytest.raises(UnusableDataError, match="Power"):
        with_drawn(FRAME.drop("Current [A]"), ["Power [W]"])
    with pytest.raises(UnusableDataError, match="Time"):
        with_drawn(FRAME.drop("Time [s]"), [STEP_TIME])


def test_chosen_cycles_come_with_their_numbers(at: Bench) -> None:
    """Rows of cycles tell their cycle also where only the step table knows it."""
    counted = pictures.chosen(at.counted, ["Voltage [V]"], [], ["2"])
    assert counted.rows.height == 100
    assert counted.rows["Cycle count"].unique().to_list() == [2]
    bare = pictures.chosen(at.uncounted, ["Voltage [V]"], ["5"], [])
    assert bare.rows["Cycle count"].unique().to_list() == [0]


def test_findings_are_found_on_the_time_axis(at: Bench) -> None:
    """Rows that a finding names, by themselves, as a stretch or by their step, are told as times."""
    steps = pictures.step_table(at.counted)
    told = [
        {"examples": [{"row_index": 10}, {"first_row": 20, "last_row": 25}]},
        {"step_index": 1},
        {"column": "Voltage [V]"},
        {"row_index": 10**9},
    ]
    found = [marks(cellkeep.Finding(code="x", severity="error", message="", payload=each), steps) for each in told]
    assert found[:3] == [[Mark(9, 11), Mark(20, 25)], [Mark(50, 99)], []]
    assert spans(at.counted, found) == [[(9.0, 11.0), (20.0, 25.0)], [(50.0, 99.0)], [], []]

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from PIL import Image

from cellkeep.cli.demo_data import ageing_test, cell_instance, cell_spec, properties, write_images
from cellkeep.domain import columns
from cellkeep.domain.quantities import canonical_of

COLUMNS = [
    columns.TIME,
    columns.VOLTAGE,
    columns.CURRENT,
    columns.TEMPERATURE,
    columns.STEP_COUNT,
    columns.CYCLE_COUNT,
    columns.STEP_FROM_CYCLER,
    columns.CYCLE_FROM_CYCLER,
]
REST_STEPS, CHARGE_AT_LIMIT = (2, 5), 4


@pytest.fixture(scope="module")
def life() -> pl.DataFrame:
    return ageing_test()


@pytest.fixture(scope="module")
def cycles(life: pl.DataFrame) -> pl.DataFrame:
    """Charge moved [A.h] per cycle, by trapezoid within each step."""
    current, time = pl.col(columns.CURRENT), pl.col(columns.TIME)
    mean_current, passed = (current + current.shift(1)) / 2, time.diff()
    moved = (mean_current * passed / 3600).over(columns.STEP_COUNT)
    return (
        life.with_columns(moved=moved)
        .group_by(columns.CYCLE_COUNT, maintain_order=True)
        .agg(
            discharged=pl.col("moved").clip(lower_bound=0).sum(),
            charged=-pl.col("moved").clip(upper_bound=0).sum(),
            rows=pl.len(),
        )
    )


@pytest.fixture(scope="module")
def steps(life: pl.DataFrame) -> pl.DataFrame:
    return life.group_by(columns.STEP_COUNT, maintain_order=True).agg(
        pl.col(columns.STEP_FROM_CYCLER, columns.CYCLE_COUNT, columns.CYCLE_FROM_CYCLER).unique(),
        first=pl.col(columns.VOLTAGE).first(),
        last=pl.col(columns.VOLTAGE).last(),
        lowest=pl.col(columns.VOLTAGE).min(),
        highest=pl.col(columns.VOLTAGE).max(),
        mean_current=pl.col(columns.CURRENT).mean(),
        std_current=pl.col(columns.CURRENT).std(),
        warmest=pl.col(columns.TEMPERATURE).max(),
        early_rows=(pl.col(columns.TIME) - pl.col(columns.TIME).first() <= 10).sum(),
    )


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_images(tmp_path_factory.mktemp("pictures"))


def test_columns(life: pl.DataFrame) -> None:
    """The series has exactly the columns of a cycler, without a hole."""
    assert life.columns == COLUMNS
    assert life.null_count().row(0) == (0,) * len(COLUMNS)
    assert all(life.schema[name] == pl.Int64 for name in COLUMNS[4:])


def test_time(life: pl.DataFrame) -> None:
    """Time starts at 0 and rises at every row, with no gap above two minutes."""
    assert life[columns.TIME][0] == 0
    assert life[columns.TIME].diff().min() > 0
    assert life[columns.TIME].diff().max() <= 120.02


def test_step_count(life: pl.DataFrame) -> None:
    """The step count starts at 0 and rises by one where the cycler's step number changes, nowhere else."""
    count, number = life[columns.STEP_COUNT], life[columns.STEP_FROM_CYCLER]
    assert count[0] == 0
    assert set(count.diff().drop_nulls()) == {0, 1}
    assert ((count.diff() == 1) == (number.diff() != 0)).drop_nulls().all()


def test_cycler_numbering(life: pl.DataFrame, steps: pl.DataFrame) -> None:
    """The cycler counts from 1, and its steps 1 to 5 come again in each cycle."""
    assert steps[columns.STEP_FROM_CYCLER].explode().to_list() == [1, 2, 3, 4, 5] * 300
    assert (life[columns.CYCLE_FROM_CYCLER] == life[columns.CYCLE_COUNT] + 1).all()
    assert life[columns.CYCLE_COUNT].unique().to_list() == list(range(300))


def test_rows(life: pl.DataFrame, cycles: pl.DataFrame) -> None:
    """A cycle has the rows a cycler would log: some hundreds, the whole test less than 200 thousand."""
    assert 100_000 < life.height < 200_000
    assert cycles["rows"].min() > 250
    assert cycles["rows"].max() < 750


def test_denser_at_step_start(steps: pl.DataFrame) -> None:
    """The first ten seconds of every step hold at least five rows."""
    assert steps["early_rows"].min() >= 5


def test_rests(life: pl.DataFrame) -> None:
    """A resting cell carries exactly no current, and every other row some."""
    resting = pl.col(columns.STEP_FROM_CYCLER).is_in(REST_STEPS)
    assert (life.filter(resting)[columns.CURRENT] == 0).all()
    assert (life.filter(~resting)[columns.CURRENT] != 0).all()


def test_current_sign(steps: pl.DataFrame) -> None:
    """Voltage falls while current is positive, which is discharge, and rises while it is negative."""
    discharge, charge = steps.filter(pl.col("mean_current") > 0), steps.filter(pl.col("mean_current") < -0.4)
    assert (discharge["last"] < discharge["first"]).all()
    assert charge.filter(pl.col("std_current") < 0.01)["last"].is_between(4.195, 4.205).all()
    assert discharge["last"].is_between(2.495, 2.505).all()


def test_held_voltage(steps: pl.DataFrame) -> None:
    """The upper limit is held within the noise of the voltage sensor, while the current falls."""
    held = steps.filter(pl.col(columns.STEP_FROM_CYCLER).list.first() == CHARGE_AT_LIMIT)
    assert held["lowest"].min() > 4.2 - 0.0015
    assert held["highest"].max() < 4.2 + 0.0015
    assert held["std_current"].min() > 0.01


def test_check_ups(steps: pl.DataFrame) -> None:
    """Every 50th cycle discharges at C/10, all others at 1C."""
    rates = steps.filter(pl.col("mean_current") > 0)["mean_current"]
    assert [cycle for cycle, rate in enumerate(rates) if rate < 1] == [0, 50, 100, 150, 200, 250]
    assert rates.gather([0, 1]).to_list() == pytest.approx([0.5, 5.0], rel=1e-3)


def test_coulombic_efficiency(cycles: pl.DataFrame) -> None:
    """Each cycle gives back nearly all its charge, never more, check-ups and their neighbours included."""
    efficiency = cycles["discharged"] / cycles["charged"]
    assert efficiency.min() > 0.985
    assert efficiency.max() < 1.0


@pytest.mark.parametrize("reference", [0, 1])
def test_retention(cycles: pl.DataFrame, reference: int) -> None:
    """After 300 cycles 80 to 92 % are left, measured against the first check-up or the first 1C cycle."""
    assert 0.80 < cycles["discharged"][-1] / cycles["discharged"][reference] < 0.92


def test_fade_early_and_past_the_knee(cycles: pl.DataFrame) -> None:
    """Capacity is lost faster at the start and past the knee than in between."""
    capacity = cycles["discharged"]
    early, middle, late = (capacity[at] - capacity[at + 30] for at in (1, 151, 268))
    assert early > middle
    assert late > middle


def test_resistance_grows(steps: pl.DataFrame) -> None:
    """The drop at the start of a 1C discharge deepens, and the cell gets warmer."""
    discharge = steps.filter(pl.col("mean_current") > 1)
    assert discharge["first"][-1] < discharge["first"][0] - 0.03
    assert discharge["warmest"][-1] > discharge["warmest"][0] + 2
    assert discharge["warmest"].max() < 45


def test_seed() -> None:
    """The same seed gives the same test, another seed another cell."""
    assert ageing_test(3, seed=7).equals(ageing_test(3, seed=7))
    assert not ageing_test(3, seed=7).equals(ageing_test(3, seed=8))


def test_one_cycle() -> None:
    """One cycle is enough for a test."""
    assert ageing_test(1)[columns.STEP_COUNT].max() == 4


@pytest.mark.parametrize("record", [cell_spec(), cell_instance(7), properties()])
def test_quantities_are_understood(record: dict[str, Any]) -> None:
    """Every unit of the records has a canonical form."""
    found = canonical_of(record)
    assert found
    assert [path for path, value in found.items() if value is None] == []


def test_spec_components() -> None:
    """Four components carry properties and a material, with units in both spellings."""
    spec = cell_spec()
    for component in ("anode", "cathode", "electrolyte", "separator"):
        assert spec[component]["properties"]
        assert spec[component]["material"].keys() == {"name", "manufacturer", "definition"}
    assert (spec["name"], spec["manufacturer"]) == ("NMC811/Gr-Si 21700 (demo)", "Example Cells")
    assert {"mg/cm**2", "mg.cm-2"} == {spec[side]["properties"]["loading"]["unit"] for side in ("anode", "cathode")}


def test_instances_differ() -> None:
    """A cell always has the same as-built values, and not those of the next."""
    assert cell_instance(7) == cell_instance(7)
    assert cell_instance(7)["name"] == "DEMO-007"
    assert cell_instance(7)["measured_properties"] != cell_instance(8)["measured_properties"]
    assert date.fromisoformat(cell_instance(7)["date_manufactured"]).year == 2026


def test_pictures(pictures: list[Path]) -> None:
    """Both pictures are grey PNGs of 640 by 480 pixels with some contrast."""
    assert [path.name for path in pictures] == ["anode_surface_1000x.png", "cathode_cross_section_500x.png"]
    for path in pictures:
        with Image.open(path) as image:
            image.load()
            assert (image.format, image.mode, image.size) == ("PNG", "L", (640, 480))
            darkest, brightest = image.getextrema()
            assert darkest < 20
            assert brightest > 200


def test_pictures_are_the_same_each_time(pictures: list[Path], tmp_path: Path) -> None:
    """The same seed draws the same pictures to the byte."""
    assert [path.read_bytes() for path in write_images(tmp_path)] == [path.read_bytes() for path in pictures]

"""The words of the Battery Data Format."""

import pytest

from cellkeep.domain import bdf, columns
from cellkeep.domain.bdf import QUANTITIES, find, lacking


def test_every_spelling_means_one_quantity() -> None:
    """No label, name or older spelling stands for two quantities."""
    spelt = [(name.lower(), each.name) for each in QUANTITIES for name in (each.label, each.name)]
    spelt += [(older.name.lower(), each.name) for each in QUANTITIES for older in each.older]
    assert len({name for name, _ in spelt}) == len(spelt)
    for name, quantity in spelt:
        found = find(name)
        assert found is not None
        assert found.quantity.name == quantity


def test_signs_and_counters_that_differ_are_told() -> None:
    """Current and power have the other sign; capacities and energies count on there and restart here."""
    assert {each.label for each in QUANTITIES if each.turned} == {"Current / A", "Power / W"}
    assert {column for each in QUANTITIES if each.whole_test for column in each.columns} == {
        "Charge capacity [A.h]",
        "Discharge capacity [A.h]",
        "Charge energy [W.h]",
        "Discharge energy [W.h]",
    }


def test_each_column_of_ours_is_written_as_one_quantity() -> None:
    """Of the columns of the data format these have no word there, and no other."""
    ours = {value for name, value in vars(columns).items() if name.isupper() and isinstance(value, str)}
    written = [column for each in QUANTITIES for column in each.columns]
    assert len(set(written)) == len(written)
    assert ours - set(written) == {
        "Current [mA.cm-2]", "Frame", "Capacity [A.h]", "Energy [W.h]", "Stoichiometry", "SOC", "Nominal SOC"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "name", "factor"),
    [
        ("Test Time / s", "test_time_second", 1),
        ("  test time /  S", "test_time_second", 1),
        ("test_time_millisecond", "test_time_second", 1e-3),
        ("date_time_millisecond", "unix_time_second", 1e-3),
        ("cycle_dimensionless", "cycle_count", 1),
        ("step_dimensionless", "step_count", 1),
        ("charging_capacity_ampere_hour", "charging_capacity_ah", 1),
        ("Internal Resistance / Ohm", "internal_resistance_ohm", 1),
        ("Ambient Temperature / °C", "ambient_temperature_celsius", 1),
        ("Surface Temperature T1 / degC", "temperature_t1_celsius", 1),
        ("Step Capacity / Ah", "step_cumulative_capacity_ah", 1),
        ("step_charge_energy_wh", "step_charging_energy_wh", 1),
        ("dcir_ohm", "dc_internal_resistance_ohm", 1),
    ],
)
def test_older_spellings_are_known(header: str, name: str, factor: float) -> None:
    """Headers of files from before the present names are understood, with the factor to the present unit."""
    found = find(header)
    assert found is not None
    assert (found.quantity.name, found.factor) == (name, factor)


@pytest.mark.parametrize("header", ["Current (mA)", "Voltage [V]", "", "Test_Time"])
def test_other_headers_mean_nothing(header: str) -> None:
    """What is not of the format is not guessed at."""
    assert find(header) is None


def test_what_a_file_can_not_do_without() -> None:
    """Time, voltage and current are needed; of a spectrum all three are missing."""
    assert lacking(["Time [s]", "Voltage [V]", "Current [A]"]) == []
    assert lacking(["Time [s]", "Voltage [V]", "Current [mA.cm-2]"]) == ["Current [A]"]
    assert lacking(columns.SPECTRUM) == ["Time [s]", "Voltage [V]", "Current [A]"]
    assert bdf.UNIX_TIME.columns == ()

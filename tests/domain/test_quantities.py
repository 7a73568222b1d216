"""Numbers with units."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.domain.quantities import Canonical, canonical, canonical_of, in_unit, is_quantity

FINITE = st.floats(min_value=-1e12, max_value=1e12)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        # Product and power operators, and their twins with dots and exponents.
        ("A*h", (2.0, "A.h")),
        ("A.h", (2.0, "A.h")),
        ("mg/cm**2", (0.02, "kg.m-2")),
        ("mg.cm-2", (0.02, "kg.m-2")),
        ("mA*h", (0.002, "A.h")),
        ("mA.h", (0.002, "A.h")),
        ("mW*h", (0.002, "W.h")),
        ("mW.h", (0.002, "W.h")),
        ("mA*h/g", (2.0, "A.h.kg-1")),
        ("mA.h.g-1", (2.0, "A.h.kg-1")),
        ("mol/L", (2000.0, "mol.m-3")),
        ("mol.L-1", (2000.0, "mol.m-3")),
        ("mA/cm**2", (20.0, "A.m-2")),
        ("mA.cm-2", (20.0, "A.m-2")),
        ("mA*h/cm**2", (20.0, "A.h.m-2")),
        ("mA.h.cm-2", (20.0, "A.h.m-2")),
        ("m**2/s", (2.0, "m2.s-1")),
        ("m2.s-1", (2.0, "m2.s-1")),
        ("S/m", (2.0, "S.m-1")),
        ("S.m-1", (2.0, "S.m-1")),
        ("mol/m**3", (2.0, "mol.m-3")),
        ("mol.m-3", (2.0, "mol.m-3")),
        ("W.h.kg-1", (2.0, "W.h.kg-1")),
        ("Wh/kg", (2.0, "W.h.kg-1")),
        ("W.h.L-1", (2000.0, "W.h.m-3")),
        ("Wh/L", (2000.0, "W.h.m-3")),
        # Simple ones.
        ("V", (2.0, "V")),
        ("A", (2.0, "A")),
        ("mm", (0.002, "m")),
        ("um", (2e-6, "m")),
        ("uL", (2e-9, "m3")),
        ("g", (0.002, "kg")),
        ("K", (-271.15, "degC")),
        ("degC", (2.0, "degC")),
        ("Ohm", (2.0, "Ohm")),
        ("mOhm", (0.002, "Ohm")),
        ("mohm", (0.002, "Ohm")),
        ("percent", (0.02, "dimensionless")),
        ("%", (0.02, "dimensionless")),
        ("dimensionless", (2.0, "dimensionless")),
        ("s", (2.0, "s")),
        # Habits of the field.
        ("Ah", (2.0, "A.h")),
        ("A h", (2.0, "A.h")),
        ("mAh", (0.002, "A.h")),
        ("uA.h", (2e-6, "A.h")),
        ("\u00b5A.h", (2e-6, "A.h")),
        ("\u03bcA.h", (2e-6, "A.h")),
        ("m\u2126", (0.002, "Ohm")),
        ("m\u03a9", (0.002, "Ohm")),
        ("\u00b0C", (2.0, "degC")),
        ("mA\u00b7h", (0.002, "A.h")),
        (" mA.h ", (0.002, "A.h")),
    ],
)
def test_both_spellings_have_one_canonical_form(unit: str, expected: tuple[float, str]) -> None:
    """Every spelling of the field is understood, whichever style it is in."""
    assert canonical(2, unit) == Canonical(*expected)


def test_c_is_the_rate() -> None:
    """`C` is the C-rate, and neither coulomb nor a temperature."""
    assert canonical(2, "C") == Canonical(2.0, "C")
    assert in_unit({"value": 2, "unit": "C"}, "A.h") is None
    assert in_unit({"value": 2, "unit": "C"}, "degC") is None


@pytest.mark.parametrize(
    "unit", ["bananas", "C/20", "5 mA", "nan", "2", "__import__('os')", "m; kg", "V, A", "g\\L", "(", "\ud800"]
)
def test_an_unknown_unit_has_no_canonical_form(unit: str) -> None:
    """A unit that is not understood is no error: it has no canonical form."""
    assert canonical(1.5, unit) is None
    assert canonical_of({"loading": {"value": 1.5, "unit": unit}}) == {"loading": None}


@pytest.mark.parametrize("unit", ["9**9**9", "m**9**9**9", "9^9^9 m", "m" * 100_000])
def test_a_hostile_unit_is_answered_at_once(unit: str) -> None:
    """No text in the place of a unit keeps the server busy: it is plainly not understood."""
    program = "import sys; from cellkeep.domain.quantities import canonical; print(canonical(1, sys.stdin.read()))"
    done = subprocess.run(
        [sys.executable, "-c", program], input=unit, capture_output=True, text=True, timeout=4, check=True
    )
    assert done.stdout.strip() == "None"


def test_a_value_beyond_all_numbers_has_no_canonical_form() -> None:
    """A conversion that leaves the range of numbers is not kept as infinity, which JSON can not hold."""
    assert canonical(1e308, "kA.h") is None
    assert canonical(10**400, "A.h") is None


def test_quantities_are_found_in_nested_objects() -> None:
    """Every quantity gets its canonical form under its dotted path, and all else is passed over."""
    properties = {
        "cell": {"weight": {"value": 45.3, "unit": "g"}, "colour": "green"},
        "capacity": {"value": 5000, "unit": "mA*h"},
        "odd": {"value": 1, "unit": "bananas"},
        "solvents": ["EC", "EMC"],
        "number": 5,
    }
    assert canonical_of(properties) == {
        "cell.weight": {"value": 0.0453, "unit": "kg"},
        "capacity": {"value": 5.0, "unit": "A.h"},
        "odd": None,
    }


def test_what_was_sent_is_not_touched() -> None:
    """Finding the canonical form leaves value and unit as they were spelled."""
    properties = {"capacity": {"value": 5000, "unit": " mA*h "}}
    canonical_of(properties)
    assert properties == {"capacity": {"value": 5000, "unit": " mA*h "}}


@pytest.mark.parametrize(
    "value",
    [
        {"value": True, "unit": "V"},
        {"value": "5", "unit": "V"},
        {"value": None, "unit": "V"},
        {"value": 5, "unit": None},
        {"value": 5},
        {"value": 5, "unit": "V", "error": 1},
        [5, "V"],
        5,
        None,
    ],
)
def test_only_a_number_with_a_unit_is_a_quantity(value: object) -> None:
    """A quantity is an object of exactly a number and a text."""
    assert not is_quantity(value)
    assert in_unit(value, "V") is None


@given(FINITE)
def test_styles_agree(value: float) -> None:
    """The same value is canonically the same, however its unit is spelled, and mA.h are thousandths of A.h."""
    assert canonical(value, "mA.h") == canonical(value, "mA*h") == canonical(value, "mAh")
    milli, full = canonical(value * 1000, "mA.h"), canonical(value, "A*h")
    assert milli is not None
    assert full is not None
    assert milli.value == pytest.approx(full.value, rel=1e-12, abs=1e-300)


@given(FINITE, st.sampled_from(["mA.h", "A*h", "uA.h", "A*s"]))
def test_there_and_back(value: float, unit: str) -> None:
    """A quantity in its own unit is the number it was."""
    assert in_unit({"value": value, "unit": unit}, unit) == pytest.approx(value, rel=1e-12, abs=1e-300)


def test_in_unit_converts_and_refuses_other_kinds() -> None:
    """A quantity is told in the unit that is asked for, or not at all where it is of another kind."""
    assert in_unit({"value": 5000, "unit": "mA*h"}, "A.h") == 5.0
    assert in_unit({"value": 25, "unit": "degC"}, "K") == pytest.approx(298.15)
    assert in_unit({"value": 18, "unit": "A.s"}, "mA.h") == pytest.approx(5.0)
    assert in_unit({"value": 5, "unit": "V"}, "A.h") is None
    assert in_unit({"value": 5, "unit": "bananas"}, "A.h") is None
    assert in_unit({"value": 5, "unit": "V"}, "bananas") is None

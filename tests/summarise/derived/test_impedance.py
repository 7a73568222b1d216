"""Real and imaginary part of an impedance that came as modulus and phase."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.domain.errors import UnusableDataError
from cellkeep.summarise.derived import with_impedance


def polar(modulus: list[float | None], phase: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame({"Z_Mod [Ohm]": modulus, "Z_Phase [deg]": phase}, strict=False)


def test_parts() -> None:
    """A phase of -45 degrees is capacitive; what is not known is null."""
    found = with_impedance(polar([math.sqrt(2), 2.0, None, math.nan], [-45.0, 90.0, 0.0, 0.0]))
    assert found["Z_Re [Ohm]"].to_list() == [pytest.approx(1.0), pytest.approx(0.0, abs=1e-15), None, None]
    assert found["Z_Im [Ohm]"].to_list() == [pytest.approx(-1.0), pytest.approx(2.0), None, None]


@given(st.complex_numbers(min_magnitude=1e-6, max_magnitude=1e6))
def test_any_impedance(z: complex) -> None:
    """Both parts come back from modulus and phase."""
    row = with_impedance(polar([abs(z)], [math.degrees(math.atan2(z.imag, z.real))]))
    assert row["Z_Re [Ohm]"].item() == pytest.approx(z.real, abs=1e-12 * abs(z))
    assert row["Z_Im [Ohm]"].item() == pytest.approx(z.imag, abs=1e-12 * abs(z))


def test_a_part_that_is_there_is_kept() -> None:
    """Only what is missing is added, and a frame with both parts comes back as it is."""
    found = with_impedance(polar([1.0], [-90.0]).with_columns(pl.Series("Z_Re [Ohm]", [9.0])))
    assert found["Z_Re [Ohm]"].item() == 9.0
    assert found["Z_Im [Ohm]"].item() == pytest.approx(-1.0)
    assert with_impedance(found) is found


def test_nothing_to_derive_from() -> None:
    """It is said what is missing and what for."""
    with pytest.raises(UnusableDataError, match="'Z_Re \\[Ohm\\]' and 'Z_Im \\[Ohm\\]' needs the columns"):
        with_impedance(pl.DataFrame({"Z_Mod [Ohm]": [1.0]}))

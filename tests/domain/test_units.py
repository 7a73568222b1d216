"""Units that a quantity may be shown in."""

from cellkeep.domain.quantities import canonical
from cellkeep.domain.units import _FAMILIES, units_like


def test_the_units_of_a_family_are_of_one_kind() -> None:
    """Each is understood, its canonical unit is among them, and no two families are of the same kind."""
    kinds = []
    for family in _FAMILIES:
        found = {each.unit for unit in family if (each := canonical(1, unit))}
        assert len(found) == 1, family
        assert all(canonical(1, unit) for unit in family), family
        kinds += found
    assert len(kinds) == len(set(kinds))


def test_a_unit_comes_first_as_it_was_written() -> None:
    """And is not offered again in another spelling; what has no family has itself alone."""
    assert units_like("mA*h") == ("mA*h", "A.h", "uA.h")
    assert units_like("\u00b0C") == ("\u00b0C", "K", "degF")
    assert units_like("V.s") == ("V.s",)
    assert units_like("bananas") == ()

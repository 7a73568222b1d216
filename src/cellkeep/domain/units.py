"""Which units a quantity may be shown in: those that people of the field write for its kind."""

from functools import cache, lru_cache

from cellkeep.domain.quantities import canonical

_FAMILIES: tuple[tuple[str, ...], ...] = (
    ("m", "cm", "mm", "um", "nm"),
    ("m2", "cm2", "mm2", "um2"),
    ("m3", "L", "mL", "cm3", "mm3", "um3"),
    ("kg", "g", "mg", "ug"),
    ("s", "ms", "min", "h", "day"),
    ("Hz", "mHz", "kHz", "MHz"),
    ("A", "mA", "uA", "nA"),
    ("A.m-2", "A.cm-2", "mA.cm-2"),
    ("A.kg-1", "A.g-1", "mA.g-1"),
    ("A.h", "mA.h", "uA.h"),
    ("A.h.m-2", "mA.h.cm-2"),
    ("A.h.kg-1", "mA.h.g-1"),
    ("A.h.m-3", "A.h.L-1", "mA.h.cm-3"),
    ("W.h", "mW.h", "kW.h", "J", "kJ"),
    ("W.h.m-2", "mW.h.cm-2"),
    ("W.h.kg-1", "mW.h.g-1", "kJ.kg-1"),
    ("W.h.m-3", "W.h.L-1"),
    ("degC", "K", "degF"),
    ("V", "mV", "uV"),
    ("Ohm", "mOhm", "uOhm", "kOhm"),
    ("Ohm.m", "Ohm.cm"),
    ("Ohm.m2", "Ohm.cm2", "mOhm.cm2"),
    ("S", "mS"),
    ("S.m-1", "S.cm-1", "mS.cm-1"),
    ("W", "mW", "kW"),
    ("W.kg-1", "mW.g-1"),
    ("W.m-1.K-1",),
    ("J.kg-1.K-1", "J.g-1.K-1"),
    ("F", "mF", "uF", "nF"),
    ("H", "mH", "uH", "nH"),
    ("N", "mN", "kN"),
    ("Pa", "kPa", "MPa", "GPa", "mbar", "bar", "psi"),
    ("kg.m-2", "mg.cm-2", "g.m-2"),
    ("kg.m-3", "g.cm-3", "g.L-1"),
    ("m2.kg-1", "m2.g-1"),
    ("mol.m-3", "mol.L-1", "mmol.L-1"),
    ("mol", "mmol", "umol"),
    ("m2.s-1", "cm2.s-1"),
    ("m.s-1", "mm.s-1", "um.s-1"),
    ("Pa.s", "mPa.s"),
    ("dimensionless", "percent"),
    ("C",),
)
"""Of one kind each, the canonical unit among them."""


@lru_cache(maxsize=1024)
def units_like(unit: str) -> tuple[str, ...]:
    """Units that a quantity in this one can be shown in, itself first; none where it is not understood.

    >>> units_like("mg.cm-2")
    ('mg.cm-2', 'kg.m-2', 'g.m-2')
    >>> units_like("bananas")
    ()
    """
    own = canonical(1, unit)
    if own is None:
        return ()
    others = (each for each in _by_kind().get(own.unit, (own.unit,)) if _scale(each) != _scale(unit))
    return (unit, *others)


@cache
def _by_kind() -> dict[str, tuple[str, ...]]:
    found = {family: canonical(1, family[0]) for family in _FAMILIES}
    return {kind.unit: family for family, kind in found.items() if kind is not None}


@lru_cache(maxsize=1024)
def _scale(unit: str) -> tuple[float, float] | None:
    """What tells units of one kind apart; `A*h` and `A.h` are the same."""
    zero, one = canonical(0, unit), canonical(1, unit)
    return (zero.value, one.value) if zero and one else None

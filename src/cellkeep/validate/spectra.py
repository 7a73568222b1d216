"""Checks of open-circuit potential curves and of impedance spectra."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from cellkeep.domain.columns import OCP_X_AXES, SPECTRUM, VOLTAGE, Z_IM, Z_RE, quoted
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.validate.check import Asked, Check
from cellkeep.validate.rows import Rows

REVERSED_FROM = 0.75
FEWEST_POINTS = 3
OHM_AMPERE_HOURS = 0.05
"""Ohmic resistance times rated capacity that is usual [Ohm A.h]."""
BAND = 100.0
_MOST_POINTS = 1 << 20
"""Of a longer series these first are looked at; a spectrum has some hundred."""


@dataclass
class OcpColumns(Check):
    """An open-circuit potential curve has voltage and something to draw it over."""

    codes = (Code.OCP_VOLTAGE_COLUMN_MISSING, Code.OCP_X_AXIS_COLUMN_MISSING)

    available: list[str]
    has_voltage: bool
    has_x_axis: bool

    @classmethod
    def begin(cls, asked: Asked) -> Self:
        return cls(asked.told_columns, VOLTAGE in asked.present, not asked.present.isdisjoint(OCP_X_AXES))

    def add(self, rows: Rows) -> None:
        pass

    def findings(self) -> Iterator[Finding]:
        if not self.has_voltage:
            yield found(
                Code.OCP_VOLTAGE_COLUMN_MISSING,
                f"An open-circuit potential curve needs '{VOLTAGE}', which is not among {quoted(self.available)}.",
                available_columns=self.available,
            )
        if not self.has_x_axis:
            yield found(
                Code.OCP_X_AXIS_COLUMN_MISSING,
                f"An open-circuit potential curve needs one of {quoted(OCP_X_AXES)}, and has {quoted(self.available)}.",
                candidates=list(OCP_X_AXES),
                available_columns=self.available,
            )


@dataclass
class EisColumns(Check):
    """A spectrum has frequency and both parts of the impedance."""

    codes = (Code.EIS_COLUMNS_MISSING,)

    available: list[str]
    missing: list[str]

    @classmethod
    def begin(cls, asked: Asked) -> Self:
        return cls(asked.told_columns, [name for name in SPECTRUM if name not in asked.present])

    def add(self, rows: Rows) -> None:
        pass

    def findings(self) -> Iterator[Finding]:
        if self.missing:
            yield found(
                Code.EIS_COLUMNS_MISSING,
                f"An impedance spectrum needs {quoted(SPECTRUM)}; {quoted(self.missing)} not found among "
                f"{quoted(self.available)}. Of modulus and phase cellkeep.derived.with_impedance makes both parts.",
                required=list(SPECTRUM),
                missing=self.missing,
                available_columns=self.available,
            )


@dataclass
class ZImSign(Check):
    """`Z_Im [Ohm]` is negative along the capacitive arc.

    Looked at are the points from the lowest frequency up to that of R0, the smallest real part. Three quarters of the
    sum of |Z_Im| with a positive sign are a finding.
    """

    codes = (Code.EIS_ZIM_SIGN_REVERSED,)
    name = "eis_zim_sign"
    reads = SPECTRUM

    points: list[list[float]] = field(default_factory=lambda: [[], [], []])

    def add(self, rows: Rows) -> None:
        room = _MOST_POINTS - len(self.points[0])
        values = np.stack([rows.values(name) for name in SPECTRUM])
        for known, column in zip(self.points, values[:, np.isfinite(values).all(axis=0)][:, :room], strict=True):
            known.extend(column.tolist())

    def findings(self) -> Iterator[Finding]:
        frequency, real, imaginary = map(np.array, self.points)
        if frequency.size < FEWEST_POINTS:
            return
        order = np.argsort(frequency, kind="stable")
        real, imaginary = real[order], imaginary[order]
        arc = imaginary[: int(np.argmin(real)) + 1]
        total = np.abs(arc).sum()
        share = float(arc[arc > 0].sum() / total) if total > 0 else 0.0
        if share >= REVERSED_FROM:
            yield found(
                Code.EIS_ZIM_SIGN_REVERSED,
                f"'{Z_IM}' is positive over {share:.0%} of the arc, and has to be negative there: it is the imaginary "
                "part itself, not the -Im(Z) that is plotted. Negate it, as cellkeep.mend does.",
                positive_fraction=share,
                r0=float(real.min()),
                n_capacitive_points=int(arc.size),
            )


@dataclass
class ImpedanceMagnitude(Check):
    """The smallest real part is within a factor of 100 of 0.05 Ohm A.h by the rated capacity."""

    codes = (Code.EIS_IMPEDANCE_MAGNITUDE_IMPLAUSIBLE,)
    name = "eis_impedance_magnitude"
    reads = SPECTRUM

    rated_capacity: float
    r0: float = np.inf

    @classmethod
    def applies(cls, asked: Asked) -> bool:
        return super().applies(asked) and asked.capacity is not None

    @classmethod
    def begin(cls, asked: Asked) -> Self:
        return cls(asked.capacity or 0.0)

    def add(self, rows: Rows) -> None:
        real = rows.values(Z_RE)
        self.r0 = float(np.min(real, where=np.isfinite(real), initial=self.r0))

    def findings(self) -> Iterator[Finding]:
        expected = OHM_AMPERE_HOURS / self.rated_capacity
        if not 0 < self.r0 < np.inf or expected / BAND <= self.r0 <= expected * BAND:
            return
        yield found(
            Code.EIS_IMPEDANCE_MAGNITUDE_IMPLAUSIBLE,
            f"The smallest '{Z_RE}' is {self.r0:.3g} Ohm. For a cell of {self.rated_capacity:g} A.h some "
            f"{expected:.2g} Ohm are usual, and from {expected / BAND:.2g} to {expected * BAND:.2g} Ohm are believed. "
            "The impedance may be in mOhm, or of another area than the whole cell.",
            r0=self.r0,
            r_expected=expected,
            band_low=expected / BAND,
            band_high=expected * BAND,
            factor=BAND,
            r_times_q=OHM_AMPERE_HOURS,
            rated_capacity=self.rated_capacity,
        )

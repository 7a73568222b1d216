"""Where an impedance spectrum crosses the real axis at high frequency."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.runs import Floats
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.rows import known_rows, numbers, rows_of_steps, step_runs

CROSSING = "crossing"
CLOSEST = "closest point"

_DECADE = 10.0

_SCHEMA = {
    columns.STEP_COUNT: pl.Int64(),
    "High-frequency resistance [Ohm]": pl.Float64(),
    columns.FREQUENCY: pl.Float64(),
    "Found by": pl.String(),
}


@takes_frame
def high_frequency_resistance(frame: pl.DataFrame) -> pl.DataFrame:
    """Find the high-frequency intercept of each spectrum: the real part of the impedance where the imaginary part is 0.

    From the highest frequency down, the spectrum starts inductive (Z_Im > 0) and turns capacitive. Between the last
    inductive point a and the point b after it, both parts are taken to be linear, so with w = Z_Im,a / (Z_Im,a -
    Z_Im,b)

        R = Z_Re,a + w * (Z_Re,b - Z_Re,a)        log f = log f_a + w * (log f_b - log f_a)

    A spectrum that is not inductive at its highest frequency, or never turns capacitive, has no such crossing. Then the
    point of smallest |Z_Im| within the decade below its highest frequency is taken; `Found by` tells. A change of sign
    further down, as noise at low frequencies makes, is never taken.

    Args:
        frame: impedance rows with `Frequency [Hz]`, `Z_Re [Ohm]` and `Z_Im [Ohm]` (the imaginary part itself), among
            others or alone. Each step with such rows is a spectrum, in whatever order of frequencies; without
            `Step count` they all are one, of step 0.

    Returns:
        For each spectrum: `Step count`, `High-frequency resistance [Ohm]`, `Frequency [Hz]` at which it was found, and
        `Found by`: `crossing` or `closest point`.

    Raises:
        UnusableDataError: a column is missing or holds text, or `Step count` is broken.
    """
    needed = [columns.FREQUENCY, columns.Z_RE, columns.Z_IM]
    columns.require(needed, frame.columns, "The high-frequency intercept")
    spectrum = np.stack([numbers(frame, name) for name in needed])
    found = []
    for count, rows in _spectra(frame):
        part = spectrum[:, rows]
        part = part[:, known_rows(*part)]
        part = part[:, part[0] > columns.MIN_FREQUENCY_HZ]
        if part.size:
            found.append((count, *_intercept(*part[:, np.argsort(-part[0], kind="stable")])))
    return pl.DataFrame(found, _SCHEMA, orient="row")


def _spectra(frame: pl.DataFrame) -> Iterator[tuple[int, slice]]:
    if columns.STEP_COUNT not in frame.columns:
        return iter([(0, slice(None))])
    return rows_of_steps(frame, step_runs(frame, "The high-frequency intercept"), None)


def _intercept(frequency: Floats, real: Floats, imaginary: Floats) -> tuple[float, float, str]:
    """Of a spectrum from its highest frequency down."""
    capacitive = imaginary <= 0
    after = int(np.argmax(capacitive & np.append(capacitive[1:], True)))  # one point alone is noise
    if after and capacitive[after]:
        share = imaginary[after - 1] / (imaginary[after - 1] - imaginary[after])
        log_frequency = _between(np.log(frequency), after, share)
        return _between(real, after, share), float(np.exp(log_frequency)), CROSSING
    near = int(np.argmin(np.abs(imaginary[frequency >= frequency[0] / _DECADE])))
    return float(real[near]), float(frequency[near]), CLOSEST


def _between(values: Floats, after: int, share: float) -> float:
    return float(values[after - 1] + share * (values[after] - values[after - 1]))

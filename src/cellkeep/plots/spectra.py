"""The impedance spectra of a source, and the number that tells them apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.plots.choosing import Chosen, of_cycles, of_steps
from cellkeep.plots.drawn import with_counts
from cellkeep.plots.inputs import Source
from cellkeep.summarise.derived import with_impedance

_COUNTS = (columns.CYCLE_COUNT, columns.STEP_COUNT)
_SOCS = (columns.NOMINAL_SOC, columns.SOC)


@dataclass(frozen=True)
class Spectrum:
    """One sweep over frequencies.

    Attributes:
        rows: `Frequency [Hz]` from the highest down, `Z_Re [Ohm]`, `Z_Im [Ohm]`, `Step count` and `Cycle count`.
        means: of other columns of numbers.
    """

    rows: pl.DataFrame
    means: dict[str, float | None]


def spectra(source: Source, steps: Chosen, cycles: Chosen) -> list[Spectrum]:
    """Each step with impedance, in the order of the series; all rows are one step where steps are not counted.

    Raises:
        UnusableDataError: there is no impedance, or a column is missing.
        InvalidError: a step or a cycle has no impedance.
    """
    counted = with_counts(source.series, source.steps)
    for name in _COUNTS:
        counted = counted if name in counted.columns else counted.with_columns(pl.lit(0, pl.Int64).alias(name))
    columns.require([columns.FREQUENCY], counted.columns, "An impedance spectrum")
    rows = with_impedance(counted.filter(pl.col(columns.FREQUENCY).fill_nan(None) > columns.MIN_FREQUENCY_HZ))
    rows = rows.filter(pl.all_horizontal(pl.col(columns.Z_RE, columns.Z_IM).cast(pl.Float64).is_finite()))
    if rows.is_empty():
        raise UnusableDataError("There is no impedance to be drawn: no row has a frequency and both parts.")
    chosen = of_steps(rows if cycles is None else of_cycles(rows, cycles), steps)
    return [_spectrum(part) for part in chosen.partition_by(columns.STEP_COUNT, maintain_order=True)]


def _spectrum(rows: pl.DataFrame) -> Spectrum:
    numbers = [name for name, dtype in rows.schema.items() if dtype.is_numeric()]
    means = rows.select(pl.col(name).cast(pl.Float64).fill_nan(None).mean() for name in numbers).row(0, named=True)
    falling = rows.sort(columns.FREQUENCY, descending=True, maintain_order=True)
    return Spectrum(falling.select(*columns.SPECTRUM, *reversed(_COUNTS)), means)


def telling(found: Sequence[Spectrum]) -> str:
    """The column whose number tells spectra apart: the state of charge, else the cycle, else the step."""
    for name in (*_SOCS, *_COUNTS):
        values = [spectrum.means.get(name) for spectrum in found]
        if None not in values and len(set(values)) == len(values) > 1:
            return name
    return columns.STEP_COUNT


def numbers_of(found: Sequence[Spectrum], name: str) -> list[float]:
    """The number of each spectrum.

    Raises:
        InvalidError: a spectrum has none.
    """
    values = [spectrum.means.get(name) for spectrum in found]
    if None in values:
        there = columns.quoted(sorted(set.intersection(*(set(spectrum.means) for spectrum in found))))
        raise InvalidError(f"Not every spectrum has a number in '{name}'; spectra can be coloured by {there}.")
    return [value for value in values if value is not None]

"""The check of the sign of the current."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from cellkeep.domain.columns import CURRENT, STEP_COUNT, TIME, VOLTAGE
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.runs import Floats, as_floats
from cellkeep.validate.check import Check
from cellkeep.validate.direction import votes
from cellkeep.validate.moments import Moments
from cellkeep.validate.rows import OWN_STEPS, Part, Place, Rows
from cellkeep.validate.small_currents import BITS, MOST_A, SmallCurrents

REVERSED_FROM = 0.75
DOUBTFUL_FROM = 0.25
_WAITING_STEPS = 4096
"""Steps are solved together, since each solving has its own cost."""


@dataclass
class CurrentSign(Check):
    """Positive current discharges: where most charge flows, the voltage falls while it is positive.

    Each step votes with the charge that it passed, as far as its voltage tells; see `direction.votes`. Steps whose mean
    current is that of a rest do not vote. Rows without a time or a voltage are left out, and infinite values too; a
    step with a current that is missing has no vote.
    """

    codes = (Code.CURRENT_SIGN_REVERSED, Code.CURRENT_SIGN_UNSIGNED, Code.CURRENT_SIGN_INDETERMINATE)
    reads = (CURRENT, VOLTAGE, TIME)

    small: SmallCurrents = field(default_factory=SmallCurrents)
    place: Place = field(default_factory=Place)
    highest: float = -np.inf
    lowest: float = np.inf
    charge: float = 0.0
    """Weight of the finished steps with a mean current above any limit of rest, in which positive current charges;"""
    discharge: float = 0.0
    """and of those in which it discharges."""
    means: list[float] = field(default_factory=list)
    """|mean I| of the other finished steps that have a vote; with"""
    weights: list[float] = field(default_factory=list)
    """what each weighs, negative where positive current discharges."""
    open_step: list[float] = field(default_factory=list)
    """Figures of the last step, which may go on."""

    def __post_init__(self) -> None:
        self._open = Moments.resumed(self.open_step) if self.open_step else None
        self._waiting: list[Moments] = []
        self._n_waiting = 0

    def add(self, rows: Rows) -> None:
        if not rows.has_steps:
            return
        part = _usable(rows, self.place)
        if part.size:
            self._look_at(part.values(CURRENT))
            self._follow(part)
        self.place = part.after()

    def _look_at(self, current: Floats) -> None:
        size = np.abs(current)
        self.small.missing |= bool(np.isnan(size.sum()) and np.isnan(size).any())
        self.small.add(size)
        self.highest = float(np.fmax(self.highest, np.fmax.reduce(current)))
        self.lowest = float(np.fmin(self.lowest, np.fmin.reduce(current)))

    def _follow(self, part: Part) -> None:
        found_here = Moments.of(part.values(TIME), part.values(CURRENT), part.values(VOLTAGE), part.runs)
        if self._open is not None:
            if part.continued:
                first = self._open.then(found_here.at(slice(1)))
                found_here = Moments.joined([first, found_here.at(slice(1, None))])
            else:
                self._wait(self._open)
        self._wait(found_here.at(slice(-1)))
        self._open = found_here.at(slice(-1, None))

    def _wait(self, steps: Moments) -> None:
        if steps.rows.size:
            self._waiting.append(steps)
            self._n_waiting += steps.rows.size
            if self._n_waiting > _WAITING_STEPS:
                self._settle()

    def _settle(self) -> None:
        if self._waiting:
            means, weights = _voted(Moments.joined(self._waiting))
            clear = means >= MOST_A
            self.charge += float(weights[clear & (weights > 0)].sum())
            self.discharge -= float(weights[clear & (weights < 0)].sum())
            self.means += means[~clear].tolist()
            self.weights += weights[~clear].tolist()
        self._waiting, self._n_waiting = [], 0

    def close(self) -> None:
        self._settle()
        self.small.close()
        if len(self.means) > _WAITING_STEPS:
            self._gather()
        self.open_step = self._open.plain() if self._open is not None else []

    def _gather(self) -> None:
        """Put steps together whose mean currents are the same to 0.4 %, and that vote alike."""
        means, weights = np.array(self.means), np.array(self.weights)
        order = np.lexsort((means.view(np.uint64) >> np.uint64(BITS), weights > 0))
        means, weights = means[order], weights[order]
        heads, votes_ = means.view(np.uint64) >> np.uint64(BITS), weights > 0
        starts = np.flatnonzero(np.append(True, (heads[1:] != heads[:-1]) | (votes_[1:] != votes_[:-1])))
        self.means, self.weights = means[starts].tolist(), np.add.reduceat(weights, starts).tolist()

    def findings(self) -> Iterator[Finding]:
        self._settle()
        last = [_voted(self._open)] if self._open is not None else []
        means, weights = (np.concatenate(parts) for parts in zip((self.means, self.weights), *last, strict=True))
        limit = self.small.limit()
        counted = weights[means >= limit]
        charge = self.charge + counted[counted > 0].sum()
        discharge = self.discharge - counted[counted < 0].sum()
        if not charge + discharge > 0:
            return
        share = float(charge / (charge + discharge))
        if share >= REVERSED_FROM:
            yield found(
                Code.CURRENT_SIGN_REVERSED,
                f"Positive current charges here: {share:.0%} of the charge flows while the voltage rises with it. "
                "Positive current has to discharge. cellkeep.mend negates the current and what follows from it.",
                charge_fraction=share,
            )
        elif share >= DOUBTFUL_FROM:
            yield self._doubtful(share, limit)

    def _doubtful(self, share: float, limit: float) -> Finding:
        unsigned = self.highest > limit and self.lowest >= -limit
        if unsigned:
            return found(
                Code.CURRENT_SIGN_UNSIGNED,
                f"The current is never negative, but the voltage rises during {share:.0%} of the charge: it seems to "
                "be the size of the current alone. Give it its sign step by step, from what the cycler says it was "
                "doing (its mode or status): positive while it discharges, negative while it charges.",
                charge_fraction=share,
            )
        return found(
            Code.CURRENT_SIGN_INDETERMINATE,
            f"During {share:.0%} of the charge the voltage rises with positive current, and during the rest it falls. "
            "The sign of the current may differ between parts of the file: look at voltage and current of each step.",
            charge_fraction=share,
        )


def _voted(steps: Moments) -> tuple[Floats, Floats]:
    """|mean I| and signed weight of the steps that have a vote."""
    vote = votes(steps)
    has = np.flatnonzero(vote.weight > 0)
    return np.abs(steps.current[has]), np.where(vote.charging, vote.weight, -vote.weight)[has]


def _usable(rows: Rows, before: Place) -> Part:
    """The rows with a time and a voltage, and without an infinite value."""
    values = [rows.values(name) for name in (TIME, CURRENT, VOLTAGE)]
    if before == rows.all.before and all(np.isfinite(it.sum()) for it in values):
        return rows.all
    time, current, voltage = values
    return rows.kept(np.isfinite(time) & ~np.isinf(current) & np.isfinite(voltage), before)


def with_own_steps(frame: pl.DataFrame) -> pl.DataFrame:
    """Label the steps of a series that counts none by the sign of I / max|I|; values up to the limit of rest are 0."""
    if STEP_COUNT in frame.columns or not {CURRENT, TIME} <= set(frame.columns):
        return frame
    current = as_floats(frame[CURRENT])
    size = np.abs(current[~np.isnan(as_floats(frame[TIME]))])
    small = SmallCurrents(missing=bool(np.isnan(size).any()))
    small.add(size)
    with np.errstate(over="ignore", invalid="ignore"):
        share = current / max(float(np.max(size, initial=0.0)), np.finfo(float).tiny)
    labels = np.where(np.abs(share) <= small.limit(), 0.0, np.sign(share))
    return frame.with_columns(pl.Series(OWN_STEPS, labels))

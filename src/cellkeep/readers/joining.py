"""Several files of one test, as one series: restarts, parts, one file for each cycle."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.findings import Repair
from cellkeep.readers.reading import Read
from cellkeep.runs import as_floats, changes, directions

_RUN, _FILE, _OWN_STEPS, _DIRECTION = "run", "file", "own steps", "direction"
"""Columns that are there while files are joined."""
_BACKWARDS_S = 2.0
"""Moments are often written in whole seconds, so a file may seem to begin a little before the one before ends."""
_BEHIND_S = 1e-6
_APART_S = 120.0
"""Of more than that the dates are told beside the clock of the test, which may stand still while a test is paused."""


@dataclass(frozen=True)
class Part:
    """One of the files.

    Attributes:
        name: of the file.
        read: what it holds.
    """

    name: str
    read: Read

    @property
    def length(self) -> float:
        """From its first to its last row [s]."""
        return float(self.read.frame[columns.TIME].max() or 0.0)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Seam:
    """Where a file begins in the series.

    Attributes:
        at: of its first row [s].
        goes_on: whether it is a part of the same run, and no restart.
        how: by what that was told.
    """

    at: float
    goes_on: bool
    how: str


def join(parts: Sequence[Part], *, cycle_per_file: bool = False) -> tuple[Read, list[int]]:
    """Join files of one test in the order of time.

    Files follow one another by the clock of the test where it goes on from one to the next, else by the moments at
    which they begin, else in the order in which they were given, and then without a pause. Time rises from each file
    to the next. A step goes on across a seam only where the clock of the test does.

    Args:
        parts: the files, in any order if all of them tell when they begin.
        cycle_per_file: whether each file is a cycle of its own, whatever it counts.

    Returns:
        The series as one, with the seams among its repairs; and the order of the files.

    Raises:
        UnusableDataError: they overlap in time, some are spectra, or only some have an areal current.
    """
    order = _in_order(parts)
    ordered = [parts[at] for at in order]
    _require_alike(ordered)
    seams = _seams(ordered)
    shared = [each for each in ordered[0].read.repairs if all(each in part.read.repairs for part in ordered)]
    frames: list[pl.DataFrame] = []
    repairs = list(shared)
    run = row = 0
    for part, seam in zip(ordered, seams, strict=True):
        if frames:
            run += not seam.goes_on
            repairs.append(_told(ordered[len(frames) - 1], part, seam, frames[-1], row))
        repairs += [_of_file(each, part.name) for each in part.read.repairs if each not in shared]
        frames.append(_placed(part, seam, run, len(frames)))
        row += part.read.frame.height
    joined = _counted(pl.concat(frames, how="diagonal_relaxed"), cycle_per_file=cycle_per_file)
    known = all(part.read.sign_known for part in ordered)
    return replace(ordered[0].read, frame=joined, repairs=repairs, sign_known=known), order


def _placed(part: Part, seam: _Seam, run: int, number: int) -> pl.DataFrame:
    """The rows of a file, at the time at which it begins."""
    moved = [pl.col(columns.TIME) + seam.at, pl.lit(run, pl.Int64).alias(_RUN), pl.lit(number, pl.Int64).alias(_FILE)]
    frame = part.read.frame.drop(columns.CYCLE_COUNT, strict=False).with_columns(moved)
    return frame.rename({columns.STEP_COUNT: _OWN_STEPS}, strict=False)


def _of_file(repair: Repair, name: str) -> Repair:
    """The same repair, with the file in which it was made."""
    told = {"message": f"{name}: {repair.message}", "payload": {**repair.payload, "file": name}}
    return repair.model_copy(update=told)


def _in_order(parts: Sequence[Part]) -> list[int]:
    starts = [part.read.start for part in parts]
    known = [start for start in starts if start is not None]
    if len(known) == len(parts) and len({start.tzinfo is None for start in known}) == 1:
        clocks = [part.read.clock or 0.0 for part in parts]
        return sorted(range(len(parts)), key=lambda at: (known[at], clocks[at], at))
    return list(range(len(parts)))


def _require_alike(parts: Sequence[Part]) -> None:
    for part in parts:
        if part.read.data_type == "eis" or columns.TIME not in part.read.frame.columns:
            raise UnusableDataError(
                f"'{part.name}' holds spectra alone, and can not be joined to others: make a measurement of it.",
                detail={"file": part.name},
            )
    areal = {part.name for part in parts if columns.AREAL_CURRENT in part.read.frame.columns}
    if areal and len(areal) < len(parts):
        raise UnusableDataError(
            f"Some files have '{columns.AREAL_CURRENT}' ({columns.quoted(sorted(areal))}) and the others "
            f"'{columns.CURRENT}', so they can not be one series.",
            detail={"files": sorted(areal)},
        )


def _seams(parts: Sequence[Part]) -> list[_Seam]:
    seams = [_Seam(0.0, goes_on=False, how="")]
    for before, part in pairwise(parts):
        end = seams[-1].at + before.length
        seams.append(_seam(before, part, seams[-1].at, end))
    return seams


def _seam(before: Part, part: Part, begun: float, end: float) -> _Seam:
    """Where a file begins that follows another, which began and ended there."""
    clock, previous = part.read.clock, before.read.clock
    if clock is not None and previous is not None and clock > previous and clock >= previous + before.length:
        at, pause = begun + clock - previous, _between(before.read.start, part.read.start)
        apart = 0.0 if pause is None else begun + pause - at
        by_dates = f"; by the dates it would be {apart:+,.0f} s" if abs(apart) > _APART_S else ""
        how = f"the clock of the test goes on{by_dates}"
        return _Seam(max(at, end + _BEHIND_S), goes_on=True, how=how)
    pause = _between(before.read.start, part.read.start)
    if pause is None:
        return _Seam(end + _usual_step(before), goes_on=False, how="no file tells when it began, so no pause is known")
    at = begun + pause
    if at < end - _BACKWARDS_S:
        raise UnusableDataError(
            f"'{part.name}' begins {end - at:g} s before '{before.name}' ends. Files of one test follow one another: "
            "is one an earlier copy of the other, or from another channel? Leave it out.",
            detail={"files": [before.name, part.name], "overlap_s": end - at},
        )
    return _Seam(max(at, end + _BEHIND_S), goes_on=False, how="by the moments at which they begin")


def _between(first: datetime | None, second: datetime | None) -> float | None:
    if first is None or second is None or (first.tzinfo is None) != (second.tzinfo is None):
        return None
    return (second - first).total_seconds()


def _usual_step(part: Part) -> float:
    steps = part.read.frame[columns.TIME].drop_nulls().diff().drop_nulls()
    positive = steps.filter(steps > 0)
    return float(positive.median() or 1.0) if len(positive) else 1.0  # type: ignore[arg-type]


def _told(before: Part, part: Part, seam: _Seam, last: pl.DataFrame, row: int) -> Repair:
    gap = seam.at - float(last[columns.TIME].max() or 0.0)  # type: ignore[arg-type]
    kind = "goes on" if seam.goes_on else "begins"
    return Repair(
        action="files_joined",
        message=f"'{part.name}' {kind} at {seam.at:g} s, {gap:g} s after '{before.name}' ({seam.how}).",
        payload={"file": part.name, "row": row, "time_s": seam.at, "gap_s": gap, "restart": not seam.goes_on},
    )


def _counted(frame: pl.DataFrame, *, cycle_per_file: bool) -> pl.DataFrame:
    """Steps and cycles counted over all files: a restart begins a step, and a cycle where cycles are numbered."""
    told = [name for name in (_OWN_STEPS, columns.STEP_FROM_CYCLER, columns.FRAME) if name in frame.columns]
    if not told:
        current = columns.CURRENT if columns.CURRENT in frame.columns else columns.AREAL_CURRENT
        frame = frame.with_columns(directions(as_floats(frame[current])).alias(_DIRECTION))
        told = [_DIRECTION]
    begins = {name: changes(frame[name]) for name in (*told, _RUN)}
    steps = pl.DataFrame(begins).select(pl.any_horizontal(pl.all())).to_series().cum_sum()
    if cycle_per_file:
        cycles = frame[_FILE]
    elif columns.CYCLE_FROM_CYCLER in frame.columns:
        cycles = (changes(frame[columns.CYCLE_FROM_CYCLER]) | begins[_RUN]).cum_sum()
    else:
        cycles = pl.repeat(0, frame.height, eager=True)
    counts = [steps.cast(pl.Int64).alias(columns.STEP_COUNT), cycles.cast(pl.Int64).alias(columns.CYCLE_COUNT)]
    return frame.with_columns(counts).drop(_RUN, _FILE, _OWN_STEPS, _DIRECTION, strict=False)

"""Files of cyclers as series that can be sent: read, steps counted, counters from the start of each step."""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from cellkeep import validate
from cellkeep.domain.columns import (
    AREAL_CURRENT,
    BY_DIRECTION,
    CHARGE_CAPACITY,
    CHARGE_ENERGY,
    CURRENT,
    DISCHARGE_CAPACITY,
    DISCHARGE_ENERGY,
    STEP_COUNT,
    STEP_FROM_CYCLER,
    TIME,
    quoted,
)
from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.domain.findings import MAX_REPAIRS, Code, Repair
from cellkeep.domain.provenance import SentProvenance, SourceFile
from cellkeep.readers.choosing import NOTHING_CHOSEN, Choice
from cellkeep.readers.format import Format
from cellkeep.readers.joining import Part, join
from cellkeep.readers.reading import Read, read_file
from cellkeep.summarise import derived, mending

AnyPath = str | os.PathLike[str]
_RESET_SHARE = 0.1
"""A counter that begins anew falls below this share of what it was."""
_SIGN = frozenset({Code.CURRENT_SIGN_REVERSED})
_SIGNED = frozenset({"current_signed_by_counters", "current_signed_by_status"})


@dataclass(frozen=True)
class Reading:
    """A file of a cycler, read.

    Attributes:
        time_series: a polars frame in the data format: `Time [s]` from 0, current positive on discharge, `Step count`
            and `Cycle count` from 0, capacities and energies from 0 in each step.
        measurement: what the file says of the test, as fields of a measurement: `name`, `protocol`, `test_setup`, and
            `start_time` where its zone is known; with `repairs` and `provenance`.
        reader: name of the format.
        reason: what told the format.
        repairs: what was left out, moved, or taken for granted.
        local_start: when the test began by the clock of the instrument, where no zone was stated.
        choice: which heading of the (first) file became which column, and which were left.
    """

    time_series: pl.DataFrame
    measurement: dict[str, Any]
    reader: str
    reason: str
    repairs: list[Repair] = field(default_factory=list)
    local_start: datetime | None = None
    choice: Choice = NOTHING_CHOSEN

    def detail(self, **fields: Any) -> dict[str, Any]:
        """What `client.cell_measurement.create` takes; fields that are given come before those of the file."""
        return {"measurement": merged(self.measurement, fields), "time_series": self.time_series}


def read(
    path: AnyPath | Sequence[AnyPath],
    *,
    reader: str | Format | None = None,
    columns: Mapping[str, str] | None = None,
    timezone: str | None = None,
    cycle_per_file: bool = False,
) -> Reading:
    """Read a file of a cycler, or several of one test, without any server.

    What wrote it is told by its content: Arbin, BaSyTec, BioLogic, Digatron, Gamry, Landt, Maccor, Neware, Novonix,
    PEC, Repower, the Battery Data Format, impedance as text, and tables whose headings name time, voltage and current;
    as text, workbook or parquet, compressed by gzip or not, and as the instrument's own file where one of the extras
    reads it. See `docs/cycler-files.md`.

    Several files are joined in the order of time. They follow one another by the clock of the test where it goes on
    from one to the next, else by the moments at which they begin, else as they are given, and then without a pause.
    Each seam is among the repairs.

    Args:
        path: the file, or the files of one test.
        reader: the format, such as `maccor`, where its content does not tell it; or a declaration of your own.
        columns: headings of the file, and the columns of the data format that they are, such as
            `{"U1": "Voltage [V]"}`. They come before all others. A column may be named in the unit that the file has,
            as `Voltage [mV]`, and with a sign: `-Current [mA]` where the file counts charging as positive, and
            `+Current [mA]` where it does not; without one the voltage is asked.
        timezone: in which the clock of the instrument ran, such as `Europe/Berlin`; needed for `start_time` where the
            times of the file name no zone.
        cycle_per_file: whether each of several files is a cycle of its own, whatever it counts.

    Raises:
        FileNotFoundError: there is no such file.
        UnusableDataError: it is damaged, empty, of no known format, or lacks a column that is needed; says which, and
            how to name it. Or the files are no parts of one test, since they overlap or are of several formats.
        InvalidError: there is no such reader, time zone or heading.
        ModuleNotFoundError: the library for its kind is not installed; says how to install it.
    """
    files = paths_of(path)
    if not files:
        raise InvalidError("No file is named.")
    before = [_state(file) for file in files]
    parts = [Part(file.name, read_file(file, reader, columns, timezone)) for file in files]
    _require_one_format(parts)
    found = parts[0].read
    if len(parts) > 1:
        found, order = join(parts, cycle_per_file=cycle_per_file)
        files = [files[at] for at in order]
    frame, repairs = _prepared(found)
    choice = found.choice.turned(mending.negated(repairs))
    said = {
        "reader": reader.name if isinstance(reader, Format) else reader,
        "columns": dict(columns) if columns else None,
        "timezone": timezone,
        "cycle_per_file": cycle_per_file,
    }
    sources = [source_file(file) for file in files]
    if len({source.sha256 for source in sources}) < len(sources):
        raise UnusableDataError("A file is named twice, or two of the files have the same content.")
    if sorted(before) != sorted(_state(file) for file in files):
        raise UnusableDataError(
            f"{quoted([file.name for file in files])} changed while read. Read it again when it rests."
        )
    provenance = SentProvenance(
        reader=found.reader,
        reader_version=found.version,
        reason=found.reason[:2000],
        options={key: value for key, value in said.items() if value},
        cellkeep_version=version("cellkeep"),
        said=found.fields,
        repairs=min(len(repairs), MAX_REPAIRS),
        files=sources,
    )
    measurement = {
        "name": name_of(files[0]),
        **found.fields,
        **({"data_type": found.data_type} if found.data_type else {}),
        **({"repairs": [each.model_dump() for each in _bounded(repairs)]} if repairs else {}),
        "provenance": provenance.model_dump(mode="json"),
    }
    return Reading(frame, measurement, found.reader, found.reason, repairs, found.local_start, choice)


def _state(file: Path) -> tuple[str, int, int]:
    """What tells that a file was written to; nothing of one that is not there."""
    if not file.is_file():
        return str(file), -1, -1
    told = file.stat()
    return str(file), told.st_size, told.st_mtime_ns


def _require_one_format(parts: Sequence[Part]) -> None:
    if len({part.read.reader for part in parts}) > 1:
        told = ", ".join(f"'{part.name}' is {part.read.reader}" for part in parts[:10])
        raise UnusableDataError(f"Files of one test are of one format: {told}.", detail={"files": len(parts)})


def _bounded(repairs: Sequence[Repair]) -> list[Repair]:
    """As many as are kept, the last of which says that there were more."""
    if len(repairs) <= MAX_REPAIRS:
        return list(repairs)
    left = len(repairs) - MAX_REPAIRS + 1
    more = Repair(action="more_repairs", message=f"{left} more repairs are not listed.", payload={"count": left})
    return [*repairs[: MAX_REPAIRS - 1], more]


def name_of(file: Path) -> str:
    """The name of a measurement that a file makes: its own, without extensions that only say the format."""
    name, own = file.name, file.suffix.lower()
    while (suffix := Path(name).suffix.lower()) in {".gz", ".csv", ".parquet", ".bdf", own} and suffix:
        name, own = name[: -len(suffix)], ""
    return name[:255]


def paths_of(path: AnyPath | Iterable[AnyPath]) -> list[Path]:
    """One path or several, as several."""
    return [Path(path)] if isinstance(path, (str, os.PathLike)) else [Path(each) for each in path]


def source_file(file: Path) -> SourceFile:
    """What is told of a file: name, size and digest."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return SourceFile(name=file.name[:255], sha256=digest.hexdigest(), size_bytes=stream.tell())


def merged(fields: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with others over them; where both are dicts, key by key."""
    done = dict(fields)
    for key, value in over.items():
        known = done.get(key)
        done[key] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    return done


def _prepared(found: Read) -> tuple[pl.DataFrame, list[Repair]]:
    """The series with all that a measurement needs."""
    frame, repairs = found.frame, list(found.repairs)
    if found.data_type == "eis":
        return frame, repairs
    frame = _with_counts(frame)
    frame, spread = _told_apart(frame)
    repairs += spread
    frame, continued = _continued(frame)
    repairs += continued
    frame = derived.with_counters_per_step(frame)
    if not found.sign_known:
        told = [each for each in validate.findings(frame) if each.code in _SIGN]
        frame, turned, _ = mending.mend(frame, told)
        repairs += turned or _assumed_sign(frame, repairs, "charge" if found.positive == "charge" else "discharge")
    return _directional(frame), repairs


def _assumed_sign(frame: pl.DataFrame, repairs: Iterable[Repair], positive: str) -> list[Repair]:
    """What is to be told where nothing says the direction of the current: no status, no counters, no voltage."""
    counted = any(frame[name].max() for name in (CHARGE_CAPACITY, DISCHARGE_CAPACITY) if name in frame.columns)
    if counted or any(each.action in _SIGNED for each in repairs) or not _flows(frame):
        return []
    if any(each.code in _SIGN for each in validate.findings(derived.with_current_reversed(frame))):
        return []  # with the other sign the voltage would speak against it
    message = (
        f"Neither the file nor the voltage says which direction the current has; positive was taken to {positive}."
    )
    return [Repair(action="direction_assumed", message=message)]


def _flows(frame: pl.DataFrame) -> bool:
    return any(bool((frame[name] != 0).any()) for name in (CURRENT, AREAL_CURRENT) if name in frame.columns)


def _with_counts(frame: pl.DataFrame) -> pl.DataFrame:
    if STEP_COUNT in frame.columns:
        counted = frame[STEP_COUNT] - frame[STEP_COUNT][0]
        if not counted.null_count() and bool(counted.diff().drop_nulls().cast(pl.Float64).is_in([0.0, 1.0]).all()):
            frame = frame.with_columns(counted)
        elif STEP_FROM_CYCLER in frame.columns:
            frame = frame.drop(STEP_COUNT)
        else:
            frame = frame.rename({STEP_COUNT: STEP_FROM_CYCLER})
    return derived.with_cycle_count(derived.with_step_count(frame))


def _continued(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Repair]]:
    """Have counters that begin anew amid a step, as at the change of a cycle, go on where they were."""
    counters = (DISCHARGE_CAPACITY, CHARGE_CAPACITY, DISCHARGE_ENERGY, CHARGE_ENERGY)
    steps, repairs = frame[STEP_COUNT].to_numpy(), []
    made: dict[str, pl.Series] = {}
    for name in (each for each in counters if each in frame.columns):
        values = frame[name].to_numpy()
        before, after = values[:-1], values[1:]
        enough = _RESET_SHARE**2 * np.nanmax(values, initial=0.0)
        resets = (steps[1:] == steps[:-1]) & (before > enough) & (np.abs(after) < _RESET_SHARE * before)
        if count := int(resets.sum()):
            offsets = np.concatenate([[0.0], np.where(resets, before, 0.0)])
            made[name] = pl.Series(name, values + np.cumsum(offsets), nan_to_null=True)
            message = f"'{name}' began anew {count:,} times amid a step; it was counted on."
            repairs.append(
                Repair(action="counter_continued", message=message, payload={"column": name, "count": count})
            )
    return frame.with_columns(made.values()), repairs


def _directional(frame: pl.DataFrame) -> pl.DataFrame:
    """Put each direction of what the cycler counted into a column of its own, where it has both in one."""
    single = [name for name in BY_DIRECTION if name in frame.columns]
    if not single:
        return frame
    both = derived.with_capacity(frame).select(each for name in single for each in BY_DIRECTION[name])
    return frame.drop(single).with_columns(both)


def _told_apart(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Repair]]:
    time = frame[TIME].drop_nulls()
    twice = int((time.diff() == 0).sum())
    if not twice:
        return frame, []
    message = f"{twice:,} rows have the time of the row before; they were set a microsecond apart."
    return derived.spread_times(frame), [Repair(action="times_spread", message=message, payload={"rows": twice})]

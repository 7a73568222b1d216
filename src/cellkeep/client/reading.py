"""Files of cyclers as series that can be sent: read, steps counted, counters from the start of each step."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep import validate
from cellkeep.domain.columns import AREAL_CURRENT, CHARGE_CAPACITY, CURRENT, DISCHARGE_CAPACITY, STEP_COUNT, TIME
from cellkeep.domain.findings import MAX_REPAIRS, Code, Repair
from cellkeep.domain.provenance import SentProvenance, SourceFile
from cellkeep.readers.reading import Read, read_file
from cellkeep.summarise import derived, mending

_PIECE_BYTES = 1024 * 1024
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
    """

    time_series: pl.DataFrame
    measurement: dict[str, Any]
    reader: str
    reason: str
    repairs: list[Repair] = field(default_factory=list)
    local_start: datetime | None = None

    def detail(self, **fields: Any) -> dict[str, Any]:
        """What `client.cell_measurement.create` takes; fields that are given come before those of the file."""
        return {"measurement": merged(self.measurement, fields), "time_series": self.time_series}


def read(
    path: str | os.PathLike[str],
    *,
    reader: str | None = None,
    columns: Mapping[str, str] | None = None,
    timezone: str | None = None,
) -> Reading:
    """Read a file of a cycler, without any server.

    What wrote it is told by its content: Arbin, BaSyTec, BioLogic, Digatron, Gamry, Landt, Maccor, Neware, Novonix,
    PEC, Repower, the Battery Data Format, impedance as text, and tables whose headings name time, voltage and current;
    as text, workbook or parquet, compressed by gzip or not, and as the instrument's own file where one of the extras
    reads it. See `docs/cycler-files.md`.

    Args:
        path: the file.
        reader: the format, such as `maccor`, where its content does not tell it.
        columns: headings of the file, and the columns of the data format that they are, such as
            `{"U1": "Voltage [V]"}`. They come before all others, and their values are taken as they are.
        timezone: in which the clock of the instrument ran, such as `Europe/Berlin`; needed for `start_time` where the
            times of the file name no zone.

    Raises:
        FileNotFoundError: there is no such file.
        UnusableDataError: it is damaged, empty, of no known format, or lacks a column that is needed; says which, and
            how to name it.
        InvalidError: there is no such reader, time zone or heading.
        ModuleNotFoundError: the library for its kind is not installed; says how to install it.
    """
    file = Path(path)
    found = read_file(file, reader, columns, timezone)
    frame, repairs = _prepared(found)
    said = {"reader": reader, "columns": dict(columns) if columns else None, "timezone": timezone}
    provenance = SentProvenance(
        reader=found.reader,
        reader_version=found.version,
        reason=found.reason[:2000],
        options={key: value for key, value in said.items() if value},
        cellkeep_version=version("cellkeep"),
        files=[source_file(file)],
    )
    measurement = {
        "name": name_of(file),
        **found.fields,
        **({"data_type": found.data_type} if found.data_type else {}),
        **({"repairs": [each.model_dump() for each in repairs[:MAX_REPAIRS]]} if repairs else {}),
        "provenance": provenance.model_dump(mode="json"),
    }
    return Reading(frame, measurement, found.reader, found.reason, repairs, found.local_start)


def name_of(file: Path) -> str:
    """The name of a measurement that a file makes: its own, without extensions that only say the format."""
    name = file.name
    for suffix in (".gz", ".bdf", ".csv", ".parquet", *([file.suffix] if file.suffix else [])):
        if name.lower().endswith(suffix.lower()) and len(name) > len(suffix):
            name = name[: -len(suffix)]
    return name[:255]


def source_file(file: Path) -> SourceFile:
    """What is told of a file: name, size and digest."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
    return SourceFile(name=file.name[:255], sha256=digest.hexdigest(), size_bytes=size)


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
    frame = derived.with_counters_per_step(frame)
    if not found.sign_known:
        told = [each for each in validate.findings(frame) if each.code in _SIGN]
        frame, turned, _ = mending.mend(frame, told)
        repairs += turned or _assumed_sign(frame, repairs)
    return frame, repairs


def _assumed_sign(frame: pl.DataFrame, repairs: Iterable[Repair]) -> list[Repair]:
    """What is to be told where nothing says the direction of the current: neither format nor status nor counters."""
    counted = any(frame[name].max() for name in (CHARGE_CAPACITY, DISCHARGE_CAPACITY) if name in frame.columns)
    if counted or any(each.action in _SIGNED for each in repairs) or not _flows(frame):
        return []
    message = "Neither the file nor its format says which direction a positive current has; it was taken to discharge."
    return [Repair(action="direction_assumed", message=message)]


def _flows(frame: pl.DataFrame) -> bool:
    return any(bool((frame[name] != 0).any()) for name in (CURRENT, AREAL_CURRENT) if name in frame.columns)


def _with_counts(frame: pl.DataFrame) -> pl.DataFrame:
    if STEP_COUNT in frame.columns:
        counted = frame[STEP_COUNT]
        whole = counted[0] == 0 and bool(counted.diff().drop_nulls().is_in([0, 1]).all())
        frame = frame if whole else frame.drop(STEP_COUNT)
    return derived.with_cycle_count(derived.with_step_count(frame))


def _told_apart(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Repair]]:
    time = frame[TIME].drop_nulls()
    twice = int((time.diff() == 0).sum())
    if not twice:
        return frame, []
    message = f"{twice:,} rows have the time of the row before; they were set a microsecond apart."
    return derived.spread_times(frame), [Repair(action="times_spread", message=message, payload={"rows": twice})]

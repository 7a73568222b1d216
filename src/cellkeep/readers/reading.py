"""Reading a file: what wrote it, its series, and what it says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.domain.findings import Repair
from cellkeep.readers.choosing import NOTHING_CHOSEN, Choice
from cellkeep.readers.clock import moment
from cellkeep.readers.detection import detect, look_for, open_file
from cellkeep.readers.files.opened import Opened
from cellkeep.readers.format import Format, Match, Positive
from cellkeep.readers.header import as_fields, labelled, meanings, start_of
from cellkeep.readers.preview import Preview, look_at
from cellkeep.readers.shaping import shape
from cellkeep.readers.timing import zoned


@dataclass(frozen=True)
class Read:
    """A file as it was read.

    Attributes:
        frame: the series in the data format, current positive on discharge; steps may still have to be counted.
        reader: name of the format.
        version: of its declaration.
        reason: what told it.
        fields: `protocol`, `test_setup` and, with a zone, `start_time`: what the file says of the test.
        local_start: when the test began by the instrument's clock, where no zone is known.
        data_type: `"eis"` for spectra alone.
        sign_known: whether file or format says which direction the current has.
        repairs: what was left out, moved or taken for granted.
        choice: which column of the file became which.
    """

    frame: pl.DataFrame
    reader: str
    version: int
    reason: str
    fields: dict[str, Any]
    local_start: datetime | None = None
    data_type: columns.DataType | None = None
    sign_known: bool = True
    repairs: list[Repair] = field(default_factory=list)
    start: datetime | None = None
    """When the test began: with a zone, or by the instrument's clock alone."""
    clock: float | None = None
    """What the clock of the test shows in the first row [s]."""
    positive: Positive = "unknown"
    """Which direction has a positive current, as the format says."""
    choice: Choice = NOTHING_CHOSEN


def read_file(
    path: Path,
    reader: str | Format | None = None,
    mapping: Mapping[str, str] | None = None,
    timezone: str | None = None,
) -> Read:
    """Read a file of a cycler.

    Args:
        path: the file.
        reader: which format it has, or a declaration of one; told by its content where it is None.
        mapping: headings of the file, and the columns of the data format that they are.
        timezone: in which the clock of the instrument ran, such as `Europe/Berlin`; for times without a zone.

    Raises:
        FileNotFoundError: there is no such file.
        UnusableDataError: it is damaged, empty, of no known format, or lacks what a measurement needs.
        InvalidError: there is no such reader, zone or heading.
        ModuleNotFoundError: the library for its kind is not installed.
    """
    look_for(path)
    zone = zone_named(timezone)
    preview = look_at(path)
    opened = open_file(preview)
    fmt, match = detect(preview, opened, reader, mapping or {})
    shaped = shape(fmt, match, mapping or {}, zone)
    known = meanings(_labels(preview, opened, fmt, match), fmt.header)
    start, told = shaped.start, [*opened.repairs, *shaped.repairs]
    if start is None and (found := _said(start_of(known), shaped.time_of_day, fmt)):
        start = found[0]
        if found[1]:
            told.append(Repair(action="date_order_assumed", message=f"{found[1][0].upper()}{found[1][1:]}."))
    fields = as_fields({"cycler": fmt.title, **_channel(fmt, path), **known} if fmt.instrument else known)
    instant = zoned(start, zone) if start else None
    if start is not None and start.tzinfo is None and instant is not None:
        message = f"The times of the file name no zone; they were taken to be in {zone}."
        told.append(Repair(action="timezone_stated", message=message, payload={"timezone": str(zone)}))
    if instant is not None:
        fields["start_time"] = instant.isoformat()
    return Read(
        shaped.frame,
        fmt.name,
        fmt.version,
        match.reason,
        fields,
        None if instant else start,
        shaped.data_type,
        shaped.sign_known,
        told,
        instant or start,
        shaped.clock,
        fmt.positive,
        shaped.choice,
    )


def _said(start: str, time_of_day: str, fmt: Format) -> tuple[datetime, str] | None:
    """When the test began, as its header says; the rows may say the time of that day."""
    with_time = moment(f"{start} {time_of_day}", fmt.dates) if start and time_of_day and ":" not in start else None
    return with_time or moment(start, fmt.dates)


def zone_named(name: str | None) -> ZoneInfo | None:
    """The zone of that name.

    Raises:
        InvalidError: there is none.
    """
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidError(
            f"There is no time zone '{name}'. Zones have names such as 'Europe/Berlin', 'America/New_York' or 'UTC'."
        ) from error


def _labels(preview: Preview, opened: Opened, fmt: Format, match: Match) -> dict[str, str]:
    """What is said beside the table."""
    found = dict(opened.labels)
    if preview.kind == "text":
        lines = preview.lines[: match.place.heading]
        found |= fmt.about(lines) if fmt.about else labelled(lines, fmt.header)
    for grid in opened.grids if preview.kind == "workbook" else []:
        rows = grid.rows[: match.place.heading] if grid is match.grid else grid.rows
        found |= _labels_of_sheet(rows, fmt.header)
    return found


def _labels_of_sheet(rows: Sequence[Sequence[str]], vocabulary: Mapping[str, str]) -> dict[str, str]:
    """A value stands below its label where several labels stand in a row above others, else to the right of it."""
    found: dict[str, str] = {}
    for at, row in enumerate(rows):
        labels = [cell.strip().rstrip(":").lower().replace("_", " ") for cell in row]
        below = rows[at + 1] if at + 1 < len(rows) else []
        in_a_row = sum(label in vocabulary for label in labels) > 1 and any(cell.strip() for cell in below)
        for column, label in enumerate(labels):
            values, place = (below, column) if in_a_row else (row, column + 1)
            if label in vocabulary and place < len(values) and values[place].strip():
                found.setdefault(label, values[place].strip())
    return found


def _channel(fmt: Format, path: Path) -> dict[str, str]:
    """A number as extension is the channel."""
    number = path.suffix.removeprefix(".")
    return {"channel_number": str(int(number))} if fmt.name == "maccor" and number.isdigit() else {}

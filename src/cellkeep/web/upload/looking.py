"""What is in a file: read, checked, mended as a person chose, and made small enough to be shown."""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep import validate
from cellkeep.client.importing.reading import Facts, HereReader, ReadError
from cellkeep.client.importing.reading import How as ReadHow
from cellkeep.client.reading import Reading
from cellkeep.domain import columns
from cellkeep.domain.errors import CellkeepError
from cellkeep.domain.findings import Finding, Repair, StoredFinding, counted, first_of_each_kind
from cellkeep.readers.detection import readers
from cellkeep.readers.format import RECORD, STEP_TIME, TIMESTAMP
from cellkeep.readers.headings import headings_of
from cellkeep.readers.shaping import MODE
from cellkeep.summarise.mending import negated
from cellkeep.web.mending.repairing import Repaired, mends, repaired
from cellkeep.web.upload.previews import head_of, keep_figures
from cellkeep.web.upload.records import Headed, How, Kind, Look, Taken
from cellkeep.web.upload.signs import offered_back, turned_back, why_back, why_turned

SERIES = "series.arrow"
"""Name of the file with all rows, where they are wanted."""
_SHOWN_FINDINGS = 5
"""Of each kind."""
_SHOWN_REPAIRS = 50
_NOT_READ = {"rows_missing", "rows_left_out", "cells_left_out", "sensors_left_out"}
"""What reading tells of values that a file may hold and the series does not."""
_IN_WORDS = {
    TIMESTAMP: "date and time",
    RECORD: "number of the row",
    STEP_TIME: "time since the start of the step [s]",
    columns.STATUS: MODE,
}
_NAMES_OF_CELLS = ("cell_label", "barcode_comment")
"""What instruments call a cell, the surest first."""
_MAY_NAME_CELLS = ("test_name", "notes")
_BEFORE_REMARKS = re.compile(r"^[^,;]{1,255}")
_IN_PYTHON = re.compile(r" If (?:one of them is it|it holds a series), say ")
_NUMBER = re.compile(r"^[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?$")
_EXTENSION = re.compile(r"\.[A-Za-z]{2,4}$")


def look_at(path: Path, how: How, folder: Path, *, series: bool = False) -> dict[str, Any]:
    """Look into a file.

    Args:
        path: the file.
        how: what a person says of it.
        folder: where pictures of it are kept, small; and all rows where they are wanted.
        series: whether they are.

    Returns:
        `look`, as a page gets it; of a series also `measurement` and `facts`, as they are needed to store it.
    """
    if how.as_file:
        return {"look": Look(kind="file", message="It is kept as it is.", headings=_headings(path, how)).model_dump()}
    try:
        reading, facts = HereReader().read(path, ReadHow(how.reader, how.columns or None, how.timezone))
    except ReadError as error:
        return {"look": _unread(path, how, error).model_dump()}
    found = _found(reading.time_series, reading)
    made = repaired(reading.time_series, found, how.mends, lambda frame: _found(frame, reading))
    made = made._replace(repairs=turned_back(made.repairs, why_back(reading)))
    if series:
        made.frame.write_ipc(folder / SERIES)
    after = made.frame if made.repairs else None
    drawn = keep_figures(folder, reading.time_series, after, _listed(found), _listed(made.left))
    measurement = _with_repairs(reading.measurement, made.repairs)
    look = _told(path, how, reading, facts, found, made).model_copy(update={"has_figure": drawn})
    return {"look": look.model_dump(mode="json"), "measurement": measurement, "facts": vars(facts)}


def _unread(path: Path, how: How, error: ReadError) -> Look:
    """What is told of a file that is no series, without the ways of Python to name its columns."""
    headings = _headings(path, how)
    if headings is not None and headings.rows:
        kind: Kind = "file" if error.unknown and not _holds_numbers(headings) else "unknown"
    else:
        kind = "file" if error.unknown else "failed"
    message = _IN_PYTHON.split(error.message)[0]
    return Look(kind=kind, message=message, headings=headings)


def _holds_numbers(headings: Headed) -> bool:
    """Whether several columns hold numbers alone, so that the table may well be a series."""
    columns_of = list(zip(*headings.rows, strict=True)) if len(headings.rows) > 1 else []
    return sum(all(map(_NUMBER.match, cells)) for cells in columns_of) > 1


def _headings(path: Path, how: How) -> Headed | None:
    with suppress(CellkeepError, OSError, ModuleNotFoundError):
        if (found := headings_of(path, how.reader)) is not None:
            return Headed.model_validate(vars(found))
    return None


def _found(frame: pl.DataFrame, reading: Reading) -> list[Finding]:
    """What all checks find; the server looks as closely at what it receives."""
    return validate.findings(frame, strict=True, data_type=reading.measurement.get("data_type"))


def _refused(frame: pl.DataFrame, reading: Reading) -> list[str]:
    """Codes of the errors with which a client refuses to send a series."""
    found = validate.findings(frame, data_type=reading.measurement.get("data_type"))
    return list(dict.fromkeys(each.code for each in found if each.severity == "error"))


def _listed(found: list[Finding]) -> list[Finding]:
    return first_of_each_kind(found, _SHOWN_FINDINGS)


def _with_repairs(measurement: dict[str, Any], repairs: list[Repair]) -> dict[str, Any]:
    made = [*measurement.get("repairs", []), *(each.model_dump(mode="json") for each in repairs)]
    return {**measurement, **({"repairs": made} if made else {})}


def _told(path: Path, how: How, reading: Reading, facts: Facts, found: list[Finding], result: Repaired) -> Look:
    said, choice, why = reading.measurement, reading.choice.turned(negated(result.repairs)), why_turned(reading)
    taken = [_taken(target, chosen) for target, chosen in choice.by_target.items()]
    kept = [StoredFinding(**each.model_dump()) for each in _listed(result.left)]
    return Look(
        kind="series",
        name=said["name"],
        reader=reading.reader,
        reader_title=readers().get(reading.reader, reading.reader),
        reader_version=said["provenance"]["reader_version"],
        reason=reading.reason,
        data_type=said.get("data_type") or columns.infer_data_type(reading.time_series.columns),
        start_time=said.get("start_time"),
        local_start=reading.local_start,
        said={key: said[key] for key in ("protocol", "test_setup") if key in said},
        cell_names=_cell_names(said, _NAMES_OF_CELLS),
        perhaps_cells=_cell_names(said, _MAY_NAME_CELLS),
        rows=facts.rows,
        steps=facts.steps,
        duration_s=facts.duration_s,
        columns=taken,
        made=[name for name in result.frame.columns if name not in {each.column for each in taken}],
        unused=list(choice.unused)[:200],
        head=head_of(result.frame),
        headings=_headings(path, how),
        repairs=[each.message for each in reading.repairs[:_SHOWN_REPAIRS]],
        not_read=[each.message for each in reading.repairs if each.action in _NOT_READ][:_SHOWN_REPAIRS],
        turned=why,
        moved=" ".join(each.message for each in reading.repairs if each.action == "clock_continued"),
        findings=kept,
        found=counted(result.left),
        refused=_refused(result.frame, reading),
        mends=offered_back(mends(reading.time_series, found, result, how.mends), why_back(reading)),
    )


def _taken(target: str, chosen: Any) -> Taken:
    return Taken(
        column=_IN_WORDS.get(target, target),
        heading=chosen.title,
        factor=chosen.unit.factor,
        offset=chosen.unit.offset,
        negated=chosen.negated,
        partly=chosen.partly,
        told=chosen.told or "[" not in target,
    )


def _cell_names(said: dict[str, Any], keys: Iterable[str]) -> list[str]:
    """What stands under these keys, without remarks behind a comma, and without the extension of a file."""
    setup = said.get("test_setup", {})
    found = (_BEFORE_REMARKS.match(str(setup.get(key, "")).strip()) for key in keys)
    return list(dict.fromkeys(_EXTENSION.sub("", name[0]).strip() for name in found if name))

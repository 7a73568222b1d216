"""The records of a crate, looked at as a whole before anything is made of them."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cellkeep.client.crate.opening import Opened
from cellkeep.client.crate.records import FORMAT, KINDS, RECORDS, Record, body
from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.materials import MaterialDraft
from cellkeep.domain.measurements import MeasurementType

_LONGEST_LINE = 64 * 1024 * 1024
_NEEDED = {
    "cell_batch": ("cell_specification_id",),
    "cell_instance": ("cell_specification_id",),
    "cell_measurement": ("cell_instance_id",),
    "property_dataset": ("material_id",),
    "analysis": ("measurement_id",),
    "cycler": ("site_id",),
    "channel": ("cycler_id",),
}
"""What a record can not be without. All other references may lead to what is not in the crate."""
_BESIDE = ("files", "raw_data", "findings", "measurements", "service_events", "incidents")
_FILES = {
    "raw_data": {"content"},
    "property_dataset": {"original"},
    "analysis": {"table"},
}


class Line(NamedTuple):
    """A record, with what belongs to it."""

    kind: str
    record: Record
    beside: dict[str, Any]

    @property
    def id(self) -> str:
        found: str = self.record["id"]
        return found

    @property
    def name(self) -> str:
        found: str = self.record["name"]
        return found

    def path(self, role: str) -> str | None:
        """Where its file of that role lies in the crate."""
        return next((each["path"] for each in self.files if each["role"] == role), None)

    @property
    def files(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.beside.get("files") or []
        return found


@dataclass
class Contents:
    """What a crate holds, as far as it must be known before the first record is made.

    Attributes:
        crate: what tells this crate from all others: the digest of its records.
        project: its project.
        specifications: their names.
        plans: names of planned measurements.
        materials: all materials.
        total: the number of records.
    """

    crate: str
    project: Record = field(default_factory=dict)
    specifications: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    materials: list[Record] = field(default_factory=list)
    total: int = 0


def contents(crate: Opened) -> Contents:
    """Look at all records.

    Raises:
        UnusableDataError: they are none of cellkeep, of a later one, or name what is not in the crate.
    """
    if RECORDS not in crate.files:
        raise UnusableDataError(
            f"This RO-Crate has no '{RECORDS}': it was not written by cellkeep, and only such crates are taken in."
        )
    found, known = Contents(crate.files[RECORDS].sha256), {kind: set[str]() for kind in KINDS}
    for line in lines(crate):
        _require_whole(line, known, crate)
        known[line.kind].add(line.id)
        found.total += 1
        if line.kind == "project":
            found.project = line.record
        elif line.kind == "material":
            found.materials.append(line.record)
        elif line.kind in {"cell_specification", "planned_measurement"}:
            names = found.specifications if line.kind == "cell_specification" else found.plans
            names.append(line.name)
    if len(known["project"]) != 1:
        raise UnusableDataError(f"The crate holds {len(known['project'])} projects, and should hold one.")
    return found


def lines(crate: Opened) -> Iterator[Line]:
    """The records one after the other, in the order in which they are made."""
    stream = io.BufferedReader(_Stream(crate.pieces(RECORDS)))
    for number, text in enumerate(iter(lambda: stream.readline(_LONGEST_LINE), b""), 1):
        line = _parsed(text, number)
        if number == 1:
            _require_format(line)
        else:
            yield line


class _Stream(io.RawIOBase):
    """Pieces as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def _parsed(text: bytes, number: int) -> Line:
    try:
        said = json.loads(text)
        kind, record = said.pop("kind"), said.pop("record")
        if not isinstance(kind, str) or not isinstance(record, dict):
            raise TypeError("kind is no text, or record no object")  # noqa: TRY301  told as all that is malformed
        return Line(kind, record, said)
    except (ValueError, RecursionError, TypeError, AttributeError, KeyError) as error:
        raise _wrong(number, f"is no record: {type(error).__name__} {error}") from error


def _require_format(line: Line) -> None:
    if line.kind != "crate" or line.record.get("format") != FORMAT:
        by = line.record.get("written_by", "another program")
        raise UnusableDataError(
            f"The records are of the format {line.record.get('format')}, written by {by}; this cellkeep reads the "
            f"format {FORMAT}. A later cellkeep may read it."
        )


def _require_whole(line: Line, known: dict[str, set[str]], crate: Opened) -> None:
    """Refuse a record that could not be made."""
    kind, record = line.kind, line.record
    if kind not in KINDS:
        raise UnusableDataError(f"The crate holds a '{kind}', which this cellkeep does not know. A later one may.")
    if not all(isinstance(record.get(key), str) for key in ("id", "name", "created_at")):
        raise UnusableDataError(f"A {kind} in the crate has no id, no name or no time: {str(record)[:200]}")
    if line.id in known[kind]:
        raise UnusableDataError(f"The crate holds the {kind} '{line.id}' twice.")
    for key in _NEEDED.get(kind, ()):
        if record.get(key) not in known[KINDS[kind].parents[key]]:
            raise UnusableDataError(f"The {kind} '{line.name}' names a {key} that is not in the crate before it.")
    _require_makeable(line)
    _require_files(line, crate)


def _require_makeable(line: Line) -> None:
    """Refuse what no server would take, before the first record is made."""
    draft = KINDS[line.kind].draft or MaterialDraft
    lists = [line.beside.get(key) or [] for key in _BESIDE]
    try:
        draft.model_validate(line.record if draft is MaterialDraft else body(line.kind, line.record))
        MeasurementType(line.record.get("measurement_type", MeasurementType.file))
        if not all(isinstance(each, list) and len({type(one) for one in each} - {str, dict}) == 0 for each in lists):
            raise ValueError("What stands beside it is no list.")  # noqa: TRY301  told as all that is malformed
    except ValueError as error:
        raise UnusableDataError(f"The {line.kind} '{line.name}' in the crate can not be made: {error}") from error


def _require_files(line: Line, crate: Opened) -> None:
    try:
        roles = {each["role"] for each in line.files}
        missing = {each["path"] for each in line.files} - crate.files.keys()
        names = all(isinstance(each["name"], str) for each in line.files)
    except (TypeError, KeyError):
        raise UnusableDataError(
            f"The files of the {line.kind} '{line.name}' are not listed as they should be."
        ) from None
    needed = _FILES.get(line.kind, set())
    if line.kind == "cell_measurement":
        needed = {"time_series": {"time_series"}, "file": {"file"}}.get(str(line.record.get("measurement_type")), set())
    if missing or not names or not needed <= roles:
        lacking = ", ".join(sorted(str(each) for each in missing or needed - roles))
        raise UnusableDataError(f"The {line.kind} '{line.name}' lacks {lacking} in the crate.")


def _wrong(number: int, why: str) -> UnusableDataError:
    return UnusableDataError(f"Line {number} of '{RECORDS}' {why}.")

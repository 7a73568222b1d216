"""What stands before the table, in one vocabulary."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cellkeep.readers.units import folded

START = "start_time"
START_CLOCK = "start_clock"
"""The time of day, where the date stands apart from it."""
PROTOCOL = "protocol.name"
SETUP = (
    "cycler", "channel_number", "operator", "instrument", "cycler_serial_number", "software_version", "test_name",
    "cell_label", "source_file_path", "source_file_id", "barcode_comment", "export_date", "end_time",
    "temperature_setpoint_degc", "notes",
)  # fmt: skip
"""Keys of `test_setup`."""
_LONGEST = 500
_LABEL = re.compile(r"^[~#\s]*([^:=\t,;]{1,60}?)\s*[:=\t,;]+\s*(.*?)[\s,;]*$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def labelled(lines: Iterable[str], vocabulary: Iterable[str]) -> dict[str, str]:
    """Labels, folded, and values of lines such as `Channel: 7`; the first of several counts.

    Args:
        lines: what stands before the table.
        vocabulary: labels that are looked for where a line has several, as `Date of Test: … Procedure: …`.
    """
    several = re.compile(
        "|".join(
            rf"(?:^[\s~#]*{re.escape(each)}\b\s*:?|\b{re.escape(each)}\s*:)"
            for each in sorted(vocabulary, key=len)[::-1]
        ),
        re.IGNORECASE,
    )
    found: dict[str, str] = {}
    for line in lines:
        marks = list(several.finditer(line)) if several.pattern else []
        parts = [line]
        if len(marks) > 1 and not line[: marks[0].start()].strip(" ~#\"'"):
            ends = [mark.start() for mark in marks[1:]] + [len(line)]
            parts = [
                f"{line[mark.start() : mark.end()].rstrip(': ')}: {line[mark.end() : end]}"
                for mark, end in zip(marks, ends, strict=True)
            ]
        for part in parts:
            match = _LABEL.match(part.replace('"', ""))
            if match and match[2].strip() and match[2].strip().upper() != "NONE":
                found.setdefault(folded(match[1]), match[2].strip())
    return found


def meanings(values: Mapping[str, str], vocabulary: Mapping[str, str]) -> dict[str, str]:
    """What the labels mean; a label that is not known is left out."""
    known: dict[str, str] = {}
    for label, value in values.items():
        plain = _CONTROL.sub(" ", str(value)).strip()[:_LONGEST]
        if label in vocabulary and plain and vocabulary[label] not in known:
            known[vocabulary[label]] = plain
    return known


def start_of(known: Mapping[str, str]) -> str:
    """When the test began, as it is written; empty where it is not said."""
    return f"{known.get(START, '')} {known.get(START_CLOCK, '')}".strip() if START in known else ""


def as_fields(known: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a measurement: `protocol` and `test_setup`."""
    fields: dict[str, Any] = {}
    if PROTOCOL in known:
        fields["protocol"] = {"name": known[PROTOCOL]}
    if setup := {key: known[key] for key in SETUP if key in known}:
        fields["test_setup"] = setup
    return fields

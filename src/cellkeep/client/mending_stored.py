"""A stored series that was mended: what it is compared with, and what is said of it."""

from collections.abc import Sequence

import polars as pl

from cellkeep.client.comparing import Fields, compared
from cellkeep.client.reading import Reading
from cellkeep.domain.errors import InvalidError
from cellkeep.domain.findings import MAX_REPAIRS, Repair
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.versions import Change, ConfirmReplace


def change_by(record: CellMeasurement, stored: pl.DataFrame, frame: pl.DataFrame, repairs: Sequence[Repair]) -> Change:
    """What becomes another: rows and tables alone, since nothing else is said of the test.

    Args:
        record: the measurement as it is.
        stored: its rows.
        frame: the rows once they are mended.
        repairs: what was done.

    Raises:
        UnusableDataError: no tables can be made of them.
    """
    return compared(record, stored, _as_reading(record, frame, repairs), Fields({}, [], []))


def confirming(record: CellMeasurement, repairs: Sequence[Repair], change: Change, path: str) -> ConfirmReplace:
    """What is said of the mended series that was sent: the repairs come behind those that were made before.

    Raises:
        InvalidError: these are more than are kept.
    """
    if (number := len(record.repairs or []) + len(repairs)) > MAX_REPAIRS:
        raise InvalidError(f"'{record.name}' would have {number} repairs, and {MAX_REPAIRS} are kept.")
    said = {
        "path": path,
        "seen_at": record.updated_at,
        "force": True,
        "provenance": None,
        "repairs": _all_repairs(record, repairs),
        "data_type": record.data_type,
        "change": change,
    }
    return ConfirmReplace.model_validate(said)


def _as_reading(record: CellMeasurement, frame: pl.DataFrame, repairs: Sequence[Repair]) -> Reading:
    """As if its files had yielded it: what is said of them stays."""
    made = record.provenance
    provenance = made.model_dump(mode="json") if made else {"reader_version": 0, "said": {}}
    said = {"provenance": provenance, "repairs": _all_repairs(record, repairs), "data_type": record.data_type}
    return Reading(frame, said, made.reader if made else "", made.reason if made else "")


def _all_repairs(record: CellMeasurement, repairs: Sequence[Repair]) -> list[dict[str, object]]:
    return [each.model_dump(mode="json") for each in [*(record.repairs or []), *repairs]]

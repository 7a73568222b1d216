"""Whether a stored series can be mended on its page, and what a person writes in Python where it can not."""

from collections.abc import Sequence

from cellkeep.domain.errors import CellkeepError
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.people import Caller
from cellkeep.services.replace import require_replaceable
from cellkeep.storage.store import UnitOfWork

MOST_ROWS = 5_000_000
"""So many are mended in some ten seconds."""
_WATCHED = "watched"
"""In the options of the provenance of a series whose file is followed while it grows."""


def why_not(work: UnitOfWork, who: Caller, record: CellMeasurement) -> str:
    """Why it can not be mended here and now; empty where it can."""
    try:
        who.require_write(record.project_id)
        require_replaceable(work.measurements.row(record.id), force=True)
    except CellkeepError as error:
        return error.message
    if _goes_on(record):
        return (
            f"'{record.name}' still goes on: more rows will come as these did, and would not fit what was mended. "
            "Mend it once the test has ended."
        )
    if (record.row_count or 0) > MOST_ROWS:
        return f"'{record.name}' has {record.row_count:,} rows; up to {MOST_ROWS:,} are mended on this page."
    return ""


def python(record: CellMeasurement, codes: Sequence[str]) -> str:
    """The lines that do the same."""
    return (
        f"record = client.cell_measurement.get({record.id!r})\n"
        f"codes = {list(codes)!r}\n"
        "found = [each for each in client.cell_measurement.findings(record.id) if each.code in codes]\n"
        "mended = cellkeep.mend(client.cell_measurement.time_series(record.id), found)\n"
        "told = client.cell_measurement.replace_series(record, mended)\n"
        'print(*told.change.sentences(), sep="\\n")'
    )


def _goes_on(record: CellMeasurement) -> bool:
    """Whether rows are still to come: of a channel, or of a file that is followed and was not kept yet."""
    made = record.provenance
    is_followed = made is not None and _WATCHED in made.options and made.files[0].raw_data_id is None
    return record.end_time is None and (record.channel_id is not None or is_followed)

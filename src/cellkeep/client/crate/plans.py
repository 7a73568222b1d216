"""Planned measurements of a crate, in their place where that is free."""

from datetime import datetime
from typing import Any

from cellkeep.client.crate.reading import Line
from cellkeep.client.crate.records import MARK, Record, body, marked
from cellkeep.client.crate.target import Target
from cellkeep.client.transport import Transport, segment
from cellkeep.domain.errors import BadRequestError, ConflictError
from cellkeep.domain.planned_measurements import RESERVATION, RESERVING

_DAY_S = 24 * 3600


def planned(transport: Transport, there: Target, line: Line, left_out: list[str]) -> str | None:
    """Make a plan; one that can not have its channel any more is requested anew."""
    record = line.record
    specification = there.ids.get(("cell_specification", record.get("cell_specification_id") or ""))
    if specification is None:
        left_out.append(f"the planned measurement '{line.name}', whose specification is gone")
        return None
    sent = {
        **body(line.kind, record),
        "cell_specification_id": specification,
        "cell_instance_id": there.ids.get(("cell_instance", record.get("cell_instance_id") or "")),
        "channel_id": there.ids.get(("channel", record.get("channel_id") or "")),
        MARK: marked(there.crate, line.kind, record),
    }
    path = f"/projects/{segment(there.id)}/planned_measurements"
    try:
        return _made(transport, path, sent)
    except (ConflictError, BadRequestError) as error:
        if record.get("status") not in RESERVING or (isinstance(error, ConflictError) and error.existing_id):
            raise
        left_out.append(f"channel and time of the planned measurement '{line.name}': {error.message}")
    kept = {key: record.get(key) for key in ("status", *RESERVATION)}
    duration = record.get("estimated_duration_seconds") or _length_s(record)
    freed: dict[str, Any] = dict.fromkeys(RESERVATION)
    mark = marked(there.crate, line.kind, record, **kept)
    return _made(
        transport,
        path,
        {**sent, **freed, "status": "requested", "estimated_duration_seconds": duration, MARK: mark},
    )


def _made(transport: Transport, path: str, sent: Record) -> str:
    made: str = transport.post(path, sent)["id"]
    return made


def _length_s(record: Record) -> int:
    start, end = record.get("planned_start_time"), record.get("planned_end_time")
    if not start or not end:
        return _DAY_S
    return max(1, round((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()))

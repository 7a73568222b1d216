"""Small series whose tables are known, and times."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

HOUR_ROWS = 61


def two_steps() -> pl.DataFrame:
    """One hour of discharge at 1 A, then one hour of charge at 1 A, sampled each minute."""
    time = [60.0 * row for row in range(2 * HOUR_ROWS)]
    return pl.DataFrame(
        {
            "Time [s]": time,
            "Voltage [V]": [
                *(4.0 - 0.01 * row for row in range(HOUR_ROWS)),
                *(3.4 + 0.01 * row for row in range(HOUR_ROWS)),
            ],
            "Current [A]": [1.0] * HOUR_ROWS + [-1.0] * HOUR_ROWS,
            "Step count": [0] * HOUR_ROWS + [1] * HOUR_ROWS,
            "Cycle count": [0] * 2 * HOUR_ROWS,
        }
    )


def series(name: str = "Cycling", frame: Any = None, **said: Any) -> dict[str, Any]:
    """What `cell_measurement.create` takes."""
    return {"measurement": {"name": name, **said}, "time_series": two_steps() if frame is None else frame}


def iso(time: Any) -> str:
    """A time of a record as ISO 8601: one client gives text, the other a `datetime`."""
    return time if isinstance(time, str) else str(time.isoformat())


def moment(time: Any) -> datetime:
    """A time of a record, whichever client gave it."""
    return time if isinstance(time, datetime) else datetime.fromisoformat(time)


def ahead(**span: float) -> datetime:
    """The moment that is so far from now, without fractions of a second; a negative span has passed."""
    return (datetime.now(UTC) + timedelta(**span)).replace(microsecond=0)


def names(page: Any) -> list[str]:
    """The names of the records of a page, in its order."""
    return [record.name for record in page]

"""What an organization has used in a calendar month."""

from datetime import datetime

from cellkeep.domain.records import Instant, Model


class SimulationUsage(Model):
    """Simulations run; this server runs none."""

    usage: float = 0.0
    limit: float | None = None


class ComputeUsage(Model):
    """Hours of computing; this server rents none out."""

    usage: float = 0.0
    usage_by_type: dict[str, float] = {}
    limit: float | None = None


class StorageUsage(Model):
    """What is kept now, over all projects."""

    bytes: int
    """Of series, their tables, attached files and raw files."""
    measurements: int


class OrganizationUsage(Model):
    period_start: Instant
    period_end: Instant
    simulation: SimulationUsage = SimulationUsage()
    compute: ComputeUsage = ComputeUsage()
    storage: StorageUsage


def month_of(moment: datetime) -> tuple[datetime, datetime]:
    """Start and end of the calendar month; the end is the start of the next one."""
    start = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    year, month = (start.year + 1, 1) if start.month == 12 else (start.year, start.month + 1)
    return start, start.replace(year=year, month=month)

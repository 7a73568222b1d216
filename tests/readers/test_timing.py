"""The clock of a test: summer time, restarts, and rows in another order."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from cellkeep.domain.errors import UnusableDataError
from cellkeep.readers.timing import in_zone, running
from cellkeep.runs import Floats


def naive(*moments: datetime) -> pl.Series:
    """Moments of a clock on the wall."""
    return pl.Series([moment.replace(tzinfo=None) for moment in moments], dtype=pl.Datetime("us"))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "UTC"])
@pytest.mark.parametrize("minutes", [7, 20, 60])
def test_a_year_by_a_clock_on_the_wall(zone: str, minutes: int) -> None:
    """Each row of a year has its moment, through the hour that is left out and the one that comes twice."""
    start = datetime(2023, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(minutes=minutes * row) for row in range(366 * 24 * 60 // minutes)]
    wall = naive(*(moment.astimezone(ZoneInfo(zone)) for moment in moments))
    assert in_zone(wall, ZoneInfo(zone)).to_list() == moments


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_moments_that_summer_time_leaves_out(zone: str) -> None:
    """A clock that was not set forwards goes on as it was, as zoneinfo has it."""
    day = datetime(2023, 3, 26 if zone == "Europe/Berlin" else 12)  # noqa: DTZ001  a clock on the wall
    moments = [day + timedelta(hours=1, minutes=10 * row) for row in range(12)]
    meant = [moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for moment in moments]
    assert in_zone(naive(*moments), ZoneInfo(zone)).to_list() == meant


def lines(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(1, count + 1)


def test_only_the_clock_of_steps_runs() -> None:
    """What passes before the first row of a step counts, also where its clock does not fall with it."""
    time: Floats = np.array([0.0, 10, 20, 5, 15, 2, 3, 7])
    done = running(time, lines(8), lambda: None, pl.Series([1, 1, 1, 2, 2, 3, 3, 4]))
    assert done.seconds.tolist() == [0, 10, 20, 25, 35, 37, 38, 45]
    assert [each.action for each in done.repairs] == ["clock_continued"]


def test_a_clock_that_starts_anew_goes_on_by_the_moments() -> None:
    """A pause before the restart is in the moments of the rows, and so in the times."""
    time: Floats = np.array([0.0, 10, 0, 10])
    done = running(time, lines(4), lambda: np.array([100.0, 110, 200, 210]))
    assert done.seconds.tolist() == [0, 10, 100, 110]


def test_rows_in_another_order_are_no_restart() -> None:
    """Where the moments fall with the times, even by less than a second, nothing is moved but refused."""
    time: Floats = np.array([0.0, 0.2, 0.1, 0.3])
    with pytest.raises(UnusableDataError, match="in another order"):
        running(time, lines(4), lambda: time + 1000)

"""Reading files in processes of their own: much of it is Python, and a damaged file can end the process that reads it.

A child is asked by a line of JSON that names a file, and answers by another; the series lies in a file in between.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TextIO, cast

import polars as pl

from cellkeep.client.reading import Reading, read
from cellkeep.domain.columns import STEP_COUNT, TIME
from cellkeep.domain.errors import CellkeepError, UnusableDataError
from cellkeep.domain.findings import Repair

_COMMAND = (sys.executable, "-P", "-m", "cellkeep.client.importing.child")
_DYING_S = 5.0
SERIES = "series.arrow"
"""Name of the file in between."""


@dataclass(frozen=True)
class How:
    """How files are read; see `cellkeep.read`."""

    reader: str | None = None
    columns: Mapping[str, str] | None = None
    timezone: str | None = None


@dataclass(frozen=True)
class Facts:
    """What can be told of a series in a line."""

    rows: int
    steps: int | None
    duration_s: float | None

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "Facts":
        steps = frame[STEP_COUNT].n_unique() if STEP_COUNT in frame.columns else None
        time = frame[TIME].drop_nulls() if TIME in frame.columns else pl.Series([], dtype=pl.Float64)
        return cls(frame.height, steps, float(time[-1] - time[0]) if len(time) else None)


class ReadError(CellkeepError):
    """A file that can not be read.

    Attributes:
        unknown: whether it may well be no file of a cycler at all.
    """

    def __init__(self, message: str, *, unknown: bool = False) -> None:
        super().__init__(message)
        self.unknown = unknown


class Reader(Protocol):
    """Reads one file after the other."""

    def read(self, path: Path, how: How, *, series: bool = True) -> tuple[Reading, Facts]:
        """A file; without its rows unless `series`.

        Raises:
            ReadError: says why not.
        """

    def stop(self) -> None:
        """Give up the file that is being read, from any thread; no other is read then."""

    def close(self) -> None:
        """Let go of everything, from the thread that reads."""


class HereReader:
    """Reads in this process."""

    def read(self, path: Path, how: How, *, series: bool = True) -> tuple[Reading, Facts]:  # noqa: ARG002
        try:
            reading = read(path, reader=how.reader, columns=how.columns, timezone=how.timezone)
        except Exception as error:
            raise _as_read_error(path, error) from error
        return reading, Facts.of(reading.time_series)

    def stop(self) -> None:
        """What was begun here is read to its end."""

    def close(self) -> None:
        """There is nothing to let go of."""


class ChildReader:
    """Reads in a process of its own, which is started when it is needed.

    Args:
        threads: that polars may use there.
    """

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._process: subprocess.Popen[str] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="cellkeep-", ignore_cleanup_errors=True)
        self._stopped = False

    def read(self, path: Path, how: How, *, series: bool = True) -> tuple[Reading, Facts]:
        target = Path(self._folder.name) / SERIES
        request = {"path": str(path.absolute()), **asdict(how), "series": series}
        answer = self._asked(request)
        if answer is None:
            ended = "" if self._process is None else f" ({_ending(self._process)})"
            self._end()
            raise ReadError(f"'{path.name}' ended the process that read it{ended}. It may be damaged: export it again.")
        if "error" in answer:
            raise ReadError(answer["error"], unknown=answer["unknown"])
        frame = pl.DataFrame()
        if series:
            with target.open("rb") as file:
                frame = pl.read_ipc(file)
            target.unlink()
        local_start = answer["local_start"] and datetime.fromisoformat(answer["local_start"])
        repairs = [Repair(**each) for each in answer["repairs"]]
        reading = Reading(frame, answer["measurement"], answer["reader"], answer["reason"], repairs, local_start)
        return reading, Facts(**answer["facts"])

    def stop(self) -> None:
        self._stopped = True
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        self._end()
        self._folder.cleanup()

    def _asked(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """The answer, or None where the process ended instead."""
        if self._stopped:
            return None
        if self._process is None:
            self._process = self._started()
        try:
            print(json.dumps(request), file=self._process.stdin, flush=True)
            line = cast("TextIO", self._process.stdout).readline()
        except BrokenPipeError:
            return None
        return json.loads(line) if line.endswith("\n") else None

    def _started(self) -> subprocess.Popen[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("CELLKEEP_", "AWS_"))}
        environment.setdefault("POLARS_MAX_THREADS", str(self._threads))
        return subprocess.Popen(  # noqa: S603  our own interpreter and module
            (*_COMMAND, self._folder.name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env=environment,
            start_new_session=True,  # Ctrl-C is for the run, which then ends its children
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(BrokenPipeError):  # of what was not written any more
                process.communicate()


def _ending(process: subprocess.Popen[str]) -> str:
    with suppress(subprocess.TimeoutExpired):
        code = process.wait(_DYING_S)
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return "it answers no more"


def _as_read_error(path: Path, error: Exception) -> ReadError:
    if isinstance(error, CellkeepError):
        detail = error.detail if isinstance(error.detail, dict) else {}
        return ReadError(error.message, unknown=isinstance(error, UnusableDataError) and bool(detail.get("unknown")))
    if isinstance(error, OSError) and error.strerror:
        return ReadError(f"'{path.name}' can not be read: {error.strerror}.")
    if isinstance(error, ModuleNotFoundError):
        return ReadError(str(error))
    return ReadError(
        f"'{path.name}' can not be read ({type(error).__name__}: {error}). That is a mistake of the reader: please "
        "report it, with the file if you may."
    )

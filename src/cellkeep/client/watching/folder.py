"""A watched folder: which of its files have changed, and when one has settled."""

import os
import platform
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from cellkeep.client.importing.cells import Cells, NoCellError
from cellkeep.client.importing.files import Found, find
from cellkeep.client.importing.imports import Home
from cellkeep.client.importing.naming import Naming
from cellkeep.client.importing.one_file import Options
from cellkeep.client.importing.outcomes import Outcome
from cellkeep.client.watching.growing import Growing, Test
from cellkeep.client.watching.snapshot import is_text, snapshot
from cellkeep.domain.errors import CellkeepError, InvalidError, MeasurementValidationError, UnusableDataError

_SHARE = 0.1
"""No more than this share of the time goes into reading one file, however long it has become."""
_OF_THE_FILE = (UnusableDataError, MeasurementValidationError, ModuleNotFoundError)
"""What would fail again until the file changes; all else is tried again."""


@dataclass
class _Seen:
    """What is known of a file.

    Attributes:
        written: its size and when it was last written to.
        since: when that was first seen [s].
        taken: whether what it holds is stored, or can not be until it changes.
        settled: whether it is done with, until it changes again.
        not_before: when it may be read again [s].
        told: what was told of it last.
    """

    written: tuple[int, int] = (-1, -1)
    since: float = 0.0
    taken: bool = False
    settled: bool = False
    not_before: float = 0.0
    told: str = ""


@dataclass
class WatchedFolder:
    """A folder that is looked at again and again. What is stored tells where it was left, so it may be left any time.

    Attributes:
        home: where measurements go.
        path: the folder.
        naming: what files are called.
        options: how they are read, and checked when they begin.
        settle_s: a file that was not written to for so long [s] has settled: it is kept, and its test closed.
        jobs: how many files at once.
        clock: tells the time [s].
        age: how long ago [s] a file was written to, when it is first seen.
    """

    home: Home
    path: Path
    naming: Naming
    options: Options
    settle_s: float = 600.0
    jobs: int = 1
    clock: Callable[[], float] = time.monotonic
    age: Callable[[float], float] = lambda written: time.time() - written
    _seen: dict[Path, _Seen] = field(default_factory=dict)

    def look(self) -> list[Outcome]:
        """Look at all files once, and store what is new.

        Returns:
            What became of each file with which something happened; what failed as before is not told again.

        Raises:
            FileNotFoundError: the folder is not there.
        """
        if not self.path.is_dir():
            raise FileNotFoundError(f"There is no folder '{self.path}'.")
        try:
            found = find([self.path])
        except InvalidError:
            return []  # it is empty so far
        self._seen = {each.path: self._seen.get(each.path, _Seen()) for each in found}
        store = self.home.store
        cells = Cells(self.home.specs, self.home.cells, store.project_id)  # others may have made some
        growing = Growing(store, cells, self.home.completed(self.options))
        with warnings.catch_warnings(), ThreadPoolExecutor(self.jobs) as pool:
            warnings.simplefilter("ignore")  # what the checks find is kept with the measurement
            outcomes = pool.map(lambda each: self._look_at(growing, each), found)
            return [outcome for outcome in outcomes if outcome is not None]

    def _look_at(self, growing: Growing, found: Found) -> Outcome | None:
        seen, begun = self._seen[found.path], self.clock()
        try:
            if not self._is_due(found.path, seen):
                return None
            outcome = self._done(growing, found, seen)
        except _OF_THE_FILE as error:
            seen.taken = True
            nothing = isinstance(error, UnusableDataError) and _is_nothing_yet(error)
            outcome = None if nothing else Outcome(found.path, "failed", reason=str(error))
        except NoCellError as error:
            outcome = Outcome(found.path, "failed", kind="no cell", reason=error.message)
        except CellkeepError as error:
            outcome = Outcome(found.path, "failed", reason=error.message)
        except FileNotFoundError:
            return None  # it has gone meanwhile
        except OSError as error:
            reason = f"'{found.path.name}' can not be read: {error.strerror or error}."
            outcome = Outcome(found.path, "failed", reason=reason)
        except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001  one file must not end all others
            seen.taken = True
            outcome = Outcome(
                found.path, "failed", reason=f"That is a mistake of ours: {type(error).__name__}: {error}"
            )
        seen.not_before = begun + (self.clock() - begun) / _SHARE
        return _if_new(seen, outcome)

    def _is_due(self, path: Path, seen: _Seen) -> bool:
        """Whether there is something to do about a file."""
        told, now = path.stat(), self.clock()
        if seen.written != (told.st_size, told.st_mtime_ns):
            first = seen.written == (-1, -1)
            seen.written, seen.taken, seen.settled = (told.st_size, told.st_mtime_ns), False, False
            seen.since = now - (max(self.age(told.st_mtime), 0.0) if first else 0.0)
            if not first and not _grows_by_lines(path):
                return False  # it may be in the middle of being written: once more, when it has come to rest
        if now < seen.not_before:
            return False
        return not seen.taken or (not seen.settled and now - seen.since >= self.settle_s)

    def _done(self, growing: Growing, found: Found, seen: _Seen) -> Outcome | None:
        names = self.naming.of(found)
        if names is None:
            seen.taken = seen.settled = True
            return None
        os.fsdecode(found.relative).encode()  # a name that is no text can not be stored
        root = f"{platform.node()}:{self.path.absolute()}"
        test, settled = Test(found.path, found.relative, root, names), self.clock() - seen.since >= self.settle_s
        with snapshot(found.path, settled=settled) as whole:
            told = found.path.stat()
            if settled and (told.st_size, told.st_mtime_ns) != seen.written:
                return None  # it goes on after all
            outcome = growing.take(test, whole) if settled or not seen.taken else None
            seen.taken = True
            outcome = outcome if outcome and outcome.status != "skipped" else None
            if not settled or (outcome and outcome.status == "failed"):
                seen.settled = settled
                return outcome
            kept = growing.settle(test, whole)
            seen.settled = True
        return replace(outcome, reason=f"{outcome.reason}; {kept.reason}") if outcome and kept else kept or outcome


def _grows_by_lines(path: Path) -> bool:
    try:
        return is_text(path)
    except UnusableDataError:
        return False  # a compressed file that breaks off


def _is_nothing_yet(error: CellkeepError) -> bool:
    """Whether a file has no rows so far, or is none of a cycler."""
    detail = error.detail if isinstance(error.detail, dict) else {}
    return detail.get("rows") == 0 or bool(detail.get("unknown"))


def _if_new(seen: _Seen, outcome: Outcome | None) -> Outcome | None:
    """An outcome, unless it is a failure that was told."""
    if outcome is None:
        return None
    again = outcome.status == "failed" and outcome.reason == seen.told
    seen.told = outcome.reason
    return None if again else outcome

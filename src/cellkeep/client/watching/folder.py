"""A watched folder: which of its files have changed, and when one has settled."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from cellkeep.client.importing.cells import Cells
from cellkeep.client.importing.files import Found, find
from cellkeep.client.importing.imports import Home
from cellkeep.client.importing.naming import Naming
from cellkeep.client.importing.one_file import Options
from cellkeep.client.importing.outcomes import Outcome
from cellkeep.client.watching.growing import Growing, Test
from cellkeep.client.watching.snapshot import is_text, snapshot
from cellkeep.domain.errors import CellkeepError, InvalidError, UnusableDataError

_SHARE = 0.1
"""No more than this share of the time goes into reading one file, however long it has become."""


@dataclass
class _Seen:
    """What is known of a file.

    Attributes:
        written: its size and when it was last written to.
        since: when that was first seen [s].
        taken: whether what it holds was looked at.
        settled: whether it is done with, until it changes again.
        not_before: when it may be read again [s].
    """

    written: tuple[int, int] = (-1, -1)
    since: float = 0.0
    taken: bool = False
    settled: bool = False
    not_before: float = 0.0


@dataclass
class WatchedFolder:
    """A folder that is looked at again and again. What is stored tells where it was left, so it may be left any time.

    Attributes:
        home: where measurements go.
        path: the folder.
        naming: what files are called.
        options: how they are read and checked.
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

    def __post_init__(self) -> None:
        """Look for nothing yet."""
        store = self.home.store
        cells = Cells(self.home.specs, self.home.cells, store.project_id)
        self._growing = Growing(store, cells, self.options)

    def look(self) -> list[Outcome]:
        """Look at all files once, and store what is new.

        Returns:
            What became of each file with which something happened.

        Raises:
            FileNotFoundError: the folder is not there.
        """
        if not self.path.is_dir():
            raise FileNotFoundError(f"There is no folder '{self.path}'.")
        try:
            found = find([self.path])
        except InvalidError:
            return []  # it is empty so far
        with ThreadPoolExecutor(self.jobs) as pool:
            return [outcome for outcome in pool.map(self._look_at, found) if outcome is not None]

    def _look_at(self, found: Found) -> Outcome | None:
        seen = self._seen.setdefault(found.path, _Seen())
        try:
            told = found.path.stat()
        except OSError:
            return None  # it has gone meanwhile
        now = self.clock()
        if seen.written != (told.st_size, told.st_mtime_ns):
            first = seen.written == (-1, -1)
            self._seen[found.path] = seen = replace(
                seen,
                written=(told.st_size, told.st_mtime_ns),
                since=now - (max(self.age(told.st_mtime), 0.0) if first else 0.0),
                taken=False,
                settled=False,
            )
            if not first and not is_text(found.path):
                return None  # it may be in the middle of being written: once more, when it has come to rest
        if seen.taken and (seen.settled or now - seen.since < self.settle_s):
            return None
        if not seen.taken and now < seen.not_before:
            return None
        return self._done(found, seen)

    def _done(self, found: Found, seen: _Seen) -> Outcome | None:
        names = self.naming.of(found)
        if names is None:
            seen.taken = seen.settled = True
            return None
        test, begun = Test(found.path, found.relative, names), self.clock()
        try:
            with snapshot(found.path) as whole:
                outcome = None
                if not seen.taken:
                    seen.taken = True
                    outcome = _unless_nothing(self._growing.take(test, whole))
                if self.clock() - seen.since < self.settle_s or (outcome and outcome.status == "failed"):
                    return outcome
                seen.settled = True
                kept = self._growing.settle(test, whole)
                return _both(outcome, kept) if outcome and kept else kept or outcome
        except CellkeepError as error:
            if _is_nothing_yet(error):
                return None
            return Outcome(found.path, "failed", cell=names.cell, name=names.name, reason=error.message)
        except OSError as error:
            seen.taken = False
            return Outcome(
                found.path, "failed", reason=f"'{found.path.name}' can not be read: {error.strerror or error}."
            )
        finally:
            seen.not_before = begun + (self.clock() - begun) / _SHARE


def _both(taken: Outcome, kept: Outcome) -> Outcome:
    return replace(taken, reason=f"{taken.reason}; {kept.reason}")


def _is_nothing_yet(error: CellkeepError) -> bool:
    """Whether a file has no rows so far, or is none of a cycler."""
    detail = error.detail if isinstance(error.detail, dict) else {}
    return isinstance(error, UnusableDataError) and (detail.get("rows") == 0 or bool(detail.get("unknown")))


def _unless_nothing(outcome: Outcome) -> Outcome | None:
    return None if outcome.status == "skipped" else outcome

"""What mending a stored series would do, remembered for a while: the page and its pictures ask for the same."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.people import Caller
from cellkeep.services import one_file
from cellkeep.services.removal import not_found_once_removed
from cellkeep.storage.store import Store
from cellkeep.web.mending.mender import Mender
from cellkeep.web.mending.records import Asked, Told

_REMEMBERED = 24


@dataclass(frozen=True)
class Wanted:
    """A series as somebody sees it, and what is to be mended in it.

    Attributes:
        who: may change it.
        record: as it is now.
        ratings: of its specification.
        codes: of the findings.
    """

    who: Caller
    record: CellMeasurement
    ratings: dict[str, Any]
    codes: Sequence[str]

    @property
    def key(self) -> tuple[object, ...]:
        return self.record.id, self.record.updated_at, repr(self.ratings), *self.codes


@dataclass(frozen=True)
class Preview:
    """What mending does, and the folder with pictures of it."""

    told: Told
    folder: "TemporaryDirectory[str]"


class Previews:
    """Looks at what mending would do, and has it done. Safe to use from many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mender = Mender()
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[object, ...], Preview] = OrderedDict()

    def of(self, wanted: Wanted) -> Preview:
        """What it would do."""
        with self._lock:
            if (known := self._known.get(wanted.key)) is not None:
                self._known.move_to_end(wanted.key)
                return known
        folder = TemporaryDirectory(prefix="cellkeep-", ignore_cleanup_errors=True)
        made = Preview(self._mended(wanted, Path(folder.name)), folder)
        with self._lock:
            self._known[wanted.key] = made
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)  # its folder goes once nobody draws of it any more
        return made

    def whole(self, wanted: Wanted, folder: Path) -> Told:
        """Have all rows mended, in a file in the folder."""
        return self._mended(wanted, folder, whole=True)

    def _mended(self, wanted: Wanted, folder: Path, *, whole: bool = False) -> Told:
        store, record = self._store, wanted.record
        with store.reading(wanted.who) as work:
            row = work.measurements.row(record.id)
        with (
            not_found_once_removed(store, record.id, wanted.who),
            store.blobs.local_copy(one_file.series_key(store, row)) as path,
        ):
            asked = Asked(
                path=str(path),
                record=record,
                ratings=wanted.ratings,
                codes=list(wanted.codes),
                folder=str(folder),
                whole=whole,
            )
            return self._mender.mend(asked)

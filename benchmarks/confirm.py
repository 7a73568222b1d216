"""How long a confirm takes on S3 until the record is there, beside what fetching the series once would take.

Everything is in one process; the S3 server is a real one on this machine, so the network is as fast as it gets.
"""

import os
import statistics
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest import series, timed

from cellkeep.app import open_store
from cellkeep.domain.instances import InstanceDraft
from cellkeep.domain.measurements import ConfirmUpload
from cellkeep.domain.people import Caller
from cellkeep.domain.records import new_id
from cellkeep.domain.specs import SpecDraft
from cellkeep.services import accounts, instances, keys, specs, uploads
from cellkeep.services.blob_rows import sha256_of
from cellkeep.settings import ServerSettings
from cellkeep.storage.store import Store
from cellkeep.testing import servers

SIZES = (1_000_000, 10_000_000)
REPEATS = 3


class Never:
    """Takes work and does not do it: only the way to the record is measured."""

    def submit(self, _measurement_id: str) -> "Future[Any]":
        return Future()

    def complete_digests(self) -> None:
        pass


@dataclass(frozen=True)
class Bench:
    """A store on SQLite and S3, its admin, and a cell."""

    store: Store
    admin: Caller
    cell_id: str

    def confirm(self, path: Path) -> tuple[float, str]:
        """Seconds to confirm a series that was sent, and its key."""
        measurement_id = new_id()
        self.store.blobs.put(keys.staged(self.admin, measurement_id, keys.TIME_SERIES), path)
        said = {"cell_instance_id": self.cell_id, "measurement": {"name": measurement_id}}
        asked = ConfirmUpload.model_validate(said)
        took = timed(lambda: uploads.confirm(self.store, Never(), self.admin, measurement_id, asked, wait_s=0))
        with self.store.reading() as work:
            return took, work.measurements.row(measurement_id).blobs[0].key

    def fetch(self, key: str) -> float:
        """Seconds to fetch and hash it."""

        def fetched() -> None:
            with self.store.blobs.local_copy(key) as path:
                sha256_of(path)

        return timed(fetched)


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    with servers.s3(folder / "s3") as found:
        os.environ.update(found.environment)
        store = open_store(ServerSettings(folder, f"sqlite:///{folder / 'cellkeep.db'}", found.url))
        admin = accounts.ensure_first_admin(store)
        with store.writing(admin) as work:
            spec = specs.create(work, admin, SpecDraft(name="Benchmark"))
            cell = instances.create(work, admin, spec.id, InstanceDraft(name="C"))
        yield Bench(store, admin, cell.id)
        store.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name, bench(Path(name)) as at:
        for rows in SIZES:
            path = Path(name) / "series.parquet"
            series(rows, 1_000).write_parquet(path)
            at.confirm(path)  # the first one starts the process that tries files
            confirmed, stored = zip(*(at.confirm(path) for _ in range(REPEATS)), strict=True)
            ours, whole = statistics.median(confirmed), statistics.median(at.fetch(key) for key in stored)
            print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB: confirm {ours:.2f} s", end=", ")
            print(f"fetch and hash {whole:.2f} s, ratio {ours / whole:.2f}")


if __name__ == "__main__":
    main()

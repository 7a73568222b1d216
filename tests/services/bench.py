"""A cell to measure, series to send, and jobs that run now, later or never."""

import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

import numpy as np
import polars as pl

from cellkeep.domain.instances import InstanceDraft
from cellkeep.domain.measurements import ConfirmUpload, InitiateUpload, MeasurementBundle, MeasurementPatch
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.records import now
from cellkeep.domain.specs import SpecDraft
from cellkeep.services import digests, extend, measurements, uploads
from cellkeep.services.blob_rows import keys_by_role, rows_keys
from cellkeep.services.processing import Jobs, Outcome, process
from cellkeep.storage.blobs import STAGING
from cellkeep.storage.store import Store

BASE = "http://localhost"


def series(rows: int = 100, steps: int = 4) -> pl.DataFrame:
    """Steps of equal length, alternately discharge and charge at 1 A, a sample each second."""
    step = np.arange(rows) * steps // max(rows, 1)
    return pl.DataFrame(
        {
            "Time [s]": np.arange(rows, dtype=float),
            "Voltage [V]": 3.7 + 0.1 * np.sin(np.arange(rows) / 10),
            "Current [A]": np.where(step % 2, -1.0, 1.0),
            "Step count": step,
            "Cycle count": step // 2,
        }
    )


def parquet(frame: pl.DataFrame, **options: Any) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer, **options)
    return buffer.getvalue()


def deadly(frame: pl.DataFrame | None = None) -> bytes:
    """A series of 200 rows, or another such frame, with one wrong byte that ends the process which reads it.

    The header of its first page says of the number of values that it is -201 instead of 200.
    """
    whole = parquet(series(200) if frame is None else frame, compression="uncompressed")
    damaged = whole.replace(b"\x2c\x15\x90\x03", b"\x2c\x15\x91\x03", 1)
    assert damaged != whole
    return damaged


class Now:
    """Processes in a thread of its own, at once."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def submit(self, measurement_id: str) -> "Future[Outcome]":
        future: Future[Outcome] = Future()

        def work() -> None:
            try:
                future.set_result(process(self.store, measurement_id))
            except BaseException as error:  # noqa: BLE001  as a pool does it
                future.set_exception(error)

        threading.Thread(target=work).start()
        return future

    def complete_digests(self) -> None:
        digests.complete_digests(self.store)


class Never:
    """Takes work and does not do it."""

    def submit(self, _measurement_id: str) -> "Future[Outcome]":
        return Future()

    def complete_digests(self) -> None:
        pass


@dataclass
class Bench:
    """One cell, and a person who measures it."""

    store: Store
    caller: Caller
    project_id: str
    spec_id: str
    instance_id: str
    sent: list[str] = field(default_factory=list)

    def initiate(self, name: str = "T", **asked: Any) -> list[str]:
        """The id of a new upload, and the keys where its parts are awaited."""
        request = InitiateUpload.model_validate({"measurement": {"name": name}, **asked})
        answer = uploads.initiate(self.store, self.caller, self.instance_id, request, base_url=BASE)
        return [answer.measurement_id, *(target.path for target in answer.uploads)]

    def send(self, *parts: bytes | None, name: str = "T", **asked: Any) -> str:
        """Initiate, and send the parts that are not None; the id."""
        measurement_id, *keys = self.initiate(name, **asked)
        for key, part in zip(keys, parts, strict=False):
            if part is not None:
                self.put(key, part)
        return measurement_id

    def put(self, key: str, content: bytes) -> None:
        """Write as a signed link does."""
        with self.store.blobs.overwriting(key) as file:  # type: ignore[attr-defined]
            file.write(content)

    def confirm(
        self,
        measurement_id: str,
        jobs: Jobs | None = None,
        *,
        wait_s: float = 20,
        instance_id: str | None = None,
        **said: Any,
    ) -> MeasurementBundle:
        asked = {key: said.pop(key) for key in ("measurement_type", "filenames") if key in said}
        body = {"cell_instance_id": instance_id or self.instance_id, "measurement": {"name": "T", **said}, **asked}
        request = ConfirmUpload.model_validate(body)
        return uploads.confirm(self.store, jobs or Now(self.store), self.caller, measurement_id, request, wait_s=wait_s)

    def create(self, name: str = "T", frame: pl.DataFrame | None = None, jobs: Jobs | None = None) -> MeasurementBundle:
        """A whole series, sent and confirmed."""
        measurement_id = self.send(parquet(series() if frame is None else frame), name=name)
        return self.confirm(measurement_id, jobs, name=name, wait_s=0 if isinstance(jobs, Never) else 20)

    def send_rows(self, measurement_id: str, content: bytes) -> str:
        """Send rows to append; the key where they wait for the confirm."""
        target = extend.initiate(self.store, self.caller, measurement_id, base_url=BASE).uploads[0]
        self.put(target.path, content)
        return target.path

    def confirm_rows(self, measurement_id: str, jobs: Jobs | None = None, *, wait_s: float = 20) -> MeasurementBundle:
        wait_s = 0 if isinstance(jobs, Never) else wait_s
        return extend.confirm(self.store, jobs or Now(self.store), self.caller, measurement_id, wait_s=wait_s)

    def append(self, measurement_id: str, rows: pl.DataFrame, jobs: Jobs | None = None) -> MeasurementBundle:
        """Send rows to append, and confirm them."""
        self.send_rows(measurement_id, parquet(rows))
        return self.confirm_rows(measurement_id, jobs)

    def keys(self, measurement_id: str) -> dict[str, str]:
        """Key of each object of the measurement, by its role."""
        with self.store.reading() as work:
            return {blob.role: blob.key for blob in work.measurements.row(measurement_id).blobs}

    def change(self, measurement_id: str, **patch: Any) -> None:
        """Change what is said of a measurement."""
        with self.store.writing(self.caller) as work:
            measurements.update(work, self.caller, measurement_id, MeasurementPatch.model_validate(patch))

    def remove(self, measurement_id: str) -> None:
        with self.store.writing(self.caller) as work:
            measurements.delete(work, self.caller, measurement_id)

    def take_retired(self) -> list[str]:
        """Remove the objects that wait for their last links, as a sweep does when these have expired; their keys."""
        with self.store.writing() as work:
            found = work.objects.take_retired(now() + timedelta(days=1))
        self.store.blobs.delete(found)
        return sorted(found)

    def records(self) -> list[str]:
        with self.store.reading() as work:
            return list(work.instances.get(self.instance_id).measurement_ids or [])

    def status(self, measurement_id: str) -> tuple[str, str | None]:
        with self.store.reading() as work:
            row = work.measurements.row(measurement_id)
            return row.processing_status, row.processing_error

    def stored(self) -> list[str]:
        """Keys of what lies outside of staging."""
        return sorted(blob.key for blob in self.store.blobs.list("measurements"))

    def staged(self) -> list[str]:
        return sorted(blob.key for blob in self.store.blobs.list(STAGING))

    def named(self) -> list[str]:
        """Keys that records name."""
        with self.store.reading() as work:
            return sorted(work.objects.used())

    def table(self, measurement_id: str, role: str) -> pl.DataFrame:
        """A table as it is stored; of the series the rows that lie beside it too."""
        with self.store.reading() as work:
            row = work.measurements.row(measurement_id)
        keys = rows_keys(row) if role == "time_series" else (keys_by_role(row)[role],)
        return pl.concat([pl.read_parquet(self.store.blobs.get(key)) for key in keys])

    def bytes(self, measurement_id: str, role: str) -> bytes:
        with self.store.reading() as work:
            (key,) = [blob.key for blob in work.measurements.row(measurement_id).blobs if blob.role == role]
        return self.store.blobs.get(key)


def bench(store: Store, admin: Caller) -> Bench:
    """A cell of a specification rated at 1 A.h."""
    with store.writing(admin) as work:
        project = work.projects.create(ProjectDraft(name="Bench"), admin)
        draft = SpecDraft.model_validate({"name": "S", "ratings": {"capacity": {"value": 1000, "unit": "mA*h"}}})
        spec = work.specs.create(project.id, draft, admin)
        cell = work.instances.create(work.specs.row(spec.id), InstanceDraft(name="C"), None, admin)
    return Bench(store, admin, project.id, spec.id, cell.id)


def together(count: int, do: Callable[[int], Any]) -> list[Any]:
    """Answers of as many threads that begin at the same moment; an error is an answer too."""
    barrier = threading.Barrier(count)
    answers: list[Any] = [None] * count

    def run(number: int) -> None:
        barrier.wait()
        try:
            answers[number] = do(number)
        except Exception as error:  # noqa: BLE001  the test judges it
            traceback.clear_frames(error.__traceback__)
            answers[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return answers


@contextmanager
def writing_held(store: Store, measurement_id: str) -> Iterator[None]:
    """As long as the context lasts, nobody else can change the row of this measurement."""
    with store.writing() as work:
        work.measurements.row(measurement_id).notes = "held"
        work.measurements._session.flush()
        yield

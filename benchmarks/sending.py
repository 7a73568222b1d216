"""Sending a parquet file as it lies on the disk, and what the server then does until it is `ready`."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
from ingest import KEY, Server
from processes import cpu_s

_PIECE_BYTES = 1 << 20
_ASKED_EVERY_S = 0.02
SETTLED_S = 0.5
"""What the server does behind a `ready` belongs to its work too."""


class Processed(NamedTuple):
    """A measurement, and what it took from the confirm on.

    Attributes:
        id: of the measurement.
        steps: rows of its step table.
        wall_s: from the confirm until it was `ready`.
        cpu_s: seconds on a core of the server and its children.
    """

    id: str
    steps: int
    wall_s: float
    cpu_s: float


class Sender:
    """Speaks to one server; the cell has to be there."""

    def __init__(self, server: Server, cell_id: str) -> None:
        self._pid, self._cell_id = server.pid, cell_id
        self._http = httpx2.Client(base_url=server.url, headers={"X-API-Key": KEY}, timeout=600)

    def create(self, name: str, path: Path) -> Processed:
        """Send a whole series."""
        record = {"measurement": {"name": name}}
        started = self._post(f"/cell_instances/{self._cell_id}/cell_measurements/initiate-upload", record)
        said = {**record, "cell_instance_id": self._cell_id, "measurement_type": "time_series"}
        return self._processed(started, path, "confirm-upload", said)

    def extend(self, measurement_id: str, path: Path) -> Processed:
        """Send rows to append."""
        started = self._post(f"/cell_measurements/{measurement_id}/initiate-extend", {})
        return self._processed(started, path, "confirm-extend", {})

    def _processed(self, started: dict[str, Any], path: Path, confirm: str, said: dict[str, Any]) -> Processed:
        size = {"content-length": str(path.stat().st_size)}
        link = started["uploads"][0]["signed_url"]
        httpx2.put(link, content=_pieces(path), headers=size, timeout=600).raise_for_status()
        at = f"/cell_measurements/{started['measurement_id']}"
        wall, cpu = time.perf_counter(), cpu_s(self._pid)
        found = self._post(f"{at}/{confirm}", said)
        while found["processing_status"] in {"pending", "running"}:
            time.sleep(_ASKED_EVERY_S)
            found = self._http.get(at).raise_for_status().json()
        wall = time.perf_counter() - wall
        assert (found["processing_status"], found["processing_error"]) == ("ready", None), found
        time.sleep(SETTLED_S)
        return Processed(started["measurement_id"], found["step_count"], wall, cpu_s(self._pid) - cpu)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(path, json=body)
        assert not answer.is_error, answer.text
        return dict(answer.json())


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece

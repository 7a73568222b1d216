"""The client: one attribute per resource."""

import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from cellkeep.client.batches import CellBatches
from cellkeep.client.config import Connection, resolve
from cellkeep.client.frames import Backend
from cellkeep.client.instances import CellInstances
from cellkeep.client.measurements import CellMeasurements
from cellkeep.client.projects import Projects
from cellkeep.client.resource import read
from cellkeep.client.specs import CellSpecs
from cellkeep.client.transport import Transport
from cellkeep.domain.errors import InvalidError
from cellkeep.domain.people import Me

_TIMEOUT_S = 30.0


class Client:
    """A client of one server.

    Args:
        api_key: key of the server; else `CELLKEEP_API_KEY`, else the config file that `cellkeep serve` writes.
        api_url: address of the server; else `CELLKEEP_API_URL`, else the config file.
        project_id: project for new specifications; else `CELLKEEP_PROJECT_ID`, else the only project there is.
        dataframe_backend: `polars` or `pandas` for returned frames; else `CELLKEEP_DATAFRAME_BACKEND`, else polars.
        timeout: seconds to wait for an ordinary answer.

    Raises:
        CellkeepError: no server or no key is known.

    Example:
        >>> client = cellkeep.Client()  # doctest: +SKIP
        >>> client.cell_spec.list(name="coin")  # doctest: +SKIP
    """

    def __init__(
        self,
        api_key: str | None = None,
        api_url: str | None = None,
        project_id: str | None = None,
        dataframe_backend: Backend | None = None,
        timeout: float = _TIMEOUT_S,
    ) -> None:
        connection = resolve(api_url, api_key, project_id)
        http = httpx2.Client(
            base_url=connection.api_url,
            headers={"X-API-Key": connection.api_key},
            timeout=httpx2.Timeout(timeout, connect=10),
        )
        self._set_up(Transport(http), connection, dataframe_backend)

    @classmethod
    def over(
        cls,
        http: httpx2.Client,
        connection: Connection,
        *,
        files_below: Path | None = None,
        dataframe_backend: Backend | None = None,
    ) -> Self:
        """A client over an HTTP client of one's own, such as one that calls an application in the same process."""
        self = cls.__new__(cls)
        self._set_up(Transport(http, files_below=files_below), connection, dataframe_backend)
        return self

    def _set_up(self, transport: Transport, connection: Connection, backend: Backend | None) -> None:
        chosen: Any = backend or os.environ.get("CELLKEEP_DATAFRAME_BACKEND") or "polars"
        if chosen not in {"polars", "pandas"}:
            raise InvalidError(f"dataframe_backend is 'polars' or 'pandas', not '{chosen}'.")
        self.api_url = connection.api_url
        self._transport = transport
        self.project = Projects(transport)
        self.cell_spec = CellSpecs(transport, connection.project_id)
        self.cell_batch = CellBatches(transport)
        self.cell_measurement = CellMeasurements(transport, chosen)
        self.cell_instance = CellInstances(transport, self.cell_measurement)

    def health_check(self) -> dict[str, Any]:
        """Whether the server answers."""
        found: dict[str, Any] = self._transport.get("/healthz")
        return found

    def whoami(self) -> Me:
        """The user and organization of the key."""
        return read(Me, self._transport.get("/users/me"))

    def close(self) -> None:
        """Let go of connections, and of the folder of an embedded client."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<cellkeep.Client {self.api_url}>"

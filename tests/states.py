"""What a store holds at one moment, to go back to: much faster than to start another server, or to make it all anew."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import insert, select

from cellkeep.storage.local_blobs import LocalBlobs
from cellkeep.storage.store import Store
from cellkeep.storage.tables import Base

_TABLES = Base.metadata.sorted_tables


@dataclass(frozen=True)
class State:
    """All rows by table, and all objects by key."""

    rows: dict[str, list[dict[str, Any]]]
    objects: dict[str, bytes]

    @classmethod
    def of(cls, store: Store) -> Self:
        with store._engine.connect() as connection:
            rows = {table.name: [dict(row._mapping) for row in connection.execute(select(table))] for table in _TABLES}
        return cls(rows, {path.relative_to(_root(store)).as_posix(): path.read_bytes() for path in _files(store)})

    def restore(self, store: Store) -> None:
        """Have the store hold this, and nothing else."""
        with store._engine.execution_options(write=True).begin() as connection:
            for table in reversed(_TABLES):
                connection.exec_driver_sql(f"DELETE FROM {table.name}")  # noqa: S608  our own names
            for table in _TABLES:
                if self.rows[table.name]:
                    connection.execute(insert(table), self.rows[table.name])
        for path in _files(store):
            path.unlink(missing_ok=True)
        for key, content in self.objects.items():
            path = _root(store) / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _root(store: Store) -> Any:
    assert isinstance(store.blobs, LocalBlobs)
    return store.blobs.root


def _files(store: Store) -> list[Any]:
    return [path for path in _root(store).rglob("*") if path.is_file()]

"""Content of a crate on its way to a server, compared with its checksum while it passes."""

from functools import partial
from pathlib import Path
from typing import Any

from cellkeep.client.crate.opening import Opened
from cellkeep.client.crate.reading import Line
from cellkeep.client.crate.records import KINDS, MARK, Record, body
from cellkeep.client.raw_data import CONFIRM_S
from cellkeep.client.transport import Transport, as_json, segment

_SENT_AS = {"time_series": "time_series.parquet", "steps": "steps.parquet"}


class Sending:
    """Makes the records that have content."""

    def __init__(self, transport: Transport, crate: Opened) -> None:
        self._transport = transport
        self._crate = crate

    def raw_data(self, line: Line, record: Record) -> str:
        asked = self._transport.post("/raw_data/initiate-upload", record, again=True)
        told = self._crate.files[self._path(line, "content")]
        self._put(asked["uploads"][0]["signed_url"], told.name, line.name)
        path = f"/raw_data/{segment(asked['raw_data_id'])}/confirm-upload"
        sent = {**record, "size_bytes": told.size_bytes, "sha256": told.sha256}
        return self._id(self._transport.post(path, sent, again=True, timeout=CONFIRM_S))

    def series(self, line: Line, cell_id: str, record: Record) -> str:
        """A time series; with its step table where a person had made that."""
        roles = ["time_series", *(["steps"] if line.record.get("own_steps") and line.path("steps") else [])]
        asked = self._initiated(cell_id, {"measurement": record})
        links = {each["filename"]: each["signed_url"] for each in asked["uploads"]}
        for role in roles:
            self._put(links[_SENT_AS[role]], self._path(line, role), line.name)
        return self._confirmed(cell_id, asked, {"measurement": record, "measurement_type": "time_series"})

    def files(self, line: Line, cell_id: str, record: Record) -> str:
        files = [each for each in line.files if each["role"] == "file"]
        said = {"measurement": record, "measurement_type": "file", "filenames": [each["name"] for each in files]}
        asked = self._initiated(cell_id, said)
        for each, place in zip(files, asked["uploads"], strict=True):
            self._put(place["signed_url"], each["path"], each["name"])
        return self._confirmed(cell_id, asked, said)

    def properties(self, cell_id: str, record: Record) -> str:
        path = f"/cell_instances/{segment(cell_id)}/cell_measurements/create"
        return self._id(self._transport.post(path, {**record, "measurement_type": "properties"}))

    def dataset(self, line: Line, material_id: str, mark: list[Any]) -> str:
        fields = {
            "material_id": material_id,
            "name": line.name,
            "columns": as_json(line.record.get("columns") or []),
            MARK: as_json(mark),
        }
        return self._table("/material_property_datasets", fields, self._path(line, "original"))

    def analysis(self, line: Line, measurement_id: str, mark: list[Any]) -> str:
        record = line.record
        fields = {
            "measurement_id": measurement_id,
            "name": line.name,
            "analysis_type": record["analysis_type"],
            "metadata": as_json(record.get("metadata") or {}),
            MARK: as_json(mark),
            **({"notes": record["notes"]} if record.get("notes") is not None else {}),
        }
        return self._table("/analyses", fields, self._path(line, "table"))

    def complete(self, line: Line, made_id: str, mark: list[Any]) -> None:
        """Say of a table what no form takes: keys of any kind, and columns before the plots that name them."""
        draft = KINDS[line.kind].draft
        assert draft is not None  # noqa: S101  tables have one
        own = {key: value for key, value in body(line.kind, line.record).items() if key not in draft.model_fields}
        path = f"/{'analyses' if line.kind == 'analysis' else 'material_property_datasets'}/{segment(made_id)}"
        if line.kind == "analysis":
            columns = line.record.get("columns") or []
            if self._transport.get(path)["columns"] != columns:
                self._transport.patch(path, {"columns": columns})
            own["plots"] = line.record.get("plots") or []
        self._transport.patch(path, {**own, MARK: mark})

    def _table(self, path: str, fields: dict[str, str], name: str) -> str:
        def write(target: Path) -> None:
            with target.open("wb") as file:
                file.writelines(self._crate.pieces(name))

        return self._id(self._transport.send_table("POST", path, fields, write))

    def _initiated(self, cell_id: str, said: dict[str, Any]) -> Record:
        path = f"/cell_instances/{segment(cell_id)}/cell_measurements/initiate-upload"
        found: Record = self._transport.post(path, said, again=True)
        return found

    def _confirmed(self, cell_id: str, asked: Record, said: dict[str, Any]) -> str:
        path = f"/cell_measurements/{segment(asked['measurement_id'])}/confirm-upload"
        return self._id(self._transport.post(path, {"cell_instance_id": cell_id, **said}, again=True))

    def _put(self, url: str, name: str, label: str) -> None:
        told = self._crate.files[name]
        self._transport.send_pieces(url, partial(self._crate.pieces, name), told.size_bytes, label)

    def _path(self, line: Line, role: str) -> str:
        found = line.path(role)
        assert found is not None  # noqa: S101  it was looked for when the crate was read
        return found

    @staticmethod
    def _id(answer: Record) -> str:
        found: str = answer["id"]
        return found

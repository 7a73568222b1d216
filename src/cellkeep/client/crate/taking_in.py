"""A crate in, as a project: verified first, then made record by record, and taken up again where it broke off."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from cellkeep.client.crate.comparing import Series, differs
from cellkeep.client.crate.laboratory import Laboratory
from cellkeep.client.crate.opening import Opened, opened
from cellkeep.client.crate.plans import planned
from cellkeep.client.crate.reading import Line, contents, lines
from cellkeep.client.crate.records import MARK, Record, body, marked
from cellkeep.client.crate.sending import Sending
from cellkeep.client.crate.target import Target, target, told_apart
from cellkeep.client.resource import read
from cellkeep.client.transport import Transport, segment
from cellkeep.domain.errors import BadRequestError, ConflictError, MeasurementProcessingError, UnusableDataError
from cellkeep.domain.projects import Project
from cellkeep.domain.specs import SLOTS


@dataclass
class TakenIn:
    """What became of a crate.

    Attributes:
        project: the project it is now.
        made: how many records of each kind were made.
        there: how many were there already, from an earlier attempt.
        ids: the new id of each record, by kind and id in the crate.
        left_out: what was not made, and why.
        tables_differ: names of measurements whose tables this server makes otherwise than the crate has them.
    """

    project: Project
    made: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    tables_differ: list[str] = field(default_factory=list)


def take_in(
    transport: Transport,
    path: Path,
    *,
    project: str | None = None,
    into: str | None = None,
    done: Callable[[str, str], None] | None = None,
) -> TakenIn:
    """Make a project of a crate; see `Client.import_project`."""
    with opened(path) as crate:
        found = contents(crate)
        crate.verify()
        there = target(transport, found, project, into)
        taken = TakenIn(read(Project, there.project), ids=there.ids)
        making = _Making(transport, crate, there, taken)
        for line in lines(crate):
            if line.kind != "project":
                making.make(line)
            if done is not None:
                done(line.kind, line.name)
        making.finish()
    return taken


class _Making:
    """Makes one record after the other, parents first."""

    def __init__(self, transport: Transport, crate: Opened, there: Target, taken: TakenIn) -> None:
        self._transport = transport
        self._crate = crate
        self._there = there
        self._taken = taken
        self._sending = Sending(transport, crate)
        self._laboratory = Laboratory(transport, there, taken.left_out)
        self._series: list[Series] = []
        self._by_kind: dict[str, Callable[[Line], str | None]] = {
            "raw_data": self._raw_data,
            "site": self._laboratory.site,
            "cycler": self._laboratory.cycler,
            "channel": self._laboratory.channel,
            "cell_specification": self._specification,
            "cell_batch": self._batch,
            "cell_instance": self._cell,
            "cell_measurement": self._measurement,
            "material": self._material,
            "property_dataset": self._dataset,
            "analysis": self._analysis,
            "study": self._study,
            "planned_measurement": self._plan,
        }

    def make(self, line: Line) -> None:
        """Make a record unless it is there, and what belongs to it."""
        key = line.kind, line.id
        if key in self._there.ids:
            self._taken.there[line.kind] += 1
        elif (made := self._by_kind[line.kind](line)) is not None:
            self._there.ids[key] = made
            counted = self._taken.there if made in self._there.earlier else self._taken.made
            counted[line.kind] += 1
        if key in self._there.ids:
            self._beside(line, self._there.ids[key])

    def finish(self) -> None:
        """What can be done once all is there."""
        for each in self._there.left_over:
            self._transport.delete(f"/cell_specifications/{segment(each)}")
        self._laboratory.finish()
        for series in self._series:
            try:
                if differs(self._transport, self._crate, series):
                    self._taken.tables_differ.append(series.name)
            except MeasurementProcessingError as error:
                self._taken.left_out.append(f"the tables of the measurement '{series.name}': {error.message}")

    def _beside(self, line: Line, made: str) -> None:
        """What belongs to a record that is there: links, members, and what no form takes."""
        if line.kind == "cell_measurement":
            self._attach(line, made)
            if (steps := line.path("steps")) is not None:
                self._series.append(Series(made, line.name, steps, line.path("cycles")))
        elif line.kind == "cell_specification":
            self._know_materials(line, made)
        elif line.kind == "study":
            self._assign(line, made)
        elif line.kind in {"cycler", "channel"}:
            self._laboratory.remember(line)
        elif line.id in self._there.halfway:
            self._sending.complete(line, made, self._mark(line))

    def _mark(self, line: Line, **more: Any) -> list[Any]:
        return marked(self._there.crate, line.kind, line.record, **more)

    def _body(self, line: Line, **more: Any) -> Record:
        return {**body(line.kind, line.record), **more, MARK: self._mark(line)}

    def _new(self, kind: str, old: Any) -> str | None:
        return self._there.ids.get((kind, old)) if isinstance(old, str) else None

    def _post(self, path: str, sent: Record) -> str:
        made: str = self._transport.post(path, sent)["id"]
        return made

    def _raw_data(self, line: Line) -> str:
        return self._sending.raw_data(line, self._body(line, project_id=self._there.id))

    def _specification(self, line: Line) -> str:
        slots = {slot: _component(line.record[slot]) for slot in SLOTS if line.record.get(slot)}
        return self._post("/cell_specifications", self._body(line, project_id=self._there.id, **slots))

    def _know_materials(self, line: Line, made: str) -> None:
        used = {slot: part["material"] for slot in SLOTS if (part := line.record.get(slot)) and part.get("material")}
        if not used:
            return
        answer = self._transport.get(f"/cell_specifications/{segment(made)}")
        for slot, material in used.items():
            if (found := (answer.get(slot) or {}).get("material")) is not None:
                self._there.materials[told_apart(material)] = found["id"]

    def _batch(self, line: Line) -> str:
        specification = self._there.ids["cell_specification", line.record["cell_specification_id"]]
        return self._post(f"/cell_specifications/{segment(specification)}/cell_batches", self._body(line))

    def _cell(self, line: Line) -> str:
        specification = self._there.ids["cell_specification", line.record["cell_specification_id"]]
        batch = self._new("cell_batch", line.record.get("batch_id"))
        sent = self._body(line, batch_id=batch)
        return self._post(f"/cell_specifications/{segment(specification)}/cell_instances", sent)

    def _measurement(self, line: Line) -> str | None:
        channel = self._new("channel", line.record.get("channel_id"))
        try:
            return self._stored(line, channel)
        except ConflictError as error:
            if error.existing_id is not None or channel is None:
                raise
            self._taken.left_out.append(f"the channel of the measurement '{line.name}': {error.message}")
            return self._stored(line, None)
        except (UnusableDataError, BadRequestError) as error:
            self._taken.left_out.append(f"the measurement '{line.name}': {error.message}")
            return None

    def _stored(self, line: Line, channel: str | None) -> str:
        cell = self._there.ids["cell_instance", line.record["cell_instance_id"]]
        sent = self._body(line, channel_id=channel, provenance=self._provenance(line.record.get("provenance")))
        if channel is None and line.record.get("channel_id"):
            sent[MARK] = self._mark(line, channel_id=line.record["channel_id"])
        kind = line.record["measurement_type"]
        if kind == "properties":
            return self._sending.properties(cell, sent)
        return (
            self._sending.series(line, cell, sent) if kind == "time_series" else self._sending.files(line, cell, sent)
        )

    def _provenance(self, told: Record | None) -> Record | None:
        """The same, with its raw files as they are called now."""
        if not told:
            return None
        files = [
            {**each, "raw_data_id": self._new("raw_data", each.get("raw_data_id")) or each.get("raw_data_id")}
            for each in told["files"]
        ]
        return {**told, "files": files}

    def _attach(self, line: Line, made: str) -> None:
        raw = [new for old in line.beside.get("raw_data") or [] if (new := self._new("raw_data", old))]
        if raw:
            self._transport.post(f"/cell_measurements/{segment(made)}/raw_data", {"raw_data_ids": raw}, again=True)

    def _material(self, line: Line) -> str:
        """The id of a material; one that no specification uses is made by one that is removed again."""
        known = self._there.materials.get(told_apart(line.record))
        if known is not None:
            return known
        mark = [{"crate": self._there.crate, "id": f"material:{line.id}"}]
        sent = {
            "name": f"for a material {uuid4()}",
            "project_id": self._there.id,
            "anode": {"material": _material(line.record)},
            MARK: mark,
        }
        answer = self._transport.post("/cell_specifications", sent)
        self._transport.delete(f"/cell_specifications/{segment(answer['id'])}")
        made: str = answer["anode"]["material"]["id"]
        return made

    def _dataset(self, line: Line) -> str:
        material = self._there.ids["material", line.record["material_id"]]
        self._there.halfway.add(line.id)
        return self._sending.dataset(line, material, self._mark(line))

    def _analysis(self, line: Line) -> str | None:
        measurement = self._new("cell_measurement", line.record["measurement_id"])
        if measurement is None:
            self._taken.left_out.append(f"the analysis '{line.name}', whose measurement is left out")
            return None
        self._there.halfway.add(line.id)
        return self._sending.analysis(line, measurement, self._mark(line))

    def _study(self, line: Line) -> str:
        return self._post(f"/projects/{segment(self._there.id)}/studies", self._body(line))

    def _assign(self, line: Line, made: str) -> None:
        above = f"/projects/{segment(self._there.id)}/studies/{segment(made)}/measurements"
        for old in line.beside.get("measurements") or []:
            if (new := self._new("cell_measurement", old)) is not None:
                self._transport.post(f"{above}/{segment(new)}", {}, again=True)

    def _plan(self, line: Line) -> str | None:
        return planned(self._transport, self._there, line, self._taken.left_out)


def _component(part: Record) -> Record:
    """A component as it is sent."""
    sent: Record = {"properties": part.get("properties") or {}}
    if part.get("material"):
        sent["material"] = _material(part["material"])
    return sent


def _material(record: Record) -> Record:
    return {key: record.get(key) for key in ("name", "manufacturer", "product_id", "definition")}

"""The project that a crate is taken into, and what was made there before."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cellkeep.client.crate.collecting import Holdings
from cellkeep.client.crate.reading import Contents
from cellkeep.client.crate.records import MARK, Record, body, made_from, marked
from cellkeep.client.transport import Transport, segment
from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import ConflictError, InvalidError, NotFoundError

_TOLD = 5


@dataclass
class Target:
    """Where records go.

    Attributes:
        project: the project as it is.
        crate: what tells the crate.
        ids: the ids of what is there, by kind and id in the crate.
        halfway: ids in the crate of analyses and datasets that are not as they should be yet.
        materials: ids of materials, by what tells them apart.
        left_over: specifications that were made for the sake of a material alone.
        earlier: ids of what was there before, made of the crate or not.
    """

    project: Record
    crate: str
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    halfway: set[str] = field(default_factory=set)
    materials: dict[tuple[Any, ...], str] = field(default_factory=dict)
    left_over: list[str] = field(default_factory=list)
    earlier: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        found: str = self.project["id"]
        return found


def told_apart(material: Record) -> tuple[Any, ...]:
    """What tells a material from others."""
    return material["name"], material.get("manufacturer"), material.get("product_id")


def target(transport: Transport, contents: Contents, project: str | None, into: str | None) -> Target:
    """The project to take a crate into: a new one, one that was begun before, or one that is named.

    Raises:
        ConflictError: there is such a project already, or it has other things of the same names.
        NotFoundError: there is no project to take it into.
    """
    if project is not None and into is not None:
        raise InvalidError("Say either project, the name of a new project, or into, one that is there.")
    if into is None:
        return _own(transport, contents, project or contents.project["name"])
    found = _named(transport, into) or _by_id(transport, into)
    there = _looked_at(transport, Target(found, contents.crate))
    _require_room(Holdings(transport, there.id), contents, there)
    return there


def _own(transport: Transport, contents: Contents, name: str) -> Target:
    if (found := _named(transport, name)) is not None:
        if made_from(found, contents.crate) is None and _is_empty(transport, found["id"]):
            return target(transport, contents, None, found["id"])  # as the one that every new folder has
        if made_from(found, contents.crate) is None:
            raise ConflictError(
                f"There is a project '{name}' already, and it is not from this crate. Take the crate in under another "
                "name (project=…, --project), or into that project (into=…, --into).",
                detail={"existing_id": found["id"]},
            )
        return _looked_at(transport, Target(found, contents.crate))
    # A material has no room for keys of its own, so that of the project tells where its materials come from.
    materials = {each["id"]: {key: each.get(key) for key in ("name", "created_at")} for each in contents.materials}
    mark = marked(contents.crate, "project", contents.project, materials=materials)
    made = transport.post("/projects", {**body("project", contents.project), "name": name, MARK: mark})
    return Target(made, contents.crate)


def _is_empty(transport: Transport, project_id: str) -> bool:
    return next(_all(Holdings(transport, project_id)), None) is None


def _named(transport: Transport, name: str) -> Record | None:
    found: list[Record] = transport.get("/projects", {"name": f"eq.{name}", "limit": 1})["items"]
    return found[0] if found else None


def _by_id(transport: Transport, project_id: str) -> Record:
    try:
        found: Record = transport.get(f"/projects/{segment(project_id)}")
    except NotFoundError:
        raise NotFoundError(f"You see no project '{project_id}' to take the crate into.") from None
    return found


def _looked_at(transport: Transport, there: Target) -> Target:
    """The same, with what was made of the crate before."""
    holdings = Holdings(transport, there.id)
    for kind, record in _all(holdings):
        if kind == "material":
            there.materials[told_apart(record)] = record["id"]
            there.earlier.add(record["id"])
        old = made_from(record, there.crate)
        if old is None:
            continue
        if kind == "cell_specification" and old.startswith("material:"):
            there.left_over.append(record["id"])
            continue
        there.ids[kind, old] = record["id"]
        if isinstance(record.get(MARK), str):
            there.halfway.add(old)
    return there


def _all(holdings: Holdings) -> Iterator[tuple[str, Record]]:
    for specification in holdings.specifications():
        yield "cell_specification", specification
        for batch in holdings.batches(specification["id"]):
            yield "cell_batch", batch
        for cell in holdings.cells(specification["id"]):
            yield "cell_instance", cell
            yield from (("cell_measurement", each) for each in holdings.measurements(cell["id"]))
    for material in holdings.materials():
        yield "material", material
        yield from (("property_dataset", each) for each in holdings.property_datasets(material["id"]))
    yield from (("raw_data", each) for each in holdings.raw_data())
    yield from (("analysis", each) for each in holdings.analyses())
    yield from (("study", each) for each in holdings.studies())
    yield from (("planned_measurement", each) for each in holdings.plans())
    for site in holdings.sites():
        for cycler in holdings.cyclers(site["id"]):
            yield "cycler", cycler
            yield from (("channel", each) for each in holdings.channels(cycler["id"]))


def _require_room(holdings: Holdings, contents: Contents, there: Target) -> None:
    """Refuse a project with other things of the same names, before anything is made."""
    ours = set(there.ids.values())
    specifications = {each["name"] for each in holdings.specifications() if each["id"] not in ours}
    plans = {each["name"] for each in holdings.plans() if each["id"] not in ours}
    known = {told_apart(each): each["definition"] for each in holdings.materials()}
    clashes = {
        "specifications": [name for name in contents.specifications if name in specifications],
        "planned measurements": [name for name in contents.plans if name in plans],
        "materials, which are defined otherwise": [
            each["name"]
            for each in contents.materials
            if known.get(told_apart(each), each.get("definition")) != each.get("definition")
        ],
    }
    if told := [f"{what} {quoted(names[:_TOLD])}" for what, names in clashes.items() if names]:
        raise ConflictError(
            f"The project '{there.project['name']}' has other things of the same names: {'; '.join(told)}. Nothing was "
            "made. Rename those, or take the crate into a project of its own."
        )

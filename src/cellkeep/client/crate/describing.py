"""What is said of each kind of record in the words of schema.org."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from cellkeep.client.crate.graph import Entity, Graph, link, links
from cellkeep.client.crate.places import reference
from cellkeep.client.crate.records import Record
from cellkeep.domain.specs import SLOTS


class Describing:
    """Puts records into a graph. References are local ids, made of the ids of records."""

    def __init__(self, graph: Graph, organization: Mapping[str, Any]) -> None:
        self.graph = graph
        self.publisher = graph.add(f"#organization-{organization['id']}", "Organization", organization["name"])
        self._people: dict[str, None] = {}
        self._mentions: dict[str, None] = {}

    def root(self, project: Record, license_: str | None, today: str) -> Entity:
        """The crate as a whole."""
        told = project.get("description") or f"Battery test data of the project '{project['name']}'."
        return {
            "name": project["name"],
            "description": told,
            "datePublished": today,
            "license": self._license(license_),
            "publisher": link(self.publisher),
            "author": links(self._people) or link(self.publisher),
            "mentions": links(self._mentions),
        }

    def maker(self, record: Record) -> Entity | None:
        """Who stored a record, where that is known."""
        email, user = record.get("created_by_email"), record.get("created_by")
        if not email or not user:
            return None
        contact = link(self.graph.add(f"mailto:{email}", "ContactPoint", email, email=email))
        said = {"email": email, "affiliation": link(self.publisher), "contactPoint": contact}
        person = self.graph.add(f"#person-{user}", "Person", email, **said)
        self._people[person] = None
        return link(person)

    def specification(self, record: Record) -> None:
        own = f"#specification-{record['id']}"
        parts = {slot: record[slot] for slot in SLOTS if record.get(slot)}
        materials = [self._material(part["material"]) for part in parts.values() if part.get("material")]
        nested = {key: record.get(key) for key in ("ratings", "properties", "source")}
        nested.update({slot: part.get("properties") for slot, part in parts.items()})
        self._mention(
            self.graph.add(
                own,
                "ProductModel",
                record["name"],
                description=record.get("notes"),
                category=record.get("form_factor"),
                manufacturer=self._company(record.get("manufacturer")),
                isRelatedTo=links(dict.fromkeys(materials)),
                additionalProperty=self.graph.values(own, nested),
            )
        )

    def batch(self, record: Record) -> None:
        own = f"#batch-{record['id']}"
        self._mention(
            self.graph.add(
                own,
                "Product",
                record["name"],
                description=record.get("notes"),
                productionDate=record.get("date_manufactured"),
                model=link(f"#specification-{record['cell_specification_id']}"),
                additionalProperty=self.graph.values(own, record.get("properties") or {}),
            )
        )

    def cell(self, record: Record) -> None:
        own, batch = f"#cell-{record['id']}", record.get("batch_id")
        self._mention(
            self.graph.add(
                own,
                "IndividualProduct",
                record["name"],
                description=record.get("notes"),
                productionDate=record.get("date_manufactured"),
                model=link(f"#specification-{record['cell_specification_id']}"),
                isRelatedTo=link(f"#batch-{batch}") if batch else None,
                additionalProperty=self.graph.values(own, record.get("measured_properties") or {}),
            )
        )

    def measurement(self, record: Record, own: str, files: Sequence[str], columns: Sequence[str]) -> None:
        """A measurement as a data set: a folder of files, or values alone."""
        span = "/".join(record.get(key) or ".." for key in ("start_time", "end_time"))
        self.graph.parts.append(
            self.graph.add(
                own,
                "Dataset",
                record["name"],
                description=record.get("notes") or f"A measurement of the type {record['measurement_type']}.",
                about=link(f"#cell-{record['cell_instance_id']}"),
                creator=self.maker(record),
                dateCreated=record["created_at"],
                temporalCoverage=span if record.get("start_time") else None,
                keywords=record.get("tags"),
                measurementTechnique=(record.get("protocol") or {}).get("name") or record.get("data_type"),
                variableMeasured=list(columns) or self.graph.values(own, record.get("properties") or {}),
                hasPart=links(files),
            )
        )

    def reading(self, record: Record, series: str, raw: Mapping[str, str]) -> None:
        """How a series was read of the files of an instrument; `raw` has those in the crate, by id."""
        told = record.get("provenance")
        if not told:
            return
        sources = [
            raw.get(str(each.get("raw_data_id")))
            or self.graph.add(f"#file-{each['sha256']}", "CreativeWork", each["name"], sha256=each["sha256"])
            for each in told["files"]
        ]
        why = f"Read as {told['reader']}, version {told['reader_version']}. {told.get('reason', '')}"
        self._mention(
            self.graph.add(
                f"#reading-{record['id']}",
                "CreateAction",
                f"Reading of {record['name']}",
                description=why.strip(),
                agent=self.maker(record),
                instrument=link(self.software(told.get("cellkeep_version") or version("cellkeep"))),
                object=links(dict.fromkeys(sources)),
                result=link(series),
                endTime=record["created_at"],
            )
        )

    def study(self, record: Record, members: Sequence[str]) -> None:
        self._mention(
            self.graph.add(
                f"#study-{record['id']}",
                "Dataset",
                record["name"],
                description=record.get("description") or "Measurements that are looked at together.",
                hasPart=links(members),
            )
        )

    def software(self, number: str) -> str:
        return self.graph.add(f"#cellkeep-{number}", "Thing", f"cellkeep {number}", description="What read the files.")

    def material(self, record: Record) -> None:
        self._mention(self._material(record))

    def _material(self, record: Record) -> str:
        own = f"#material-{record['id']}"
        return self.graph.add(
            own,
            "Product",
            record["name"],
            manufacturer=self._company(record.get("manufacturer")),
            productID=record.get("product_id"),
            additionalProperty=self.graph.values(own, record.get("definition") or {}),
        )

    def _company(self, name: str | None) -> Entity | None:
        return link(self.graph.add(f"#company-{reference(name)}", "Organization", name)) if name else None

    def _license(self, said: str | None) -> Entity | str:
        if not said:
            return "No licence was stated. Ask the publisher before you use it."
        if " " in said:
            return said
        address = said if "://" in said else f"https://spdx.org/licenses/{said}"
        return link(self.graph.add(address, "CreativeWork", said, description=f"Licence of this crate: {said}"))

    def _mention(self, identifier: str) -> None:
        self._mentions[identifier] = None

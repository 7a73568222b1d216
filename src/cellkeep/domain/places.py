"""Where in a project a measurement may go: specifications, lots and cells by their names alone."""

from cellkeep.domain.records import Model


class Place(Model):
    """A specification, or a lot or a cell of one."""

    id: str
    name: str
    spec_id: str | None = None
    """Of a lot and of a cell."""
    rated_capacity_ah: float | None = None
    """Of a specification that says it."""


class Places(Model):
    """All of a project, in the order of their names; of very many the first."""

    specs: list[Place]
    batches: list[Place]
    cells: list[Place]

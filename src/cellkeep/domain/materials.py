"""Materials: what components are made of, shared by all specifications of a project that name the same one."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from cellkeep.domain.paging import Limit, ListQuery
from cellkeep.domain.records import JsonObject, Model, Name, Record


class Material(Record):
    """A material of a project, told apart from others by its name, maker and product together."""

    project_id: str
    manufacturer: str | None = None
    product_id: str | None = None
    definition: dict[str, Any] = {}
    """What is known of it, free-form: `formula`, `type`, `salt`, `solvents` and so on."""


_MOST_BYTES = 2400
"""Of what tells a material apart; databases take no more into an index."""

Told = Annotated[str, Field(max_length=255)]
"""As long as a name may be: materials are told apart by it."""


class MaterialDraft(Model):
    """A material as a specification names it; it is made where the project has none like it."""

    name: Name
    manufacturer: Told | None = None
    product_id: Told | None = None
    definition: JsonObject | None = None

    @model_validator(mode="after")
    def _not_too_long(self) -> Self:
        told = "".join((self.name, self.manufacturer or "", self.product_id or ""))
        if len(told.encode(errors="surrogatepass")) > _MOST_BYTES:
            raise ValueError(f"name, manufacturer and product_id are longer than {_MOST_BYTES} bytes together.")
        return self


class MaterialQuery(ListQuery):
    """Filters may carry an operator, as `ilike.%graphite%` or `gte.2026-01-01`; see `parse_filter`."""

    timed: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")

    limit: Limit = 100
    project_id: str
    manufacturer: str | None = None
    product_id: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    order_by: Literal["name", "manufacturer", "product_id", "created_at", "updated_at"] = "name"  # type: ignore[assignment]
    order: Literal["asc", "desc"] = "asc"

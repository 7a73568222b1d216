"""Materials."""

from typing import Literal

from cellkeep.client.resource import InProject, read, read_page
from cellkeep.client.transport import segment
from cellkeep.domain.materials import Material
from cellkeep.domain.paging import Page


class Materials(InProject):
    """`client.material`. Materials are made by the specifications that name them."""

    def get(self, material_id: str) -> Material:
        return read(Material, self._transport.get(f"/materials/{segment(material_id)}"))

    def list(  # noqa: PLR0913  the signature of the field's own client
        self,
        limit: int | None = None,
        offset: int | None = None,
        *,
        project_id: str | None = None,
        name: str | None = None,
        name_exact: str | None = None,
        manufacturer: str | None = None,
        product_id: str | None = None,
        created_at: str | None = None,
        created_at_gt: str | None = None,
        created_at_lt: str | None = None,
        updated_at: str | None = None,
        updated_at_gt: str | None = None,
        updated_at_lt: str | None = None,
        order_by: str | None = None,
        order: Literal["asc", "desc"] | None = None,
    ) -> Page[Material]:
        """The materials of a project by name, 100 at a time unless asked otherwise.

        Text means equality; an operator before it means something else, as in `ilike.%graph%` or `gte.2026-01-01`.
        Operators are `eq`, `neq`, `gt`, `gte`, `lt`, `lte`, `like` and `ilike`.

        Args:
            limit: at most so many, up to 1000.
            offset: pass over so many.
            project_id: the project; else the client's own, else the only one there is.
            name: text or an operator.
            name_exact: this name, even if it looks like an operator.
            manufacturer: text or an operator; `eq.` finds those without.
            product_id: the same.
            created_at: an ISO 8601 time or an operator.
            created_at_gt: after this time.
            created_at_lt: before this time.
            updated_at: an ISO 8601 time or an operator.
            updated_at_gt: after this time.
            updated_at_lt: before this time.
            order_by: `name`, `manufacturer`, `product_id`, `created_at` or `updated_at`.
            order: `asc` or `desc`.

        Raises:
            ValueError: both `name` and `name_exact` are given, or no project is known.
        """
        if name is not None and name_exact is not None:
            raise ValueError("Give name or name_exact, not both.")
        params = {
            "project_id": self._project(project_id),
            "limit": limit,
            "offset": offset,
            "name": name if name_exact is None else f"eq.{name_exact}",
            "manufacturer": manufacturer,
            "product_id": product_id,
            "created_at": created_at,
            "created_at_gt": created_at_gt,
            "created_at_lt": created_at_lt,
            "updated_at": updated_at,
            "updated_at_gt": updated_at_gt,
            "updated_at_lt": updated_at_lt,
            "order_by": order_by,
            "order": order,
        }
        return read_page(Material, self._transport.get("/materials", params))

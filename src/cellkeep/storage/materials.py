"""Materials."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.materials import Material, MaterialDraft, MaterialQuery
from cellkeep.domain.paging import Page, parse_filter
from cellkeep.domain.people import Caller
from cellkeep.domain.records import now
from cellkeep.storage.repository import Repository, matches_filter, stamp, stamped
from cellkeep.storage.tables import MaterialRow


class Materials(Repository[MaterialRow]):
    table = MaterialRow
    noun = "material"
    parent = "project_id"

    def get(self, material_id: str) -> Material:
        return material(self.row(material_id))

    def list(self, asked: MaterialQuery) -> Page[Material]:
        query = self._visible().where(MaterialRow.project_id == asked.project_id)
        if asked.manufacturer is not None:
            query = query.where(_matches_given(MaterialRow.manufacturer, asked.manufacturer))
        if asked.product_id is not None:
            query = query.where(_matches_given(MaterialRow.product_id, asked.product_id))
        rows, total = self._page(query, asked)
        return Page(items=[material(row) for row in rows], count=len(rows), total=total)

    def of_project(self, project_id: str, material_id: str) -> MaterialRow:
        """The material; BadRequestError where the project has none of that id."""
        found = self.find(material_id)
        if found is None or found.project_id != project_id:
            raise BadRequestError(f"material_id '{material_id}' is not a material of this project.")
        return found

    def named(self, draft: MaterialDraft, project_id: str, caller: Caller) -> MaterialRow:
        """The material of that name, maker and product in the project; made if it is not there."""
        own = {
            "project_id": project_id,
            "name": draft.name,
            "manufacturer": draft.manufacturer or "",
            "product_id": draft.product_id or "",
        }
        query = select(MaterialRow).filter_by(**own)
        if draft.definition:  # locked, or of two definitions that are added at once one would be lost
            query = query.with_for_update().execution_options(populate_existing=True)
        found = self._session.scalars(query).one_or_none()
        if found is None:
            try:
                with self._session.begin_nested():
                    found = MaterialRow(definition={}, **own, **stamp(caller))
                    self._session.add(found)
            except IntegrityError:
                found = self._session.scalars(query).one()
        known = {**found.definition, **(draft.definition or {})}
        if known != found.definition:
            found.definition = known
            found.updated_at = now()
        return found


def _matches_given(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """One filter on a column where "" stands for none: `eq.` finds those without, and what is not there is no match."""
    condition = parse_filter(text)
    matches = matches_filter(column, condition)
    return matches if condition.operator in {"eq", "neq"} else matches & (column != "")


def material(row: MaterialRow) -> Material:
    """The record of a row."""
    return Material.model_validate(
        {
            **stamped(row),
            "project_id": row.project_id,
            "manufacturer": row.manufacturer or None,
            "product_id": row.product_id or None,
            "definition": row.definition,
        }
    )

"""What all resources of the client share."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypedDict, TypeVar

from pydantic import BaseModel, ValidationError

from cellkeep.client.transport import Transport
from cellkeep.domain.errors import ConflictError, TransportError
from cellkeep.domain.paging import Page

_PAGE = 1000

M = TypeVar("M", bound=BaseModel)


class Resource:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport


class InProject(Resource):
    """A resource that works in the client's project, unless a call names another."""

    def __init__(self, transport: Transport, project_id: str | None) -> None:
        super().__init__(transport)
        self._project_id = project_id

    def _project(self, project_id: str | None) -> str:
        """The named project, else the client's own, else the only one there is.

        Raises:
            ValueError: there are several, and none is named.
        """
        if (chosen := project_id or self._project_id) is not None:
            return chosen
        found = self._transport.get("/projects", {"limit": 2})
        if found["total"] != 1:
            raise ValueError(
                f"You see {found['total']} projects, so say which one: pass project_id, or set CELLKEEP_PROJECT_ID."
            )
        only: str = found["items"][0]["id"]
        return only


def read(model: type[M], answer: Any) -> M:
    """An answer as a record; TransportError where it is none."""
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        raise TransportError(f"The answer is no {model.__name__}. Is that a cellkeep server? {error}") from error


def read_page(model: type[M], answer: Any) -> Page[M]:
    return read(Page[model], answer)  # type: ignore[valid-type]


def create_or_get(create: Callable[[], M], get: Callable[[str], M]) -> M:
    """Create, or get the record that holds the name already, unchanged."""
    try:
        return create()
    except ConflictError as error:
        if error.existing_id is None:
            raise
        return get(error.existing_id)


def name_filter(name: str | None, name_exact: str | None) -> str | None:
    """How a list is asked for names: the whole name, or a part of it in any case."""
    if name_exact is not None:
        return f"eq.{name_exact}"
    return containing(name)


def containing(text: str | None) -> str | None:
    """How a list is asked for a part of a text, in any case."""
    return None if text is None else f"ilike.%{text}%"


def as_list(values: str | Iterable[str] | None) -> list[str] | None:
    """One value or several, as several."""
    if values is None:
        return None
    return [values] if isinstance(values, str) else list(values)


def given(**values: Any) -> dict[str, Any]:
    """What was said, without what was not."""
    return {key: value for key, value in values.items() if value is not None}


def all_pages(page: Callable[[int, int], Page[M]]) -> list[M]:
    """All items of a list, by its pages of so many from so many on."""
    found: list[M] = []
    while True:
        part = page(_PAGE, len(found))
        found.extend(part.items)
        if not part.items or len(found) >= part.total:
            return found


class Filters(TypedDict, total=False):
    """What every list can be narrowed and ordered by. Times are ISO 8601 strings; both bounds are exclusive."""

    name: str | None
    name_exact: str | None
    created_by_email: str | None
    created_after: str | None
    created_before: str | None
    updated_after: str | None
    updated_before: str | None
    order_by: str | None
    order: Literal["asc", "desc"] | None


def list_params(limit: int | None, offset: int | None, filters: Filters) -> dict[str, Any]:
    """The query of a list call; TypeError for a filter that no list has."""
    if unknown := filters.keys() - Filters.__annotations__.keys():
        raise TypeError(f"A list has no filter {', '.join(sorted(unknown))}.")
    return {
        "limit": limit,
        "offset": offset,
        "name": name_filter(filters.get("name"), filters.get("name_exact")),
        "created_by_email": containing(filters.get("created_by_email")),
        "created_at_gt": filters.get("created_after"),
        "created_at_lt": filters.get("created_before"),
        "updated_at_gt": filters.get("updated_after"),
        "updated_at_lt": filters.get("updated_before"),
        "order_by": filters.get("order_by"),
        "order": filters.get("order"),
    }

"""What all resources of the client share."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypedDict, TypeVar

from pydantic import BaseModel, ValidationError

from cellkeep.client.transport import Transport
from cellkeep.domain.errors import ConflictError, TransportError
from cellkeep.domain.paging import Page

M = TypeVar("M", bound=BaseModel)


class Resource:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport


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
    return _containing(name)


def _containing(text: str | None) -> str | None:
    return None if text is None else f"ilike.%{text}%"


def as_list(values: str | Iterable[str] | None) -> list[str] | None:
    """One value or several, as several."""
    if values is None:
        return None
    return [values] if isinstance(values, str) else list(values)


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
        "created_by_email": _containing(filters.get("created_by_email")),
        "created_at_gt": filters.get("created_after"),
        "created_at_lt": filters.get("created_before"),
        "updated_at_gt": filters.get("updated_after"),
        "updated_at_lt": filters.get("updated_before"),
        "order_by": filters.get("order_by"),
        "order": filters.get("order"),
    }

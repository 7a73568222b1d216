"""Pages of lists, and the filters and orders a list takes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, TypeVar, overload

from pydantic import BaseModel, BeforeValidator, Field

from cellkeep.domain.errors import InvalidError

MAX_LIMIT = 1000
"""A longer page is cut to this, not refused; the total tells that there is more."""

FARTHEST = 2**62
"""An offset that every database can count to, and no list reaches."""

Operator = Literal["eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike"]
_OPERATORS: tuple[Operator, ...] = ("eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike")


class Filter(NamedTuple):
    """One condition on a column.

    `like` and `ilike` take `%` at the start or end as "anything"; any other `%` and every `_` is a plain character.
    """

    operator: Operator
    value: str


def parse_filter(text: str) -> Filter:
    """Read `operator.value`; text without a known operator means equality.

    >>> parse_filter("ilike.%coin%")
    Filter(operator='ilike', value='%coin%')
    >>> parse_filter("1.5.2")
    Filter(operator='eq', value='1.5.2')
    """
    prefix, dot, value = text.partition(".")
    for known in _OPERATORS:
        if dot and prefix == known:
            return Filter(known, value)
    return Filter("eq", text)


def parse_instant(text: str, name: str) -> datetime:
    """Read a bound: an ISO date or date-time; without a zone it is UTC.

    Raises:
        InvalidError: it is neither.
    """
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidError(
            f"{name}: '{text}' is not an ISO 8601 date or date-time like 2026-03-15T09:30:00Z.",
            detail=[{"loc": ["query", name], "msg": str(error), "type": "datetime"}],
        ) from None


def at_most(largest: int) -> BeforeValidator:
    """Cuts a larger number to this one instead of refusing it."""

    def clamp(value: Any) -> Any:
        return min(int(value), largest) if isinstance(value, (int, str)) and str(value).isdecimal() else value

    return BeforeValidator(clamp)


Limit = Annotated[int, at_most(MAX_LIMIT), Field(ge=1, le=MAX_LIMIT)]
Offset = Annotated[int, at_most(FARTHEST), Field(ge=0)]
ShortLimit = Annotated[int, at_most(100), Field(ge=1, le=100)]
"""Of lists whose pages hold at most 100."""


class ListQuery(BaseModel):
    """What every list takes. Times are ISO 8601; both bounds are exclusive."""

    filtered: ClassVar[tuple[str, ...]] = ("name", "created_by_email")
    """Columns that are filtered by text; see `parse_filter`."""
    bounded: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")
    """Columns that are bounded by time, by `<column>_gt` and `<column>_lt`."""
    timed: ClassVar[tuple[str, ...]] = ()
    """Columns that are compared with a time by an operator, as `gte.2026-01-01`; see `parse_filter`."""

    limit: Limit = MAX_LIMIT
    offset: Offset = 0
    name: str | None = None
    created_by_email: str | None = None
    created_at_gt: str | None = None
    created_at_lt: str | None = None
    updated_at_gt: str | None = None
    updated_at_lt: str | None = None
    order_by: Literal["name", "created_at", "updated_at"] = "created_at"
    order: Literal["asc", "desc"] = "desc"


T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """Part of a list: `items` holds `count` of `total` matches. It can be used like a list."""

    items: list[T]
    count: int
    total: int

    def __iter__(self) -> Iterator[T]:  # type: ignore[override]
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        return self.items[index]

"""What every repository does the same way: find by id, page, add under a unique name, change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from cellkeep.domain.errors import ConflictError, InvalidError, NotFoundError
from cellkeep.domain.paging import Filter, ListQuery, Operator, parse_filter, parse_instant
from cellkeep.domain.people import Caller
from cellkeep.domain.records import new_id, now
from cellkeep.storage.scope import Viewer, visible
from cellkeep.storage.tables import ScopedRow

RowT = TypeVar("RowT", bound=ScopedRow)


class Repository(Generic[RowT]):
    """Records of one kind, as far as the viewer sees them."""

    table: type[RowT]
    noun: ClassVar[str]
    parent: ClassVar[str]
    """The column within whose value names are unique."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self._session = session
        self._viewer = viewer

    def row(self, record_id: str, *, lock: bool = False) -> RowT:
        """The row; NotFoundError where it does not exist or the viewer does not see it.

        Locked, nobody else changes it before this transaction ends.
        """
        found = self.find(record_id, lock=lock)
        if found is None:
            raise self._not_found(record_id)
        return found

    def find(self, record_id: str, *, lock: bool = False) -> RowT | None:
        """The row, if there is one that the viewer sees."""
        found = self._fetched(self._visible().where(self.table.id == record_id), lock=lock)
        return found[0] if found else None

    def seen(self, record_ids: Iterable[str]) -> dict[str, RowT]:
        """Those of these rows that the viewer sees, by id."""
        return {
            row.id: row for row in self._fetched(self._visible().where(self.table.id.in_(set(record_ids))), lock=False)
        }

    def rows(self, record_ids: Iterable[str]) -> Sequence[RowT]:
        """The rows, locked; NotFoundError where one of them does not exist or is not seen."""
        return self._complete(self._visible(), record_ids, lock=True)

    def _complete(self, query: Select[RowT], record_ids: Iterable[str], *, lock: bool) -> Sequence[RowT]:
        """Those of the query that have these ids; NotFoundError where one is missing."""
        wanted = sorted(set(record_ids))
        found = self._fetched(query.where(self.table.id.in_(wanted)), lock=lock)
        if missing := set(wanted) - {row.id for row in found}:
            raise self._not_found(min(missing))
        return found

    def _fetched(self, query: Select[RowT], *, lock: bool) -> Sequence[RowT]:
        """All rows of the query, locked in an order that all keep to, so that nobody waits in a circle."""
        ordered = query.order_by(self.table.id)
        if lock:
            ordered = ordered.with_for_update().execution_options(populate_existing=True)
        return self._session.scalars(ordered).all()

    def _not_found(self, record_id: str) -> NotFoundError:
        return NotFoundError(f"There is no {self.noun} with the id '{record_id}'.")

    def delete(self, record_id: str) -> None:
        self._session.delete(self.row(record_id))
        self._session.flush()

    def _visible(self) -> Select[RowT]:
        return visible(self.table, self._viewer)

    @contextmanager
    def _named(self, row: RowT, name: str) -> Iterator[None]:
        """Write the row, as the body of the context makes or changes it, under a name that must be free.

        Raises:
            ConflictError: the name is taken; names the record that holds it.
        """
        same_name = self._same_name(getattr(row, self.parent), name) & (self.table.id != row.id)
        try:
            with self._session.begin_nested():
                yield
                self._session.add(row)
                self._session.flush()
        except IntegrityError as error:
            if self._session.scalar(select(self.table.id).where(same_name)) is None:
                raise ConflictError(
                    f"The {self.noun} '{name}', or what it belongs to, was changed at the same moment. Try again."
                ) from error
            raise self._name_taken(same_name, name) from None

    def _add(self, row: RowT) -> None:
        with self._named(row, row.name):
            pass

    def _insert(self, row: RowT) -> None:
        """Write a row whose name may be any.

        Raises:
            NotFoundError: what it belongs to was removed at the same moment.
        """
        try:
            with self._session.begin_nested():
                self._session.add(row)
        except IntegrityError as error:
            raise NotFoundError(f"What the {self.noun} '{row.name}' belongs to was removed meanwhile.") from error

    def refuse_name(self, parent_id: str, name: str) -> None:
        """Raise ConflictError where the name is taken already; it names the record that holds it.

        Asked before whether somebody may write: who may only look is led to what is there.
        """
        same_name = self._same_name(parent_id, name)
        if self._session.scalar(select(self.table.id).where(same_name)) is not None:
            raise self._name_taken(same_name, name)

    def _same_name(self, parent_id: str, name: str) -> ColumnElement[bool]:
        column: InstrumentedAttribute[str] = getattr(self.table, self.parent)
        return (column == parent_id) & (self.table.name == name)

    def _name_taken(self, same_name: ColumnElement[bool], name: str) -> ConflictError:
        # The id of a record out of the viewer's sight is not told.
        existing_id = self._session.scalar(self._visible().with_only_columns(self.table.id).where(same_name))
        take = f", or take that one: its id is {existing_id}" if existing_id else ""
        return ConflictError(
            f"A {self.noun} named '{name}' is already there. Use another name{take}.",
            detail={"existing_id": existing_id} if existing_id else None,
        )

    def _change(self, row: RowT, changes: Mapping[str, Any], custom: Mapping[str, Any]) -> None:
        for key, value in changes.items():
            setattr(row, key, value)
        if custom:
            row.custom = {**row.custom, **custom}
        row.updated_at = now()

    def _page(self, query: Select[RowT], asked: ListQuery) -> tuple[Sequence[RowT], int]:
        """The asked part of all matches, and how many match in all."""
        matches = query.where(*self._filters(asked))
        total = self._session.scalar(select(func.count()).select_from(matches.order_by(None).subquery())) or 0
        column: InstrumentedAttribute[Any] = getattr(self.table, asked.order_by)
        ordered = column.desc() if asked.order == "desc" else column.asc()
        page = matches.order_by(ordered.nulls_last(), self.table.id).limit(asked.limit).offset(asked.offset)
        return self._session.scalars(page).all(), total

    def _filters(self, asked: ListQuery) -> list[ColumnElement[bool]]:
        conditions = [
            matches_filter(getattr(self.table, key), parse_filter(text))
            for key in asked.filtered
            if (text := getattr(asked, key)) is not None
        ]
        conditions += [
            _matches_time(getattr(self.table, key), text, key)
            for key in asked.timed
            if (text := getattr(asked, key)) is not None
        ]
        for key in asked.bounded:
            if (text := getattr(asked, f"{key}_gt")) is not None:
                conditions.append(getattr(self.table, key) > parse_instant(text, f"{key}_gt"))
            if (text := getattr(asked, f"{key}_lt")) is not None:
                conditions.append(getattr(self.table, key) < parse_instant(text, f"{key}_lt"))
        return conditions


def stamp(caller: Caller, custom: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """The columns that say who made a record and when."""
    moment = now()
    return {
        "id": new_id(),
        "organization_id": caller.organization.id,
        "custom": dict(custom),
        "created_at": moment,
        "updated_at": moment,
        "created_by": caller.user_id,
        "created_by_email": caller.email,
    }


def stamped(row: ScopedRow) -> dict[str, Any]:
    """The fields all records share, after a person's own keys, which never shadow them."""
    return {
        **row.custom,
        "id": row.id,
        "name": row.name,
        "organization_id": row.organization_id,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "created_by": row.created_by,
        "created_by_email": row.created_by_email,
    }


def matches_filter(column: SQLColumnExpression[Any], condition: Filter) -> ColumnElement[bool]:
    """The SQL of one filter; inside `like` text every `%` and `_` is itself."""
    operator, value = condition
    if operator in {"like", "ilike"}:
        return _like(column, value, ignore_case=operator == "ilike")
    return _compared(column, operator, value)


def _matches_time(column: InstrumentedAttribute[Any], text: str, name: str) -> ColumnElement[bool]:
    operator, value = parse_filter(text)
    if operator in {"like", "ilike"}:
        raise InvalidError(f"{name}: a time is compared by eq, neq, gt, gte, lt or lte, not by {operator}.")
    return _compared(column, operator, parse_instant(value, name))


def _compared(column: SQLColumnExpression[Any], operator: Operator, value: Any) -> ColumnElement[bool]:
    comparison: dict[str, ColumnElement[bool]] = {
        "eq": column == value,
        "neq": column != value,
        "gt": column > value,
        "gte": column >= value,
        "lt": column < value,
        "lte": column <= value,
    }
    return comparison[operator]


def _like(column: SQLColumnExpression[Any], value: str, *, ignore_case: bool) -> ColumnElement[bool]:
    opened, closed = value.startswith("%"), len(value) > 1 and value.endswith("%")
    pattern = f"{'%' if opened else ''}{_escaped(value[opened : len(value) - closed])}{'%' if closed else ''}"
    if ignore_case:
        # Both by the database: it and Python do not agree about every letter.
        return func.lower(column).like(func.lower(pattern), escape="\\")
    return column.like(pattern, escape="\\")


def begins(column: SQLColumnExpression[Any], text: str) -> ColumnElement[bool]:
    """Whether a text begins with another, whatever the case."""
    return func.lower(column).like(func.lower(f"{_escaped(text)}%"), escape="\\")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

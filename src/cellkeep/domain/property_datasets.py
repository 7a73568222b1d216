"""Property datasets: tables of numbers about a material, such as conductivity against concentration."""

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.paging import Limit, ListQuery
from cellkeep.domain.records import Model, Name, finite_json
from cellkeep.domain.tables import MAX_COLUMNS, TablePatch, TableRecord, Unit, split_header

MAX_VALUES = 1_000_000
"""Numbers in one dataset. More is a measurement."""

FileKind = Literal["parquet", "original"]


class ColumnSpec(Model):
    """One column of a dataset: a column of the file that was sent, under a name and with a unit."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)

    name: Name
    unit: Unit = ""
    source_column_index: Annotated[int, Field(ge=0)]
    """Position in the file that was sent, counted from 0."""


class MaterialPropertyDataset(TableRecord):
    material_id: str
    columns: list[ColumnSpec] = []
    data_version: int = 1
    """One more each time the file was replaced."""
    nan_counts: dict[str, int] | None = None
    """By column, how many cells hold no finite number: empty ones, and those that could not be read as one."""


ColumnSpecs = Annotated[list[ColumnSpec], BeforeValidator(finite_json), Field(max_length=MAX_COLUMNS)]


class DatasetPatch(TablePatch):
    name: Name | None = None
    columns: ColumnSpecs | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name", "columns")
    server_made: ClassVar[frozenset[str]] = TablePatch.server_made | {"material_id", "data_version", "nan_counts"}


class DatasetDraft(DatasetPatch):
    """A new dataset. Without `columns` every column of the file is taken, named by its header `name [unit]`."""

    name: Name
    material_id: str
    project_id: str | None = None
    """The project of the material; any other is refused."""


class DatasetQuery(ListQuery):
    limit: Limit = 100
    material_id: str
    project_id: str | None = None


def columns_of(headers: Iterable[str]) -> list[ColumnSpec]:
    """Every column of a file, as its headers say.

    Raises:
        BadRequestError: a header is empty or longer than a name may be.
    """
    found = []
    for position, header in enumerate(headers):
        name, unit = split_header(header)
        if not 0 < len(name) <= 255 or len(unit) > 255:
            raise BadRequestError(f"Column {position} of the file is headed '{header[:40]}': give it a name.")
        found.append(ColumnSpec(name=name, unit=unit, source_column_index=position))
    return found


def require_columns(columns: Sequence[ColumnSpec], width: int) -> None:
    """Refuse columns that can not be taken from a file with `width` columns.

    Raises:
        BadRequestError: there are none, two have one name or one position, or a position lies outside the file.
    """
    if not columns:
        raise BadRequestError("A dataset needs at least one column: name one in 'columns', or leave 'columns' out.")
    names: set[str] = set()
    positions: set[int] = set()
    for column in columns:
        if column.name in names:
            raise BadRequestError(
                f"Two columns are named '{column.name}'. Columns of a dataset are told apart by name."
            )
        if column.source_column_index in positions:
            raise BadRequestError(
                f"Column '{column.name}' takes position {column.source_column_index} of the file, as another one does."
            )
        if column.source_column_index >= width:
            raise BadRequestError(
                f"Column '{column.name}' has source_column_index {column.source_column_index}, "
                f"but the file has {width} columns, counted from 0."
            )
        names.add(column.name)
        positions.add(column.source_column_index)

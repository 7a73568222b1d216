"""Analyses: tables of results about one measurement, with presets for their plots."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.paging import ListQuery, ShortLimit
from cellkeep.domain.records import JsonObject, Model, Name, finite_json
from cellkeep.domain.tables import MAX_COLUMNS, TablePatch, TableRecord, split_header

MAX_VALUES = 50_000_000
"""Cells in the table of one analysis."""


class AnalysisColumnSpec(Model):
    """One column of the table."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)

    name: str
    unit: str = ""
    dtype: str | None = None
    """Its type as polars names it, where the server found it out."""


class Analysis(TableRecord):
    measurement_id: str
    analysis_type: str
    """Free text; well known are `ecm_from_eis`, `lam_lli_from_rpt` and `dcir_from_hppc`."""
    columns: list[AnalysisColumnSpec] = []
    plots: list[dict[str, Any]] = []
    """Presets: `x`, `y`, `y2`, `rows`, `group_by` name columns, `title` is text."""
    metadata: dict[str, Any] = {}
    notes: str | None = None


AnalysisColumnSpecs = Annotated[list[AnalysisColumnSpec], BeforeValidator(finite_json), Field(max_length=MAX_COLUMNS)]
Plots = Annotated[list[dict[str, Any]], AfterValidator(finite_json), Field(max_length=1000)]


class AnalysisPatch(TablePatch):
    name: Name | None = None
    analysis_type: Name | None = None
    columns: AnalysisColumnSpecs | None = None
    plots: Plots | None = None
    metadata: JsonObject | None = None
    notes: str | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name", "analysis_type")
    server_made: ClassVar[frozenset[str]] = TablePatch.server_made | {"measurement_id"}


class AnalysisDraft(AnalysisPatch):
    """A new analysis. Without `columns` those of the table are taken."""

    name: Name
    analysis_type: Name
    measurement_id: str


class AnalysisQuery(ListQuery):
    """The analyses of a measurement, or of a project."""

    limit: ShortLimit = 100
    measurement_id: str | None = None
    project_id: str | None = None


def described(dtypes: Iterable[tuple[str, str]]) -> list[AnalysisColumnSpec]:
    """The columns of a table by header and type.

    The name is the whole header, by which the column is found in the table; its unit is told once more.
    """
    return [AnalysisColumnSpec(name=header, unit=split_header(header)[1], dtype=dtype) for header, dtype in dtypes]


def require_plotted(plots: Sequence[dict[str, Any]], columns: Sequence[AnalysisColumnSpec]) -> None:
    """Refuse plots of columns that are not there. A column may be named with its unit, as `name [unit]`.

    Raises:
        BadRequestError: names the column, and where it is asked for.
    """
    known = {name for column in columns for name in (column.name, f"{column.name} [{column.unit}]")}
    for position, plot in enumerate(plots):
        for key, name in _named(plot):
            if not isinstance(name, str) or name not in known:
                shown = ", ".join(f"'{column.name}'" for column in columns[:20]) or "none"
                raise BadRequestError(
                    f"plots.{position}.{key} names the column '{str(name)[:100]}', which is not one of: {shown}."
                )


def _named(plot: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every column that a preset names, and the key it stands under."""
    for key in ("x", "group_by", "y", "y2"):
        value = plot.get(key)
        for name in value if isinstance(value, list) else [value]:
            if name is not None:
                yield key, name
    rows = plot.get("rows")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict):
            yield from ((f"rows.{key}", name) for key, name in _named({**row, "rows": None}))

"""Headers, column specs and plots of tables."""

from typing import Any

import pytest
from pydantic import ValidationError

from cellkeep.domain.analyses import AnalysisColumnSpec, AnalysisDraft, described, require_plotted
from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.materials import MaterialQuery
from cellkeep.domain.property_datasets import ColumnSpec, DatasetDraft, columns_of, require_columns
from cellkeep.domain.tables import split_header


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Conductivity [S.m-1]", ("Conductivity", "S.m-1")),
        ("  a  [ mol / L ] ", ("a", "mol / L")),
        ("a[b]", ("a", "b")),
        ("a [b] [c]", ("a [b]", "c")),
        ("a []", ("a", "")),
        ("[V]", ("[V]", "")),
        ("plain", ("plain", "")),
        ("a [b] c", ("a [b] c", "")),
        ("a [[b]]", ("a [[b]]", "")),
        ("line\nbreak [V]", ("line\nbreak", "V")),
        ("", ("", "")),
        ("]", ("]", "")),
        ("a]", ("a]", "")),
        (" [V]", ("[V]", "")),
        ("a [b] ]", ("a [b] ]", "")),
    ],
)
def test_a_header_is_name_and_unit(header: str, expected: tuple[str, str]) -> None:
    """The last bracket at the end is the unit, and whatever is not of that form is a name as it stands."""
    assert split_header(header) == expected


def test_a_header_may_be_all_white_space_inside() -> None:
    """Each character is looked at a few times, however many there are: this would take minutes if each met all."""
    space = " " * 1_000_000
    assert split_header(f"a{space}x") == (f"a{space}x", "")
    assert split_header(f"a{space}[V]") == ("a", "V")


def test_columns_are_named_by_their_headers() -> None:
    """Every header becomes a column at its place; one without a name is refused by its position."""
    specs = columns_of(["x [m]", "y"])
    assert [spec.model_dump() for spec in specs] == [
        {"name": "x", "unit": "m", "source_column_index": 0},
        {"name": "y", "unit": "", "source_column_index": 1},
    ]
    for header in (" ", "n" * 256, "x [" + "u" * 256 + "]"):
        with pytest.raises(BadRequestError, match="Column 1"):
            columns_of(["x", header])


def spec(name: str, position: int) -> ColumnSpec:
    return ColumnSpec(name=name, source_column_index=position)


@pytest.mark.parametrize(
    ("specs", "message"),
    [
        ([], "at least one"),
        ([spec("a", 0), spec("a", 1)], "Two columns are named 'a'"),
        ([spec("a", 1), spec("b", 1)], "'b' takes position 1"),
        ([spec("a", 2)], "has 2 columns"),
        ([spec("a", 10**30)], "has 2 columns"),
    ],
)
def test_columns_that_can_not_be_taken_are_refused(specs: list[ColumnSpec], message: str) -> None:
    """None at all, two of one name or place, and one outside of the file: each is told apart."""
    with pytest.raises(BadRequestError, match=message):
        require_columns(specs, 2)
    require_columns([spec("b", 1), spec("a", 0)], 2)


@pytest.mark.parametrize(
    "column",
    [
        {"name": "a"},
        {"name": " ", "source_column_index": 0},
        {"name": "a", "source_column_index": -1},
        {"name": "a", "source_column_index": float("nan")},
        {"name": "a\0", "source_column_index": 0},
        {"name": "a", "unit": None, "source_column_index": 0},
        "a",
    ],
)
def test_a_malformed_column_is_refused(column: Any) -> None:
    """A column needs a name and a place, and its unit is text."""
    with pytest.raises(ValidationError):
        DatasetDraft.model_validate({"name": "D", "material_id": "m", "columns": [column]})


def test_further_keys_are_kept_and_finite() -> None:
    """What else is said of a column stays with it; numbers that JSON does not know become null."""
    column = {"name": "a", "source_column_index": 0, "mine": [float("nan")]}
    draft = DatasetDraft.model_validate({"name": "D", "material_id": "m", "columns": [column], "k": 1})
    assert draft.columns is not None
    assert draft.columns[0].model_dump() == {"name": "a", "unit": "", "source_column_index": 0, "mine": [None]}
    assert draft.custom() == {"k": 1}


COLUMNS = [AnalysisColumnSpec(name="SOC"), AnalysisColumnSpec(name="R0", unit="Ohm")]


@pytest.mark.parametrize(
    "plot",
    [
        {"x": "SOC", "y": ["R0"]},
        {"x": "SOC", "y": "R0 [Ohm]", "y2": ["SOC"], "group_by": "SOC", "title": "anything"},
        {"x": "SOC", "rows": [{"y": ["R0"]}, {"y2": ["SOC"]}]},
        {"x": "SOC", "y": None, "rows": None, "mine": "no column"},
        {},
    ],
)
def test_plots_of_columns_that_are_there_pass(plot: dict[str, Any]) -> None:
    """A column is named with or without its unit, and keys that name no column are free."""
    require_plotted([plot], COLUMNS)


@pytest.mark.parametrize(
    ("plot", "where"),
    [
        ({"x": "nope"}, "plots.1.x names the column 'nope'"),
        ({"x": "SOC", "y": ["R0", "nope"]}, "plots.1.y "),
        ({"x": "SOC", "y2": "nope"}, "plots.1.y2 "),
        ({"x": "SOC", "rows": [{"y": ["R0"]}, {"y2": ["nope"]}]}, "plots.1.rows.y2 "),
        ({"group_by": "nope"}, "plots.1.group_by "),
        ({"x": {"a": 1}}, "plots.1.x "),
        ({"y": [["R0"]]}, "plots.1.y "),
        ({"y": [5]}, "plots.1.y "),
    ],
)
def test_plots_of_other_columns_are_refused(plot: dict[str, Any], where: str) -> None:
    """The error names the column, the plot and the key."""
    with pytest.raises(BadRequestError, match=where):
        require_plotted([{"x": "SOC"}, plot], COLUMNS)


def test_a_table_describes_itself() -> None:
    """The name of a column is its whole header, by which it is found; the unit is told once more."""
    (column,) = described([("R0 [Ohm]", "Float64")])
    assert column.model_dump() == {"name": "R0 [Ohm]", "unit": "Ohm", "dtype": "Float64"}


def test_what_the_server_makes_is_not_taken() -> None:
    """Sources and versions sent back with a record are ignored."""
    draft = AnalysisDraft.model_validate(
        {"name": "A", "analysis_type": "t", "measurement_id": "m", "source_label": "x", "project_id": "p", "mine": 1}
    )
    assert draft.custom() == {"mine": 1}


def test_materials_are_listed_by_name() -> None:
    """A list of materials needs a project, holds 100, and is ordered by name."""
    asked = MaterialQuery(project_id="p")
    assert (asked.limit, asked.order_by, asked.order) == (100, "name", "asc")
    with pytest.raises(ValidationError):
        MaterialQuery.model_validate({})

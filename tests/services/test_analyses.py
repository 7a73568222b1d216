"""Analyses: a table is kept as it came, with what is said of it."""

from io import BytesIO
from typing import Any

import polars as pl
import pytest

from cellkeep.domain.analyses import Analysis, AnalysisDraft, AnalysisPatch, AnalysisQuery
from cellkeep.domain.errors import BadRequestError, ForbiddenError, NotFoundError, UnusableDataError
from cellkeep.domain.people import Caller
from cellkeep.services import analyses, measurements, specs, tables
from cellkeep.storage.store import Store
from services.bench import BASE, Bench, bench, parquet, together

FRAME = pl.DataFrame({"SOC": [0.1, 0.9], "R0 [Ohm]": [1, 2], "kind": ["a", None]})


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


@pytest.fixture
def measurement_id(at: Bench) -> str:
    return at.create().id


def create(at: Bench, measurement_id: str, sent: pl.DataFrame | bytes = FRAME, **said: Any) -> Analysis:
    fields = {"name": "A", "analysis_type": "t", "measurement_id": measurement_id, **said}
    draft = AnalysisDraft.model_validate(fields)
    with tables.received(BytesIO(sent if isinstance(sent, bytes) else parquet(sent))) as path:
        return analyses.create(at.store, at.caller, draft, path)


def change(at: Bench, analysis_id: str, **said: Any) -> Analysis:
    with at.store.writing(at.caller) as work:
        return analyses.update(work, at.caller, analysis_id, AnalysisPatch.model_validate(said))


def listed(at: Bench, **asked: Any) -> list[str]:
    with at.store.reading(at.caller) as work:
        return [each.name for each in analyses.list_of(work, AnalysisQuery(**asked))]


def stored(at: Bench) -> list[str]:
    return sorted(blob.key for blob in at.store.blobs.list("analyses"))


def test_a_table_is_kept_as_it_came(at: Bench, measurement_id: str) -> None:
    """The bytes are those that were sent, and the columns are told by header, unit and type."""
    made = create(at, measurement_id, metadata={"n": 1, "bad": float("nan")}, notes="n", mine=[1])
    (key,) = stored(at)
    assert at.store.blobs.get(key) == parquet(FRAME)
    assert [column.model_dump() for column in made.columns] == [
        {"name": "SOC", "unit": "", "dtype": "Float64"},
        {"name": "R0 [Ohm]", "unit": "Ohm", "dtype": "Int64"},
        {"name": "kind", "unit": "", "dtype": "String"},
    ]
    assert (made.measurement_id, made.project_id, made.analysis_type) == (measurement_id, at.project_id, "t")
    assert (made.metadata, made.plots, made.notes) == ({"n": 1, "bad": None}, [], "n")
    assert made.model_dump()["mine"] == [1]


def test_a_table_without_rows_or_names_is_kept(at: Bench, measurement_id: str) -> None:
    """No rows are a result too, and so is a column without a name."""
    made = create(at, measurement_id, pl.DataFrame({"": [], "a" * 300: []}))
    with at.store.reading() as work:
        assert [len(column.name) for column in work.analyses.get(made.id).columns] == [0, 300]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"", "not a readable parquet file"),
        (b"PAR1" + bytes(100) + b"PAR1", "not a readable parquet file"),
        (parquet(pl.DataFrame()), "0 columns"),
        (parquet(FRAME[:1])[:-20], "not a readable parquet file"),
        (parquet(pl.DataFrame({"a": pl.repeat(0, 50_000_001, dtype=pl.Int8, eager=True)})), "50,000,001 rows"),
    ],
    ids=["empty", "hollow", "no columns", "cut", "too many"],
)
def test_what_is_no_table_is_refused(at: Bench, measurement_id: str, sent: bytes, message: str) -> None:
    """Nothing is kept of what can not be read, or is too large."""
    with pytest.raises(UnusableDataError, match=message):
        create(at, measurement_id, sent)
    assert stored(at) == []
    assert listed(at, measurement_id=measurement_id) == []


def test_damage_behind_the_footer_is_seen(at: Bench, measurement_id: str) -> None:
    """A table is read to its end before it is kept."""
    content = bytearray(parquet(FRAME.drop("kind"), compression="zstd"))
    content[4:60] = bytes(56)
    with pytest.raises(UnusableDataError):
        create(at, measurement_id, bytes(content))
    assert stored(at) == []


@pytest.mark.parametrize("dtype", [pl.List(pl.Int8), pl.Array(pl.Int8, 2), pl.Struct({"a": pl.Int8, "b": pl.Int8})])
def test_a_cell_holds_one_value(at: Bench, measurement_id: str, dtype: Any) -> None:
    """Cells that hold many values are refused by the type of their column, which is named, however few there are."""
    frame = pl.DataFrame({"SOC": [0.1], "parts": pl.Series([None], dtype=dtype)})
    with pytest.raises(UnusableDataError, match="The column 'parts' of the analysis table") as refused:
        create(at, measurement_id, frame)
    assert (refused.value.status_code, refused.value.detail) == (422, {"column": "parts"})
    assert stored(at) == []


def test_plots_name_columns_that_are_there(at: Bench, measurement_id: str) -> None:
    """A plot is held against the columns that are given, by creation and change."""
    plots = [{"x": "SOC", "y": ["R0"]}]
    with pytest.raises(BadRequestError, match="'R0'"):
        create(at, measurement_id, plots=plots, columns=[{"name": "SOC"}])
    given = [{"name": "SOC"}, {"name": "R0", "unit": "Ohm", "mine": 1}]
    made = create(at, measurement_id, plots=plots, columns=given)
    assert made.columns[1].model_dump() == {"name": "R0", "unit": "Ohm", "dtype": None, "mine": 1}
    with pytest.raises(BadRequestError, match="'nope'"):
        change(at, made.id, plots=[{"x": "nope"}])
    with pytest.raises(BadRequestError, match="'R0'"):
        change(at, made.id, columns=[{"name": "SOC"}])
    other = change(at, made.id, columns=[{"name": "R1"}], plots=[{"x": "R1"}])
    assert (other.columns[0].name, other.plots) == ("R1", [{"x": "R1"}])
    assert change(at, made.id, name="B").plots == other.plots


def test_plots_of_a_table_nobody_described_name_what_they_like(at: Bench, measurement_id: str) -> None:
    """Headers are no names that anybody gave, so a plot is held against them neither by creation nor by change."""
    plots = [{"x": "SOC", "y": ["R0"]}]
    for columns in (None, []):
        made = create(at, measurement_id, plots=plots, columns=columns)
        assert (made.plots, made.columns[1].name) == (plots, "R0 [Ohm]")
        assert change(at, made.id, plots=[{"x": "R0"}]).plots == [{"x": "R0"}]
        with pytest.raises(BadRequestError, match="'R0'"):
            change(at, made.id, columns=[{"name": "SOC"}])


def test_what_is_said_changes_and_clears(at: Bench, measurement_id: str) -> None:
    """Every key that may change does; null clears to what is empty of its kind, and a name can not be cleared."""
    made = create(at, measurement_id, notes="n", metadata={"a": 1}, plots=[{"x": "SOC"}])
    changed = change(at, made.id, name="B", analysis_type="u", notes="m", metadata={"b": [2]}, source_label="no")
    assert (changed.name, changed.analysis_type, changed.notes) == ("B", "u", "m")
    assert (changed.metadata, changed.plots, changed.source_label) == ({"b": [2]}, [{"x": "SOC"}], None)
    cleared = change(at, made.id, columns=None, plots=None, metadata=None, notes=None)
    assert (cleared.columns, cleared.plots, cleared.metadata, cleared.notes) == ([], [], {}, None)
    for key in ("name", "analysis_type"):
        with pytest.raises(BadRequestError, match=key):
            change(at, made.id, **{key: None})


def test_lists_are_of_a_measurement_or_of_a_project(at: Bench, measurement_id: str) -> None:
    """Newest first, at most 100 on a page, and never of both or of neither."""
    for name in ("one", "two"):
        create(at, measurement_id, name=name)
    other = at.create("T2").id
    create(at, other, name="three")
    assert listed(at, measurement_id=measurement_id) == ["two", "one"]
    assert listed(at, project_id=at.project_id) == ["three", "two", "one"]
    assert AnalysisQuery.model_validate({"limit": "5000"}).limit == AnalysisQuery().limit == 100
    for asked in ({}, {"measurement_id": other, "project_id": at.project_id}):
        with pytest.raises(BadRequestError, match="either"):
            listed(at, **asked)
    for asked in ({"measurement_id": "nothing"}, {"project_id": "nowhere"}):
        with pytest.raises(NotFoundError):
            listed(at, **asked)


def test_an_analysis_takes_its_table_along(at: Bench, measurement_id: str) -> None:
    """Removed alone, with its measurement or with the specification, it leaves nothing behind."""
    for remove in (
        lambda work, made: analyses.delete(work, at.caller, made.id),
        lambda work, made: measurements.delete(work, at.caller, measurement_id),
    ):
        made = create(at, measurement_id)
        with at.store.writing(at.caller) as work:
            remove(work, made)
        assert stored(at) == []
        with pytest.raises(NotFoundError):
            analyses.download_url(at.store, at.caller, made.id, BASE)
    create(at, at.create("T2").id)
    with at.store.writing(at.caller) as work:
        specs.delete(work, at.caller, at.spec_id)
    assert stored(at) == at.stored() == at.named() == []


def test_who_may_only_look_changes_nothing(at: Bench, measurement_id: str) -> None:
    """A viewer gets a link to the table, and is refused before a file is looked at."""
    made = create(at, measurement_id)
    with at.store.writing() as work:
        user_id = work.people.add_user(at.caller.organization, "viewer@lab", "Member")
        work.people.add_member(at.project_id, user_id, "Project Viewer")
        viewer = work.people.caller_of_user(user_id)
    assert viewer is not None
    seeing = Bench(at.store, viewer, at.project_id, at.spec_id, at.instance_id)
    assert analyses.download_url(at.store, viewer, made.id, BASE).startswith(BASE)
    with pytest.raises(ForbiddenError):
        create(seeing, measurement_id, b"no table")
    with pytest.raises(ForbiddenError):
        change(seeing, made.id, name="x")


def test_creating_beside_a_removal_leaves_nothing(at: Bench, measurement_id: str) -> None:
    """While a measurement is removed, each analysis of it is removed too or refused, and no record is left."""

    def do(number: int) -> Any:
        if number:
            return create(at, measurement_id)
        with at.store.writing(at.caller) as work:
            return measurements.delete(work, at.caller, measurement_id)

    answers = together(5, do)
    assert answers[0] is None, answers
    assert all(isinstance(answer, (Analysis, NotFoundError)) for answer in answers[1:]), answers
    assert at.named() == []
    assert listed(at, project_id=at.project_id) == []

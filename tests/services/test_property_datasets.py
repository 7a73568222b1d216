"""Property datasets: what is kept of a file, and what happens to it when it is replaced."""

import datetime as dt
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cellkeep.domain.errors import BadRequestError, ConflictError, ForbiddenError, NotFoundError, UnusableDataError
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.property_datasets import ColumnSpec, DatasetDraft, DatasetPatch, MaterialPropertyDataset
from cellkeep.domain.specs import SpecDraft
from cellkeep.services import property_datasets as datasets
from cellkeep.services import tables
from cellkeep.services.numbers import as_numbers
from cellkeep.services.sweep import sweep
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.store import Store
from services.bench import Bench, bench, parquet, together

FRAME = pl.DataFrame({"c [mol.m-3]": [0, 1000], "k [S.m-1]": ["0.5", "n/a"], "note": ["first", None]})


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


@pytest.fixture
def material_id(at: Bench) -> str:
    return material_of(at, at.project_id)


def material_of(at: Bench, project_id: str) -> str:
    draft = SpecDraft.model_validate({"name": "with", "electrolyte": {"material": {"name": "LP57"}}})
    with at.store.writing(at.caller) as work:
        spec = work.specs.create(project_id, draft, at.caller)
    assert spec.electrolyte is not None
    assert spec.electrolyte.material_id is not None
    return spec.electrolyte.material_id


def create(
    at: Bench, material_id: str, sent: pl.DataFrame | bytes = FRAME, columns: Any = None, **said: Any
) -> MaterialPropertyDataset:
    if columns is not None:
        said["columns"] = columns
    draft = DatasetDraft.model_validate({"name": "D", "material_id": material_id, **said})
    with tables.received(BytesIO(sent if isinstance(sent, bytes) else parquet(sent))) as path:
        return datasets.create(at.store, at.caller, draft, path)


def change(
    at: Bench, dataset_id: str, sent: pl.DataFrame | bytes | None = None, **said: Any
) -> MaterialPropertyDataset:
    patch = DatasetPatch.model_validate(said)
    if sent is None:
        return datasets.update(at.store, at.caller, dataset_id, patch)
    with tables.received(BytesIO(sent if isinstance(sent, bytes) else parquet(sent))) as path:
        return datasets.update(at.store, at.caller, dataset_id, patch, path)


def data(at: Bench, dataset_id: str) -> dict[str, list[float | None]]:
    return datasets.data(at.store, at.caller, dataset_id)


def stored(at: Bench) -> list[str]:
    return sorted(blob.key for blob in at.store.blobs.list("datasets"))


def files(at: Bench, dataset_id: str) -> tuple[bytes, pl.DataFrame]:
    """The original, and the numbers."""
    with at.store.reading() as work:
        row = work.property_datasets.row(dataset_id)
    return at.store.blobs.get(row.original_key), pl.read_parquet(at.store.blobs.get(row.key))


def test_a_table_is_kept_twice(at: Bench, material_id: str) -> None:
    """The file stays as it was sent, beside the numbers that could be read in it; the others are counted."""
    made = create(at, material_id)
    assert [(each.name, each.unit, each.source_column_index) for each in made.columns] == [
        ("c", "mol.m-3", 0),
        ("k", "S.m-1", 1),
        ("note", "", 2),
    ]
    assert made.nan_counts == {"c": 0, "k": 1, "note": 2}
    assert (made.data_version, made.material_id, made.project_id) == (1, material_id, at.project_id)
    assert data(at, made.id) == {"c": [0.0, 1000.0], "k": [0.5, None], "note": [None, None]}
    original, numbers = files(at, made.id)
    assert original == parquet(FRAME)
    assert numbers.schema == {"c": pl.Float64, "k": pl.Float64, "note": pl.Float64}
    assert stored(at) == at.named()
    assert len(stored(at)) == 2


def test_columns_are_taken_by_position(at: Bench, material_id: str) -> None:
    """Specs choose, order and rename; what a header looks like to polars does not matter."""
    frame = pl.DataFrame({"^.*$": [1], "*": [2], "x": [3]})
    columns = [{"name": "b", "source_column_index": 1}, {"name": "a", "unit": "V", "source_column_index": 0}]
    made = create(at, material_id, frame, columns)
    assert data(at, made.id) == {"b": [2.0], "a": [1.0]}
    assert list(data(at, made.id)) == ["b", "a"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pl.Series(["1.5", " 2e3 ", "-.5", "1,5", "", "0x10", None]), [1.5, 2000.0, -0.5, None, None, None, None]),
        (pl.Series([1.0, float("nan"), float("inf"), -float("inf"), None]), [1.0, None, None, None, None]),
        (pl.Series(["nan", "inf", "1e999"]), [None, None, None]),
        (pl.Series([2**60, None]), [2.0**60, None]),
        (pl.Series([True, False, None]), [1.0, 0.0, None]),
        (pl.Series(["1", "x"], dtype=pl.Categorical), [1.0, None]),
        (pl.Series(["1", "x"], dtype=pl.Enum(["1", "x"])), [1.0, None]),
        (pl.Series([None, None], dtype=pl.Null), [None, None]),
        (pl.Series([dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]), [None]),
        (pl.Series([dt.timedelta(seconds=1)]), [None]),
        (pl.Series([[1.0]]), [None]),
        (pl.Series([{"a": 1}]), [None]),
        (pl.Series([b"1"]), [None]),
        (pl.Series([], dtype=pl.Int8), []),
    ],
)
def test_a_cell_holds_a_finite_number_or_none(values: pl.Series, expected: list[float | None]) -> None:
    """Numbers, and text that reads as one, are floats; words, times, lists and what is not finite are empty."""
    found = as_numbers(values)
    assert found.dtype == pl.Float64
    assert found.to_list() == expected


def test_a_file_is_whole_or_refused(at: Bench, material_id: str) -> None:
    """Damage is found in columns that are not taken, too, for other columns may be asked for later."""
    frame = pl.DataFrame({"other": ["long text"] * 100, "x": [1.5] * 100})
    content = parquet(frame, compression="uncompressed", statistics=False)
    damaged = content[:4] + bytes(20) + content[24:]
    for columns in ([{"name": "x", "source_column_index": 1}], None):
        with pytest.raises(UnusableDataError, match="can not be read to its end"):
            create(at, material_id, damaged, columns)
    assert stored(at) == []


def test_cells_of_many_values_are_refused(at: Bench, material_id: str) -> None:
    """A list counts as one cell, however long it is; so the column is refused before it is read."""
    frame = pl.DataFrame({"x": [1.0], "parts": pl.Series([[0] * 1000], dtype=pl.List(pl.Int8))})
    for columns in (None, [{"name": "x", "source_column_index": 0}]):
        with pytest.raises(UnusableDataError, match="The column 'parts' of the property dataset"):
            create(at, material_id, frame, columns)
    assert stored(at) == []


def test_a_table_without_rows_is_kept(at: Bench, material_id: str) -> None:
    """Columns that are still to be filled are columns."""
    made = create(at, material_id, FRAME[:0])
    assert data(at, made.id) == {"c": [], "k": [], "note": []}
    assert made.nan_counts == {"c": 0, "k": 0, "note": 0}


@pytest.mark.parametrize(
    ("sent", "columns", "error", "message"),
    [
        (b"", None, UnusableDataError, "not a readable parquet file"),
        (b"a,b\n1,2\n", None, UnusableDataError, "not a readable parquet file"),
        (parquet(FRAME)[:-40], None, UnusableDataError, "not a readable parquet file"),
        (parquet(pl.DataFrame()), None, UnusableDataError, "0 columns"),
        (pl.DataFrame({"a": pl.repeat(0, 1_000_001, eager=True)}), None, UnusableDataError, "1,000,001 rows"),
        (pl.DataFrame({"U [V]": [1], "U [mV]": [2]}), None, BadRequestError, "Two columns are named 'U'"),
        (pl.DataFrame({"a": [1], " ": [2]}), None, BadRequestError, "Column 1"),
        (FRAME, [{"name": "a", "source_column_index": 3}], BadRequestError, "has 3 columns"),
        (FRAME, [], BadRequestError, "at least one"),
    ],
)
def test_useless_tables_are_refused(
    at: Bench, material_id: str, sent: Any, columns: Any, error: type[Exception], message: str
) -> None:
    """What is no table, too large or wrongly described is refused by name, and nothing of it is kept."""
    with pytest.raises(error, match=message):
        create(at, material_id, sent, columns)
    kept = create(at, material_id)
    before = stored(at)
    # The stored columns have other places than these files.
    with pytest.raises(error, match=f"{message}|has 2 columns"):
        change(at, kept.id, sent, **({} if columns is None else {"columns": columns}))
    assert stored(at) == before == at.named()
    assert change(at, kept.id, name="E").data_version == 1


def test_damage_behind_the_footer_is_seen(at: Bench, material_id: str) -> None:
    """A table whose pages are broken is refused, although its footer is whole."""
    content = bytearray(parquet(FRAME, compression="zstd"))
    content[4:60] = bytes(56)
    with pytest.raises(UnusableDataError):
        create(at, material_id, bytes(content))
    assert stored(at) == []


def test_a_file_is_replaced_under_the_same_id(at: Bench, material_id: str) -> None:
    """The columns stay unless others are given, the version counts, and what was before waits for its links."""
    made = create(at, material_id)
    before = stored(at)
    again = change(at, made.id, pl.DataFrame({"c": [5], "k": [6], "note": [7]}))
    assert (again.id, again.data_version, again.columns) == (made.id, 2, made.columns)
    assert again.nan_counts == {"c": 0, "k": 0, "note": 0}
    assert data(at, made.id) == {"c": [5.0], "k": [6.0], "note": [7.0]}
    assert set(before) < set(stored(at))
    third = change(at, made.id, pl.DataFrame({"z": [1]}), columns=[{"name": "z", "source_column_index": 0}], name="Z")
    assert (third.name, third.data_version, data(at, made.id)) == ("Z", 3, {"z": [1.0]})
    assert third.updated_at > again.updated_at
    assert sweep(at.store) == 0
    assert len(stored(at)) == 6
    assert sweep(at.store, retired_for_s=-1) == 4
    assert stored(at) == at.named()
    assert files(at, made.id)[0] == parquet(pl.DataFrame({"z": [1]}))


def test_columns_are_renamed_and_chosen_anew(at: Bench, material_id: str) -> None:
    """Names and units change without the file; a column that was left out comes back from the original."""
    made = create(at, material_id)
    before = stored(at)
    units = [{**each.model_dump(), "unit": "x", "mine": 1} for each in made.columns]
    changed = change(at, made.id, columns=units)
    assert [each.unit for each in changed.columns] == ["x", "x", "x"]
    assert changed.columns[0].model_dump()["mine"] == 1
    assert stored(at) == before
    one = change(at, made.id, columns=[{"name": "conductivity", "unit": "S.m-1", "source_column_index": 1}])
    assert (one.data_version, one.nan_counts) == (1, {"conductivity": 1})
    assert data(at, made.id) == {"conductivity": [0.5, None]}
    change(at, made.id, columns=made.columns)
    assert data(at, made.id) == {"c": [0.0, 1000.0], "k": [0.5, None], "note": [None, None]}
    assert files(at, made.id)[0] == parquet(FRAME)
    assert sweep(at.store, retired_for_s=-1) == 2
    assert stored(at) == at.named()


def test_a_change_that_is_none_is_refused(at: Bench, material_id: str) -> None:
    """Neither name nor columns can be cleared, nor can columns be taken that the file does not have."""
    made = create(at, material_id)
    for key in ("name", "columns"):
        with pytest.raises(BadRequestError, match=key):
            change(at, made.id, **{key: None})
    with pytest.raises(BadRequestError, match="has 3 columns"):
        change(at, made.id, columns=[{"name": "a", "source_column_index": 3}])
    assert change(at, made.id).columns == made.columns
    assert stored(at) == at.named()


def test_a_dataset_takes_its_files_along(at: Bench, material_id: str) -> None:
    """Removed, it leaves nothing behind."""
    made = create(at, material_id)
    with at.store.writing(at.caller) as work:
        datasets.delete(work, at.caller, made.id)
    assert stored(at) == at.named() == []
    with pytest.raises(NotFoundError):
        data(at, made.id)


def test_a_dataset_lies_in_the_project_of_its_material(at: Bench, material_id: str) -> None:
    """Another project is refused, and so is a material that is not there."""
    with at.store.writing(at.caller) as work:
        other = work.projects.create(ProjectDraft(name="other"), at.caller)
    assert create(at, material_id, project_id=at.project_id).project_id == at.project_id
    with pytest.raises(BadRequestError, match="another project"):
        create(at, material_id, project_id=other.id)
    for said in ({"project_id": "nowhere"}, {"material_id": "nothing"}):
        with pytest.raises(NotFoundError):
            create(at, **{"material_id": material_id, **said})


def test_who_may_only_look_changes_nothing(at: Bench, material_id: str) -> None:
    """A viewer reads the numbers, and is refused before a file is looked at."""
    made = create(at, material_id)
    with at.store.writing() as work:
        user_id = work.people.add_user(at.caller.organization, "viewer@lab", "Member")
        work.people.add_member(at.project_id, user_id, "Project Viewer")
        viewer = work.people.caller_of_user(user_id)
    assert viewer is not None
    seeing = Bench(at.store, viewer, at.project_id, at.spec_id, at.instance_id)
    assert data(seeing, made.id)["c"] == [0.0, 1000.0]
    for refused in (
        lambda: create(seeing, material_id, b"no table"),
        lambda: change(seeing, made.id, b"no table"),
        lambda: change(seeing, made.id, name="x"),
    ):
        with pytest.raises(ForbiddenError):
            refused()


def test_replacing_at_once_loses_no_version(at: Bench, material_id: str) -> None:
    """Each of several replacements counts, the last one stands whole, and all the others wait to be swept."""
    made = create(at, material_id)

    def replace(number: int) -> MaterialPropertyDataset:
        return change(at, made.id, pl.DataFrame({"c": [number], "k": [number], "note": [number]}))

    answers = together(6, replace)
    assert sorted(answer.data_version for answer in answers) == [2, 3, 4, 5, 6, 7], answers
    last = max(range(6), key=lambda number: answers[number].data_version)
    assert data(at, made.id) == {"c": [last], "k": [last], "note": [last]}
    assert files(at, made.id)[0] == parquet(pl.DataFrame({"c": [last], "k": [last], "note": [last]}))
    assert sweep(at.store, retired_for_s=-1) == 12
    assert stored(at) == at.named()


def test_other_columns_and_another_file_at_once_fit_together(at: Bench, material_id: str) -> None:
    """Whoever is first, the numbers are those of the last file by the present columns."""
    made = create(at, material_id)
    wide = [each.model_dump() for each in made.columns]
    narrow: Sequence[dict[str, Any]] = [{"name": "only", "unit": "", "source_column_index": 0}]

    def do(number: int) -> MaterialPropertyDataset:
        if number % 2:
            return change(at, made.id, columns=narrow if number % 4 == 1 else wide)
        return change(at, made.id, pl.DataFrame({"c": [number], "k": [number], "note": [number]}))

    answers = together(6, do)
    assert all(isinstance(answer, MaterialPropertyDataset) for answer in answers), answers
    with at.store.reading() as work:
        now = work.property_datasets.get(made.id)
    original, numbers = files(at, made.id)
    assert now.data_version == 4
    assert numbers.columns == [each.name for each in now.columns]
    assert numbers.to_series(0).to_list() == [float(pl.read_parquet(original).to_series(0).item())]
    sweep(at.store, retired_for_s=-1)
    assert stored(at) == at.named()


def test_removing_beside_replacing_leaves_nothing(at: Bench, material_id: str) -> None:
    """Either the replacement is removed with the dataset, or it finds none; no object stays without a name."""
    made = create(at, material_id)

    def do(number: int) -> Any:
        if number:
            return change(at, made.id, FRAME)
        with at.store.writing(at.caller) as work:
            return datasets.delete(work, at.caller, made.id)

    answers = together(4, do)
    assert answers[0] is None, answers
    assert all(isinstance(answer, (MaterialPropertyDataset, NotFoundError)) for answer in answers[1:]), answers
    sweep(at.store, retired_for_s=-1)
    assert stored(at) == at.named() == []


def test_a_commit_that_fails_keeps_what_was(at: Bench, material_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the record can not be written the dataset stays as it was, and only garbage is left beside it."""
    made = create(at, material_id)
    before = stored(at)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the machine stumbles")

    monkeypatch.setattr("cellkeep.storage.property_datasets.PropertyDatasets.update", fail)
    with pytest.raises(RuntimeError, match="stumbles"):
        change(at, made.id, pl.DataFrame({"c": [5], "k": [6], "note": [7]}))
    with at.store.reading() as work:
        assert work.property_datasets.get(made.id) == made
    assert at.named() == before
    assert data(at, made.id)["c"] == [0.0, 1000.0]


def test_a_store_that_is_full_keeps_what_was(at: Bench, material_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the second of two objects can not be stored there is no record of the first."""
    put, count = type(at.store.blobs).put, 0

    def fill(self: Any, key: str, source: bytes | Path) -> None:
        nonlocal count
        count += 1
        if count == 2:
            raise OSError(28, "No space left on device")
        put(self, key, source)

    monkeypatch.setattr(type(at.store.blobs), "put", fill)
    with pytest.raises(OSError, match="No space"):
        create(at, material_id)
    assert at.named() == []
    with at.store.reading(at.caller) as work:
        asked = datasets.DatasetQuery(material_id=material_id)
        assert datasets.list_of(work, asked).total == 0


def test_an_endless_race_is_told(at: Bench, material_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is overtaken every time is told so at the end, and nothing of the attempts is left."""
    made = create(at, material_id)
    before = stored(at)
    columns = [ColumnSpec(name="other", source_column_index=0)]
    seen = iter(range(10**6))
    content = datasets._Content.of
    monkeypatch.setattr(
        datasets._Content, "of", lambda row: datasets._Content(content(row).columns, f"k{next(seen)}", row.original_key)
    )
    with pytest.raises(ConflictError, match="all the time"):
        datasets.update(at.store, at.caller, made.id, DatasetPatch(columns=columns))
    assert stored(at) == before


def test_a_file_that_is_lost_is_nobodys_fault(at: Bench, material_id: str) -> None:
    """Where the storage has lost what was sent, other columns can not be taken, and nobody else is blamed."""
    made = create(at, material_id)
    with at.store.reading() as work:
        at.store.blobs.delete([work.property_datasets.row(made.id).original_key])
    with pytest.raises(BlobNotFoundError):
        change(at, made.id, columns=[{"name": "c", "source_column_index": 0}])

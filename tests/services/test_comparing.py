"""Measurements of any cells beside each other."""

import polars as pl
import pytest

from cellkeep.domain.errors import InvalidError
from cellkeep.domain.people import Caller
from cellkeep.domain.time_series import SeriesQuery
from cellkeep.services import comparing
from cellkeep.storage.store import Store
from services.bench import Bench, bench, series
from storage.world import person


@pytest.fixture
def lab(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


@pytest.fixture
def stranger(store: Store, admin: Caller) -> Caller:
    """Somebody of the same organization, and of no project."""
    with store.writing() as work:
        return person(work, admin.organization, "stranger@lab.org")


def test_what_is_known_of_each_and_what_is_not_seen(store: Store, admin: Caller, stranger: Caller, lab: Bench) -> None:
    """In the order of the ids, with tables of those that have some; others see no more than that there is nothing."""
    first = lab.create("One").id
    asked = [first, "nowhere"]
    one, nowhere = comparing.subjects(store, admin, asked)
    assert one.record is not None
    assert (one.record.name, one.lacking, nowhere.record) == ("One", None, None)
    tables = comparing.cycle_tables(store, [one, nowhere])
    assert isinstance(tables[first], pl.DataFrame)
    assert tables["nowhere"] == nowhere.lacking
    assert [each.record for each in comparing.subjects(store, stranger, asked)] == [None, None]
    with pytest.raises(InvalidError, match="At most 200"):
        comparing.subjects(store, admin, asked * 101)


def test_words_are_found_wherever_they_stand(store: Store, admin: Caller, stranger: Caller, lab: Bench) -> None:
    """Each word is in the measurement, its cell or its specification, newest first, and only for who sees it."""
    names = ["Ageing 1", "Ageing 100%", "Other"]
    ids = [lab.create(name).id for name in names]

    def found(text: str, caller: Caller = admin) -> list[str]:
        with store.reading(caller) as work:
            return [each.id for each in comparing.mentioning(work, text, 10)]

    with store.reading(admin) as work:
        cell, spec = work.instances.row(lab.instance_id).name, work.specs.row(lab.spec_id).name
    assert found(f"{cell} ageing {spec}".upper()) == [ids[1], ids[0]]
    assert found("100%") == [ids[1]]
    assert found("ageing", stranger) == []


def test_rows_are_read_as_far_as_they_go(store: Store, admin: Caller, lab: Bench) -> None:
    """Columns that a series has are read, more rows than can be drawn are refused, and one failure stops no other."""
    first = lab.create("One", series(100)).id
    asked = SeriesQuery(columns=["Voltage [V]", "Not there"], cycles=["0"])
    wanted = {first: asked, "nowhere": asked}
    rows = comparing.rows(store, admin, wanted, most_rows=50)
    frame = rows[first]
    assert isinstance(frame, pl.DataFrame)
    assert (frame.columns, frame.height) == (["Voltage [V]"], 50)
    assert "There is no cell measurement" in str(rows["nowhere"])
    assert "choose fewer cycles" in str(comparing.rows(store, admin, {first: asked}, most_rows=49)[first])
    missing = SeriesQuery(columns=["Not there"])
    assert "none of the columns" in str(comparing.rows(store, admin, {first: missing}, most_rows=500)[first])

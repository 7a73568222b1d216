"""Lists over everything that somebody sees."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from cellkeep.domain.browsing import BatchBrowse, Browse, CellBrowse, MeasurementBrowse, SpecBrowse
from cellkeep.domain.findings import Code, Finding
from cellkeep.domain.instances import InstanceDraft
from cellkeep.domain.specs import SpecDraft
from cellkeep.storage.store import Store, UnitOfWork
from storage.test_scope import seen_and_unseen
from storage.world import World, add_measurement, populate

LISTS: Mapping[str, type[Browse]] = {
    "specs": SpecBrowse,
    "batches": BatchBrowse,
    "cells": CellBrowse,
    "measurements": MeasurementBrowse,
}
DAY = datetime(2026, 3, 15, tzinfo=UTC)


@pytest.fixture
def world(store: Store) -> World:
    return populate(store)


def names(work: UnitOfWork, kind: str, **asked: Any) -> list[str]:
    return [line.name for line in getattr(work.browsing, kind)(LISTS[kind].model_validate(asked))]


def test_lists_hold_what_the_viewer_sees(store: Store, world: World) -> None:
    """Each list holds the records of the projects that the viewer sees, below whatever is asked for, and no other."""
    for caller, at, sees in seen_and_unseen(world):
        with store.reading(caller) as work:
            below = {"spec": at.spec, "batch": at.batch, "cell": at.instance}
            asked = [
                *((kind, {"project": at.project}) for kind in LISTS),
                ("specs", {"material": at.material}),
                *(("measurements", {key: id_}) for key, id_ in below.items()),
                *(("cells", {key: below[key]}) for key in ("spec", "batch")),
                ("batches", {"spec": at.spec}),
            ]
            for kind, said in asked:
                assert len(names(work, kind, **said)) == sees, (kind, said, caller.email)
            assert len(work.browsing.spec_choices(at.project, 9)) == sees
            assert len(work.browsing.batch_choices(at.project, 9, at.spec)) == sees
            assert work.browsing.tag_choices(at.project, 9) == ["hppc"] * sees
    with store.reading(world.admin) as work:
        assert {line.project_id for line in work.browsing.cells(CellBrowse())} == {
            world.first.project,
            world.second.project,
        }


def fill(work: UnitOfWork, world: World) -> None:
    """Three more cells in the first project: one with a rated specification, one with measurements in all states."""
    said = {"name": "Rated", "ratings": {"capacity": {"value": 5000, "unit": "mA*h"}}, "manufacturer": "Maker"}
    spec = work.specs.row(work.specs.create(world.first.project, SpecDraft.model_validate(said), world.admin).id)
    for name in ("cell 10", "Cell 9_"):
        work.instances.create(spec, InstanceDraft(name=name), None, world.admin)
    busy = work.instances.create(spec, InstanceDraft(name="Busy", notes="found at the gate"), None, world.admin)
    for number, status in enumerate(("ready", "failed", "running", "pending")):
        row = add_measurement(
            work,
            world.admin,
            busy.id,
            f"Run {number}",
            tags=["Aging", f"t{number}"],
            start_time=DAY.replace(hour=number),
            end_time=DAY.replace(hour=2 * number + 1) if number < 3 else None,
            protocol={"name": f"C/{number + 1}" if number else 7},
        )
        row.processing_status, row.time_span_s = status, 1.0
        if status == "ready":
            row.measurement_type, row.data_type = "time_series", "eis"
        codes = [Code.TIME_REPEATED, Code.TIME_NOT_MONOTONIC][:number]
        work.measurements.set_findings(row, [Finding(code=each, severity=each.severity, message="") for each in codes])


def test_every_column_sorts(store: Store, world: World) -> None:
    """Any list can be had in the order of any column, either way, with what is blank at the end."""
    with store.writing() as work:
        fill(work, world)
    with store.reading(world.viewer) as work:
        for kind, query in LISTS.items():
            for key in get_args(query.model_fields["sort"].annotation):
                up, down = (names(work, kind, sort=key, order=order) for order in ("asc", "desc"))
                assert sorted(up) == sorted(down)
        assert names(work, "cells", sort="name") == ["Busy", "Cell", "cell 10", "Cell 9_"]
        assert names(work, "cells", sort="failed", order="desc")[0] == "Busy"
        assert names(work, "cells", sort="batch", order="desc")[0] == "Cell"
        for order in ("asc", "desc"):
            assert names(work, "specs", sort="capacity", order=order) == ["Rated", "Spec"]
        assert names(work, "measurements", sort="duration", order="desc") == [
            "Run 2",
            "Run 1",
            "Run 0",
            "Run 3",
            "Test",
        ]
        assert names(work, "measurements", sort="found", order="desc")[:3] == ["Run 2", "Run 3", "Run 1"]
        assert names(work, "measurements", sort="started")[-1] == "Test"


def test_a_list_is_narrowed(store: Store, world: World) -> None:
    """Words, days, state, severity and tags leave the records of which all of them are true."""
    with store.writing() as work:
        fill(work, world)
    runs = [f"Run {number}" for number in range(4)]
    with store.reading(world.viewer) as work:
        for said, expected in [
            ({"q": "RUN c/2"}, ["Run 1"]),
            ({"q": "busy aging"}, runs),
            ({"q": "rated"}, runs),
            ({"q": "%"}, []),
            ({"state": "processing"}, ["Run 2", "Run 3"]),
            ({"state": "failed"}, ["Run 1"]),
            ({"severity": "warning"}, ["Run 1", "Run 2", "Run 3"]),
            ({"severity": "error"}, ["Run 2", "Run 3"]),
            ({"tag": ["aging ", "T2"]}, ["Run 2"]),
            ({"since": "2026-03-15", "until": "2026-03-15"}, runs),
            ({"until": "2026-03-14"}, []),
            ({"type": "time_series"}, ["Run 0"]),
            ({"type": "cycling"}, []),
            ({"type": "eis"}, ["Run 0"]),
            ({"q": "", "state": "", "since": "", "tag": [""], "spec": ""}, [*runs, "Test"]),
        ]:
            assert names(work, "measurements", sort="name", **said) == expected, said
        assert names(work, "cells", q="9_") == ["Cell 9_"]
        assert names(work, "cells", q="gate BUSY") == ["Busy"]
        assert names(work, "cells", state="processing", tag=["aging"]) == ["Busy"]
        assert names(work, "batches", q="lot", since="2020-01-01") == ["Lot"]
        assert names(work, "specs", q="maker", until=str(date.max)) == ["Rated"]


def test_a_line_tells_what_lies_below(store: Store, world: World) -> None:
    """Lines count what lies below, tell the newest start that is known, and hold tags; a page holds what is asked."""
    with store.writing() as work:
        fill(work, world)
    with store.reading(world.viewer) as work:
        busy = work.browsing.cells(CellBrowse(q="busy")).items[0]
        assert (busy.measurements, busy.failed, busy.processing, busy.with_errors) == (4, 1, 2, 2)
        assert busy.latest == DAY.replace(hour=3)
        assert busy.tags == ["Aging", "t0", "t1", "t2", "t3"]
        assert busy.ratings["capacity"]["unit"] == "mA*h"
        spec = work.browsing.specs(SpecBrowse(q="rated")).items[0]
        assert (spec.cells, spec.measurements, spec.latest) == (3, 4, DAY.replace(hour=3))
        lot = work.browsing.batches(BatchBrowse()).items[0]
        assert (lot.cells, lot.measurements, lot.spec_name, lot.latest) == (1, 1, "Spec", None)
        page = work.browsing.measurements(MeasurementBrowse(sort="name", per_page=2, page=2))
        assert [line.name for line in page] == ["Run 2", "Run 3"]
        assert (page.total, page.items[0].errors, page.items[0].warnings, page.items[0].checked) == (5, 1, 1, True)
        assert (page.items[0].duration_s, page.items[1].duration_s) == (3 * 3600, 1.0)
        assert page.items[0].tags == ["Aging", "t2"]
        assert [line.protocol_name for line in page] == ["C/3", "C/4"]
        beyond = work.browsing.measurements(MeasurementBrowse(page=9))
        assert (beyond.items, beyond.total) == ([], 5)

"""Comparing two readings of the same files."""

import math
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from cellkeep.client.comparing import columns_changed, fields_after
from cellkeep.client.reading import Reading
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.versions import Change

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([1.0, None, NAN], [1.0, NAN, None]),
        ([1.0, INF, -INF], [1.0, INF, -INF]),
        ([3.7, 4.2], [3.7 + 1e-15, 4.2]),
        ([1, 2], [1.0, 2.0]),
        ([True, False], [1, 0]),
        (["a", None], ["a", None]),
        ([], []),
        ([None, None], [NAN, NAN]),
    ],
)
def test_equal_values_are_no_change(old: list[Any], new: list[Any]) -> None:
    """Whatever says that there is no value, and of whatever type a number is; what differs by rounding is the same."""
    frames = [pl.DataFrame({"^x$": pl.Series(values, dtype=None if values else pl.Float64)}) for values in (old, new)]
    assert columns_changed(*frames) == {}


@pytest.mark.parametrize(
    ("old", "new", "by"),
    [
        ([1.0, 2.0], [1.5, 2.25], 0.5),
        ([0.0], [1e-300], 1e-300),
        ([1.0, None], [1.0, 2.0], None),
        ([1.0, 2.0], [INF, 2.0], None),
        ([1.0, 1e300], [1.0, -1e300], 2e300),
        (["a"], ["b"], None),
        (["1"], [1], None),
        ([1.0, 2.0], [3.0, None], 2.0),
    ],
)
def test_the_largest_difference_is_told(old: list[Any], new: list[Any], by: float | None) -> None:
    """As a number where it is one."""
    assert columns_changed(pl.DataFrame({"x": old}), pl.DataFrame({"x": new})) == {"x": by}


def test_rows_that_came_or_went_are_not_compared_with_their_neighbours() -> None:
    """Where the number of rows differs, those at the same time are compared."""
    old = pl.DataFrame({"Time [s]": [0.0, 1, 2, 3], "x": [0.0, 1, 2, 3]})
    new = pl.DataFrame({"Time [s]": [0.0, 2, 3, 3, 4], "x": [0.0, 2, 3.5, 9, 4]})
    assert columns_changed(old, new) == {"x": 0.5}
    assert columns_changed(old.drop("Time [s]"), new) == {}
    assert columns_changed(old, new.clear()) == {}


def record(said: dict[str, Any], **fields: Any) -> CellMeasurement:
    """A measurement that was read when its file said that."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    files = [{"name": "a", "sha256": "0" * 64, "size_bytes": 1}]
    provenance = {"reader": "acme", "reader_version": 1, "said": said, "files": files}
    ids = dict.fromkeys(("id", "name", "organization_id", "cell_instance_id", "specification_id", "project_id"), "x")
    times = {"created_at": moment, "updated_at": moment}
    return CellMeasurement.model_validate({**ids, **times, "provenance": provenance, **fields})


def reading(**said: Any) -> Reading:
    return Reading(pl.DataFrame(), {"provenance": {"said": said}}, "acme", "")


FIRST, SECOND, MINE = "2026-03-15T09:30:00Z", "2026-03-15T10:30:00Z", "2026-03-16T00:00:00Z"


@pytest.mark.parametrize(
    ("before", "now", "present", "outcome"),
    [
        (FIRST, SECOND, FIRST, "set"),
        (None, SECOND, None, "set"),
        (FIRST, SECOND, MINE, "kept"),
        (FIRST, FIRST, MINE, "as it was"),
        (FIRST, SECOND, None, "kept"),
        (FIRST, SECOND, SECOND, "as it was"),
        (None, SECOND, MINE, "kept"),
        (FIRST, None, FIRST, "as it was"),
    ],
)
def test_a_start_is_set_anew_where_no_person_changed_it(
    before: str | None, now: str | None, present: str | None, outcome: str
) -> None:
    """It is set where it is as the file had said, and never taken away."""
    said = {"start_time": before} if before else {}
    found = fields_after(record(said, start_time=present), reading(**({"start_time": now} if now else {})))
    assert (found.changed, found.kept) == (
        ["start_time"] if outcome == "set" else [],
        ["start_time"] if outcome == "kept" else [],
    )
    assert found.to_set == ({"start_time": datetime.fromisoformat(SECOND)} if outcome == "set" else {})


def test_a_setup_is_set_anew_key_by_key() -> None:
    """What the file had said is set, comes or goes; what a person has said, added or taken away is as they left it."""
    before = {"operator": "Ada", "cycler": "A", "cell_label": "C", "notes": "n", "test_name": "t"}
    now = {"operator": "Eve", "cycler": "B", "instrument": "I", "notes": "m"}
    present = {"operator": "Grace", "cycler": "A", "cell_label": "C", "room": "12", "test_name": "u"}
    found = fields_after(record({"test_setup": before}, test_setup=present), reading(test_setup=now))
    assert found.to_set == {
        "test_setup": {"operator": "Grace", "cycler": "B", "room": "12", "test_name": "u",
                       "instrument": "I"}
    }  # fmt: skip
    assert found.changed == ["test_setup.cell_label", "test_setup.cycler", "test_setup.instrument"]
    assert found.kept == ["test_setup.notes", "test_setup.operator", "test_setup.test_name"]


def test_only_what_a_person_would_see_is_told() -> None:
    """Figures that are the same as they are written are left out of the words, and all else is there."""
    change = Change(
        reader=("", "acme"),
        reader_version=(0, 2),
        rows=(1, 1),
        steps=(1, 1),
        cycles=(1, 1),
        columns_removed=["x"],
        columns_changed={"y": None, "z": 0.125},
        discharge_capacity_ah=(1.0, 1.0 + 1e-12),
        charge_capacity_ah=(None, 2.0),
        fields_kept=["start_time"],
        repairs_came=["More."],
        repairs_went=["Less."],
    )
    assert change.sentences() == [
        "reader a table → acme 2",
        "columns gone: 'x'",
        "'y' has other values",
        "'z' differs by up to 0.125",
        "charge capacity [A.h] none → 2",
        "kept, as a person changed it: 'start_time'",
        "repaired now: More.",
        "repaired no more: Less.",
    ]
    assert not change.nothing

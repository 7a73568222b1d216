"""What all records share."""

import math
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from cellkeep.domain.batches import BatchDraft
from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.instances import InstanceDraft, InstancePatch
from cellkeep.domain.measurements import MeasurementDraft, Span
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.records import finite_json, iso, new_id
from cellkeep.domain.specs import SpecDraft

DRAFTS = [BatchDraft, InstanceDraft, MeasurementDraft, ProjectDraft, SpecDraft]


@pytest.mark.parametrize("draft", DRAFTS)
def test_names_are_trimmed(draft: type[ProjectDraft]) -> None:
    """White space around a name is taken off; 255 characters are a name, counted without it."""
    assert draft.model_validate({"name": " \t A 1\n"}).name == "A 1"
    assert draft.model_validate({"name": f"  {'ü' * 255}  "}).name == "ü" * 255


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("name", ["", "   ", "\n", "x" * 256, None, 5, "a\ud800", "a\0b"])
def test_what_is_no_name_is_refused(draft: type[ProjectDraft], name: object) -> None:
    """No name, too long a name, and one that no database can keep are refused."""
    with pytest.raises(ValidationError):
        draft.model_validate({"name": name})


def test_nan_becomes_null() -> None:
    """NaN and infinities anywhere in JSON become null, and everything else stays."""
    found = finite_json({"a": math.nan, "b": [1, math.inf, {"c": -math.inf}], 5: (1.5, "x", None, True)})
    assert found == {"a": None, "b": [1, None, {"c": None}], "5": [1.5, "x", None, True]}


def test_a_draft_keeps_no_nan() -> None:
    """NaN in named fields and in a person's own keys is null in what is stored."""
    draft = SpecDraft.model_validate({"name": "A", "ratings": {"capacity": {"value": math.nan}}, "own": [math.nan]})
    assert draft.ratings == {"capacity": {"value": None}}
    assert draft.custom() == {"own": [None]}


def test_naive_times_are_utc() -> None:
    """A time without a zone is UTC, and one of another zone is brought to UTC."""
    span = Span.model_validate({"start_time": "2026-03-15T09:30:00", "end_time": "2026-03-15T12:30:00+02:00"})
    assert span.start_time == datetime(2026, 3, 15, 9, 30, tzinfo=UTC)
    assert span.end_time == datetime(2026, 3, 15, 10, 30, tzinfo=UTC)
    assert span.end_time is not None
    assert span.end_time.utcoffset() == timedelta(0)
    assert span.model_dump(mode="json") == {"start_time": "2026-03-15T09:30:00Z", "end_time": "2026-03-15T10:30:00Z"}


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "yesterday", "2026-13-01"])
def test_an_impossible_time_is_malformed(text: str) -> None:
    """A time that is none, or lies outside the calendar once it is in UTC, is refused as malformed."""
    with pytest.raises(ValidationError):
        Span.model_validate({"start_time": text})


def test_times_on_the_wire_end_in_z() -> None:
    """A time is written in UTC with a Z."""
    assert iso(datetime(2026, 3, 15, 9, 30, tzinfo=timezone(timedelta(hours=-7)))) == "2026-03-15T16:30:00Z"


def test_a_test_may_end_when_it_starts_but_not_before() -> None:
    """An end before the start is refused; the same moment, and an open end, are not."""
    moment = "2026-03-15T09:30:00Z"
    Span.model_validate({"start_time": moment, "end_time": moment}).checked()
    Span.model_validate({"start_time": moment}).checked()
    with pytest.raises(BadRequestError, match="before"):
        Span.model_validate({"start_time": moment, "end_time": "2026-03-15T09:29:59Z"}).checked()


def test_only_what_was_sent_is_changed() -> None:
    """A patch tells the keys that were sent, with null for those to be cleared, and keeps unknown keys apart."""
    draft = MeasurementDraft.model_validate({"name": "A", "notes": None, "id": "x", "steps_created": 3, "own": 1})
    assert draft.changes() == {"name": "A", "notes": None}
    assert draft.custom() == {"own": 1}


def test_a_name_can_not_be_cleared() -> None:
    """Null for a field that always holds something is refused."""
    with pytest.raises(BadRequestError, match="'name' can not be cleared"):
        InstancePatch.model_validate({"name": None, "notes": None}).changes_to(None)
    assert InstancePatch.model_validate({"notes": None}).changes_to(None) == {"notes": None}


@pytest.mark.parametrize("sent", ["other", 7, ["x"], {"a": 1}])
def test_a_record_does_not_move(sent: Any) -> None:
    """Another parent than it has is refused; its own one, as it was read, and none at all are passed over."""
    present = SimpleNamespace(cell_specification_id="own", project_id="p")
    with pytest.raises(BadRequestError, match="'cell_specification_id' can not be changed from 'own'"):
        InstancePatch.model_validate({"notes": "n", "cell_specification_id": sent}).changes_to(present)
    for same in (
        {"cell_specification_id": "own", "project_id": "p"},
        {"cell_specification_id": None},
        {"site_id": sent},
    ):
        assert InstancePatch.model_validate({"notes": "n", **same}).changes_to(present) == {"notes": "n"}


def test_ids_are_fresh() -> None:
    """No two ids are alike."""
    assert len({new_id() for _ in range(1000)}) == 1000

"""Appending rows, the same over HTTP and in a folder."""

from collections.abc import Callable
from typing import Any

import httpx2
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep import (
    ConflictError,
    InvalidError,
    MeasurementProcessingError,
    MeasurementValidationError,
    UnusableDataError,
)
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.measurements import MeasurementBundle
from cellkeep.services import growing
from client.conftest import Lab
from client.samples import motley, series
from services.bench import together

WHOLE = series(steps=4, rows=10)
STORED, NEXT, REST = WHOLE[:15], WHOLE[15:25], WHOLE[25:]


@pytest.fixture
def running(any_client: Client, cell: CellInstance) -> str:
    """A series of a test that is still running."""
    detail = {"measurement": {"name": "T", "tags": ["x"], "own": 1}, "time_series": STORED}
    return any_client.cell_measurement.create(cell.id, detail).id


def test_a_test_grows(any_client: Client, cell: CellInstance, running: str) -> None:
    """The bundle is the present record with the count of all steps; rows and tables are those of the whole."""
    api = any_client.cell_measurement
    bundle = api.extend(running, NEXT)
    assert (bundle.row_count, bundle.steps_created, bundle.processing_status) == (25, 3, "ready")
    assert bundle.measurement == api.get(running)
    assert (bundle.name, bundle.tags, bundle.model_extra) == ("T", ["x"], {"own": 1})
    assert api.extend(running, REST).steps_created == 4
    whole = api.create(cell.id, {"measurement": {"name": "Whole"}, "time_series": WHOLE}).id
    assert_frame_equal(api.time_series(running), WHOLE)
    assert_frame_equal(api.time_series(running, row_range=(13, 27)), WHOLE[13:27])
    for table in (api.steps, api.cycles, lambda key: api.steps_and_cycles(key).steps):
        assert_frame_equal(table(running), table(whole), rel_tol=1e-12, abs_tol=1e-14)
    assert_frame_equal(api.detail(running).cycles, api.cycles(whole), rel_tol=1e-12, abs_tol=1e-14)


def test_of_two_who_append_at_once_each_is_told_the_truth(any_client: Client, cell: CellInstance) -> None:
    """With one key, at the same moment: whose rows are stored is told so, and the other that they are not."""
    api = any_client.cell_measurement
    for turn in range(5):
        made = api.create(cell.id, {"measurement": {"name": f"T{turn}"}, "time_series": STORED}).id
        sent = [NEXT, NEXT.with_columns(pl.col("Voltage [V]") + 0.5)]
        answers = together(2, lambda number, made=made, sent=sent: api.extend(made, sent[number]))
        taken = [number for number, answer in enumerate(answers) if isinstance(answer, MeasurementBundle)]
        others = [answer for answer in answers if not isinstance(answer, MeasurementBundle)]
        assert len(taken) == 1, answers
        assert {type(error) for error in others} <= {ConflictError, UnusableDataError}
        assert_frame_equal(api.time_series(made), pl.concat([STORED, sent[taken[0]]]))


@pytest.mark.parametrize(
    "form", [pl.DataFrame.to_pandas, pl.DataFrame.lazy, lambda rows: rows.to_dict(as_series=False)]
)
def test_rows_come_in_every_form(any_client: Client, running: str, form: Callable[[pl.DataFrame], Any]) -> None:
    """A pandas frame, a lazy frame and a dict of lists are taken, in whatever order their columns are."""
    assert any_client.cell_measurement.extend(running, form(NEXT.select(sorted(NEXT.columns)))).row_count == 25
    assert_frame_equal(any_client.cell_measurement.time_series(running), WHOLE[:25])


def test_columns_of_every_kind_go_on(any_client: Client, cell: CellInstance) -> None:
    """Text, flags, times, small and missing numbers of the new rows come back as they were sent."""
    whole = pl.concat([motley(), motley().with_columns(pl.col("Time [s]") + 6, pl.col("Step count") + 1)])
    api = any_client.cell_measurement
    made = api.create(cell.id, {"measurement": {"name": "T"}, "time_series": whole[:6]})
    api.extend(made.id, whole[6:])
    assert_frame_equal(api.time_series(made.id), whole)


@pytest.mark.filterwarnings("ignore:.*has no value:UserWarning")
def test_numbers_that_came_whole_go_on_in_fractions(any_client: Client, cell: CellInstance) -> None:
    """Lists of whole numbers are continued by lists of fractions, and pandas' missing values by null."""
    first = {"Time [s]": [0, 1], "Voltage [V]": [3, 4], "Step count": [0, 0], "Note": [None, None]}
    api = any_client.cell_measurement
    made = api.create(cell.id, {"measurement": {"name": "T"}, "time_series": first})
    api.extend(made.id, {"Time [s]": [1.5], "Voltage [V]": [3.75], "Step count": [1.0], "Note": ["warm"]})
    api.extend(
        made.id, pd.DataFrame({"Time [s]": [2], "Voltage [V]": [float("nan")], "Step count": [1], "Note": [None]})
    )
    assert api.time_series(made.id).to_dict(as_series=False) == {
        "Time [s]": [0.0, 1.0, 1.5, 2.0],
        "Voltage [V]": [3.0, 4.0, 3.75, None],
        "Step count": [0, 0, 1, 1],
        "Note": [None, None, "warm", None],
    }
    assert api.steps(made.id)["Step count"].to_list() == [0, 1]


@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        ({}, UnusableDataError, r"need the columns 'Time \[s\]', 'Step count'"),
        ({"Time [s]": [9.0]}, UnusableDataError, "'Step count' not found among 'Time"),
        ({"Time [s]": [], "Step count": []}, UnusableDataError, "no rows to append"),
        ({"Time [s]": [9.0, 8.0], "Step count": [0, 0]}, MeasurementValidationError, "falls from 9 s to 8 s"),
        ({"Time [s]": [9.0, 9.5], "Step count": [1, 0]}, UnusableDataError, "is 0, but the row before has 1"),
        ({"Time [s]": [9.0], "Step count": [0.5]}, UnusableDataError, "whole number"),
        ({"Time [s]": ["9"], "Step count": [0]}, UnusableDataError, "must hold numbers"),
        ({"Time [s]": [9.0], "Step count": [0, 1]}, InvalidError, "can not be made a table"),
        (5, InvalidError, "must be a polars or pandas frame"),
    ],
)
def test_rows_that_can_follow_no_series_are_not_sent(
    any_client: Client, running: str, rows: Any, error: type[Exception], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are refused before anything is asked of the server."""
    with monkeypatch.context() as patch:
        patch.setattr(any_client._transport, "_http", None)
        with pytest.raises(error, match=said):
            any_client.cell_measurement.extend(running, rows)


def test_rows_that_do_not_follow_this_series_are_refused(
    any_client: Client, cell: CellInstance, running: str, lab: Lab
) -> None:
    """Overlap, other columns and skipped steps are refused by the server, and nothing changes."""
    api = any_client.cell_measurement
    before = api.get(running)
    for rows, said in (
        (STORED, "the stored series ends at 14 s"),
        (NEXT.drop("Cycle count"), "missing: 'Cycle count'"),
        (NEXT.with_columns(pl.col("Step count") + 2), "the stored series ends with 1"),
    ):
        with lab.unchanged(any_client, cell), pytest.raises(UnusableDataError, match=said):
            api.extend(running, rows)
    assert api.get(running) == before
    assert_frame_equal(api.time_series(running), STORED)


def test_a_test_that_ended_takes_no_rows(any_client: Client, running: str) -> None:
    """A measurement with an end time is a conflict, which names no other record."""
    any_client.cell_measurement.update(running, {"end_time": "2026-03-15T09:30:00Z"})
    with pytest.raises(ConflictError, match=r"ended at .* clear its end_time") as found:
        any_client.cell_measurement.extend(running, NEXT)
    assert found.value.existing_id is None


def test_not_waiting_is_answered_too(any_client: Client, running: str) -> None:
    """Without waiting, the answer is ready or tells that the tables are still to be made."""
    bundle = any_client.cell_measurement.extend(running, NEXT, wait_for_processing=False)
    assert (bundle.processing_status, bundle.steps_created) in {("ready", 3), ("pending", 0), ("running", 0)}
    assert any_client.cell_measurement.wait_for_processing(running)[running]["row_count"] == 25


def test_a_failure_is_raised_and_the_series_is_as_it_was(
    any_client: Client, running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the rows could not be appended the reason is raised; unless nobody waits, and then it is in the answer."""

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    api = any_client.cell_measurement
    with monkeypatch.context() as patch:
        patch.setattr(growing.stitching, "_write", broken)
        with pytest.raises(MeasurementProcessingError, match="Nothing was changed; send them again") as found:
            api.extend(running, NEXT)
        assert found.value.measurement_id == running
        assert api.get(running).processing_error == found.value.failures[running]
        assert api.extend(running, NEXT, wait_for_processing=False).processing_status in {"ready", "pending", "running"}
        api.wait_for_processing(running)
    assert_frame_equal(api.time_series(running), STORED)
    assert api.steps(running).height == 2
    assert api.extend(running, NEXT).processing_error is None
    assert_frame_equal(api.time_series(running), WHOLE[:25])


def test_a_confirm_whose_answer_is_lost_is_sent_again(
    any_client: Client, running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client repeats a confirm by itself when the connection breaks after it, and rows are appended once."""
    transport, lost = any_client._transport, []
    request = transport._http.request

    def losing(method: str, path: str, **more: Any) -> httpx2.Response:
        answer = request(method, path, **more)
        if path.endswith("confirm-extend") and len(lost) < 2:
            lost.append(path)
            raise httpx2.ReadError("Connection reset by peer")
        return answer

    monkeypatch.setattr(transport._http, "request", losing)
    bundle = any_client.cell_measurement.extend(running, NEXT)
    assert len(lost) == 2
    assert type(bundle) is MeasurementBundle
    assert (bundle.row_count, bundle.steps_created) == (25, 3)


def test_a_folder_that_is_opened_again_goes_on(tmp_path: Any) -> None:
    """What was appended in a folder is there for the next who opens it, who appends the rest."""
    import cellkeep  # noqa: PLC0415

    with cellkeep.open(tmp_path / "lab") as client:
        cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
        made = client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": STORED})
        client.cell_measurement.extend(made.id, NEXT)
    with cellkeep.open(tmp_path / "lab") as client:
        assert client.cell_measurement.extend(made.id, REST).steps_created == 4
        assert_frame_equal(client.cell_measurement.time_series(made.id), WHOLE)

"""Appending rows with the official client: its own refusals, its waiting and its cache."""

from typing import Any

import ionworks
import polars as pl
import pytest
import requests
from polars.testing import assert_frame_equal
from samples import HOUR_ROWS, series, two_steps
from stands import Stand

WHOLE = two_steps()
STORED, NEXT = WHOLE[:HOUR_ROWS], WHOLE[HOUR_ROWS:]


@pytest.fixture
def running(client: Any, cell: Any) -> str:
    """A series of a test that is still running: its first hour."""
    found: str = client.cell_measurement.create(cell.id, series(frame=STORED)).id
    return found


def test_what_it_returns_is_the_settled_record(client: Any, running: str) -> None:
    """The record of the longer series, with every field, and the steps of all rows."""
    bundle = client.cell_measurement.extend(running, NEXT)
    assert bundle.steps_created == 2
    settled = client.cell_measurement.get(running)
    assert dict(bundle) == {**dict(settled), "steps_created": 2}
    assert (bundle.row_count, bundle.step_count) == (WHOLE.height, 2)


def test_a_failed_extend_raises_and_the_old_data_is_read(client: Any, running: str) -> None:
    """Rows that turn out to have no tables are an error of processing; what was there stays, and right rows mend it."""
    api = client.cell_measurement
    steps, cycles = api.steps(running, use_cache=False), api.cycles(running, use_cache=False)
    endless = NEXT.with_columns(pl.lit(1e300).alias("Cycle count"))
    with pytest.raises(ionworks.MeasurementProcessingError) as failed:
        api.extend(running, endless)
    assert failed.value.measurement_id == running
    assert "Nothing was changed" in failed.value.failures[running]
    record = api.get(running)
    assert (record.processing_status, record.row_count, record.step_count) == ("ready", HOUR_ROWS, 1)
    assert record.processing_error == failed.value.failures[running]
    assert_frame_equal(api.time_series(running, use_cache=False), STORED)
    assert_frame_equal(api.steps(running, use_cache=False), steps)
    assert_frame_equal(api.cycles(running, use_cache=False), cycles)
    assert api.extend(running, NEXT).processing_error is None
    assert api.get(running).processing_error is None
    assert_frame_equal(api.time_series(running, use_cache=False), WHOLE)


def test_a_failed_extend_that_nobody_waits_for_is_told_by_the_record(client: Any, running: str) -> None:
    """Without waiting nothing is raised, and waiting for the measurement later finds it ready, with the reason."""
    endless = NEXT.with_columns(pl.lit(1e300).alias("Cycle count"))
    assert client.cell_measurement.extend(running, endless, wait_for_processing=False).id == running
    client.cell_measurement.wait_for_processing(running)
    assert "Nothing was changed" in client.cell_measurement.get(running).processing_error


def test_its_cache_shows_the_old_until_it_is_told_not_to(client: Any, running: str) -> None:
    """What it read before is what it returns after; with use_cache=False it returns what is there."""
    api = client.cell_measurement
    assert api.time_series(running).height == HOUR_ROWS
    api.extend(running, NEXT)
    assert api.time_series(running).height == HOUR_ROWS
    assert_frame_equal(api.time_series(running, use_cache=False), WHOLE)
    window = (HOUR_ROWS - 2, HOUR_ROWS + 2)
    assert_frame_equal(api.time_series(running, use_cache=False, row_range=window), WHOLE[59:63])
    ionworks.clear_cache()
    assert_frame_equal(api.time_series(running), WHOLE)


def test_its_own_refusals_come_before_anything_is_asked(client: Any, running: str) -> None:
    """Time that falls is a finding with a code; no rows and missing columns are plain errors."""
    with pytest.raises(ionworks.MeasurementValidationError) as found:
        client.cell_measurement.extend(running, NEXT.reverse())
    assert found.value.has_code("time_not_monotonic")
    for rows, said in (({}, "empty"), ({"Time [s]": [1e6]}, "Step count")):
        with pytest.raises(ionworks.IonworksError, match=said) as refused:
            client.cell_measurement.extend(running, rows)
        assert refused.value.status_code is None


def test_a_confirm_that_is_sent_again_is_answered_the_same(client: Any, running: str, installation: Stand) -> None:
    """As the client's own repetition after a dropped connection sends it: nothing is appended twice."""
    client.cell_measurement.extend(running, NEXT)
    before = client.cell_measurement.get(running)
    path = f"{installation.api_url}/cell_measurements/{running}"
    headers = {"X-API-Key": installation.api_key}
    again = requests.post(f"{path}/confirm-extend", json={}, headers=headers, timeout=10)
    assert (again.status_code, again.json()["steps_created"]) == (200, 2)
    assert dict(client.cell_measurement.get(running)) == dict(before)
    client.cell_measurement.update(running, {"end_time": "2026-03-15T09:30:00Z"})
    assert requests.post(f"{path}/confirm-extend", json={}, headers=headers, timeout=10).status_code == 200
    refused = requests.post(f"{path}/initiate-extend", json={}, headers=headers, timeout=10)
    assert (refused.status_code, refused.json()["error_code"]) == (409, "CONFLICT")
    assert "clear its end_time" in refused.json()["message"]


def test_a_confirm_without_rows_says_what_to_do(client: Any, running: str, installation: Stand) -> None:
    """Before anything was sent there is nothing to confirm."""
    headers = {"X-API-Key": installation.api_key}
    url = f"{installation.api_url}/cell_measurements/{running}/confirm-extend"
    answer = requests.post(url, json={}, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "BAD_REQUEST")
    assert "initiate-extend" in answer.json()["message"]

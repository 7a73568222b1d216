"""The one table of errors."""

import json

import pytest

from cellkeep.domain import errors
from cellkeep.domain.errors import CellkeepError, ConflictError, MeasurementProcessingError, error_class

ANSWERED = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, CellkeepError) and kind.status_code is not None
]


def test_all_errors_are_told_apart() -> None:
    """Every error that is answered has a code of its own."""
    assert len(ANSWERED) == 11
    assert len({kind.error_code for kind in ANSWERED}) == len(ANSWERED)


@pytest.mark.parametrize("kind", ANSWERED)
def test_an_error_comes_back_as_what_it_was(kind: type[CellkeepError]) -> None:
    """From the body and the status of an answer, the class that the server raised is found again."""
    raised = kind("It is so.", detail={"existing_id": "x"})
    body = json.loads(json.dumps(raised.body()))
    assert body == {"error_code": kind.error_code, "message": "It is so.", "detail": {"existing_id": "x"}}
    assert raised.status_code is not None
    assert error_class(raised.status_code, body["error_code"]) is kind


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequestError"),
        (401, "UnauthorizedError"),
        (403, "ForbiddenError"),
        (404, "NotFoundError"),
        (409, "ConflictError"),
        (418, "CellkeepError"),
        (422, "InvalidError"),
        (500, "ServerError"),
        (503, "ServerError"),
    ],
)
def test_a_status_alone_tells_the_class(status: int, name: str) -> None:
    """An answer of somebody else, without a code of ours, is told by its status."""
    assert error_class(status, None).__name__ == name
    assert error_class(status, "SOMETHING_ELSE").__name__ == name


def test_a_conflict_may_name_the_record() -> None:
    """The id of the record that holds the name is told where there is one, whatever the detail is."""
    assert ConflictError("x", detail={"existing_id": "m1"}).existing_id == "m1"
    assert ConflictError("x").existing_id is None
    assert ConflictError("x", detail=["existing_id"]).existing_id is None


def test_failed_processing_names_the_measurement() -> None:
    """One failure is told by its id; of several there is no single id."""
    assert MeasurementProcessingError({"m1": "no data"}).measurement_id == "m1"
    several = MeasurementProcessingError({"m1": "no data", "m2": "timed out"})
    assert several.measurement_id is None
    assert "m1: no data; m2: timed out" in several.message

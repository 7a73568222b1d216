"""The conformance vectors of the field's checks."""

import json
from typing import Any

import pytest

from cellkeep.domain.findings import OWN_CODES, Finding
from cellkeep.validate import findings
from validate.series import is_plain
from validate.vectors import VECTORS, Vector


def found_in(vector: Vector) -> list[Finding]:
    """What the checks find that the official client could have found too."""
    found = findings(vector.frame, steps=vector.steps, **vector.record, **vector.options)
    return [each for each in found if each.code not in OWN_CODES]


def part_of(payload: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    """Those items of a payload that are named; of the examples in it, too."""
    return {
        key: [part_of(each, part) for each, part in zip(payload[key], value, strict=True)]
        if key == "examples"
        else payload[key]
        for key, value in named.items()
    }


def near(value: Any) -> Any:
    """As it is, but for rounding."""
    if isinstance(value, dict):
        return {key: near(item) for key, item in value.items()}
    if isinstance(value, list):
        return [near(item) for item in value]
    return pytest.approx(value, rel=1e-9) if isinstance(value, float) else value


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_a_vector_is_found_as_the_field_finds_it(vector: Vector) -> None:
    """The codes are those of the vector in their order, and the payloads have what it names."""
    found = found_in(vector)
    assert [each.code for each in found] == [code for code, _ in vector.expected]
    named = [named for _, named in vector.expected]
    assert [part_of(each.payload, part) for each, part in zip(found, named, strict=True)] == near(named)


def test_a_payload_is_plain_json() -> None:
    """A payload holds nothing but values that JSON has."""
    payloads = [each.payload for vector in VECTORS for each in found_in(vector)]
    assert all(map(is_plain, payloads))
    json.dumps(payloads)


def test_severity_follows_from_the_code() -> None:
    """What follows from start and end, and a step that moved more than fits the cell, warn; everything else errs."""
    found = [each for vector in VECTORS for each in found_in(vector)]
    assert {each.code for each in found if each.severity == "warning"} == {
        "start_time_in_future",
        "end_time_before_start_time",
        "duration_mismatch",
        "step_capacity_exceeds_rated",
    }


def test_each_vector_has_its_own_name() -> None:
    """No two vectors have one id."""
    assert len({vector.id for vector in VECTORS}) == len(VECTORS)

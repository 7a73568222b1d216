"""Search on the wire."""

from typing import Any

import httpx2

from server.conftest import Things
from server.test_context import require_error

ASKED: list[tuple[dict[str, Any], Any]] = [
    ({}, 422),
    ({"q": ""}, 422),
    ({"q": "a"}, 422),
    ({"q": " a "}, 422),
    ({"q": " "}, 422),
    ({"q": "  "}, 400),
    ({"q": "a" * 1000}, 200),
    ({"q": "a" * 1001}, 422),
    ({"q": " ".join("abcdefghijklmnopqrstuvwxyz")}, 200),
    ({"q": "a A " * 50}, 200),
    ({"q": "ab", "limit": "0"}, 422),
    ({"q": "ab", "limit": "many"}, 422),
    ({"q": "ab", "offset": "-1"}, 422),
    ({"q": "ab", "per_type": "0"}, 422),
    ({"q": "ab", "limit": "9" * 30, "per_type": "999", "offset": "9" * 30}, 200),
    ({"q": "ab", "entity_types": ["model", "pipeline"]}, 200),
    ({"q": "ab", "entity_types": "x" * 5000}, 200),
    ({"q": "ab", "project_id": "nowhere"}, 200),
    ({"q": "a\0b"}, {200, 422}),
    ({"q": "ab", "project_id": "\0"}, {200, 422}),
    ({"q": "'; DROP TABLE users; --"}, 200),
]


def test_an_answer_has_every_key(http: httpx2.Client, things: Things) -> None:
    """The five keys of the answer are there, and those of each result, with nothing found as well."""
    found = http.get("/search", params={"q": "My project"}).json()
    assert found == {
        "results": [
            {
                "id": things.project_id,
                "entity_type": "project",
                "name": "My project",
                "project_id": things.project_id,
                "parent_id": None,
            }
        ],
        "query": "My project",
        "total": 1,
        "limit": 25,
        "offset": 0,
    }
    nothing = http.get("/search", params={"q": "nothing at all", "limit": 7, "offset": 3}).json()
    assert nothing == {"results": [], "query": "nothing at all", "total": 0, "limit": 7, "offset": 3}


def test_what_is_asked_is_taken_or_refused(http: httpx2.Client) -> None:
    """Too little to search for, and numbers that are none, are refused; kinds that are not kept have no results."""
    for params, status in ASKED:
        answer = http.get("/search", params=params)
        assert answer.status_code in (status if isinstance(status, set) else {status}), (params, answer.text)
        if answer.status_code != 200:
            require_error(answer, answer.status_code, "BAD_REQUEST" if answer.status_code == 400 else "INVALID")

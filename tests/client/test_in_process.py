"""Calls of an application in the same process."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2

from cellkeep.client.in_process import InProcess


async def echo(_scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    """Answers with what it is sent."""
    body = (await receive())["body"]
    if body == b"fail":
        raise RuntimeError
    await send({"type": "http.response.start", "status": 201, "headers": [(b"x-kind", b"echo")]})
    await send({"type": "http.response.body", "body": body})


def test_an_application_is_called_from_many_threads() -> None:
    """Each call gets its own answer, and one that fails is answered too."""
    with httpx2.Client(transport=InProcess(echo), base_url="http://here") as http:

        def asked(number: int) -> tuple[int, str, str]:
            answer = http.post("/", content=f"{number}")
            return answer.status_code, answer.headers["x-kind"], answer.text

        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(asked, range(30))) == [(201, "echo", f"{number}") for number in range(30)]
        assert http.post("/", content="fail").status_code == 500

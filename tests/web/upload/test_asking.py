"""What scripts of our pages ask."""

import asyncio

from fastapi import Response
from starlette.requests import ClientDisconnect

from cellkeep.web.upload.asking import answers


def test_a_line_that_breaks_is_no_accident() -> None:
    """A page that is closed while it sends is answered like any other mistake in what is sent."""

    @answers
    async def receive() -> Response:
        raise ClientDisconnect

    assert asyncio.run(receive()).status_code == 400

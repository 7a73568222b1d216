"""Sending to who may have stopped to listen: what is sent is not kept for ever."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from anyio import fail_after

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_PATIENCE_S = 120.0
"""A line that does not take a piece in this time keeps its file on the disk no longer."""


async def sent_patiently(answer: Callable[[Send], Awaitable[None]], send: Send, let_go: Callable[[], object]) -> None:
    """Have an answer sent, and let go of what it holds, also where nobody listens any more.

    Args:
        answer: sends all of it by what it is given.
        send: takes a piece, once the line has taken the one before.
        let_go: is called at the end, whatever happens.
    """

    async def sending(message: MutableMapping[str, Any]) -> None:
        with fail_after(_PATIENCE_S):
            await send(message)

    try:
        await answer(sending)
    except TimeoutError:
        pass  # the connection is closed, since the answer is not whole
    finally:
        let_go()

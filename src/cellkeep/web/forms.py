"""Small forms that people send from our pages, and from no others."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from cellkeep.domain.errors import BadRequestError

_LARGEST_BYTES = 16 * 1024
_MOST_FIELDS = 20


async def _sent(request: Request) -> dict[str, str]:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _LARGEST_BYTES:
                raise BadRequestError(f"The form is larger than {_LARGEST_BYTES} bytes.", status_code=413)
    except ClientDisconnect:
        raise BadRequestError("The body breaks off.") from None
    return _fields(body.decode(errors="replace"))


def _fields(text: str) -> dict[str, str]:
    try:
        found = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise BadRequestError(f"The form has more than {_MOST_FIELDS} fields.") from error
    return {name: value.replace("\0", "\N{REPLACEMENT CHARACTER}") for name, value in found}


SmallForm = Annotated[dict[str, str], Depends(_sent)]
"""The fields of a form, which has to be small, for a stranger may send it."""

"""What scripts of our pages ask: from a page of ours and nowhere else, with bodies within bounds, answered as JSON."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from cellkeep.domain.errors import BadRequestError, CellkeepError, ForbiddenError, InvalidError
from cellkeep.services import sessions
from cellkeep.web.answers import as_json
from cellkeep.web.site import Site

P = ParamSpec("P")
Body = TypeVar("Body", bound=BaseModel)

_LARGEST_BODY_BYTES = 1024 * 1024


def require_own_page(request: Request, site: Site) -> None:
    """Refuse what the page of another site has a browser send.

    Raises:
        ForbiddenError: it does not come from a page of this server.
    """
    sessions.refuse_elsewhere(request.headers, site.public_url)
    if request.headers.get(sessions.PAGE_HEADER) != "1":
        raise ForbiddenError("Only a page of this server may ask for that.")


def answers(route: Callable[P, Awaitable[Response]]) -> Callable[P, Awaitable[Response]]:
    """Have a script get each failure as JSON."""

    @wraps(route)
    async def answered(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return await route(*args, **kwargs)
        except ClientDisconnect:  # nobody is there to be told; it is no mistake of ours
            return as_json(BadRequestError("The body breaks off.").body(), 400)
        except CellkeepError as error:
            return as_json(error.body(), error.status_code or 500)

    return answered


async def sent(request: Request, kind: type[Body]) -> Body:
    """The body of a request.

    Raises:
        BadRequestError: it is too long.
        InvalidError: it is not of that kind.
    """
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_BODY_BYTES:
            raise BadRequestError(f"The body is larger than {_LARGEST_BODY_BYTES} bytes.", status_code=413)
    try:
        return kind.model_validate_json(bytes(body))
    except ValidationError as error:
        told = [f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in error.errors()]
        raise InvalidError("; ".join(told)) from None

"""What the address of a list asks for."""

from typing import TypeVar

from fastapi import Request
from pydantic import ValidationError

from cellkeep.domain.browsing import Browse
from cellkeep.domain.errors import InvalidError

B = TypeVar("B", bound=Browse)

_REPEATED = frozenset({"tag"})


def asked(kind: type[B], request: Request) -> B:
    """The fields of the list that the address names; what else is in it is left alone.

    Raises:
        InvalidError: one of them is none that it can have.
    """
    given = request.query_params
    said = {key: given.getlist(key) if key in _REPEATED else given[key] for key in given if key in kind.model_fields}
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        sent = f"{first['loc'][0]}: '{str(first['input'])[:80]}'"
        raise InvalidError(f"{sent} can not be asked for. {first['msg']}.") from None

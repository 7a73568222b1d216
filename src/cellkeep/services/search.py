"""Search."""

from cellkeep.domain.errors import BadRequestError, InvalidError
from cellkeep.domain.search import ENTITY_TYPES, SearchQuery, SearchResponse
from cellkeep.storage.store import UnitOfWork

_SHORTEST = 2


def search(work: UnitOfWork, asked: SearchQuery) -> SearchResponse:
    """What the caller sees of the best matches of each kind, kind after kind.

    Raises:
        BadRequestError: nothing but white space is sought.
        InvalidError: too little is sought.
    """
    text = asked.q.strip()
    if not text:
        raise BadRequestError("q holds nothing but white space: say what is sought.")
    if len(text) < _SHORTEST:
        raise InvalidError(
            f"q: '{text}' is too short to search for; at least {_SHORTEST} characters are needed.",
            detail=[{"loc": ["query", "q"], "msg": "too short", "type": "string_too_short"}],
        )
    wanted = [kind for kind in ENTITY_TYPES if asked.entity_types is None or kind in asked.entity_types]
    found = [hit for kind in wanted for hit in work.search.best(kind, text, asked.per_type, asked.project_id)]
    return SearchResponse(
        results=found[asked.offset : asked.offset + asked.limit],
        query=asked.q,
        total=len(found),
        limit=asked.limit,
        offset=asked.offset,
    )

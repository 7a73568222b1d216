"""Search."""

from collections.abc import Sequence

from cellkeep.client.resource import Resource, as_list, read
from cellkeep.domain.search import SearchResponse


class Search(Resource):
    """`client.search`."""

    def query(
        self,
        q: str,
        *,
        limit: int = 25,
        offset: int = 0,
        per_type: int = 5,
        entity_types: Sequence[str] | None = None,
        project_id: str | None = None,
    ) -> SearchResponse:
        """Find records of all kinds. Names that contain the text come first, then records with all its words.

        Args:
            q: at least two characters, compared without case.
            limit: at most so many, up to 100.
            offset: pass over so many.
            per_type: at most so many of each kind, up to 20.
            entity_types: only these kinds, such as `cell_instance` or `cell_measurement`.
            project_id: only what is in this project; projects, materials and sites are found all the same.

        Raises:
            BadRequestError: nothing but white space is sought.
            InvalidError: fewer than two characters are sought.
        """
        kinds = as_list(entity_types)
        if kinds == []:
            return SearchResponse(results=[], query=q, total=0, limit=limit, offset=offset)
        params = {
            "q": q,
            "limit": limit,
            "offset": offset,
            "per_type": per_type,
            "entity_types": kinds,
            "project_id": project_id,
        }
        return read(SearchResponse, self._transport.get("/search", params))

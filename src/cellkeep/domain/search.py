"""Finding records of all kinds by what is written in them."""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from cellkeep.domain.paging import Offset, at_most
from cellkeep.domain.records import Model

EntityType = Literal[
    "project",
    "cell_specification",
    "cell_instance",
    "cell_measurement",
    "material",
    "study",
    "cycler",
    "channel",
    "site",
    "raw_data",
]
ENTITY_TYPES: tuple[EntityType, ...] = get_args(EntityType)
"""In the order in which results come."""

_LONGEST = 1000
MOST_WORDS = 8
"""More words than these only decide what comes first: each is looked for in every text."""
_MOST_RESULTS = 100
_MOST_PER_TYPE = 20


def words_of(text: str) -> list[str]:
    """The words that are sought, each once however it is written.

    >>> words_of("Cell A  cell 7")
    ['Cell', 'A', '7']
    """
    spelled: dict[str, str] = {}
    for word in text.split():
        spelled.setdefault(word.casefold(), word)
    return list(spelled.values())


class SearchQuery(BaseModel):
    """What is sought, and how much of what is found is wanted."""

    q: Annotated[str, Field(min_length=2, max_length=_LONGEST)]
    limit: Annotated[int, at_most(_MOST_RESULTS), Field(ge=1, le=_MOST_RESULTS)] = 25
    offset: Offset = 0
    per_type: Annotated[int, at_most(_MOST_PER_TYPE), Field(ge=1, le=_MOST_PER_TYPE)] = 5
    entity_types: list[str] | None = None
    """Only these kinds of records. A kind that is not kept here has no results."""
    project_id: str | None = None
    """Only what is in this project, of the kinds that a project restricts: projects, materials and sites are not."""


class SearchResult(Model):
    """A record that was found. `parent_id` is that of the record it lies below: a cell's is its specification."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)

    id: str
    entity_type: str
    name: str
    project_id: str | None = None
    parent_id: str | None = None


class SearchResponse(Model):
    """Part of what was found; `total` counts all of it, after the cap on each kind."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)

    results: list[SearchResult]
    query: str
    total: int
    limit: int
    offset: int

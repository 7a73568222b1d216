"""Tags on measurements: trimmed, compared without case, spelled as the project already spells them."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.records import Model, Sent

MAX_TAGS = 50
MAX_TAG_LENGTH = 50
MAX_CHANGED = 1000
"""Measurements whose tags one call changes."""


class TagUsage(Model):
    tag: str
    usage_count: int


class TagChange(Sent):
    """Add and remove tags on up to 1000 measurements at once: all of them, or none."""

    measurement_ids: Annotated[list[str], Field(max_length=MAX_CHANGED)]
    add: list[str] = []
    remove: list[str] = []


class TagChanged(Model):
    updated_count: int


def normalise(tags: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    """Trimmed, without doubles, sorted; a tag known in another case takes the known spelling.

    Raises:
        BadRequestError: an empty tag, one of more than 50 characters, or more than 50 tags.

    >>> normalise([" HPPC ", "hppc", "rpt"], known=["Hppc"])
    ['Hppc', 'rpt']
    """
    spelled = {tag.casefold(): tag for tag in known}
    found: dict[str, str] = {}
    for tag in tags:
        text = tag.strip()
        if not 0 < len(text) <= MAX_TAG_LENGTH:
            raise BadRequestError(f"The tag '{text[:60]}' must have 1 to {MAX_TAG_LENGTH} characters.")
        found.setdefault(text.casefold(), spelled.get(text.casefold(), text))
    if len(found) > MAX_TAGS:
        raise BadRequestError(f"A measurement carries at most {MAX_TAGS} tags; these are {len(found)}.")
    return sorted(found.values(), key=lambda tag: (tag.casefold(), tag))

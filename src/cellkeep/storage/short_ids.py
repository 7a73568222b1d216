"""Records by the first characters of their id, as pages show them."""

import re
from typing import Any

from sqlalchemy import ColumnElement, and_, false

_SHORT = re.compile(r"[0-9a-f]{6,8}(-[0-9a-f-]{0,27})?")
_BEHIND_ALL = "g"
"""Sorts behind each character of an id, in whatever order the database keeps text."""


def has_id(column: Any, word: str) -> ColumnElement[bool]:
    """Whether an id begins with a word, if that can be one: a range of the primary key, so no record is looked at."""
    start = word.lower()
    if not _SHORT.fullmatch(start):
        return false()
    # The second condition is for databases that pass over a dash where they compare.
    return and_(column >= start, column < start + _BEHIND_ALL, column.like(f"{start}%"))

"""What the checks know of a series, as text that can be kept until rows are added to it."""

import json
from dataclasses import asdict
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cellkeep.validate.check import Asked, Check
from cellkeep.validate.checking import Checking, chosen
from cellkeep.validate.rows import Place
from cellkeep.validate.timing import Span

_FORMAT = 1
"""One more whenever a check keeps something else, so that it does not go on from what it can not read."""
_LARGEST = 1 << 20
"""Characters. What is longer is not worth keeping: the rows are read again instead."""


def kept(checking: Checking) -> str | None:
    """What is known after the last row; None where that is too much to keep. No rows can be added afterwards."""
    for check in checking.checks:
        check.close()
    known = {
        "format": _FORMAT,
        "asked": _said(checking.asked),
        "checks": {type(check).__name__: asdict(check) for check in checking.checks},  # type: ignore[call-overload]
        "span": asdict(checking.span),
        "place": asdict(checking.place),
        "timed_place": asdict(checking.timed_place),
    }
    text = json.dumps(known)
    return text if len(text) <= _LARGEST else None


def resumed(text: str, asked: Asked, n_rows: int) -> Checking | None:
    """The checks as they were behind so many rows; None where they were other ones, or of other rows."""
    try:
        known = json.loads(text)
        if (known["format"], known["asked"], known["place"]["rows"]) != (_FORMAT, _said(asked), n_rows):
            return None
        checks = [
            _adapter(type(check)).validate_python(known["checks"][type(check).__name__]) for check in chosen(asked)
        ]
        places = (_adapter(kind).validate_python(known[name]) for kind, name in _PLACES)
        return Checking(asked, checks, *places)
    except (ValueError, KeyError, TypeError, ValidationError):
        return None


_PLACES: tuple[tuple[type, str], ...] = ((Span, "span"), (Place, "place"), (Place, "timed_place"))


def _said(asked: Asked) -> dict[str, Any]:
    """What the figures depend on, as JSON has it."""
    window = None if asked.voltage_window is None else list(asked.voltage_window)
    return {
        "columns": list(asked.columns),
        "data_type": asked.data_type,
        "strict": asked.strict,
        "skip": sorted(asked.skip),
        "rated_capacity": asked.rated_capacity,
        "voltage_window": window,
    }


@cache
def _adapter(kind: type[Check] | type[Place]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)

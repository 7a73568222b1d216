"""What is said of a current whose sign reading turned, and of a mend that turns it back."""

from collections.abc import Sequence

from cellkeep.client.reading import Reading
from cellkeep.domain import columns
from cellkeep.domain.findings import Code, Repair
from cellkeep.readers.choosing import Chosen
from cellkeep.readers.detection import format_named
from cellkeep.summarise.mending import NEGATED
from cellkeep.web.mending.repairing import Mend

_SAY_WHY = {"current_signed_by_status", "current_signed_by_counters", NEGATED}


def why_turned(reading: Reading) -> str:
    """Why reading turned the sign of the current; empty where that is as the file has it."""
    chosen = _current(reading)
    if chosen is None or not (chosen.negated or chosen.partly):
        return ""
    if chosen.signed:
        return "You said that charge is positive in this file."
    if said := next((each.message for each in reading.repairs if each.action in _SAY_WHY), ""):
        return said
    fmt = format_named(reading.reader)
    if fmt.positive == "charge" and not chosen.partly:
        return f"{fmt.title} counts charge as positive."
    return "The status of its rows says which direction it has."


def why_back(reading: Reading) -> str:
    """Why reading turned the sign of all rows, which a mend turns back then; empty where it did not."""
    chosen = _current(reading)
    return why_turned(reading) if chosen is not None and not chosen.partly else ""


def turned_back(repairs: Sequence[Repair], why: str) -> list[Repair]:
    """The repairs that a person chose, which say where they give the current the sign that it has in the file."""
    return [
        each.model_copy(update={"message": _back(each.message, why)}) if why and each.action == NEGATED else each
        for each in repairs
    ]


def offered_back(mends: Sequence[Mend], why: str) -> list[Mend]:
    """The same of what is offered."""
    return [
        each.model_copy(update={"does": [_back(each.does[0], why), *each.does[1:]]})
        if why and each.does and each.code == Code.CURRENT_SIGN_REVERSED
        else each
        for each in mends
    ]


def _current(reading: Reading) -> Chosen | None:
    found = reading.choice.by_target
    return found.get(columns.CURRENT) or found.get(columns.AREAL_CURRENT)


def _back(message: str, why: str) -> str:
    return f"{message} That is the sign in the file again; reading had turned it: {why}"

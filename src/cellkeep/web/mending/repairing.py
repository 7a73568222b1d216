"""The mends that a person chose, made and told."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import polars as pl

from cellkeep.domain.findings import Code, Finding, Repair
from cellkeep.domain.records import Model
from cellkeep.summarise import mending

Look = Callable[[pl.DataFrame], list[Finding]]
"""The checks, as closely as the series is looked at."""
_MOST_ROUNDS = 3
"""Some faults hide others, so what was mended is looked at again."""
_WORDS = {
    Code.CURRENT_SIGN_REVERSED: "Turn the sign of the current",
    Code.TIME_DOES_NOT_START_AT_ZERO: "Let time start at 0",
    Code.TIME_REPEATED: "Set repeated times apart",
    Code.CUMULATIVE_VALUE_NOT_RESET: "Count from the start of each step",
    Code.CUMULATIVE_VALUE_DECREASED: "Count anew what falls",
    Code.EIS_ZIM_SIGN_REVERSED: "Turn the sign of the imaginary part",
    Code.CYCLES_NOT_COUNTED: "Count the cycles",
}
_OTHER_WORDS = "Count the steps anew"


class Mend(Model):
    """A repair that a finding asks for."""

    code: str
    words: str
    does: list[str]
    """What it does; empty where it can not be made."""
    not_done: str = ""
    """Why it can not be made."""
    chosen: bool = False


class Repaired(NamedTuple):
    """A series as it would be stored."""

    frame: pl.DataFrame
    repairs: list[Repair]
    left: list[Finding]
    """What the checks find in it then."""


def words_of(code: str) -> str:
    """What is done about a finding, in words; empty where nothing safe can be."""
    return _WORDS.get(Code(code), _OTHER_WORDS) if code in mending.MENDED_CODES else ""


def repaired(frame: pl.DataFrame, found: list[Finding], wanted: Iterable[str], look: Look) -> Repaired:
    """Make the mends of the codes that are wanted."""
    chosen, left = set(wanted), found
    repairs: list[Repair] = []
    for _ in range(_MOST_ROUNDS):
        made = mending.mend(frame, [each for each in left if each.code in chosen])
        if not made.repairs:
            break
        frame, repairs = made.frame, [*repairs, *made.repairs]
        left = look(frame)
    return Repaired(frame, repairs, left)


def mends(frame: pl.DataFrame, found: Sequence[Finding], result: Repaired, wanted: Iterable[str]) -> list[Mend]:
    """What can be mended: of what was found in the series, and of what came to light by mending it."""
    chosen, offered = set(wanted), []
    shown = [(each, frame) for each in found] + [(each, result.frame) for each in result.left]
    for code in dict.fromkeys(each.code for each, _ in shown if each.code in mending.MENDED_CODES):
        series = next(series for each, series in shown if each.code == code)
        made = mending.mend(series, [each for each, of in shown if each.code == code and of is series])
        does = [repair.message for repair in made.repairs]
        why_not = "" if does else " ".join(made.refused) or "There is nothing that it could change."
        is_chosen = code in chosen and bool(does)
        offered.append(Mend(code=code, words=words_of(code), does=does, not_done=why_not, chosen=is_chosen))
    return offered

"""Files that are small, and what is wrong with some of them."""

from collections.abc import Callable

_ROWS = 40


def table(headings: str, row: Callable[[int], str]) -> str:
    """A table of a discharge and a charge."""
    return "\n".join([headings, *map(row, range(_ROWS)), ""])


def _volts(at: int) -> float:
    return 4.1 - 0.05 * at if at < _ROWS // 2 else 3.1 + 0.05 * (at - _ROWS // 2)


def _amps(at: int) -> float:
    return 1.0 if at < _ROWS // 2 else -1.0


PLAIN = table("Time [s],Voltage [V],Current [A]", lambda at: f"{60 * at},{_volts(at):.3f},{_amps(at)}")
"""A table that is right."""

UNKNOWN = table("Zeit;U1;I1", lambda at: f"{at},0;{1000 * _volts(at):.1f};{-1000 * _amps(at)}".replace(".", ","))
"""The same in minutes, mV and mA, with charging as positive, under headings that no reader knows."""

LOCAL = table(
    "Data Point,Date Time,Test Time (s),Cycle Index,Step Index,Current (A),Voltage (V)",
    lambda at: f"{at + 1},01/31/2026 08:{at:02d}:00,{60 * at},1,{1 + at // 20},{-_amps(at)},{_volts(at):.3f}",
)
"""The same from a cycler whose clock names no zone."""

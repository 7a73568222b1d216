"""What part of a series a caller names, as parameters of a request."""

from collections.abc import Iterable, Mapping
from operator import index
from typing import Any

from cellkeep.domain.time_series import shortened

Bound = int | float | None
Window = tuple[str, Bound, Bound] | Mapping[str, tuple[Bound, Bound]]
"""A column with its smallest and largest value, or these by column; None where there is no bound."""


def selection(
    *,
    columns: str | Iterable[str] | None = None,
    steps: int | Iterable[int] | None = None,
    cycles: int | Iterable[int] | None = None,
    window: Window | None = None,
    max_points: int | None = None,
    x: str | None = None,
) -> dict[str, Any]:
    """The parameters of what is named; empty where nothing is.

    Raises:
        TypeError: a name is no text, or a number no whole number.
        ValueError: a list is empty, which would mean all instead of nothing.
    """
    found: dict[str, Any] = {}
    if columns is not None:
        found["columns"] = _some("columns", [columns] if isinstance(columns, str) else [*columns])
    given: dict[str, Any] = {"steps": steps, "cycles": cycles}  # text is iterable too, and no numbers
    for name, numbers in given.items():
        if numbers is not None:
            several = numbers if isinstance(numbers, Iterable) and not isinstance(numbers, str) else [numbers]
            found[name] = shortened(_some(name, [_whole(name, number) for number in several]))
    if window is not None:
        bounds = _some("window", _bounds(window))
        for place, name in enumerate(("window_column", "window_from", "window_to")):
            found[name] = [bound[place] for bound in bounds]
    if max_points is not None:
        found["max_points"] = _whole("max_points", max_points)
    if x is not None:
        found["x"] = x
    return found


def _some(name: str, values: list[Any]) -> list[Any]:
    if not values:
        raise ValueError(f"{name} is empty, and would select nothing. Leave it out to read all.")
    return values


def _whole(name: str, value: Any) -> int:
    try:
        return index(value)
    except TypeError:
        raise TypeError(f"{name} takes whole numbers, not {value!r}.") from None


def _bounds(window: Window) -> list[tuple[str, str, str]]:
    try:
        if isinstance(window, Mapping):
            return [(column, _text(low), _text(high)) for column, (low, high) in window.items()]
        column, low, high = window
        return [(column, _text(low), _text(high))]
    except (TypeError, ValueError):
        raise ValueError(
            f"window={window!r} must be (column, smallest, largest), or {{column: (smallest, largest)}}; None for no "
            "bound."
        ) from None


def _text(bound: Bound) -> str:
    if bound is None:
        return ""
    return str(index(bound)) if hasattr(bound, "__index__") else repr(float(bound))

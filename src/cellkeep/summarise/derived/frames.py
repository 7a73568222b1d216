"""What is given as a frame: polars alone, said in words that help who has another."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import ParamSpec, TypeVar

import polars as pl

from cellkeep.domain.errors import InvalidError

P = ParamSpec("P")
R = TypeVar("R")


def takes_frame(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function refuse what is no polars frame as its first argument."""
    name = next(iter(signature(function).parameters))

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        given = args[0] if args else kwargs.get(name)
        if (args or name in kwargs) and not isinstance(given, pl.DataFrame):
            raise InvalidError(f"{function.__name__} takes a polars.DataFrame, not {_told(given)}.")
        return function(*args, **kwargs)

    return checked


def _told(given: object) -> str:
    if isinstance(given, pl.LazyFrame):
        return "a LazyFrame; give what its collect() returns"
    if type(given).__module__.partition(".")[0] == "pandas":
        return f"a pandas.{type(given).__qualname__}; polars.from_pandas makes one of it"
    return f"a {type(given).__qualname__}; polars.DataFrame makes one of columns"

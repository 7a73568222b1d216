"""Libraries that only some files need."""

from importlib import import_module
from typing import Any


def needed(module: str, what: str, extra: str = "cyclers") -> Any:
    """A library that reads a kind of file.

    Raises:
        ModuleNotFoundError: it is not installed; says how to install it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"Reading {what} needs {error.name}: pip install 'cellkeep[{extra}]'.", name=error.name
        ) from error

"""Kinds of options that several commands have."""

from typing import Annotated

from cyclopts import Parameter

Several = Annotated[tuple[str, ...], Parameter(negative=())]
"""May be given several times."""

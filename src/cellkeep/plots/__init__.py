"""Figures of measurements: frames in, plotly figures out, the same in a notebook and on the page.

Current is positive on discharge. Axes are named as the data format names columns.

Raises:
    ModuleNotFoundError: on import, where plotly is missing; says how to install it.
"""

try:
    import plotly  # noqa: F401  told of before the modules below fail in other words
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"cellkeep.plots needs {error.name}: pip install 'cellkeep[plots]'.", name=error.name
    ) from error

from cellkeep.plots.cycling import cycles
from cellkeep.plots.series import time_series

__all__ = ["cycles", "time_series"]

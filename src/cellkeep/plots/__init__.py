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
from cellkeep.plots.differential import differential_voltage, incremental_capacity
from cellkeep.plots.groups import bands
from cellkeep.plots.half_cycles import voltage_capacity
from cellkeep.plots.impedance import bode, nyquist
from cellkeep.plots.key import with_key
from cellkeep.plots.pulses import pulse_resistance
from cellkeep.plots.relative import by_capacity
from cellkeep.plots.scattering import scatter
from cellkeep.plots.series import time_series
from cellkeep.plots.trends import trend

__all__ = [
    "bands",
    "bode",
    "by_capacity",
    "cycles",
    "differential_voltage",
    "incremental_capacity",
    "nyquist",
    "pulse_resistance",
    "scatter",
    "time_series",
    "trend",
    "voltage_capacity",
    "with_key",
]

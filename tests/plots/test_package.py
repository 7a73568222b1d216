"""What `cellkeep.plots` offers, and what it needs."""

import subprocess
import sys
from importlib import import_module

import pytest

import cellkeep
from cellkeep import plots


def test_every_figure_is_offered() -> None:
    """The names of the package are its figures, each with a docstring that tells arguments, result and errors."""
    assert cellkeep.plots is plots
    for name in plots.__all__:
        told = getattr(plots, name).__doc__
        assert {"Args:", "Returns:", "Raises:"} <= set(told.split()), name


def test_it_needs_no_more_than_plotly_polars_and_numpy() -> None:
    """Neither the import nor a figure brings pandas, what chooses rows of long series, or the client."""
    figure = "cellkeep.plots.time_series(polars.DataFrame({'Time [s]': [0.0], 'Voltage [V]': [3.0]}))"
    shown = "*sorted({name.partition('.')[0] for name in sys.modules}), 'cellkeep.client' in sys.modules"
    program = f"import sys, polars, cellkeep; {figure}; print({shown})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert {"pandas", "pyarrow", "tsdownsample", "httpx2", "sqlalchemy", "fastapi", "True"}.isdisjoint(
        done.stdout.split()
    )


def test_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without plotly the import tells how to install it."""
    monkeypatch.setitem(sys.modules, "plotly", None)
    monkeypatch.delitem(sys.modules, "cellkeep.plots")
    with pytest.raises(ModuleNotFoundError, match=r"needs plotly: pip install 'cellkeep\[plots\]'"):
        import_module("cellkeep.plots")

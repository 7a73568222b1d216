"""What `import cellkeep` offers, and what it costs."""

import subprocess
import sys

import pytest

import cellkeep
from cellkeep.domain import errors

HEAVY = {"fastapi", "starlette", "sqlalchemy", "alembic", "obstore", "uvicorn", "plotly", "pandas", "pyarrow", "PIL"}


def test_every_name_is_there() -> None:
    """Each exported name resolves, `dir` lists exactly these, and each is told of in one place."""
    for name in dir(cellkeep):
        assert getattr(cellkeep, name) is not None
    assert dir(cellkeep) == sorted([*cellkeep.__all__, "plots"])
    assert len(set(cellkeep.__all__)) == len(cellkeep.__all__)
    assert {*cellkeep.__all__, "plots"} == {*cellkeep._HOMES, *cellkeep._MODULES, "__version__", "open"}


def test_every_error_is_exported() -> None:
    """A caller can catch each of our errors by its name in the package, and all of them by one."""
    known = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, Exception)}
    assert known <= set(cellkeep.__all__)
    assert all(issubclass(getattr(cellkeep, name), cellkeep.CellkeepError) for name in known)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelled name fails as in any module."""
    with pytest.raises(AttributeError, match="Clinet"):
        _ = cellkeep.Clinet  # type: ignore[attr-defined]


def test_a_star_import_brings_all(tmp_path: object) -> None:
    """`from cellkeep import *` works."""
    found: dict[str, object] = {}
    exec("from cellkeep import *", found)  # noqa: S102
    assert set(cellkeep.__all__) - {"__version__"} <= found.keys()


@pytest.mark.parametrize(
    "program",
    [
        "import cellkeep",
        "import cellkeep; cellkeep.Client",
        "from cellkeep import derived; derived.with_capacity",
        "import cellkeep; cellkeep.Client('k', 'http://x').close()",
    ],
)
def test_a_client_brings_nothing_of_a_server(program: str) -> None:
    """Neither the package nor its client imports a web framework, a database, an object store, plots or pandas."""
    shown = f"import sys; {program}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, timeout=60, check=True)
    assert HEAVY.isdisjoint(done.stdout.split())


def test_the_package_alone_brings_next_to_nothing() -> None:
    """Before a name is used, not even polars or pydantic is imported."""
    shown = "import sys, cellkeep; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, timeout=60, check=True)
    assert {"polars", "pydantic", "httpx2", "numpy", "rich"}.isdisjoint(done.stdout.split())

"""Fixtures of more than one file."""

import pytest

from cellkeep.services import growing


@pytest.fixture(params=["in one file", "apart"])
def lies(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where rows that are appended lie, of however short a series; a test that uses it runs for both."""
    if request.param == "apart":
        monkeypatch.setattr(growing, "_FEWEST_APART", 1)
    return str(request.param)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out one of four: on PostgreSQL rows lie apart alone, for to which file they go no database knows."""
    items[:] = [item for item in items if not _is_left_out(item)]


def _is_left_out(item: pytest.Item) -> bool:
    spec = getattr(item, "callspec", None)
    return spec is not None and spec.params.get("lies") == "in one file" and "postgres" in spec.params.values()

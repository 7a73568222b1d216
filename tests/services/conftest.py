"""Fixtures of more than one file."""

import pytest

from cellkeep.services import growing


@pytest.fixture(params=["in one file", "apart"])
def lies(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where rows that are appended lie, of however short a series; a test that uses it runs for both."""
    if request.param == "apart":
        monkeypatch.setattr(growing, "_FEWEST_APART", 1)
    return str(request.param)

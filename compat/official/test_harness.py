"""The official client of this environment is the one that the contract speaks of."""

from importlib.metadata import version


def test_the_client_is_the_pinned_release() -> None:
    """Its version is 0.38.0."""
    assert version("ionworks-api") == "0.38.0"

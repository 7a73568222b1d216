"""The Python client; one file per resource."""

from cellkeep.client.client import Client

__all__ = ["Client"]

"""What happens to requests before they are looked at."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from cellkeep.client import Client

AT_ONCE = 80
"""More than there are threads for them."""


@pytest.fixture
def spec_id(client: Client) -> str:
    return client.cell_spec.create({"name": "Crowded"}).id


def test_a_crowd_that_writes_is_served_whole(server: Any, spec_id: str) -> None:
    """More writers at once than there are threads all get through, and none waits for another for ever."""

    def create(number: int) -> int:
        path = f"{server.url}/cell_specifications/{spec_id}/cell_batches"
        headers = {"X-API-Key": server.key}
        return httpx2.post(path, json={"name": f"L{number}"}, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(create, range(AT_ONCE))) == {201}
    with Client(api_url=server.url, api_key=server.key) as client:
        assert client.cell_batch.list(spec_id).total == AT_ONCE


def test_a_crowd_that_reads_is_served_whole(server: Any, spec_id: str) -> None:
    """More readers at once than there are threads and connections all get their answer."""

    def get(_: int) -> int:
        path = f"{server.url}/cell_specifications/{spec_id}"
        return httpx2.get(path, headers={"X-API-Key": server.key}, timeout=60).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(get, range(2 * AT_ONCE))) == {200}

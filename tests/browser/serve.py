"""Serve the laboratory to look at it: `PYTHONPATH=src:tests python -m browser.serve --port 8790`, until interrupted."""

import argparse
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from browser import lab
from cellkeep.app import open_store, served_app
from cellkeep.client import Client
from cellkeep.services import accounts
from cellkeep.settings import ServerSettings
from cellkeep.storage.store import Store
from cellkeep.testing import servers


@contextmanager
def serving(folder: Path, port: int | None = None) -> Iterator[tuple[str, str, Store]]:
    """A server on SQLite and a folder; its address, a key of its admin, and its store."""
    settings = ServerSettings.embedded(folder)
    store = open_store(settings)
    key = accounts.create_key(store, accounts.ensure_first_admin(store).user_id, "browser")
    with servers.served(served_app(settings, store), port) as url:
        yield url, key, store


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8790)
    wanted = parser.parse_args().port
    with tempfile.TemporaryDirectory(prefix="cellkeep-lab-") as folder, serving(Path(folder), wanted) as found:
        url, key, store = found
        with Client(api_key=key, api_url=url) as client:
            made = lab.fill(client, store)
        links = [
            f"login as {who}, once: {url}/ui/login?token={accounts.create_login_token(store, user)}"
            for who, user in (("viewer", made.viewer), *[("admin", accounts.ensure_first_admin(store).user_id)] * 4)
        ]
        ids = [f"{name:15} {value}" for name, value in vars(made).items()]
        print(*ids, f"key             {key}", *links, sep="\n", flush=True)  # noqa: T201
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()

"""Serve the laboratory to look at it: `PYTHONPATH=src:tests python -m browser.serve --port 8790`, until it is ended."""

import argparse
import signal
import tempfile
import threading
from pathlib import Path

from browser import lab
from cellkeep.client import Client
from cellkeep.services import accounts
from conftest import Server, serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8790)
    wanted = parser.parse_args().port
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with (
        tempfile.TemporaryDirectory(prefix="cellkeep-lab-") as folder,
        serving(Path(folder), f"sqlite:///{folder}/cellkeep.db", wanted) as server,
    ):
        print(*_filled(server), sep="\n", flush=True)  # noqa: T201
        over.wait()


def _filled(server: Server) -> list[str]:
    """What there is then, and the ways in."""
    with Client(api_key=server.key, api_url=server.url) as client:
        made = lab.fill(client, server.store)
    people = [("viewer", made.viewer), *[("admin", accounts.ensure_first_admin(server.store).user_id)] * 4]
    return [
        *(f"{name:15} {value}" for name, value in vars(made).items()),
        f"{'key':15} {server.key}",
        *(
            f"login as {who}, once: {server.url}/ui/login?token={accounts.create_login_token(server.store, user)}"
            for who, user in people
        ),
    ]


if __name__ == "__main__":
    main()

"""A whole installation for tests of clients that live in another environment: `python -m cellkeep.testing.stand`.

It starts a server on SQLite and a folder, or on PostgreSQL and an S3 server, tells on one line of JSON how to reach
it, and ends when its standard input does.
"""

import argparse
import json
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from cellkeep.app import open_store, served_app
from cellkeep.services import accounts
from cellkeep.settings import ServerSettings
from cellkeep.testing import servers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["sqlite", "postgres"], help="postgres comes with an S3 server")
    kind = parser.parse_args().kind
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cellkeep-stand-")))
        environment = {"CELLKEEP_DATA": str(folder / "data")}
        if kind == "postgres":
            bucket = stack.enter_context(servers.s3(folder / "s3"))
            environment |= {"CELLKEEP_DATABASE_URL": stack.enter_context(servers.postgres())}
            environment |= {"CELLKEEP_BLOB_URL": bucket.url, **bucket.environment}
        os.environ.update(environment)
        settings = ServerSettings.from_environment()
        store = open_store(settings)
        key = accounts.create_key(store, accounts.ensure_first_admin(store).user_id, "stand")
        url = stack.enter_context(servers.served(served_app(settings, store)))
        told = {"api_url": url, "api_key": key, "environment": environment, "python": sys.executable}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()

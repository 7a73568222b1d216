"""A whole installation for tests of clients that live in another environment: `python -m cellkeep.testing.stand`.

It starts a server on SQLite and a folder, or on PostgreSQL and an S3 server, and tells on one line of JSON how to reach
it. Each line of its standard input is the e-mail address of somebody it knows, and is answered with a line that is a
new key of theirs. It ends when its standard input does.
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
        _tell(json.dumps(told))
        for line in sys.stdin:
            with store.reading() as work:
                person = work.people.caller_of_email(line.strip())
            _tell(accounts.create_key(store, person.user_id, "stand") if person else "")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

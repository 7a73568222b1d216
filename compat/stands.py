"""Starting installations to test against; nothing here needs cellkeep in this environment."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

PYTHON = os.environ.get("CELLKEEP_PYTHON", sys.executable)
"""The interpreter that has cellkeep."""
KINDS = ("sqlite", "postgres")
"""Of installations: with a folder, and with an S3 server."""

_SILENCE = """
import sys
from datetime import UTC, datetime, timedelta
from sqlalchemy import update
from cellkeep.settings import ServerSettings
from cellkeep.storage.database import connect
from cellkeep.storage.tables import MeasurementRow
with connect(ServerSettings.from_environment().database_url).begin() as connection:
    then = datetime.now(UTC) - timedelta(days=2)
    connection.execute(update(MeasurementRow).where(MeasurementRow.id == sys.argv[1]).values(updated_at=then))
"""


@dataclass(frozen=True)
class Stand:
    """A running installation.

    Attributes:
        kind: `sqlite` with a folder, or `postgres` with an S3 server.
        api_url: its address.
        api_key: key of its admin.
        environment: variables with which its command line reaches it.
        asked: what answers a line with a line.
    """

    kind: str
    api_url: str
    api_key: str
    environment: dict[str, str]
    asked: Callable[[str], str]

    def key_of(self, email: str) -> str:
        """A new key of somebody who is known there."""
        key = self.asked(email)
        assert key.startswith("ck_"), email
        return key

    def silence(self, measurement_id: str) -> None:
        """Put the last change of a measurement two days back, as if nothing had come from it since."""
        command = [PYTHON, "-c", _SILENCE, measurement_id]
        subprocess.run(command, env={**os.environ, **self.environment}, timeout=60, check=True)


@contextmanager
def stand(kind: str, **settings: str) -> Iterator[Stand]:
    """An installation of that kind, with these variables set, for as long as the context lasts."""
    command = [PYTHON, "-m", "cellkeep.testing.stand", kind]
    environment = {**os.environ, **settings}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        requests, answers = process.stdin, process.stdout
        assert requests is not None
        assert answers is not None

        def asked(line: str) -> str:
            print(line, file=requests, flush=True)
            return answers.readline().strip()

        try:
            line = answers.readline()
            if not line:
                raise RuntimeError(f"The installation did not start; {PYTHON} says why above.")
            told = json.loads(line)
            yield Stand(kind, told["api_url"], told["api_key"], told["environment"], asked)
        finally:
            requests.close()
            process.wait(60)

"""Processes that look into files."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellkeep.client.importing.reading import ReadError
from cellkeep.web.upload.lookers import Looker
from cellkeep.web.upload.records import How

_FAKE = """
import json, os, sys, time
print("{}", flush=True)
for line in sys.stdin:
    name = os.path.basename(json.loads(line)["path"])
    if name == "hang":
        time.sleep(600)
    if name == "die":
        os.abort()
    print(json.dumps({"look": {"kind": "failed", "message": str(os.getpid())}}), flush=True)
"""
"""Speaks as a child does, and answers with its process id."""


@pytest.fixture
def looker() -> Iterator[Looker]:
    looker = Looker([sys.executable, "-c", _FAKE], timeout_s=2)
    yield looker
    looker.close()


def test_a_file_that_ends_its_process_is_told_and_the_next_is_read(looker: Looker, tmp_path: Path) -> None:
    """Neither a file that ends the process nor one over which it hangs keeps the next from being looked into."""

    def told(name: str) -> str:
        return looker.look(Path(name), How(), tmp_path).message

    first = told("plain")
    assert told("plain") == first
    assert "SIGABRT" in told("die")
    assert told("plain") != first
    assert "did not come to an end" in told("hang")
    with pytest.raises(ReadError):
        looker.read(Path("plain"), How(), tmp_path)

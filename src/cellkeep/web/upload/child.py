"""The process in which files are looked into, within bounds of memory and of what it may write.

It is asked and answers by lines of JSON, as `cellkeep.services.children` says.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO, cast

os.environ.setdefault("POLARS_MAX_THREADS", "2")  # before polars is imported: others want cores too

from cellkeep.web.upload.looking import look_at
from cellkeep.web.upload.records import How, Look

_LEAST_MEMORY_BYTES = 2 * 1024**3
_MOST_MEMORY_BYTES = 12 * 1024**3
_MOST_WRITTEN_BYTES = 16 * 1024**3


def _answered(asked: dict[str, Any]) -> dict[str, Any]:
    path = Path(asked["path"])
    try:
        return look_at(path, How.model_validate(asked["how"]), Path(asked["folder"]), series=asked["series"])
    except MemoryError:
        message = f"'{path.name}' needs more memory to be read than this server allows. Import it on the command line."
    except Exception as error:  # noqa: BLE001  such as a full disk; whatever is caught is an answer, and no death
        message = f"'{path.name}' can not be looked into ({type(error).__name__}: {error})."
    return {"look": Look(kind="failed", message=message).model_dump(mode="json")}


def _serve(requests: TextIO, answers: TextIO) -> None:
    print("{}", file=answers, flush=True)
    for line in requests:
        print(json.dumps(_answered(json.loads(line))), file=answers, flush=True)


def _bound() -> None:
    """A file that would take all memory takes this process alone."""
    try:
        import resource  # noqa: PLC0415  not on every system
    except ImportError:
        return
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    memory = min(max(memory, _LEAST_MEMORY_BYTES), _MOST_MEMORY_BYTES)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_WRITTEN_BYTES, _MOST_WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


if __name__ == "__main__":
    _bound()
    _own = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    _serve(cast("TextIO", sys.stdin), _own)

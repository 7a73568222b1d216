"""A process that answers by lines of JSON, as `cellkeep.services.children` says, within bounds of memory and disk."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO, cast

_LEAST_MEMORY_BYTES = 2 * 1024**3
_MOST_MEMORY_BYTES = 12 * 1024**3
_MOST_WRITTEN_BYTES = 16 * 1024**3


def serve(answered: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer each line until there are no more; whatever a library prints is no answer."""
    _bound()
    own = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    print("{}", file=own, flush=True)
    for line in cast("TextIO", sys.stdin):
        print(json.dumps(answered(json.loads(line))), file=own, flush=True)


def _bound() -> None:
    """A table that would take all memory takes this process alone."""
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

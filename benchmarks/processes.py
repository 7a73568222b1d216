"""What a process and all that it started have used, as Linux tells it under /proc."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_SAMPLED_EVERY_S = 0.02


def family(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for parent in found:  # grows on the way
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                with suppress(OSError):
                    found += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu_s(pid: int) -> float:
    """Seconds on a core of the process and all below it, those that have ended included."""
    ticks = 0
    for each in family(pid):
        with suppress(OSError):
            after_name = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(count) for count in after_name[11:15])  # of itself and of its ended children
    return ticks / _TICKS_PER_S


@dataclass
class Memory:
    """Peaks of memory in MiB.

    Attributes:
        each: highest resident memory of each process, by its number, as the kernel keeps it.
        together: highest resident memory of all processes at one moment, as sampled.
        anonymous: the same without pages of files, which the kernel can take back.
    """

    each: dict[int, float] = field(default_factory=dict)
    together: float = 0.0
    anonymous: float = 0.0

    def look(self, pid: int) -> None:
        together = anonymous = 0.0
        for each in family(pid):
            with suppress(OSError, KeyError):  # it has ended meanwhile
                told = _status(each)
                self.each[each] = told["VmHWM"]
                together += told["VmRSS"]
                anonymous += told["RssAnon"]
        self.together = max(self.together, together)
        self.anonymous = max(self.anonymous, anonymous)


@contextmanager
def watched(pid: int) -> Iterator[Memory]:
    """Follow the memory of a process and all below it for as long as the context lasts."""
    memory, ended = Memory(), threading.Event()

    def follow() -> None:
        while not ended.wait(_SAMPLED_EVERY_S):
            memory.look(pid)

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield memory
    finally:
        ended.set()
        thread.join()
        memory.look(pid)


def _status(pid: int) -> dict[str, float]:
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) / 1024 for words in lines if words[-1] == "kB"}

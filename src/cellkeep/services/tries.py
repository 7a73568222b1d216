"""How often somebody may guess a password before they have to wait; kept in the memory of the process."""

import hashlib
import ipaddress
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import NamedTuple

from cellkeep.domain.errors import ForbiddenError, UnauthorizedError
from cellkeep.domain.people import folded_email

_FIRST_WAIT_S = 30.0
_REMEMBERED_S = 3600.0
_MOST_NAMES = 10_000
_MOST_TIMES = 64


class Bound(NamedTuple):
    """After `free` failed tries within an hour each further one doubles the wait, up to `longest_s`."""

    free: int
    longest_s: float

    def wait_s(self, failed: int) -> float:
        return min(self.longest_s, _FIRST_WAIT_S * 2.0 ** (failed - self.free)) if failed >= self.free else 0.0


PERSON = Bound(free=5, longest_s=15 * 60.0)
ADDRESS = Bound(free=20, longest_s=5 * 60.0)
"""More, and shorter, for a whole lab may come from one address."""

Names = Mapping[bytes, Bound]


class Tries:
    """Failed tries by person and by address. Whether there is such a person makes no difference."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failed: OrderedDict[bytes, deque[float]] = OrderedDict()

    @contextmanager
    def attempt(self, email: str, address: str) -> Iterator[None]:
        """A try, which fails where the body raises UnauthorizedError. It counts from its beginning.

        Raises:
            ForbiddenError: there were too many; `detail` says how long to wait.
        """
        person, place = _name("person", folded_email(email)), _name("address", _network(address))
        began = self._begin({person: PERSON, place: ADDRESS})
        try:
            yield
        except UnauthorizedError:
            raise
        except BaseException:
            self._take_back(began, person, place)
            raise
        self._take_back(began, person, place)
        self._forget(person)

    def _begin(self, names: Names) -> float:
        with self._lock:
            moment = self._clock()
            wait_s = max(self._wait_s(name, bound, moment) for name, bound in names.items())
            if wait_s > 0:
                raise _too_many(math.ceil(wait_s))
            for name in names:
                self._failed.setdefault(name, deque(maxlen=_MOST_TIMES)).append(moment)
                self._failed.move_to_end(name)
            while len(self._failed) > _MOST_NAMES:
                self._failed.popitem(last=False)
            return moment

    def _wait_s(self, name: bytes, bound: Bound, moment: float) -> float:
        times = self._failed.get(name, deque())
        while times and times[0] < moment - _REMEMBERED_S:
            times.popleft()
        return times[-1] + bound.wait_s(len(times)) - moment if times else 0.0

    def _take_back(self, began: float, *names: bytes) -> None:
        with self._lock:
            for name in names:
                self._drop(name, began)

    def _drop(self, name: bytes, began: float) -> None:
        with suppress(ValueError):  # forgotten meanwhile
            self._failed.get(name, deque()).remove(began)

    def _forget(self, name: bytes) -> None:
        with self._lock:
            self._failed.pop(name, None)


def _name(kind: str, text: str) -> bytes:
    """Short, however long what somebody sent is."""
    return hashlib.sha256(f"{kind}\n{text}".encode(errors="replace")).digest()


def _network(address: str) -> str:
    """An address of IPv6 stands for its network: each machine has as many as it likes."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))


def _too_many(wait_s: int) -> ForbiddenError:
    wait = f"{wait_s} seconds" if wait_s < 120 else f"{math.ceil(wait_s / 60)} minutes"
    message = f"Too many tries with a wrong password. Wait {wait}, or come in by a login link or an API key."
    return ForbiddenError(message, status_code=429, detail={"retry_after_s": wait_s})

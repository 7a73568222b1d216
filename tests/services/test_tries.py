"""How often somebody may guess."""

import pytest

from cellkeep.domain.errors import CellkeepError, ForbiddenError, UnauthorizedError
from cellkeep.services.tries import Tries


class Clock:
    """A time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tries(clock: Clock) -> Tries:
    return Tries(clock)


def fail(tries: Tries, email: str = "jane@lab.org", address: str = "10.0.0.1") -> int:
    """Try and fail; how many seconds somebody has to wait who may not even try."""
    with pytest.raises(CellkeepError) as caught, tries.attempt(email, address):
        raise UnauthorizedError("wrong")
    return caught.value.detail["retry_after_s"] if isinstance(caught.value, ForbiddenError) else 0


def succeed(tries: Tries, email: str = "jane@lab.org", address: str = "10.0.0.1") -> None:
    with tries.attempt(email, address):
        pass


def test_who_guesses_waits_longer_each_time(tries: Tries, clock: Clock) -> None:
    """Five tries are free; then each one costs a wait, which doubles up to a quarter of an hour."""
    assert [fail(tries, address=f"10.0.0.{n}") for n in range(5)] == [0] * 5
    waits = []
    for _ in range(7):
        waits.append(fail(tries))
        assert fail(tries, email=" JANE@lab.org") == waits[-1]  # to be refused does not count, however it is written
        clock.now += waits[-1] - 0.5
        assert fail(tries) == 1
        clock.now += 0.5
        assert fail(tries) == 0
    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_the_right_password_has_to_wait_too(tries: Tries, clock: Clock) -> None:
    """Who has to wait is told for how long and what else there is; once in, all is forgotten."""
    for _ in range(5):
        fail(tries)
    with pytest.raises(ForbiddenError, match="Wait 30 seconds, or come in by a login link or an API key") as refused:
        succeed(tries)
    assert refused.value.status_code == 429
    succeed(tries, email="bob@lab.org")
    clock.now += 30
    succeed(tries)
    assert [fail(tries) for _ in range(6)] == [0] * 5 + [30]


def test_an_address_guesses_for_many_people(tries: Tries, clock: Clock) -> None:
    """After twenty failures an address waits for everybody, an IPv6 network as a whole; success takes none back."""
    for number in range(20):
        succeed(tries, "good@lab.org", "2001:db8::1")
        assert fail(tries, f"{number}@lab.org", f"2001:db8::{number}") == 0
    assert fail(tries, "new@lab.org", "2001:db8::ffff:1") == 30
    assert fail(tries, "new@lab.org", "2001:db8:0:1::1") == 0
    clock.now += 30
    succeed(tries, "good@lab.org", "2001:db8::1")
    assert fail(tries, "new@lab.org", "2001:db8::1") == 0
    clock.now += 3601
    assert [fail(tries, f"{number}@lab.org", "2001:db8::1") for number in range(20)] == [0] * 20


def test_what_fails_otherwise_is_no_guess(tries: Tries) -> None:
    """An accident of the server, or a crowd, costs nobody a try."""
    for _ in range(10):
        with pytest.raises(OSError), tries.attempt("jane@lab.org", "10.0.0.1"):
            raise OSError
    assert fail(tries) == 0


def test_tries_at_once_are_counted_before_they_end(tries: Tries) -> None:
    """Who sends many at the same moment gets no more than five of them looked at."""

    def nested(deep: int) -> None:
        with tries.attempt("jane@lab.org", "10.0.0.1"):
            nested(deep + 1) if deep < 5 else None

    with pytest.raises(ForbiddenError):
        nested(0)


def test_memory_is_bounded(tries: Tries, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names without number push out the oldest, however long they are."""
    monkeypatch.setattr("cellkeep.services.tries._MOST_NAMES", 50)
    for number in range(100):
        fail(tries, f"{number}@lab.org" + "x" * 1000, str(number))
    assert len(tries._failed) == 50
    assert all(len(name) == 32 for name in tries._failed)

"""Values that are kept in memory up to a number of bytes."""

from dataclasses import dataclass

from cellkeep.services.remembering import Remembered
from services.bench import together


@dataclass(frozen=True)
class Thing:
    n_bytes: int


def test_a_value_is_made_once() -> None:
    """The second time it is the same one."""
    kept: Remembered[Thing] = Remembered(10)
    first = kept.get("a", lambda: Thing(4))
    assert kept.get("a", lambda: Thing(5)) is first


def test_what_was_used_longest_ago_goes_first() -> None:
    """Where there is no more room, the values stay that were used last."""
    kept: Remembered[Thing] = Remembered(10)
    a = kept.get("a", lambda: Thing(4))
    b = kept.get("b", lambda: Thing(4))
    assert kept.get("a", lambda: Thing(0)) is a
    kept.get("c", lambda: Thing(4))
    assert kept.get("a", lambda: Thing(0)) is a
    assert kept.get("b", lambda: Thing(1)) is not b


def test_what_is_too_large_is_not_kept() -> None:
    """It is made each time, and drives nothing else out."""
    kept: Remembered[Thing] = Remembered(10)
    small = kept.get("small", lambda: Thing(1))
    assert kept.get("large", lambda: Thing(11)) is not kept.get("large", lambda: Thing(11))
    assert kept.get("small", lambda: Thing(1)) is small


def test_many_threads() -> None:
    """What each gets is what it asked for, and the sum is kept right."""
    kept: Remembered[Thing] = Remembered(50)

    def use(thread: int) -> list[int]:
        return [kept.get(str(key), lambda key=key: Thing(key)).n_bytes for key in range(thread, thread + 20)]  # type: ignore[misc]

    answers = together(8, use)
    assert answers == [[*range(thread, thread + 20)] for thread in range(8)]
    assert sum(value.n_bytes for value in kept._values.values()) == kept._bytes <= 50

"""What the address of a comparison says."""

import pytest

from cellkeep.domain.errors import BadRequestError
from cellkeep.web.comparing.asked import Entry, View


def test_an_entry_is_written_as_it_is_read() -> None:
    """An id alone, with cycles, with a colour, or both; nothing more than is said."""
    for text in ("a", "a:5,100-120", "a::3", "a:5:0"):
        assert str(Entry.of(text)) == text
    entry = Entry.of("a:5,100-120:3")
    assert (entry.id, entry.colour) == ("a", 3)
    assert [count for count in (4, 5, 6, 100, 110, 121) if entry.has(count)] == [5, 100, 110]
    assert Entry.of("a").has(7)
    with pytest.raises(BadRequestError, match="m: write numbers"):
        Entry.of("a:x")


def test_a_list_that_is_too_long_is_refused() -> None:
    """Cut short, it would name other cycles than somebody wrote."""
    cycles = ",".join(map(str, range(100, 350, 2)))
    with pytest.raises(BadRequestError, match="longer than 500"):
        View.of_query(f"m=a:{cycles},1234")
    with pytest.raises(BadRequestError, match="no text"):
        View.of_query("y=%00")


def test_each_measurement_comes_once_in_the_order_of_the_address() -> None:
    """The first of two entries for one measurement counts, an empty one is none, and hidden ones are not shown."""
    view = View.of_query("m=b:1&m=a&m=b:2&m=&m=c&hide=a&hide=z")
    assert [str(entry) for entry in view.entries] == ["b:1", "a", "c"]
    assert [entry.id for entry in view.shown] == ["b", "c"]


def test_what_is_not_said_is_as_usual() -> None:
    """An empty address compares nothing by discharge capacity; unknown words are refused with those that are known."""
    view = View.of_query("")
    assert (view.entries, view.plot, view.normalise, view.x, view.colour) == (
        [],
        "capacity",
        "none",
        "cycle",
        "measurement",
    )
    for query in ("plot=x", "x=y", "normalise=z", "spread=w"):
        with pytest.raises(BadRequestError, match="is none of"):
            View.of_query(query)

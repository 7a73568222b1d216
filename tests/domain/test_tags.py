"""Tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.tags import normalise


def test_tags_are_trimmed_joined_and_sorted() -> None:
    """Tags lose white space around them, the first spelling of doubles stays, and they are sorted without case."""
    assert normalise([" rpt ", "HPPC", "hppc", "Ärger", "äRGER", "b"]) == ["b", "HPPC", "rpt", "Ärger"]


def test_the_known_spelling_is_taken() -> None:
    """A tag that the project has is spelled as the project spells it."""
    assert normalise(["hppc", "STRASSE"], known=["HPPC", "Straße"]) == ["HPPC", "Straße"]


@pytest.mark.parametrize("tag", ["", "   ", "x" * 51])
def test_an_empty_or_long_tag_is_refused(tag: str) -> None:
    """A tag has 1 to 50 characters."""
    with pytest.raises(BadRequestError):
        normalise(["good", tag])


def test_fifty_characters_and_fifty_tags_are_enough() -> None:
    """50 tags of 50 characters are taken, doubles not counted, and the 51st tag is refused."""
    tags = [f"{number:050d}" for number in range(50)]
    assert normalise([*tags, *tags]) == tags
    with pytest.raises(BadRequestError, match="51"):
        normalise([*tags, "one more"])


@given(st.lists(st.text(min_size=1, max_size=20).filter(lambda text: 0 < len(text.strip()) <= 50), max_size=20))
def test_normal_tags_stay(tags: list[str]) -> None:
    """What is normal already is not changed again, and no two tags differ only in case."""
    once = normalise(tags)
    assert normalise(once) == once
    assert len({tag.casefold() for tag in once}) == len(once)

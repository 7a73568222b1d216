"""What is said of records, beside each other."""

from cellkeep.domain.facts import Fact, beside, facts_of


def test_nested_values_are_told_by_their_path() -> None:
    """Quantities with their unit, numbers, words and yes or no; lists and long texts are left out."""
    said = {"a": {"b": {"value": 5, "unit": "g"}, "c": 2}, "d": "x", "e": True, "f": [1], "g": "y" * 200, "h": None}
    assert facts_of(said) == {"a.b": Fact(5.0, "g"), "a.c": Fact(2.0), "d": Fact("x"), "e": Fact("yes")}
    assert facts_of(None) == {}


def test_numbers_come_into_one_unit() -> None:
    """As all write it, else in the canonical one; what does not fit is left out."""
    assert beside({"a": Fact(1.0, "mm"), "b": Fact(2.0, "mm")}) == ({"a": 1.0, "b": 2.0}, "mm")
    mixed = beside({"a": Fact(1.0, "mm"), "b": Fact(2.0, "m"), "c": Fact(3.0, "g"), "d": Fact(4.0, "bananas")})
    assert mixed == ({"a": 0.001, "b": 2.0}, "m")
    assert mixed.numbers == {"a": 0.001, "b": 2.0}
    assert beside({}).numbers == {}


def test_one_that_has_words_makes_words_of_all() -> None:
    """A number among words is written with its unit."""
    side = beside({"a": Fact(5.0, "g"), "b": Fact("heavy")})
    assert side.values == {"a": "5 g", "b": "heavy"}
    assert side.numbers is None

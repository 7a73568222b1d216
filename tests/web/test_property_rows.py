"""Properties as the rows of a table."""

from cellkeep.web.property_rows import exactly, leaves


def test_numbers_are_told_as_they_were_sent() -> None:
    """Without the noise of their binary form; and a property is found by the way to it."""
    assert [exactly(each) for each in (0.1 + 0.2, 12345.678, 3, 1e22, -5e-9)] == [
        "0.3",
        "12,345.678",
        "3",
        "1e+22",
        "-5e-09",
    ]
    assert [path for path, _, _ in leaves({"a": {}, "b": [1, 2], "c": [{"d": 1}, [2]]})] == ["a", "b", "c.1.d", "c.2"]

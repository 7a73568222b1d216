"""The beginning of a file."""

import pytest

from cellkeep.readers.preview import encoding_of


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("T1[°C],U[V]\n25,3.5\n".encode(), "utf-8"),
        ("T1[°C],U[V]\n25,3.5\n".encode("latin-1"), "latin-1"),
        ("T1[°C],U[V]\n2".encode() + b"\xb5,3.5\n26,3.6\n", "utf-8"),
        (b"T1,U[V]\n2\xb5,3.5\n26,3.6\n", "latin-1"),
        (b"\xff\xfeT\x001\x00", "utf-16-le"),
        (b"\x00\x01\x02\x03" * 100, None),
    ],
)
def test_the_encoding_of_a_text(head: bytes, encoding: str | None) -> None:
    """One damaged byte does not change the encoding of all other letters."""
    assert encoding_of(head) == encoding

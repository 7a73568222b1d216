"""What is whole of a file."""

from pathlib import Path

import pytest

from cellkeep.client.watching.snapshot import snapshot


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (b"a,b\n1,2\n3,", b"a,b\n1,2\n"),
        (b"a,b\n1,2\n", b"a,b\n1,2\n"),
        (b"a,b", b""),
        (b"", b""),
        (b"a,b\r\n1,2\r\n3,4\r", b"a,b\r\n1,2\r\n"),
        (b"a,b\n" + b"1" * 3_000_000, b"a,b\n"),
    ],
)
def test_a_text_ends_with_its_last_whole_line(tmp_path: Path, content: bytes, whole: bytes) -> None:
    """What stands behind the last end of a line may be half a row."""
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with snapshot(path) as copy:
        assert copy.name == "t.csv"
        assert copy.read_bytes() == whole
    assert path.read_bytes() == content


def test_what_is_no_text_is_copied_whole(tmp_path: Path) -> None:
    """It has no lines."""
    path = tmp_path / "t.bin"
    path.write_bytes(b"PAR1" + bytes(range(256)) + b"\nx")
    with snapshot(path) as copy:
        assert copy.read_bytes() == path.read_bytes()

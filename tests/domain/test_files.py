"""Names and kinds of files."""

import pytest

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.files import (
    media_type_by_name,
    require_filename,
    require_image,
    sniff,
    told_apart,
)

SIGNATURES = {
    "jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
    "jpeg": (b"\xff\xd8\xff\xe1", "image/jpeg"),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
    "gif": (b"GIF89a\x01\x00", "image/gif"),
    "webp": (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
    "tiff": (b"II*\x00\x08\x00", "image/tiff"),
    "tif": (b"MM\x00*\x00\x00", "image/tiff"),
    "bmp": (b"BM\x36\x00", "image/bmp"),
}


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        "/etc/passwd",
        "../secret",
        "a/b.txt",
        "..\\secret",
        "C:\\data.csv",
        "a\nb",
        "a\r\nSet-Cookie: x",
        "a\0b",
        "\x1b[31m",
        "a\x7f",
        "what?.csv",
        "a#1.csv",
        "x" * 256,
        "é" * 128,
        "\ud800.txt",
        "a%2Fb.txt",
        "%2e%2e",
        "a%20b.txt",
    ],
)
def test_a_hostile_name_is_refused(name: str) -> None:
    """A name that is a path, can not stand in a link, comes out of one changed, or is too long is refused."""
    with pytest.raises(BadRequestError):
        told_apart(["good.txt", name])


@pytest.mark.parametrize(
    "name", ["sem.PNG", "a b.pdf", "Zelle Ü1 µ.csv", ".hidden", "100% done.txt", "x" * 255, "é" * 127]
)
def test_an_honest_name_is_taken(name: str) -> None:
    """Blanks, umlauts, percent signs and 255 bytes are all right."""
    assert told_apart([name]) == [name]


@pytest.mark.parametrize(
    "name",
    ["", "  ", ".", "..", "a/b", "a\\b", "a\0", "a\nb", "a\x7f", "a\x85b", "\x9b31m", "\ud800", "x" * 256, "é" * 128],
)
def test_a_name_that_is_only_told_is_no_path_and_no_control(name: str) -> None:
    """Where the name never becomes a link, paths, control characters and too long a name are refused all the same."""
    with pytest.raises(BadRequestError):
        require_filename(name)


@pytest.mark.parametrize(
    "name", ["a%2Fb.txt", "#12 what?.csv", "100 %.mpr", " a ", "Zelle Ü 日本.nda", "a:b*c", "x" * 255]
)
def test_a_name_that_is_only_told_may_hold_any_letter(name: str) -> None:
    """What instruments write is taken: spaces, percent, number signs, letters of every script."""
    require_filename(name)


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["a.txt", "A.txt"], ["a.txt", "A.txt"]),
        (["a.txt", "b.txt", "a.txt", "a.txt"], ["a.txt", "b.txt", "a (2).txt", "a (3).txt"]),
        (["a", "a", "a (2)"], ["a", "a (3)", "a (2)"]),
        ([".hidden", ".hidden"], [".hidden", ".hidden (2)"]),
    ],
)
def test_files_named_alike_are_told_apart(names: list[str], kept: list[str]) -> None:
    """Each is kept, under a name of its own, and those that differ keep theirs."""
    assert told_apart(names) == kept


def test_no_file_and_a_name_that_grows_too_long_are_refused() -> None:
    """There is at least one file, and a number may make a name too long."""
    with pytest.raises(BadRequestError, match="at least one"):
        told_apart([])
    with pytest.raises(BadRequestError, match="longer than 255 bytes"):
        told_apart(["x" * 255] * 2)


@pytest.mark.parametrize("extension", SIGNATURES)
def test_images_are_known_by_their_first_bytes(extension: str) -> None:
    """Each kind of image is told by its signature, and its extension promises the same, in any case."""
    head, media_type = SIGNATURES[extension]
    assert sniff(head) == media_type
    assert media_type_by_name(f"x.{extension.upper()}") == media_type
    require_image(f"x.{extension}", head)


@pytest.mark.parametrize("head", [b"", b"\x89PN", b"RIFF\x24\x00\x00\x00WAVE", b"hello", b"II+\x00", b"GIF88a"])
def test_other_bytes_tell_nothing(head: bytes) -> None:
    """Bytes that no signature fits are just bytes."""
    assert sniff(head) == "application/octet-stream"


def test_a_picture_of_another_kind_is_refused() -> None:
    """An image must be of the kind that its extension says, and the message names the file."""
    with pytest.raises(BadRequestError, match=r"'x\.png' should be image/png by its extension, but .* image/jpeg"):
        require_image("x.png", SIGNATURES["jpg"][0])
    with pytest.raises(BadRequestError, match="no known image"):
        require_image("x.png", b"hello")
    with pytest.raises(BadRequestError, match=r"'notes\.txt' is not an image"):
        require_image("notes.txt", SIGNATURES["png"][0])

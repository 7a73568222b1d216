"""What can be seen of a file without a program for it."""

import io
import struct
import threading
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cellkeep.domain.errors import NotReadyError, UnusableDataError
from cellkeep.services.previews import arrays, bounds, images, texts


def written(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def painted(path: Path, longest_px: int = 100, page: int = 1) -> Image.Image:
    found = Image.open(io.BytesIO(images.picture(path, path.name, longest_px, page)))
    assert found.format == "WEBP"
    return found.convert("RGB")


def test_pictures_of_all_kinds_are_painted_anew(tmp_path: Path) -> None:
    """Deep shades are stretched, palettes and inks become colours, clear stays clear, and none is larger than asked."""
    slope = np.tile(np.linspace(0, 1, 300), (200, 1))
    kinds = {
        "deep.tiff": Image.fromarray((30_000 + 200 * slope).astype(np.uint16)),
        "float.tiff": Image.fromarray((slope * 1e-6).astype(np.float32)),
        "whole.tiff": Image.fromarray((slope * 1e6).astype(np.int32)),
        "palette.gif": Image.fromarray((255 * slope).astype(np.uint8)).convert("P"),
        "inks.jpg": Image.fromarray(np.dstack([(255 * (1 - slope)).astype(np.uint8)] * 4), mode="CMYK"),
        "bits.bmp": Image.fromarray(slope > 0.5),
        "plain.png": Image.fromarray((255 * slope).astype(np.uint8)),
    }
    for name, image in kinds.items():
        found = painted(written(tmp_path / name, image))
        assert found.size == (100, 67), name
        left, right = (np.asarray(found)[:, place].mean() for place in (2, -3))
        assert (left < 20, right > 235) == (True, True), name
    clear = Image.fromarray(np.full((9, 9, 4), (200, 10, 10, 0), np.uint8))
    shown = Image.open(io.BytesIO(images.picture(written(tmp_path / "clear.png", clear), "clear.png", 100)))
    assert (shown.mode, shown.size, shown.getpixel((4, 4))[3]) == ("RGBA", (9, 9), 0)  # type: ignore[index]


def test_a_picture_is_turned_as_its_camera_says_and_pages_are_told_apart(tmp_path: Path) -> None:
    """An upright photograph is upright; and each page of a file is a picture of its own, up to the last."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    photo = written(tmp_path / "photo.jpg", Image.new("RGB", (300, 200)), exif=exif)
    assert painted(photo).size == (67, 100)
    pages = [Image.new("L", (20, 10), shade) for shade in (10, 120, 230)]
    path = written(tmp_path / "pages.tif", pages[0], save_all=True, append_images=pages[1:])
    assert images.facts(path, "pages.tif") == images.ImageFacts(20, 10, 3, is_deep=False)
    assert [round(np.asarray(painted(path, page=page)).mean() / 10) for page in (1, 2, 3)] == [1, 12, 23]
    with pytest.raises(UnusableDataError, match="no picture 4"):
        images.picture(path, "pages.tif", 100, 4)


def test_a_photograph_in_layers_is_measured_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A JPEG is unpacked smaller than it is; one in layers is held whole for that, so a large one is refused."""
    monkeypatch.setattr(images, "MOST_PIXELS", 20_000)
    photo = Image.new("RGB", (300, 200))
    assert painted(written(tmp_path / "plain.jpg", photo)).size == (100, 67)
    layered = written(tmp_path / "layered.jpg", photo, progressive=True)
    for looked in (lambda: images.picture(layered, "layered.jpg", 100), lambda: images.facts(layered, "layered.jpg")):
        with pytest.raises(UnusableDataError, match="too many to show"):
            looked()


def test_who_would_wait_in_a_long_line_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many pictures are made or waited for at once, and for one more nobody waits; then there is room again."""
    monkeypatch.setattr(bounds, "_INSIDE", threading.BoundedSemaphore(1))
    with bounds.few_at_once("a.png"), pytest.raises(NotReadyError, match="in a moment"), bounds.few_at_once("b.png"):
        pass
    with bounds.few_at_once("b.png"):
        pass


def test_what_is_no_picture_or_too_large_a_one_is_refused_in_words(tmp_path: Path) -> None:
    """A bomb is not unpacked, a broken file tells why, and no place on the server is named."""
    row = zlib.compress(b"\0" * 100)
    head = struct.pack(">IIBBBBB", 30_000, 3_000, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", row), (b"IEND", b"")]
    made = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    files = {
        "bomb.png": b"\x89PNG\r\n\x1a\n" + b"".join(made),
        "torn.tiff": written(tmp_path / "whole.tiff", Image.new("I;16", (200, 200), 7)).read_bytes()[:300],
        "page.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "empty.png": b"",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnusableDataError) as caught:
            images.picture(tmp_path / name, name, 100)
        assert name in caught.value.message
        assert str(tmp_path) not in caught.value.message


def test_an_array_tells_its_shape_and_its_numbers(tmp_path: Path) -> None:
    """With a curve of one length, a picture of two, planes of more; gaps are counted and stay grey."""
    line = np.sin(np.linspace(0, 7, 10_000))
    line[17] = np.nan
    stack = np.arange(2 * 3 * 4, dtype=np.int16).reshape(2, 3, 4)
    np.savez_compressed(tmp_path / "all.npz", line=line, stack=stack, words=np.array(["a"]), none=np.zeros((0, 3)))
    found = {each.name: each for each in arrays.facts(tmp_path / "all.npz", "all.npz")}
    assert (found["line"].shape, found["line"].dtype, found["line"].n_missing) == ((10_000,), "float64", 1)
    assert found["line"].low == pytest.approx(-1, abs=1e-6)
    assert 900 <= len(found["line"].curve.split()) <= 1000
    assert (found["stack"].low, found["stack"].high, found["stack"].pages) == (0, 23, 2)
    assert found["words"].why_not == "it does not hold numbers"
    assert found["none"].why_not == "it is empty"
    gaps = np.full((3, 3), np.nan)
    gaps[0, 0], gaps[2, 2] = 1, 2
    np.save(tmp_path / "gaps.npy", np.asfortranarray(gaps))
    shown = Image.open(io.BytesIO(arrays.picture(tmp_path / "gaps.npy", "gaps.npy", "")))
    pixels = [shown.convert("RGB").getpixel((round(at * shown.width / 3), 20)) for at in (0.2, 1.5)]
    assert np.allclose(pixels, [(0x44, 0x01, 0x54), (128, 128, 128)], atol=24)
    for wrong in ("no such", "line", "words"):
        with pytest.raises(UnusableDataError, match="no such picture"):
            arrays.picture(tmp_path / "all.npz", "all.npz", wrong)
    with pytest.raises(UnusableDataError, match="no such picture"):
        arrays.picture(tmp_path / "all.npz", "all.npz", "stack", 3)


def test_an_array_is_not_trusted(tmp_path: Path) -> None:
    """Objects are not unpacked, and neither is more than its head promises, nor less."""
    np.save(tmp_path / "objects.npy", np.array([print], dtype=object), allow_pickle=True)
    assert "objects" in arrays.facts(tmp_path / "objects.npy", "objects.npy")[0].why_not
    with (tmp_path / "huge.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10**9)})
    assert "million values" in arrays.facts(tmp_path / "huge.npy", "huge.npy")[0].why_not
    np.save(tmp_path / "whole.npy", np.arange(100))
    (tmp_path / "torn.npy").write_bytes((tmp_path / "whole.npy").read_bytes()[:-8])
    (tmp_path / "other.npy").write_bytes(b"no array")
    for name in ("torn.npy", "other.npy"):
        with pytest.raises(UnusableDataError, match=name):
            arrays.facts(tmp_path / name, name)


def test_a_text_tells_its_encoding_and_how_much_of_it_is_shown() -> None:
    """Whole or cut within a letter, in any encoding that laboratories write; what is none is none."""
    words = "\u00b5 \u03a9 25 \u00b0C\n"
    for encoding, told in (("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le")):
        found = texts.preview((words * 3).encode(encoding), 999, is_table=False)
        assert found is not None
        assert (found.encoding, found.lines[0], found.is_cut) == (told, words.strip(), True)
    old = texts.preview("25 \u00b0C".encode("latin-1"), 5, is_table=False)
    assert old == texts.TextPreview(["25 \u00b0C"], "latin-1, as a guess", is_cut=False)
    long = texts.preview(b"line\n" * 1000, 5000, is_table=False)
    assert long is not None
    assert (len(long.lines), long.is_cut) == (200, True)
    assert texts.preview(bytes(range(256)), 256, is_table=False) is None
    assert texts.preview(b"", 0, is_table=False) == texts.TextPreview([], "nothing", is_cut=False)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_taken_apart_where_its_lines_agree(separator: str) -> None:
    """At commas, semicolons or tabs, with all cells in quotes whole; a text without cells stays a text."""
    rows = [
        ["time [s]", '"a, b; c"', "V"],
        *[[str(row), "1,5" if separator != "," else "1.5", ""] for row in range(50)],
    ]
    content = "\n".join(separator.join(row) for row in rows).encode()
    found = texts.preview(content, len(content), is_table=True)
    assert found is not None
    assert found.table[0] == ["time [s]", "a, b; c", "V"]
    assert (len(found.table), {len(row) for row in found.table}) == (20, {3})
    plain = texts.preview(b"only words\nand more", 19, is_table=True)
    assert plain is not None
    assert not plain.table

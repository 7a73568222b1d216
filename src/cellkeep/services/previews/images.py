"""Pictures of any kind that laboratories take, as one that every browser shows.

What is shown is always painted anew, so nothing that was sent reaches a browser as it was.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from cellkeep.domain.errors import UnusableDataError
from cellkeep.services.previews.bounds import few_at_once

WEBP = "image/webp"
MOST_PIXELS: Final = 40_000_000
"""Of a picture as it is unpacked: a few hundred megabytes at most."""
MOST_PAGES: Final = 1000
_FORMATS: Final = ("PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP")
_DEEP: Final = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")
"""More than 8 bits of grey."""
_CLEAR: Final = ("RGBA", "LA", "PA", "RGBa", "La")
_OUTLIERS_PERCENT: Final = 0.1
"""So many of the darkest and brightest pixels say nothing of the contrast."""
_LOOKED_AT: Final = 1_000_000
_QUALITY, _ROUGH, _QUICK = 90, 60, 0


@dataclass(frozen=True)
class ImageFacts:
    """What the head of a picture says.

    Attributes:
        width: in pixels.
        height: in pixels.
        pages: how many pictures the file holds; at `MOST_PAGES` the counting stops.
        is_deep: whether it has more shades of grey than a screen, so that its contrast is stretched.
    """

    width: int
    height: int
    pages: int
    is_deep: bool


def facts(path: Path, name: str) -> ImageFacts:
    """What is said of a picture; UnusableDataError where it is none that can be shown."""
    with _opened(path, name) as image:
        if _is_unpacked_whole(image):
            _require_size(image, name)
        return ImageFacts(image.width, image.height, _pages(image), image.mode in _DEEP)


def picture(path: Path, name: str, longest_px: int, page: int = 1) -> bytes:
    """A picture as WebP, made smaller where it is larger than that.

    Args:
        path: the file.
        name: what it is called in errors.
        longest_px: of its longer side.
        page: which one, of a file that holds many, counted from 1.

    Raises:
        UnusableDataError: it is no picture, a broken one, or too large; or there is no such page.
        NotReadyError: too many others are being made.
    """
    with few_at_once(name), _opened(path, name) as image:
        return _painted(image, name, longest_px, page)


def encoded(image: Any) -> bytes:
    """A picture of 8 bits as WebP; one of nothing but noise more roughly, since it would not fit."""
    for quality in (_QUALITY, _ROUGH):
        target = io.BytesIO()
        with suppress(ValueError):
            image.save(target, "WEBP", quality=quality, method=_QUICK)
            return target.getvalue()
    raise ValueError("it can not be made small enough")


def _painted(image: Any, name: str, longest_px: int, page: int) -> bytes:
    from PIL import ImageOps  # noqa: PLC0415  only pictures need it

    if page > 1:
        if page > _pages(image):
            raise UnusableDataError(f"'{name}' has no picture {page}.")
        image.seek(page - 1)
    if _is_unpacked_whole(image):
        _require_size(image, name)
    image.draft(None, (longest_px, longest_px))
    _require_size(image, name)
    return encoded(_in_eight_bits(ImageOps.exif_transpose(_smaller(image, longest_px))))


def _is_unpacked_whole(image: Any) -> bool:
    """Whether all of it is in memory at once: a JPEG can be unpacked smaller than it is, unless it comes in layers."""
    return image.format != "JPEG" or "progressive" in image.info


def _require_size(image: Any, name: str) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise UnusableDataError(f"'{name}' has {image.width} x {image.height} pixels, which is too many to show here.")


def _smaller(image: Any, longest_px: int) -> Any:
    from PIL import Image  # noqa: PLC0415  only pictures need it

    scale = longest_px / max(image.size)
    if scale >= 1:
        return image
    size = tuple(max(round(each * scale), 1) for each in image.size)
    if image.mode in _DEEP:
        return image.resize(size, Image.Resampling.BOX)
    if image.mode in {"1", "P", "PA"}:  # has to be turned to colours before shades are mixed, and that takes memory
        image = image.resize([min(2 * new, old) for new, old in zip(size, image.size, strict=True)], 0)
        image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    return image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)


def _in_eight_bits(image: Any) -> Any:
    from PIL import Image  # noqa: PLC0415  only pictures need it

    if image.mode in _DEEP:
        return Image.fromarray(stretched(np.asarray(image)))
    has_clear = image.mode in _CLEAR or "transparency" in image.info
    return image if image.mode in {"L", "RGB", "RGBA"} else image.convert("RGBA" if has_clear else "RGB")


def stretched(values: "np.ndarray[Any, Any]") -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """Numbers as shades of grey, from what is dark to what is bright among them; what is no number is black."""
    shades = np.zeros(values.shape, np.uint8)
    every = max(values.size // _LOOKED_AT, 1)
    some = values.ravel()[::every].astype(np.float64)
    finite = some[np.isfinite(some)]
    if not finite.size:
        return shades
    low, high = np.percentile(finite, (_OUTLIERS_PERCENT, 100 - _OUTLIERS_PERCENT))
    if low == high:
        low, high = finite.min(), finite.max()
    scale = 255 / (high - low) if high > low else 0
    for row, target in zip(values, shades, strict=True):  # by rows, since all of it as float64 would be large
        numbers = np.nan_to_num(row.astype(np.float64), nan=low, posinf=high, neginf=low)
        target[:] = np.clip(np.rint((numbers - low) * scale), 0, 255)
    return shades


def _pages(image: Any) -> int:
    """How many pictures a TIFF holds; of a film the first is shown."""
    if image.format != "TIFF":
        return 1
    here, pages = image.tell(), 1
    while pages < MOST_PAGES:
        try:
            image.seek(pages)
        except EOFError:
            break
        pages += 1
    image.seek(here)
    return pages


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Any]:
    from PIL import Image  # noqa: PLC0415  only pictures need it

    try:
        with Image.open(path, formats=_FORMATS) as image:
            yield image
    except UnusableDataError:
        raise
    except Exception as error:  # pillow raises whatever a broken file makes its decoders raise
        reason = str(error).replace(str(path), name)[:200]
        raise UnusableDataError(f"'{name}' can not be shown as a picture ({reason}). Download it.") from error

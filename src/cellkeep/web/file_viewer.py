"""What the page of files shows: a card for each, and one of them in the viewer."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote, urlencode

from cellkeep.domain.errors import CellkeepError, NotFoundError
from cellkeep.domain.files import ANY_BYTES
from cellkeep.services import measurement_files
from cellkeep.services.measurement_files import StoredFile
from cellkeep.services.previews import arrays, images, texts
from cellkeep.storage.store import Store

PDF: Final = "application/pdf"
SIZES: Final[Mapping[str, int]] = {"thumb": 320, "view": 2048, "full": 4096}
"""Pixels of the longer side of a picture."""
_TABLES: Final = (".csv", ".tsv")
_ARRAYS: Final = (".npy", ".npz")


@dataclass(frozen=True)
class Card:
    """A file in the gallery.

    Attributes:
        name: of the file.
        kind: `image`, `document`, `array`, `table`, or `other`, which may be a text.
        word: what it is, in a word.
        size_bytes: how long it is.
        pixels: of a picture, in words.
        place: its address, to which the ways to look at it are added.
        is_pictured: whether it has a small picture.
    """

    name: str
    kind: str
    word: str
    size_bytes: int
    pixels: str
    place: str
    is_pictured: bool


@dataclass(frozen=True)
class Viewer:
    """One file, looked into.

    Attributes:
        card: the file.
        number: which of them it is, counted from 1.
        before: the name of the file before it, if there is one.
        after: the name of the file after it.
        page: which picture of it is asked for.
        found: what was found in it, by its kind.
        full: whether its picture has more pixels than are shown at first.
        told: why it is not shown.
        preload: the address of the picture that comes after it.
    """

    card: Card
    number: int
    before: str | None
    after: str | None
    page: int
    found: Any = None
    full: bool = False
    told: str = ""
    preload: str = ""


def gallery_of(files: Sequence[StoredFile], place: str) -> list[Card]:
    """A card for each file, in the order in which they were sent."""
    return [_card(file, place) for file in files]


def viewer_of(store: Store, files: Sequence[StoredFile], place: str, wanted: str | None, page: str) -> Viewer | None:
    """The file of that name in the viewer; None where none is asked for.

    Raises:
        NotFoundError: there is no file of that name.
    """
    if wanted is None:
        return None
    cards = gallery_of(files, place)
    number = next((at for at, card in enumerate(cards) if card.name == wanted), None)
    if number is None:
        raise NotFoundError(f"There is no file named '{wanted[:100]}' here.")
    after = cards[number + 1] if number + 1 < len(cards) else None
    bare = Viewer(
        card=cards[number],
        number=number + 1,
        before=cards[number - 1].name if number else None,
        after=after.name if after else None,
        page=int(page) if page.isdecimal() and len(page) < 6 else 1,
        full=_has_more(files[number]),
        preload=f"{after.place}/picture" if after and after.is_pictured else "",
    )
    try:
        found = _found(store, files[number], bare.card.kind)
    except CellkeepError as error:
        return replace(bare, told=error.message)
    return replace(bare, found=found)


def array_picture(card: Card, array: str, page: int) -> str:
    """The address of the picture of an array."""
    return f"{card.place}/array?{urlencode({'array': array, 'page': page}, quote_via=quote)}"


def _found(store: Store, file: StoredFile, kind: str) -> Any:
    if kind == "document":
        return None
    if kind in {"image", "array"}:
        look = images.facts if kind == "image" else arrays.facts
        with measurement_files.opened(store, file) as path:
            return look(path, file.name)
    head = measurement_files.head(store, file, texts.HEAD_BYTES)
    return texts.preview(head, file.size_bytes, is_table=kind == "table")


def _most_pixels(file: StoredFile) -> float:
    """Of a picture that is shown; a JPEG is unpacked smaller than it is."""
    return math.inf if file.content_type == "image/jpeg" else images.MOST_PIXELS


def _has_more(file: StoredFile) -> bool:
    width, height = (file.facts.get(name) or 0 for name in ("width", "height"))
    return max(width, height) > SIZES["view"] and width * height <= _most_pixels(file)


def _card(file: StoredFile, place: str) -> Card:
    suffix = PurePosixPath(file.name).suffix.lower()
    width, height = (file.facts.get(name) for name in ("width", "height"))
    return Card(
        name=file.name,
        kind=_kind(file, suffix),
        word=_word(file, suffix),
        size_bytes=file.size_bytes,
        pixels=f"{width:,} by {height:,} pixels" if width and height else "",
        place=f"{place}/files/{quote(file.name, safe='')}",
        is_pictured=0 < (width or 0) * (height or 0) <= _most_pixels(file),
    )


def _kind(file: StoredFile, suffix: str) -> str:
    if file.content_type.startswith("image/"):
        return "image"
    if file.content_type == PDF:
        return "document"
    if suffix in _ARRAYS:
        return "array"
    return "table" if suffix in _TABLES and file.content_type == ANY_BYTES else "other"


def _word(file: StoredFile, suffix: str) -> str:
    if file.content_type.startswith("image/") or file.content_type == PDF:
        return file.content_type.rpartition("/")[2].upper()
    return suffix.removeprefix(".").upper()[:8] or "file"

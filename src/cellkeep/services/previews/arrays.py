"""Arrays of numpy: what their heads say, and a curve or a picture of their numbers. Objects are never unpacked."""

import math
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.lib import format as npy

from cellkeep.domain.errors import UnusableDataError
from cellkeep.services.previews.bounds import few_at_once
from cellkeep.services.previews.images import encoded, stretched

MOST_ARRAYS: Final = 50
"""Of one file."""
_MOST_VALUES: Final = 8_000_000
"""Of an array whose numbers are looked at."""
_MOST_PAGES: Final = 1000
_LONGEST_PX: Final = 1024
_POINTS: Final = 500
_WIDTH, _HEIGHT = 1000, 200
"""Of a curve, in units of its own."""
_VIRIDIS: Final = (
    "440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725",
)  # fmt: skip


@dataclass(frozen=True)
class ArrayFacts:
    """What is told of an array.

    Attributes:
        name: of its place in the file; empty where the file is the array.
        shape: its lengths.
        dtype: the kind of its values.
        low: the smallest number; None where it was not looked at, or has none.
        high: the largest.
        n_missing: how many are no number.
        pages: how many pictures it makes; 0 where it is none.
        curve: points of its curve, in a box of 1000 by 200; empty where it is none.
        why_not: why its numbers were not looked at; empty where they were.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    low: float | None = None
    high: float | None = None
    n_missing: int = 0
    pages: int = 0
    curve: str = ""
    why_not: str = ""


def facts(path: Path, name: str) -> Sequence[ArrayFacts]:
    """All arrays of a file.

    Raises:
        UnusableDataError: it is no such file, or a broken one.
    """
    with few_at_once(name), _readable(name):
        return [_facts(*each) for each in _members(path, None)]


def picture(path: Path, name: str, array: str, page: int = 1) -> bytes:
    """A plane of an array as WebP, coloured from its smallest number to its largest.

    Args:
        path: the file.
        name: what it is called in errors.
        array: the name of the array in the file.
        page: which plane, of one that has more than two lengths, counted from 1.

    Raises:
        UnusableDataError: it has no such array or plane, or it is no picture.
    """
    from PIL import Image  # noqa: PLC0415  only pictures need it

    with few_at_once(name), _readable(name):
        for found, _, _, values in _members(path, array):
            if found == array and isinstance(values, np.ndarray) and 1 <= page <= _pages(values):
                planes = values.reshape(-1, *values.shape[-2:])
                return encoded(Image.fromarray(_coloured(_smaller(_numbers(planes[page - 1])))))
    raise UnusableDataError(f"'{name}' has no such picture.")


def _facts(name: str, shape: tuple[int, ...], dtype: "np.dtype[Any]", values: Any) -> ArrayFacts:
    bare = ArrayFacts(name, shape, str(dtype))
    if not isinstance(values, np.ndarray):
        return ArrayFacts(name, shape, str(dtype), why_not=values)
    numbers = _numbers(values)
    finite = numbers[np.isfinite(numbers)]
    if not finite.size:
        return bare
    return ArrayFacts(
        name=name,
        shape=shape,
        dtype=str(dtype),
        low=float(finite.min()),
        high=float(finite.max()),
        n_missing=numbers.size - finite.size,
        pages=_pages(values),
        curve=_curve(numbers.ravel()) if sum(length > 1 for length in shape) == 1 else "",
    )


def _members(path: Path, wanted: str | None) -> Iterator[tuple[str, tuple[int, ...], "np.dtype[Any]", Any]]:
    """Name, shape and kind of each array, and its values or why they are not looked at; of all, or of the one that is
    wanted.
    """  # noqa: D205  the list is one sentence
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield ("", *_read(file))
        return
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist()[:MOST_ARRAYS]:
            name = entry.filename.removesuffix(".npy")
            if entry.filename.endswith(".npy") and wanted in {None, name}:
                with archive.open(entry) as file:
                    yield (name, *_read(file))


def _read(file: IO[bytes]) -> tuple[tuple[int, ...], "np.dtype[Any]", Any]:
    shape, is_fortran, dtype = _head(file)
    if why_not := _why_not(shape, dtype):
        return shape, dtype, why_not
    n_bytes = math.prod(shape) * dtype.itemsize
    content = file.read(n_bytes)
    if len(content) < n_bytes:
        raise ValueError("it is cut off")
    return shape, dtype, np.frombuffer(content, dtype).reshape(shape, order="F" if is_fortran else "C")


def _head(file: IO[bytes]) -> tuple[tuple[int, ...], bool, "np.dtype[Any]"]:
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, is_fortran, dtype = read(file)
    return tuple(shape), is_fortran, dtype


def _why_not(shape: tuple[int, ...], dtype: "np.dtype[Any]") -> str:
    if dtype.hasobject:
        return "it holds objects, which are not unpacked"
    if dtype.kind not in "biufc":
        return "it does not hold numbers"
    if any(length < 0 for length in shape) or math.prod(shape) > _MOST_VALUES:
        return f"it has more than {_MOST_VALUES // 1_000_000} million values"
    return "" if math.prod(shape) else "it is empty"


def _numbers(values: Any) -> Any:
    return (np.abs(values) if values.dtype.kind == "c" else values).astype(np.float64)


def _pages(values: Any) -> int:
    if values.ndim < 2 or min(values.shape[-2:]) < 2:
        return 0
    return int(min(math.prod(values.shape[:-2]), _MOST_PAGES))


def _smaller(plane: Any) -> Any:
    """Every so many rows and columns of a large plane; each pixel of a small one several times."""
    rows, columns = (math.ceil(length / _LONGEST_PX) for length in plane.shape)
    few = plane[::rows, ::columns]
    times = max(_LONGEST_PX // 2 // max(few.shape), 1)
    return few.repeat(times, axis=0).repeat(times, axis=1)


def _coloured(plane: Any) -> Any:
    stops = np.array([[int(colour[at : at + 2], 16) for at in (0, 2, 4)] for colour in _VIRIDIS], np.float64)
    places = np.linspace(0, 255, len(stops))
    ramp = np.stack([np.interp(np.arange(256), places, stops[:, at]) for at in range(3)], axis=1)
    coloured = ramp.round().astype(np.uint8)[stretched(plane)]
    coloured[~np.isfinite(plane)] = 128  # grey, which the ramp has not
    return coloured


def _curve(numbers: Any) -> str:
    """Points of a curve that keeps every extreme: of each part its smallest and its largest number."""
    parts = np.array_split(numbers, min(_POINTS, len(numbers)))
    low, high = np.nanmin(numbers[np.isfinite(numbers)]), np.nanmax(numbers[np.isfinite(numbers)])
    scale = _HEIGHT / (high - low) if high > low else 0
    points: list[str] = []
    for place, part in enumerate(parts):
        finite = part[np.isfinite(part)]
        ends = (finite.min(), finite.max()) if finite.size > 1 else tuple(finite)
        x = place * _WIDTH / max(len(parts) - 1, 1)
        points += [f"{x:.1f},{_HEIGHT - (each - low) * scale:.1f}" for each in ends]
    return " ".join(points)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except UnusableDataError:
        raise
    except Exception as error:  # a broken file makes numpy and zipfile raise a dozen unrelated classes
        raise UnusableDataError(f"'{name}' can not be read as arrays: {str(error)[:200]}. Download it.") from error

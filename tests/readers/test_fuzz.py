"""Damaged files: each ends in a named error, or in all rows that are intact and a word on the others.

Every case is made from a seed that is its name, so each run is the same. Of the real files, each has some of the
damages; `CELLKEEP_FUZZ=100` makes a hundred rounds with all of them.
"""

import gzip
import os
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

import cellkeep
from cellkeep.client.reading import Reading
from cellkeep.domain import columns as c
from readers.damage import ROWS, beside, in_another_order, written_alike
from readers.files import Row, TextFile, real_files, text_file
from readers.oracle import NAMED, check_rows, outcome
from readers.samples import SAMPLES, write_samples

Item = TypeVar("Item")
ROUNDS = int(os.environ.get("CELLKEEP_FUZZ", "1"))
_CUTS = 3
_SOME = 4
"""So many of the damages and of the ways to write it each real file has."""
_LONG = 5_000_000
_NO_TEXTS = {".parquet", ".xlsx", ".res", ".nda", ".ndax", ".mpr"}
TEXTS = [*SAMPLES, *(str(path) for path in real_files() if path.suffix not in _NO_TEXTS)]


class Intact:
    """A file before it is damaged, and where its damaged copies are written."""

    def __init__(self, folder: Path, name: str) -> None:
        source = Path(name) if Path(name).is_absolute() else write_samples(folder)[list(SAMPLES).index(name)]
        try:
            found = text_file(source)
        except NAMED:
            found = None
        if found is None:
            pytest.skip("not a text that is read")
        self.file: TextFile = found
        self.path = folder / f"damaged-{source.name}"
        self.is_small = name in SAMPLES
        reading = self.read(found.content())
        if reading is None:
            pytest.skip("not a text that is read")
        self.reading: Reading = reading

    def read(self, content: bytes) -> Reading | None:
        """What is read of other content."""
        self.path.write_bytes(content)
        return outcome(self.path)

    def some(self, items: Iterable[Item]) -> list[Item]:
        """All of them for a small file and in a long run, else some."""
        known = list(items)
        all_of_them = self.is_small or ROUNDS > 1
        return known if all_of_them else self.rng("some").sample(known, min(_SOME, len(known)))

    def rng(self, what: str) -> Random:
        """Chance that is the same in each run."""
        return Random(f"{self.path.name} {what}")


@pytest.fixture(scope="module", params=TEXTS, ids=lambda name: Path(name).name)
def intact(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Intact:
    return Intact(tmp_path_factory.mktemp("intact"), request.param)


def test_damaged_rows(intact: Intact) -> None:
    """However rows are damaged, the others are read as they were, and those that are missing are told."""
    check_rows(intact.file, intact.file.rows, intact.reading, intact.reading)
    for damage in intact.some(ROWS):
        for round_ in range(ROUNDS):
            rows = damage(intact.rng(f"{damage.__name__} {round_}"), intact.file)
            found = intact.read(intact.file.content(rows))
            if found is not None:
                check_rows(intact.file, rows, intact.reading, found)


def test_a_file_that_is_cut_off(intact: Intact) -> None:
    """Of a file that breaks off anywhere, all rows before are read, or nothing."""
    content, head = intact.file.content(), len(intact.file.content([])) if not intact.file.after else None
    rng = intact.rng("cut")
    for at in sorted(rng.sample(range(len(content)), min(_CUTS * ROUNDS, len(content)))):
        found = intact.read(content[:at])
        if found is not None and head is not None and at > head:
            lines = content[head:at].decode("latin-1").split(intact.file.end)
            whole = zip(lines, intact.file.rows, strict=False)
            rows = [row if row.text == line else Row(line) for line, row in whole]
            check_rows(intact.file, rows, intact.reading, found)


def test_a_file_that_is_written_in_another_way(intact: Intact) -> None:
    """Line ends, encodings and compression make no difference."""
    for way, content in intact.some(written_alike(intact.file).items()):
        found = intact.read(content)
        assert found is not None, way
        assert found.time_series.equals(intact.reading.time_series), way


def test_columns_in_another_order(intact: Intact) -> None:
    """Where columns stand makes no difference, nor do three thousand others, nor the same headings once more."""
    more = [f"more {at}" for at in range(3000 if intact.is_small else 30)]
    headings = intact.file.cells(intact.file.before[intact.file.headings])
    contents = [
        in_another_order(intact.rng("order"), intact.file),
        beside(intact.file, more, ["1.5"] * len(more)),
        beside(intact.file, headings, ["7"] * len(headings)),
    ]
    names = [name for name in intact.reading.time_series.columns if name != c.TEMPERATURE]  # the first of several
    for content in contents:
        found = intact.read(content) if content is not None else intact.reading
        assert found is not None
        assert found.time_series.select(names).equals(intact.reading.time_series.select(names))


def test_damaged_beginnings_and_compression(intact: Intact) -> None:
    """A damaged beginning does not crash, nor does damaged compression, of which nothing but what was there is read."""
    content, rng = intact.file.content(), intact.rng("beginning")
    head = len(intact.file.content()) - len("".join(row.text for row in intact.file.rows))
    for _ in range(_CUTS * ROUNDS):
        intact.read(_flipped(rng, content, head))
    packed = gzip.compress(content, mtime=0)
    for broken in (_flipped(rng, packed, len(packed)), packed[: rng.randrange(len(packed))]):
        found = intact.read(broken)
        assert found is None or found.time_series.equals(intact.reading.time_series)


def test_a_file_without_rows(intact: Intact) -> None:
    """A file that has no row is refused, and one that has one is read or refused."""
    file = intact.file
    if not file.after:
        assert intact.read(file.end.join(file.before).encode("latin-1")) is None
    intact.read(file.content(file.rows[:1]))


def _flipped(rng: Random, content: bytes, end: int) -> bytes:
    changed = bytearray(content)
    changed[rng.randrange(end)] ^= 1 << rng.randrange(8)
    return bytes(changed)


@pytest.mark.parametrize("content", [b"", b"\n" * 1_000_000, b" " * _LONG, b"\x00" * _LONG, b"\xff\xfe", b"\x1f\x8b"])
def test_a_file_of_nothing(tmp_path: Path, content: bytes) -> None:
    """A file that holds nothing is refused."""
    (tmp_path / "empty.csv").write_bytes(content)
    with pytest.raises(NAMED, match=r"empty|no text|is of no format|can not be unpacked"):
        cellkeep.read(tmp_path / "empty.csv")


@pytest.mark.parametrize("char", [b"1", b",", b" ", b'"', b"("], ids=repr)
@pytest.mark.parametrize("place", ["before", "below the headings", "among the rows"])
def test_a_line_without_end(tmp_path: Path, char: bytes, place: str) -> None:
    """A line of five million letters neither hangs nor costs another row."""
    head, _, rows = SAMPLES["arbin.csv"].encode().partition(b"\n")
    first, _, others = rows.partition(b"\n")
    line = char * (_LONG // len(char)) + b"y"
    parts = {
        "before": [line, head, first, others],
        "below the headings": [head, line, first, others],
        "among the rows": [head, first, line, others],
    }
    path = tmp_path / "long.csv"
    path.write_bytes(b"\n".join(parts[place]))
    found = outcome(path)
    assert found is None or found.time_series[c.VOLTAGE].to_list() == [3.5, 3.6, 3.7, 3.6, 3.4]


def test_a_million_empty_lines(tmp_path: Path) -> None:
    """Empty lines are no rows, however many there are."""
    path = tmp_path / "lines.csv"
    path.write_text(SAMPLES["arbin.csv"] + "\n" * 1_000_000)
    assert cellkeep.read(path).time_series[c.VOLTAGE].to_list() == [3.5, 3.6, 3.7, 3.6, 3.4]

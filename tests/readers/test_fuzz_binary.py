"""Damaged binary files, read in a process of their own: each is refused, or read with a word on what is missing."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from readers.files import real_files
from readers.samples import ARBIN
from readers.workbooks import write_workbook

ROUNDS = int(os.environ.get("CELLKEEP_FUZZ", "1"))
_LONGEST_S = 10
_MOST_BYTES = 600_000
MADE = ("made.xlsx", "made.parquet")
REAL = real_files(".xlsx", ".parquet", ".res", ".nda", ".ndax", ".mpr")


def _made(folder: Path, name: str) -> Path:
    rows = [line.split(",") for line in ARBIN.splitlines()]
    if name.endswith("xlsx"):
        return write_workbook(folder / name, {"Channel_1": rows, "Channel_2": rows[:1]})
    series = {
        "Time [s]": range(3000),
        "Voltage [V]": [3 + at / 3000 for at in range(3000)],
        "Current [A]": [0.5] * 3000,
    }
    pl.DataFrame(series).write_parquet(folder / name, row_group_size=500)
    return folder / name


def _flips(rng: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    near = rng.choice((len(content), min(4096, len(content))))
    for _ in range(rng.choice((1, 1, 4, 30))):
        changed[rng.choice((1, -1)) * rng.randrange(near)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(rng: Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content))]


def _hole(rng: Random, content: bytes) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + content[at + rng.choice((16, 512, 4096)) :]


def _zeros(rng: Random, content: bytes) -> bytes:
    at = rng.randrange(len(content))
    length = min(rng.choice((16, 512, 4096)), len(content) - at)
    return content[:at] + bytes(length) + content[at + length :]


DAMAGES: tuple[Callable[[Random, bytes], bytes], ...] = (_flips, _cut, _hole, _zeros)


def _read(paths: list[Path]) -> list[dict[str, Any]]:
    """What becomes of each, as far as the process came."""
    done = subprocess.run(
        [sys.executable, "-m", "readers.reading_many", *map(str, paths)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "RUST_BACKTRACE": "0"},
        timeout=_LONGEST_S * len(paths),
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _damaged(folder: Path, source: Path) -> list[Path]:
    """A file, and copies of it that are damaged."""
    content = source.read_bytes()
    paths = [folder / f"intact{source.suffix}"]
    folder.mkdir()
    paths[0].write_bytes(content)
    for damage in DAMAGES:
        for round_ in range(2 * ROUNDS):
            paths.append(folder / f"{damage.__name__}-{round_}{source.suffix}")
            paths[-1].write_bytes(damage(Random(f"{source.name} {paths[-1].name}"), content))
    return paths


@pytest.mark.parametrize("real", [False, True])
def test_damaged_binary_files(tmp_path: Path, real: bool) -> None:
    """A damaged file crashes nothing, is read in time, and none of its rows is missing without a word."""
    sources = (
        [path for path in REAL if path.stat().st_size < _MOST_BYTES] if real else [_made(tmp_path, it) for it in MADE]
    )
    files = [_damaged(tmp_path / str(at), source) for at, source in enumerate(sources)]
    paths = [path for each in files for path in each]
    results = _read(paths) if paths else []
    assert len(results) == len(paths), f"{paths[len(results)]} ended the process"
    found = dict(zip(paths, results, strict=True))
    for source, (intact, *damaged) in zip(sources, files, strict=True):
        for path in damaged:
            name, each = f"{source.name} {path.name}", found[path]
            assert "crash" not in each, f"{name}: {each['crash']}"
            assert each["seconds"] < _LONGEST_S, name
            if "rows" in each:
                _check(name, found[intact], each)


def _check(name: str, intact: dict[str, Any], each: dict[str, Any]) -> None:
    assert "rows" in intact, f"{name} is read, and was not before it was damaged"
    if "rows_missing" in each["told"]:
        return
    if " _cut" in name:  # what comes before may be read
        assert each["voltages"] == intact["voltages"][: each["rows"]], name
    elif not name.endswith(".nda"):  # which has nothing by which to tell
        assert each["rows"] + each["left_out"] == intact["rows"] + intact["left_out"], f"{name}: {each['told']}"

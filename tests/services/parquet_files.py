"""Parquet files as several programs write them, and footers that say something else."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from cellkeep.services.thrift_compact import Struct, read_struct, read_structs, structs, write_struct

Write = Callable[[pl.DataFrame, Path, int], None]
"""Writes a frame to a file with row groups of so many rows."""


def varied(rows: int, start: int = 0) -> pl.DataFrame:
    """Rows from `start` on of a series with columns of many types, missing values and odd names."""
    row = np.arange(start, start + rows)
    count = pl.Series(row)
    at = pl.Series(row).cast(pl.Duration("ms")) + datetime(2026, 3, 29)  # noqa: DTZ001
    return pl.DataFrame(
        {
            "Time [s]": row * 0.5,
            "Step count": row // 50,
            "Voltage [V]": np.where(row % 7, np.sin(row), np.nan),
            "small": count.cast(pl.Int16),
            "single": (count / 3).cast(pl.Float32),
            "missing": [None if n % 3 else int(n) for n in row],
            "nothing": pl.Series([None] * rows, dtype=pl.Float64),
            "flag": row % 2 == 0,
            "text": [f"{'rest' if n % 2 else 'charge'}" for n in row],
            "long text": [f"{n:>60}" for n in row],
            "kind": pl.Series([f"kind {n % 5}" for n in row], dtype=pl.Categorical),
            "state": pl.Series(["on" if n % 4 else "off" for n in row], dtype=pl.Enum(["on", "off"])),
            "clock": at,
            "zone": at.dt.replace_time_zone("UTC").cast(pl.Datetime("us", UTC)),
            "day": at.dt.date(),
            "took": count.cast(pl.Duration("us")),
            "^a$": row,
            "*": row + 0.5,
            "": row,
            "Größe ⌀": row,
            "a.b": row,
            "n" * 3000: row,
        }
    )


def nested(rows: int, start: int = 0) -> pl.DataFrame:
    """The same with lists and structs."""
    row = range(start, start + rows)
    return varied(rows, start).with_columns(
        pl.Series("list", [[n] * (n % 4) if n % 5 else None for n in row]),
        pl.Series("struct", [{"a": n, "b": [str(n)]} for n in row]),
    )


def by_polars(**options: Any) -> Write:
    return lambda frame, path, rows: frame.write_parquet(path, row_group_size=rows, **options)


def by_pyarrow(**options: Any) -> Write:
    def write(frame: pl.DataFrame, path: Path, rows: int) -> None:
        import pyarrow.parquet as pq  # noqa: PLC0415

        given = dict(options)
        if given.pop("bloom", False):
            given["bloom_filter_options"] = {"Time [s]": {"ndv": rows}, "text": {"ndv": rows}}
        pq.write_table(frame.to_arrow(), path, row_group_size=rows, **given)

    return write


WRITERS: dict[str, Write] = {
    "polars": by_polars(compression="zstd"),
    "polars, as it comes": lambda frame, path, _rows: frame.write_parquet(path),
    "polars, not compressed": by_polars(compression="uncompressed", statistics="full"),
    "polars, small pages": by_polars(compression="snappy", data_page_size=100),
    "pyarrow": by_pyarrow(),
    "pyarrow 1.0": by_pyarrow(version="1.0", compression="none", use_dictionary=False),
    "pyarrow 2.4": by_pyarrow(version="2.4", compression="zstd", data_page_version="2.0"),
    "pyarrow, page index": by_pyarrow(write_page_index=True, data_page_size=100, write_batch_size=10),
    "pyarrow, bloom filter": by_pyarrow(bloom=True, write_page_index=True),
    "pyarrow, no statistics": by_pyarrow(write_statistics=False, write_page_checksum=True, compression="gzip"),
}


def write_encrypted(frame: pl.DataFrame, path: Path, *, plaintext_footer: bool) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415
    from pyarrow.parquet import encryption  # noqa: PLC0415

    how = encryption.create_encryption_properties(b"0123456789abcdef", plaintext_footer=plaintext_footer)
    pq.write_table(frame.to_arrow(), path, encryption_properties=how)


def footer_changed(content: bytes, where: str, change: Callable[[Struct], object]) -> bytes:
    """The file with another footer: `change` alters the fields of the file, or of every group, chunk or values."""

    def entry(name: str, inner: dict[int, Any]) -> Callable[[bytes, int], tuple[bytes, int]]:
        def read(data: bytes, at: int) -> tuple[bytes, int]:
            fields, at = read_struct(data, at, inner)
            if name == where:
                change(fields)
            return write_struct(fields), at

        return read

    def each(inner: Callable[[bytes, int], tuple[bytes, int]]) -> Callable[[bytes, int], tuple[bytes, int]]:
        def read(data: bytes, at: int) -> tuple[bytes, int]:
            found, at = read_structs(data, at, inner)
            return structs(found)[1], at

        return read

    chunk = entry("chunk", {3: entry("values", {})})
    whole = entry("file", {4: each(entry("group", {1: each(chunk)}))})
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    footer, _ = whole(content[start:-8], 0)
    return content[:start] + footer + len(footer).to_bytes(4, "little") + b"PAR1"

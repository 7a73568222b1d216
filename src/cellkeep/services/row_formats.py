"""The forms in which rows of a series are sent, each written in bounded memory."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import IO

import polars as pl
import polars.selectors as cs
from pydantic_core import to_json

from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.time_series import MAX_JSON_CELLS, RowFormat
from cellkeep.summarise.overview import single_values

Rows = pl.DataFrame | pl.LazyFrame
"""Few rows that were read, or any number that are still to be read."""

_OLDEST = pl.CompatLevel.oldest()
"""Of Arrow: it has text in the form that all readers know."""
_MOST_JSON_BYTES = 32 * 1024 * 1024
_BATCH_VALUES = 1 << 22
_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def _write_json(rows: Rows, target: IO[bytes]) -> None:
    """Columns as lists; what is missing or no finite number is null, times are ISO 8601."""
    width = len(rows.lazy().collect_schema())
    table = rows.lazy().head(MAX_JSON_CELLS // width + 1).collect()
    if table.height * width > MAX_JSON_CELLS or table.estimated_size() > _MOST_JSON_BYTES:
        raise BadRequestError(
            f"The rows asked for have more than {MAX_JSON_CELLS:,} cells, or long ones, which is too much for JSON. "
            "Ask for fewer columns, steps or cycles, for a window, or for max_points; or for format=arrow, parquet or "
            "csv."
        )
    columns = table.with_columns(cs.decimal().cast(pl.Float64)).to_dict(as_series=False)
    target.write(to_json({"time_series": columns}, inf_nan_mode="null", bytes_mode="base64"))


def _write_arrow(rows: Rows, target: IO[bytes]) -> None:
    rows.lazy().sink_ipc(target, compression="lz4", compat_level=_OLDEST)


def _write_arrow_stream(rows: Rows, target: IO[bytes]) -> None:
    """The messages of all batches in one stream: each is written as a stream of its own, and loses its ends."""
    begun = False
    for batch in _batches(rows):
        alone = BytesIO()
        batch.write_ipc_stream(alone, compression="lz4", compat_level=_OLDEST)
        messages = alone.getbuffer()
        # A marker of four bytes, the length of what follows in four more, and the schema, which has no body.
        schema_end = 8 + int.from_bytes(messages[4:8], "little")
        target.write(messages[schema_end if begun else 0 : -len(_END_OF_STREAM)])
        begun = True
    target.write(_END_OF_STREAM)


def _batches(rows: Rows) -> Iterator[pl.DataFrame]:
    if isinstance(rows, pl.DataFrame):
        yield rows
        return
    empty = rows.head(0).collect()
    yield empty  # so that there is a schema where there are no rows
    yield from rows.collect_batches(chunk_size=max(_BATCH_VALUES // empty.width, 1), maintain_order=True)


def _write_parquet(rows: Rows, target: IO[bytes]) -> None:
    rows.lazy().sink_parquet(target, compression="zstd")


def _write_csv(rows: Rows, target: IO[bytes]) -> None:
    if many := rows.lazy().select(~single_values()).collect_schema().names():
        raise BadRequestError(
            f"CSV has one value in a cell, and {quoted(many)} more. Leave these columns out, or take another format."
        )
    rows.lazy().with_columns(cs.duration().dt.to_string("iso")).sink_csv(target)


WRITERS: dict[RowFormat, Callable[[Rows, IO[bytes]], None]] = {
    "json": _write_json,
    "arrow": _write_arrow,
    "arrow_stream": _write_arrow_stream,
    "parquet": _write_parquet,
    "csv": _write_csv,
}

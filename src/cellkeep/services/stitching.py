"""Putting rows behind a stored series: what may follow it, and the whole as a new file.

Columns are selected by `cs.by_name`, because `pl.col` takes names such as `^note$` and `*` for patterns.
"""

import logging
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import polars.selectors as cs

from cellkeep.domain.columns import STEP_COUNT, TIME, quoted
from cellkeep.domain.errors import ConflictError, UnusableDataError
from cellkeep.domain.files import PAGE_BYTES, ROW_GROUP_ROWS
from cellkeep.services import row_groups, series
from cellkeep.services.common_types import common_types
from cellkeep.services.parquet_footer import UnknownLayoutError
from cellkeep.summarise import ORDERING, Continuation, End

_log = logging.getLogger(__name__)

_ROW_GROUP_VALUES = 1 << 22
"""A row group is held in memory while it is written, so a wide series has fewer rows in each."""


def verify(stored: Sequence[str], sent: Path) -> None:
    """Read what was sent to its last value, and refuse what can not follow a stored series.

    Args:
        stored: where the series is scanned, one file behind the other; only its end is read, and columns whose type
            differs.
        sent: the rows to append.

    Raises:
        ConflictError: the stored series has no clock or counts no steps, so that nothing can follow it.
        UnusableDataError: what was sent is no table, is empty, has other columns, other kinds of values, or rows that
            do not carry on where the series ends.
    """
    before = pl.scan_parquet([*stored], glob=False)
    present = before.collect_schema()
    if missing := [name for name in ORDERING if name not in present]:
        raise ConflictError(
            f"The stored series has no column {quoted(missing)}, so nothing can be appended to it.",
            detail={"missing": missing},
        )
    _require_same(list(present), series.columns(sent, "table of rows to append"))
    following = Continuation(_end(before))
    rows = 0
    for chunk in series.chunks([sent], list(present)):
        following.add(chunk)
        rows += chunk.height
        del chunk  # or it stays in memory while the next one is fetched
    if not rows:
        raise UnusableDataError("There are no rows to append.", detail={"n_rows": 0})
    common_types(before, pl.scan_parquet(sent, glob=False))


def stitch(files: Sequence[Path], target: Path) -> None:
    """Write all, one after the other, as one series with row groups of one size; the stored rows keep their values.

    Where all columns keep their types, the full row groups of the first file are copied as they are.

    Args:
        files: two or more; the last may have other types than those before it, which have the same.
        target: where to write.

    Raises:
        UnusableDataError: a column has values that no type holds together.
        RuntimeError: what was written is not all columns and rows of them.
    """
    first, *others = (pl.scan_parquet(path, glob=False) for path in files)
    before = pl.scan_parquet([*files[:-1]], glob=False)
    types = common_types(before, others[-1])
    cast_to = _casts(types)
    following = pl.concat([rows.select(cast_to) for rows in others])
    rows, n_rows = _group_rows(types), _n_rows(files)
    if types == before.collect_schema() and _grown(files[0], following, target, types, n_rows, rows):
        return
    _write(pl.concat([first.select(cast_to), following]), target, rows)
    _require_whole(target, types, n_rows)


def lay_out(sent: Path, stored: str, target: Path) -> list[str] | None:
    """Write rows as a file of their own that can lie behind a stored series: with its columns, of the same types.

    Returns:
        The columns; None, and nothing is written, where one needs another type.
    """
    before, after = (pl.scan_parquet(place, glob=False) for place in (stored, sent))
    types = common_types(before, after)
    if types != before.collect_schema():
        return None
    _write(after.select(_casts(types)), target, _group_rows(types))
    return list(types)


def _n_rows(files: Sequence[Path]) -> int:
    return sum(series.height(pl.scan_parquet(path, glob=False)) for path in files)


def _casts(types: dict[str, pl.DataType]) -> list[pl.Expr]:
    return [cs.by_name(name).cast(dtype) for name, dtype in types.items()]


def _group_rows(types: dict[str, pl.DataType]) -> int:
    return min(ROW_GROUP_ROWS, max(_ROW_GROUP_VALUES // len(types), 1))


def _write(whole: pl.LazyFrame, target: Path, rows: int) -> None:
    whole.sink_parquet(target, compression="zstd", row_group_size=rows, data_page_size=PAGE_BYTES, maintain_order=True)


def _grown(
    stored: Path, following: pl.LazyFrame, target: Path, types: dict[str, pl.DataType], n_rows: int, rows: int
) -> bool:
    """Whether the whole was written, with row groups of the stored series as they are."""
    try:
        head = row_groups.head(stored, rows, n_rows - _n_rows([stored]))
        if not head.groups:
            return False
        rest = pl.concat([pl.scan_parquet(stored, glob=False).slice(head.rows), following])
        _join(head, rest, target, rows)
        _require_whole(target, types, n_rows)
        _require_equal(pl.scan_parquet(target, glob=False).slice(head.rows), rest, rows)
    except UnknownLayoutError as error:
        _log.info("A series is written anew, since its row groups can not be copied. %s", error)
        return False
    except (RuntimeError, ValueError, *series.UNREADABLE):
        _log.warning("A series is written anew, since copying its row groups failed.", exc_info=True)
        return False
    return True


def _join(head: row_groups.Head, rest: pl.LazyFrame, target: Path, rows: int) -> None:
    """The rest is written while the system copies the head."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, ThreadPoolExecutor(1) as beside:
        copying = beside.submit(row_groups.copy_head, head, target)
        tail = Path(folder) / "tail"
        _write(rest, tail, rows)
        copying.result()
        row_groups.add_tail(head, tail, target)


def _require_equal(written: pl.LazyFrame, expected: pl.LazyFrame, rows: int) -> None:
    pieces = (part.collect_batches(chunk_size=rows, maintain_order=True) for part in (written, expected))
    if not all(found.equals(meant) for found, meant in zip(*pieces, strict=True)):
        raise RuntimeError("The rows that were put behind the stored ones are read otherwise.")


def _require_whole(written: Path, types: dict[str, pl.DataType], n_rows: int) -> None:
    whole = pl.scan_parquet(written, glob=False)
    written_rows, schema = series.height(whole), whole.collect_schema()
    if [*schema.items()] != [*types.items()] or written_rows != n_rows:
        raise RuntimeError(f"The longer series has {written_rows} rows of {schema}, instead of {n_rows} of {types}.")


def _end(rows: pl.LazyFrame) -> End:
    last = rows.select(ORDERING).tail(1).collect()
    time = last[TIME].cast(pl.Float64).fill_nan(None).item()
    return End(_last_time(rows) if time is None else time, float(last[STEP_COUNT].item()))


def _last_time(rows: pl.LazyFrame) -> float | None:
    """The last that is known. Rows without a clock, as of impedance, end the series, so it is looked for backwards."""
    known = pl.col(TIME).cast(pl.Float64).fill_nan(None).drop_nulls().last()
    n_rows, looked_at = series.height(rows), ROW_GROUP_ROWS
    while True:
        time = rows.select(TIME).tail(looked_at).select(known).collect(engine="streaming").item()
        if time is not None or looked_at >= n_rows:
            return None if time is None else float(time)
        looked_at *= 8


def _require_same(stored: list[str], sent: list[str]) -> None:
    missing = [name for name in stored if name not in sent]
    unknown = [name for name in sent if name not in stored]
    if missing or unknown:
        raise UnusableDataError(
            "The rows to append need exactly the columns of the stored series"
            + (f"; missing: {quoted(missing)}" if missing else "")
            + (f"; not in the series: {quoted(unknown)}" if unknown else "")
            + ".",
            detail={"missing": missing, "unexpected": unknown, "stored_columns": stored},
        )

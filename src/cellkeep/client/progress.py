"""A progress bar for long transfers, shown only where a person is watching."""

import sys
from collections.abc import Generator, Iterable

_WORTH_SHOWING_BYTES = 8 * 1024 * 1024


def watched(pieces: Iterable[bytes], label: str, total_bytes: int | None) -> Generator[bytes]:
    """The same pieces, with a bar on the terminal while they pass."""
    if (total_bytes or 0) < _WORTH_SHOWING_BYTES or not sys.stderr.isatty():
        yield from pieces
        return
    from rich.console import Console  # noqa: PLC0415  only where there is something to show
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total_bytes)
        for piece in pieces:
            yield piece
            progress.advance(task, len(piece))

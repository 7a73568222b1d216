"""Whether the tables that a server made of a series are those of the crate."""

from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl

from cellkeep.client.crate.opening import Opened
from cellkeep.client.crate.tables import tables_of
from cellkeep.client.measurement_reading import MeasurementReading
from cellkeep.client.transport import Transport
from cellkeep.client.waiting import wait_until_processed

_PATIENCE_S = 3600.0


class Series(NamedTuple):
    """A series that was made, and where the crate has its tables."""

    id: str
    name: str
    steps: str
    cycles: str | None


def differs(transport: Transport, crate: Opened, series: Series) -> bool:
    """Whether its tables are others than those in the crate.

    Raises:
        MeasurementProcessingError: they could not be made.
    """
    wait_until_processed(MeasurementReading(transport, "polars").get, [series.id], _PATIENCE_S)
    with tables_of(transport, series.id) as tables:
        return not (_same(crate, series.steps, tables.steps) and _same(crate, series.cycles, tables.cycles))


def _same(crate: Opened, name: str | None, made: Path) -> bool:
    if name is None:
        return True
    with made.open("rb") as file:
        if file_digest(file, "sha256").hexdigest() == crate.files[name].sha256:
            return True
    with TemporaryDirectory(prefix="cellkeep-") as folder:
        sent = Path(folder) / "table.parquet"
        with sent.open("wb") as file:
            file.writelines(crate.pieces(name))
        try:
            return pl.read_parquet(sent, glob=False).equals(pl.read_parquet(made, glob=False))
        except pl.exceptions.PolarsError:
            return False

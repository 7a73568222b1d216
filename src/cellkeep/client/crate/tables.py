"""The step and the cycle table of a series, as a crate has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cellkeep.client.frames import from_polars
from cellkeep.client.measurement_reading import MeasurementReading
from cellkeep.client.transport import Transport, segment


class Tables(NamedTuple):
    """Files with both tables."""

    steps: Path
    cycles: Path


@contextmanager
def tables_of(transport: Transport, measurement_id: str) -> Iterator[Tables]:
    """The tables of a series that is ready, for as long as the context lasts; the step table as it is stored.

    Raises:
        NotReadyError: they are not there.
    """
    at = f"/cell_measurements/{segment(measurement_id)}/steps/download"
    with (
        TemporaryDirectory(prefix="cellkeep-") as folder,
        transport.fetched(transport.location(at), "steps") as steps,
    ):
        cycles = Path(folder) / "cycles.parquet"
        frame = MeasurementReading(transport, "polars").cycles(measurement_id)
        from_polars(frame, "polars").write_parquet(cycles, compression="zstd")
        yield Tables(steps, cycles)

"""Reading the content of measurements: tables, rows and files."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl
import polars.selectors as cs
from pydantic import ConfigDict

from cellkeep.client.frames import Backend, Frame, from_polars
from cellkeep.client.resource import Resource, read
from cellkeep.client.series_selection import Window, selection
from cellkeep.client.transport import Transport, segment
from cellkeep.domain.errors import NotReadyError, ServerError, TransportError
from cellkeep.domain.measurements import (
    CellMeasurement,
    CycleTable,
    FileList,
    MeasurementType,
    NoTables,
    StepAndCycleTables,
)
from cellkeep.domain.records import Model
from cellkeep.summarise.names import TYPES

_FEW_ROWS = 16 * 1024
"""So many are read by the server at once. More are worth a link to the file, which the server may have to write."""
_PARALLEL_FILES = 4
_FARTHEST_ROW = 2**32 - 2
"""As far as polars counts rows."""

_LONG_ADDRESS = 1500
"""Letters of names and numbers. A proxy may refuse an address of several thousand, and clients take none of 64 KiB."""


class StepsAndCycles(Model):
    """Both tables of a series."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    steps: Any
    cycles: Any


class MeasurementDetail(CellMeasurement):
    """A measurement with its content; parts that were not asked for, or that its type does not have, are None."""

    instance_id: str
    steps: Any = None
    cycles: Any = None
    time_series: Any = None
    files: dict[str, bytes] | None = None


class MeasurementReading(Resource):
    """The reading half of `client.cell_measurement`.

    What is read is always as the server has it now: `use_cache` is taken so that code written for clients with a cache
    runs unchanged, and does nothing.
    """

    def __init__(self, transport: Transport, backend: Backend) -> None:
        super().__init__(transport)
        self._backend: Backend = backend

    def get(self, measurement_id: str) -> CellMeasurement:
        """What is said of the measurement, without its content."""
        return read(CellMeasurement, self._transport.get(_at(measurement_id)))

    def steps(self, measurement_id: str, use_cache: bool = True) -> Frame:  # noqa: ARG002
        """The step table: one row per run of `Step count`; see `docs/tables.md` for its columns.

        Raises:
            NotReadyError: the table is still being made, or could not be made.
            BadRequestError: the measurement is no time series.
        """
        link = self._transport.location(f"{_at(measurement_id)}/steps/download")
        with self._transport.fetched(link, "steps") as path:
            return self._out(pl.read_parquet(path, glob=False, memory_map=False))

    def cycles(
        self,
        measurement_id: str,
        use_cache: bool = True,  # noqa: ARG002
        *,
        reference_cycle: int | None = None,
    ) -> Frame:
        """The cycle table: one row per `Cycle count`; capacities in A.h, energies in W.h, ratios not in percent.

        Args:
            measurement_id: whose table.
            use_cache: does nothing; nothing is cached.
            reference_cycle: the `Cycle count` that retention and fade refer to, in this answer. For every reader, set
                `summary_rules` of the measurement.

        Raises:
            NotReadyError: the table is still being made, or could not be made.
            BadRequestError: the table has no such cycle.
        """
        params = {"reference_cycle": reference_cycle}
        found = read(CycleTable, self._transport.get(f"{_at(measurement_id)}/cycles", params))
        return self._out(_table(found.cycles))

    def steps_and_cycles(self, measurement_id: str, use_cache: bool = True) -> StepsAndCycles:  # noqa: ARG002
        """Both tables in one call.

        Raises:
            NotReadyError: the tables are still being made, or could not be made.
        """
        answer = self._transport.get(f"{_at(measurement_id)}/steps_and_cycles")
        if isinstance(answer, dict) and answer.get("steps", ()) is None:
            raise NotReadyError(read(NoTables, answer).processing_error)
        both = read(StepAndCycleTables, answer)
        return StepsAndCycles(steps=self._out(_table(both.steps)), cycles=self._out(_table(both.cycles)))

    def time_series(
        self,
        measurement_id: str,
        use_cache: bool = True,
        row_range: tuple[int, int] | None = None,
        *,
        columns: str | Iterable[str] | None = None,
        steps: int | Iterable[int] | None = None,
        cycles: int | Iterable[int] | None = None,
        window: Window | None = None,
        max_points: int | None = None,
        x: str | None = None,
    ) -> Frame:
        """The rows as they were sent: all columns, in order; or the part of them that is named.

        All conditions hold at once. Only what is named is read and transferred.

        Args:
            measurement_id: whose rows.
            use_cache: does nothing; nothing is cached.
            row_range: first row and the row after the last, counted from 0.
            columns: names of columns, in the order they are to come.
            steps: values of `Step count`.
            cycles: values of `Cycle count`, as the step table has them.
            window: a column of numbers with its smallest and largest value, as `("Time [s]", 100, 200)`, or these by
                column, as `{"Voltage [V]": (3.0, None)}`. Both bounds belong to it; None is no bound.
            max_points: at most so many rows, chosen so that lines through them look like lines through all. The first,
                the last and the extremes of each column of numbers are among them; `x` is always returned.
            x: column that lines are drawn over; `Time [s]` unless named, or else the number of the row.

        Raises:
            TypeError: a range is given where `use_cache` stands, or a number is no whole number.
            ValueError: the range is negative or runs backwards, or a list is empty.
            BadRequestError: there is no such column, step or cycle; says which there are.
            InvalidError: a window runs backwards, or `max_points` is too small for the columns.
            NotReadyError: a part is asked for before the tables are made.
        """
        if not isinstance(use_cache, bool):
            raise TypeError(f"{use_cache!r} stands where use_cache does: pass row_range by name.")
        if row_range is not None and not 0 <= row_range[0] <= row_range[1]:
            raise ValueError(f"row_range {row_range} must be (first, one past the last) with 0 <= first <= last.")
        named = selection(columns=columns, steps=steps, cycles=cycles, window=window, max_points=max_points, x=x)
        few = row_range is not None and row_range[1] - row_range[0] <= _FEW_ROWS
        if named or few:
            try:
                return self._out(self._part(measurement_id, named, row_range))
            except NotReadyError:
                if named:
                    raise
        link = self._transport.location(f"{_at(measurement_id)}/time_series/download")
        if row_range is not None and self._transport.shared_path(link) is None:
            try:
                return self._out(_window(pl.scan_parquet(link, glob=False), row_range))
            except OSError:
                pass  # storage that does not serve byte ranges: the whole is fetched and cut here
        with self._transport.fetched(link, "time series") as path:
            if row_range is not None:
                return self._out(_window(pl.scan_parquet(path, glob=False), row_range))
            return self._out(pl.read_parquet(path, glob=False, memory_map=False))

    def list_files(self, measurement_id: str) -> list[str]:
        """Names of the attached files, in the order they were sent."""
        return read(FileList, self._transport.get(f"{_at(measurement_id)}/files")).filenames

    def get_file(self, measurement_id: str, filename: str) -> bytes:
        """The bytes of one attached file; NotFoundError where it has none of that name."""
        link = self._transport.location(f"{_at(measurement_id)}/files/{segment(filename)}")
        with self._transport.fetched(link, filename) as path:
            return path.read_bytes()

    def download_files(
        self,
        measurement_id: str,
        use_cache: bool = True,  # noqa: ARG002
        filenames: Iterable[str] | None = None,
    ) -> dict[str, bytes]:
        """The bytes of all attached files, or of those named, by name."""
        names = self.list_files(measurement_id) if filenames is None else list(filenames)
        with ThreadPoolExecutor(_PARALLEL_FILES) as pool:
            return dict(zip(names, pool.map(lambda name: self.get_file(measurement_id, name), names), strict=True))

    def detail(
        self,
        measurement_id: str,
        use_cache: bool = True,  # noqa: ARG002
        include_steps: bool = True,
        include_cycles: bool = True,
        include_time_series: bool = True,
    ) -> MeasurementDetail:
        """The measurement with its content: tables and rows, or files, or properties, as its type has them.

        Tables that are not there (still being made, or failed) are None.
        """
        record = self.get(measurement_id)
        parts: dict[str, Any] = {}
        if record.measurement_type == MeasurementType.file:
            parts["files"] = self.download_files(measurement_id)
        elif record.measurement_type == MeasurementType.time_series:
            wanted = {
                "steps": (include_steps, self.steps),
                "cycles": (include_cycles, self.cycles),
                "time_series": (include_time_series, self.time_series),
            }
            with ThreadPoolExecutor(len(wanted)) as pool:
                tasks = {name: pool.submit(call, measurement_id) for name, (asked, call) in wanted.items() if asked}
                parts = {name: _ready(task.result) for name, task in tasks.items()}
        plain = record.model_dump()
        return MeasurementDetail(**plain, instance_id=record.cell_instance_id, **parts)

    def _part(self, measurement_id: str, named: dict[str, Any], row_range: tuple[int, int] | None) -> pl.DataFrame:
        first, end = row_range or (None, None)
        # Of whole columns so much is sent that it pays to unpack them in parallel; all else is mostly short.
        whole = named.keys() == {"columns"} and row_range is None
        asked = {**named, "row_from": first, "row_to": end, "format": "arrow" if whole else "arrow_stream"}
        path = f"{_at(measurement_id)}/time_series"
        if sum(len(value) for values in named.values() if isinstance(values, list) for value in values) > _LONG_ADDRESS:
            content = self._transport.content_of_query(f"{path}/query", asked)
        else:
            content = self._transport.content(path, asked)
        try:
            return pl.read_ipc(content) if whole else pl.read_ipc_stream(content)
        except pl.exceptions.PolarsError as error:
            raise ServerError(f"The server answered {path} with {len(content)} bytes that are no table.") from error

    def _out(self, frame: pl.DataFrame) -> Frame:
        return from_polars(frame, self._backend)


def _ready(result: Any) -> Any:
    try:
        return result()
    except NotReadyError:
        return None


def _window(scan: pl.LazyFrame, row_range: tuple[int, int]) -> pl.DataFrame:
    first, end = row_range
    return scan.slice(min(first, _FARTHEST_ROW), min(end - first, _FARTHEST_ROW)).collect()


def _table(table: dict[str, list[Any]]) -> pl.DataFrame:
    try:
        frame = pl.DataFrame(table, strict=False, infer_schema_length=None)
    except pl.exceptions.PolarsError as error:
        raise TransportError(f"The server's answer is no table: {error}") from error
    # A column without a single value has lost its type on the way.
    empty = [name for name, dtype in frame.schema.items() if dtype == pl.Null]
    return frame.with_columns(cs.by_name(name).cast(TYPES.get(name, pl.Float64())) for name in empty)


def _at(measurement_id: str) -> str:
    return f"/cell_measurements/{segment(measurement_id)}"

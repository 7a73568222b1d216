"""Analyses of measurements."""

from collections.abc import MutableSequence, Sequence
from typing import Any

import polars as pl

from cellkeep.client.frames import Backend, Frame, from_polars, to_polars
from cellkeep.client.resource import Resource, read, read_page
from cellkeep.client.transport import Transport, as_json, segment
from cellkeep.domain.analyses import Analysis
from cellkeep.domain.errors import ConflictError, NotFoundError
from cellkeep.domain.paging import Page
from cellkeep.domain.tables import DownloadUrl

_PAGE = 100


class Analyses(Resource):
    """`client.analysis`."""

    def __init__(self, transport: Transport, backend: Backend) -> None:
        super().__init__(transport)
        self._backend: Backend = backend

    def create(
        self,
        measurement_id: str,
        name: str,
        analysis_type: str,
        data: Any,
        *,
        columns: list[dict[str, Any]] | None = None,
        plots: list[dict[str, Any]] | None = None,
        metadata: dict[str, Any] | None = None,
        notes: str | None = None,
    ) -> Analysis:
        """Keep a table of results about a measurement.

        Args:
            measurement_id: what it is about.
            name: need not be unique.
            analysis_type: free text; well known are `ecm_from_eis`, `lam_lli_from_rpt` and `dcir_from_hppc`.
            data: a polars or pandas frame or a dict of lists, kept as it is.
            columns: `name`, `unit` and `dtype` of each column; by default the server reads them from the table.
            plots: presets of the form `{"x": column, "y": [columns], "y2": [columns], "title": text}`.
            metadata: anything else, by name.
            notes: free text.

        Raises:
            BadRequestError: a plot names a column that is not there.
        """
        frame = to_polars(data, "data")
        fields = {
            "measurement_id": measurement_id,
            "name": name,
            "analysis_type": analysis_type,
            "columns": as_json(columns or []),
            "plots": as_json(plots or []),
            "metadata": as_json(metadata or {}),
        }
        if notes is not None:
            fields["notes"] = notes
        return read(Analysis, self._transport.send_table("POST", "/analyses", fields, frame.write_parquet))

    def get(self, analysis_id: str) -> Analysis:
        """What is said of the analysis, without its table."""
        return read(Analysis, self._transport.get(_at(analysis_id)))

    def find_one(
        self,
        measurement_id: str,
        *,
        analysis_id: str | None = None,
        analysis_type: str | None = None,
        name: str | None = None,
    ) -> Analysis:
        """The one analysis of a measurement that has this id, or this type and this name.

        Raises:
            ValueError: nothing is given to find it by.
            NotFoundError: the measurement has none.
            ConflictError: it has several; the message names them.
        """
        if analysis_id is None and analysis_type is None and name is None:
            raise ValueError("Say which analysis: give analysis_id, analysis_type or name.")
        if analysis_id is not None:
            found = self.get(analysis_id)
            if found.measurement_id != measurement_id:
                raise NotFoundError(f"The analysis '{analysis_id}' belongs to another measurement.")
            return found
        wanted = {"analysis_type": analysis_type, "name": name}
        sought = {key: value for key, value in wanted.items() if value is not None}
        present = self._all(measurement_id)
        matches = [each for each in present if all(getattr(each, key) == value for key, value in sought.items())]
        if len(matches) == 1:
            return matches[0]
        asked = " and ".join(f"{key} '{value}'" for key, value in sought.items())
        if matches:
            raise ConflictError(f"{len(matches)} analyses have the {asked}: {_shown(matches)}. Name one by its id.")
        raise NotFoundError(f"No analysis of this measurement has the {asked}. There are: {_shown(present)}.")

    def list(
        self,
        measurement_id: str | None = None,
        *,
        project_id: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[Analysis]:
        """The analyses of a measurement, or of a project, newest first, at most 100 at a time.

        Raises:
            ValueError: both are given, or neither.
        """
        if (measurement_id is None) == (project_id is None):
            raise ValueError("Give either measurement_id or project_id.")
        params = {"measurement_id": measurement_id, "project_id": project_id, "limit": limit, "offset": offset}
        return read_page(Analysis, self._transport.get("/analyses", params))

    def get_download_url(self, analysis_id: str) -> str:
        """A link to the table, which polars can scan. It holds for an hour."""
        return read(DownloadUrl, self._transport.get(f"{_at(analysis_id)}/download-url")).url

    def get_data(self, analysis_id: str) -> Frame:
        """The table as it was sent."""
        with self._transport.fetched(self.get_download_url(analysis_id), "analysis") as path:
            return from_polars(pl.read_parquet(path, glob=False, memory_map=False), self._backend)

    def update(self, analysis_id: str, data: dict[str, Any]) -> Analysis:
        """Change `name`, `analysis_type`, `columns`, `plots`, `metadata` or `notes`; the table never changes."""
        return read(Analysis, self._transport.patch(_at(analysis_id), data))

    def delete(self, analysis_id: str) -> None:
        """Remove an analysis with its table."""
        self._transport.delete(_at(analysis_id))

    def _all(self, measurement_id: str) -> Sequence[Analysis]:
        found: MutableSequence[Analysis] = []
        while True:
            page = self.list(measurement_id, limit=_PAGE, offset=len(found))
            found += page.items
            if not page.items or len(found) >= page.total:
                return found


def _shown(analyses: Sequence[Analysis]) -> str:
    return ", ".join(f"'{each.name}' ({each.analysis_type}, {each.id})" for each in analyses) or "none"


def _at(analysis_id: str) -> str:
    return f"/analyses/{segment(analysis_id)}"

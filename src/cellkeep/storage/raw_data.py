"""Raw files, and the measurements they belong to."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.exc import IntegrityError

from cellkeep.domain.errors import ConflictError
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.raw_data import ConfirmRawDataUpload, RawData, RawDataPatch, RawDataQuery
from cellkeep.storage.repository import Repository, stamp, stamped
from cellkeep.storage.scope import visible
from cellkeep.storage.tables import MeasurementRow, RawDataLinkRow, RawDataRow


class RawFiles(Repository[RawDataRow]):
    """Names are not unique here: instruments call many a file `data.csv`."""

    table = RawDataRow
    noun = "raw data file"
    parent = "project_id"

    def get(self, raw_data_id: str) -> RawData:
        return raw_data(self.row(raw_data_id))

    def kept(self, raw_data_ids: Iterable[str]) -> set[str]:
        """Those of the ids that are of a file, which the viewer sees."""
        query = self._visible().where(RawDataRow.id.in_(list(raw_data_ids))).with_only_columns(RawDataRow.id)
        return set(self._session.scalars(query))

    def without_digest(self) -> Sequence[tuple[str, str]]:
        """Id and key of the files whose digest is still to be computed."""
        query = select(RawDataRow.id, RawDataRow.key).where(RawDataRow.sha256.is_(None))
        return [(raw_data_id, key) for raw_data_id, key in self._session.execute(query)]

    def list_by_project(self, project_id: str, asked: RawDataQuery) -> Page[RawData]:
        return self._listed(self._visible().where(RawDataRow.project_id == project_id), asked)

    def list_by_measurement(self, measurement_id: str, asked: RawDataQuery) -> Page[RawData]:
        linked = select(RawDataLinkRow.raw_data_id).where(RawDataLinkRow.measurement_id == measurement_id)
        return self._listed(self._visible().where(RawDataRow.id.in_(linked)), asked)

    def measurement_ids(self, raw_data_id: str, *, limit: int, offset: int) -> Page[str]:
        """Ids of the measurements that a file belongs to, newest first."""
        linked = select(RawDataLinkRow.measurement_id).where(RawDataLinkRow.raw_data_id == raw_data_id)
        matches = visible(MeasurementRow, self._viewer).where(MeasurementRow.id.in_(linked))
        ids = matches.with_only_columns(MeasurementRow.id)
        total = self._session.scalar(select(func.count()).select_from(ids.subquery())) or 0
        ordered = ids.order_by(MeasurementRow.created_at.desc(), MeasurementRow.id)
        items = self._session.scalars(ordered.limit(limit).offset(offset)).all()
        return Page(items=[*items], count=len(items), total=total)

    def measurements_with(self, digests: Iterable[str]) -> dict[str, dict[str, str]]:
        """By digest and project, the id of a measurement to which a file of that content belongs; the newest."""
        kept = self._visible().where(RawDataRow.sha256.in_(list(digests))).with_only_columns(RawDataRow.id)
        seen = visible(MeasurementRow, self._viewer).with_only_columns(MeasurementRow.id)
        query = (
            select(RawDataRow.sha256, RawDataRow.project_id, MeasurementRow.id)
            .join(RawDataLinkRow, RawDataLinkRow.raw_data_id == RawDataRow.id)
            .join(MeasurementRow, MeasurementRow.id == RawDataLinkRow.measurement_id)
            .where(RawDataRow.id.in_(kept), MeasurementRow.id.in_(seen))
            .order_by(MeasurementRow.created_at)
        )
        found: dict[str, dict[str, str]] = {}
        for digest, project_id, measurement_id in self._session.execute(query):
            found.setdefault(str(digest), {})[project_id] = measurement_id
        return found

    def add(self, draft: ConfirmRawDataUpload, caller: Caller, **facts: Any) -> RawDataRow:
        """Write a new record; `facts` are further columns.

        Raises:
            ConflictError: its id is taken, or its project is gone.
        """
        row = RawDataRow(
            name=draft.name,
            filename=draft.filename,
            source=draft.source,
            content_type=draft.content_type,
            facts=draft.metadata or {},
            project_id=draft.project_id,
            **{**stamp(caller, draft.custom()), **facts},
        )
        try:
            with self._session.begin_nested():
                self._session.add(row)
                self._session.flush()
        except IntegrityError as error:
            raise ConflictError(
                f"The {self.noun} '{draft.name}', or its project, was changed at the same moment. Try again."
            ) from error
        return row

    def update(self, row: RawDataRow, patch: RawDataPatch, changes: dict[str, Any]) -> RawData:
        renamed = {"facts" if key == "metadata" else key: value for key, value in changes.items()}
        if "facts" in renamed:
            renamed["facts"] = renamed["facts"] or {}
        self._change(row, renamed, patch.custom())
        self._session.flush()
        return raw_data(row)

    def attach(self, measurement_id: str, raw_data_ids: Iterable[str]) -> None:
        """Link files to a measurement whose row is locked; those that are linked already stay so."""
        linked = select(RawDataLinkRow.raw_data_id).where(RawDataLinkRow.measurement_id == measurement_id)
        missing = set(raw_data_ids) - set(self._session.scalars(linked))
        self._session.add_all(
            RawDataLinkRow(measurement_id=measurement_id, raw_data_id=raw_data_id) for raw_data_id in sorted(missing)
        )
        self._session.flush()

    def detach(self, measurement_id: str, raw_data_id: str) -> None:
        """Remove a link, if there is one."""
        self._session.execute(
            delete(RawDataLinkRow).where(
                RawDataLinkRow.measurement_id == measurement_id, RawDataLinkRow.raw_data_id == raw_data_id
            )
        )

    def _listed(self, query: Select[RawDataRow], asked: RawDataQuery) -> Page[RawData]:
        if asked.sha256 is not None:
            query = query.where(RawDataRow.sha256 == asked.sha256)
        rows, total = self._page(query, asked)
        return Page(items=[raw_data(row) for row in rows], count=len(rows), total=total)


def raw_data(row: RawDataRow) -> RawData:
    """The record of a row."""
    keys = ("project_id", "filename", "source", "content_type", "size_bytes", "sha256")
    plain = {key: getattr(row, key) for key in keys}
    return RawData.model_validate({**stamped(row), **plain, "metadata": row.facts})

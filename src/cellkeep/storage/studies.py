"""Studies, and the measurements that belong to them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from cellkeep.domain.errors import NotFoundError
from cellkeep.domain.paging import ListQuery, Page
from cellkeep.domain.people import Caller
from cellkeep.domain.studies import Study, StudyDraft
from cellkeep.storage.repository import Repository, stamp, stamped
from cellkeep.storage.tables import StudyMeasurementRow, StudyRow


class Studies(Repository[StudyRow]):
    table = StudyRow
    noun = "study"
    parent = "project_id"

    def of(self, project_id: str, study_id: str, *, lock: bool = False) -> StudyRow:
        """The study, where it is one of that project; NotFoundError where not."""
        row = self.row(study_id, lock=lock)
        if row.project_id != project_id:
            raise self._not_found(study_id)
        return row

    def get(self, project_id: str, study_id: str) -> Study:
        return self._studies([self.of(project_id, study_id)])[0]

    def list(self, project_id: str, asked: ListQuery) -> Page[Study]:
        rows, total = self._page(self._visible().where(StudyRow.project_id == project_id), asked)
        return Page(items=[*self._studies(rows)], count=len(rows), total=total)

    def create(self, project_id: str, draft: StudyDraft, caller: Caller) -> Study:
        row = StudyRow(
            name=draft.name,
            project_id=project_id,
            description=draft.description,
            **stamp(caller, draft.custom()),
        )
        self._insert(row)
        return _study(row, 0)

    def update(self, row: StudyRow, changes: dict[str, Any], custom: dict[str, Any]) -> Study:
        self._change(row, changes, custom)
        self._session.flush()
        return self._studies([row])[0]

    def assign(self, study_id: str, measurement_id: str) -> None:
        """Make the measurement one of the study; it may be already.

        Raises:
            NotFoundError: one of them was removed at the same moment.
        """
        if self._assigned(study_id, measurement_id):
            return
        try:
            with self._session.begin_nested():
                self._session.add(StudyMeasurementRow(study_id=study_id, measurement_id=measurement_id))
        except IntegrityError as error:
            if not self._assigned(study_id, measurement_id):
                raise NotFoundError("The study or the measurement was removed meanwhile.") from error

    def remove(self, study_id: str, measurement_id: str) -> None:
        """Take the measurement out of the study, if it is in it."""
        self._session.execute(
            delete(StudyMeasurementRow).where(
                StudyMeasurementRow.study_id == study_id, StudyMeasurementRow.measurement_id == measurement_id
            )
        )

    def _assigned(self, study_id: str, measurement_id: str) -> bool:
        return self._session.get(StudyMeasurementRow, (study_id, measurement_id)) is not None

    def _studies(self, rows: Sequence[StudyRow]) -> Sequence[Study]:
        links = select(StudyMeasurementRow.study_id, func.count()).where(
            StudyMeasurementRow.study_id.in_([row.id for row in rows])
        )
        counts = dict(self._session.execute(links.group_by(StudyMeasurementRow.study_id)).all())
        return [_study(row, counts.get(row.id, 0)) for row in rows]


def _study(row: StudyRow, measurement_count: int) -> Study:
    return Study.model_validate(
        {
            **stamped(row),
            "project_id": row.project_id,
            "description": row.description,
            "measurement_count": measurement_count,
        }
    )

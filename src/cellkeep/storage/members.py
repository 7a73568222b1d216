"""The people of the viewer's organization, and their roles in its projects."""

from collections.abc import Sequence

from sqlalchemy import Select, case, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cellkeep.domain.errors import ConflictError, NotFoundError
from cellkeep.domain.people import (
    Caller,
    NamedRole,
    OrganizationMember,
    OrganizationRole,
    ProjectMembership,
    ProjectRole,
    folded_email,
    id_of_role,
)
from cellkeep.domain.records import new_id, now
from cellkeep.domain.sight import WHYS, Seer
from cellkeep.domain.usage import StorageUsage
from cellkeep.storage.scope import Viewer
from cellkeep.storage.tables import (
    BlobRow,
    MeasurementRow,
    OrganizationRow,
    ProjectMemberRow,
    RawDataRow,
    UserRow,
    VersionRow,
)


class Members:
    """Of one organization: there is nobody to see without a caller."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self._session = session
        self._viewer = viewer

    def one_at_a_time(self) -> None:
        """Wait for others who change people of the organization, so that what is counted stays true."""
        query = select(OrganizationRow.id).where(OrganizationRow.id == self._organization_id)
        self._session.execute(query.with_for_update(key_share=True))  # records may still be added meanwhile

    def row(self, user_id: str) -> UserRow:
        """The person; NotFoundError where the organization has none of that id."""
        query = self._users().where(UserRow.id == user_id).execution_options(populate_existing=True)
        found = self._session.scalars(query).one_or_none()
        if found is None:
            raise NotFoundError(f"There is nobody with the id '{user_id}' in this organization.")
        return found

    def find(self, email: str) -> UserRow | None:
        """The person of that e-mail address, active or not."""
        query = self._users().where(UserRow.email == folded_email(email)).execution_options(populate_existing=True)
        return self._session.scalars(query).one_or_none()

    def list(self, caller: Caller) -> Sequence[OrganizationMember]:
        """For an admin everybody; for a member the admins, and those active who share a project with them.

        Roles are told for the projects that the caller sees.
        """
        users = self._users()
        roles = select(ProjectMemberRow).join(UserRow).where(UserRow.organization_id == self._organization_id)
        if not caller.is_admin:
            in_sight = ProjectMemberRow.project_id.in_(caller.project_roles)
            roles = roles.where(in_sight)
            colleague = UserRow.id.in_(select(ProjectMemberRow.user_id).where(in_sight))
            in_all_projects = UserRow.organization_role == "Admin"
            users = users.where(UserRow.is_active, colleague | in_all_projects | (UserRow.id == caller.user_id))
        in_projects: dict[str, list[ProjectMemberRow]] = {}
        for role in self._session.scalars(roles.order_by(ProjectMemberRow.project_id)):
            in_projects.setdefault(role.user_id, []).append(role)
        found = self._session.scalars(users.order_by(UserRow.created_at, UserRow.id))
        return [_member(row, in_projects.get(row.id, [])) for row in found]

    def get(self, user_id: str) -> OrganizationMember:
        roles = select(ProjectMemberRow).where(ProjectMemberRow.user_id == user_id)
        return _member(self.row(user_id), self._session.scalars(roles.order_by(ProjectMemberRow.project_id)).all())

    def active_admins(self) -> Sequence[str]:
        """E-mail addresses of those who administer the organization, the first one first."""
        query = self._users().where(UserRow.organization_role == "Admin", UserRow.is_active)
        query = query.order_by(UserRow.created_at, UserRow.id)
        return self._session.scalars(query.with_only_columns(UserRow.email)).all()

    def add(self, email: str, role: OrganizationRole) -> str:
        """A new person; ConflictError where the address is taken, be it in another organization of this server."""
        row = UserRow(
            id=new_id(),
            organization_id=self._organization_id,
            email=folded_email(email),
            organization_role=role,
            is_active=True,
            created_at=now(),
        )
        try:
            with self._session.begin_nested():
                self._session.add(row)
                self._session.flush()
        except IntegrityError:
            raise ConflictError(f"'{row.email}' has an account on this server already.") from None
        return row.id

    def set_role(self, user: UserRow, role: OrganizationRole) -> None:
        user.organization_role = role
        self._session.flush()

    def set_active(self, user: UserRow, active: bool) -> None:
        user.is_active = active
        self._session.flush()

    def remove(self, user: UserRow) -> None:
        """Remove a person with their keys and memberships; what they made stays, and tells who made it."""
        self._session.delete(user)
        self._session.flush()

    def role_in(self, project_id: str, user_id: str) -> ProjectRole | None:
        """What somebody is in a project."""
        found = self._session.get(ProjectMemberRow, (project_id, user_id), populate_existing=True)
        role: ProjectRole | None = found and found.role  # type: ignore[assignment]
        return role

    def seeing(self, project_id: str) -> Sequence[Seer]:
        """The active people who see the records of a project, those first who may do most."""
        inside = (ProjectMemberRow.user_id == UserRow.id) & (ProjectMemberRow.project_id == project_id)
        is_admin = UserRow.organization_role == "Admin"
        why = case((is_admin, "Admin"), else_=ProjectMemberRow.role)
        users = self._users().outerjoin(ProjectMemberRow, inside).where(UserRow.is_active, why.is_not(None))
        found = [
            Seer(email=email, why=why)
            for email, why in self._session.execute(users.with_only_columns(UserRow.email, why))
        ]
        return sorted(found, key=lambda seer: (WHYS.index(seer.why), seer.email))

    def leave(self, project_id: str, user_id: str) -> None:
        """Take somebody's role in a project."""
        taken = delete(ProjectMemberRow).where(ProjectMemberRow.project_id == project_id)
        self._session.execute(taken.where(ProjectMemberRow.user_id == user_id))

    def storage(self) -> StorageUsage:
        """What the organization keeps."""
        own = MeasurementRow.organization_id == self._organization_id
        ids = select(MeasurementRow.id).where(own)
        sums = (
            select(func.sum(BlobRow.size_bytes)).where(BlobRow.measurement_id.in_(ids)),
            select(func.sum(VersionRow.size_bytes)).where(VersionRow.measurement_id.in_(ids)),
            select(func.sum(RawDataRow.size_bytes)).where(RawDataRow.organization_id == self._organization_id),
        )
        measurements = self._session.scalar(select(func.count()).select_from(MeasurementRow).where(own))
        kept = sum(int(self._session.scalar(each) or 0) for each in sums)
        return StorageUsage(bytes=kept, measurements=measurements or 0)

    @property
    def _organization_id(self) -> str:
        if not isinstance(self._viewer, Caller):
            raise TypeError("People are those of a caller's organization.")
        return self._viewer.organization.id

    def _users(self) -> Select[UserRow]:
        return select(UserRow).where(UserRow.organization_id == self._organization_id)


def _member(row: UserRow, roles: Sequence[ProjectMemberRow]) -> OrganizationMember:
    return OrganizationMember(
        id=row.id,
        email=row.email,
        is_active=row.is_active,
        created_at=row.created_at,
        organization_role=NamedRole(name=row.organization_role),
        user_project_roles=[
            ProjectMembership(project_id=role.project_id, project_role_id=id_of_role(role.role)) for role in roles
        ],
    )

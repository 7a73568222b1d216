"""Organizations, users, keys: who a credential belongs to. The only queries that are not scoped by a caller."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Update, delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cellkeep.domain.errors import ConflictError
from cellkeep.domain.people import (
    ApiKey,
    Caller,
    EndedBy,
    EndedLink,
    OpenedBy,
    Organization,
    OrganizationRole,
    PageSession,
    ProjectRole,
    SignIn,
    folded_email,
)
from cellkeep.domain.records import new_id, now
from cellkeep.storage.tables import ApiKeyRow, LoginLinkRow, OrganizationRow, PageSessionRow, ProjectMemberRow, UserRow


def hash_secret(secret: str) -> str:
    """Keys and tokens are long and random, so one round of SHA-256 keeps them; they are stored no other way."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


class People:
    def __init__(self, session: Session) -> None:
        self._session = session

    def caller_of_key(self, key: str) -> Caller | None:
        """The active user a key belongs to."""
        query = select(UserRow).join(ApiKeyRow).where(ApiKeyRow.key_hash == hash_secret(key), UserRow.is_active)
        return self._caller(self._session.scalars(query).one_or_none())

    def caller_of_user(self, user_id: str) -> Caller | None:
        query = select(UserRow).where(UserRow.id == user_id, UserRow.is_active)
        return self._caller(self._session.scalars(query).one_or_none())

    def caller_of_email(self, email: str) -> Caller | None:
        query = select(UserRow).where(UserRow.email == folded_email(email), UserRow.is_active)
        return self._caller(self._session.scalars(query).one_or_none())

    def caller_of_sign_in(self, sign_in: SignIn) -> Caller | None:
        """The active user who signed in, unless the session or all of theirs were ended since."""
        query = select(UserRow).where(UserRow.id == sign_in.user_id, UserRow.session_epoch == sign_in.epoch)
        query = query.join(PageSessionRow).where(PageSessionRow.token_hash == hash_secret(sign_in.session))
        return self._caller(self._session.scalars(query.where(UserRow.is_active)).one_or_none())

    def first_admin(self) -> Caller | None:
        """The admin the server was set up with."""
        query = select(UserRow).where(UserRow.organization_role == "Admin", UserRow.is_active)
        return self._caller(self._session.scalars(query.order_by(UserRow.created_at, UserRow.id).limit(1)).first())

    def one_at_a_time(self) -> None:
        """Wait for other servers that are being set up on this database; SQLite has one writer anyway."""
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(text("SELECT pg_advisory_xact_lock(7236)"))

    def add_organization(self, name: str) -> Organization:
        row = OrganizationRow(id=new_id(), name=name)
        self._session.add(row)
        self._session.flush()
        return Organization(id=row.id, name=row.name)

    def organization_ids(self) -> Sequence[str]:
        return self._session.scalars(select(OrganizationRow.id)).all()

    def add_user(self, organization: Organization, email: str, role: OrganizationRole) -> str:
        row = UserRow(
            id=new_id(),
            organization_id=organization.id,
            email=folded_email(email),
            organization_role=role,
            is_active=True,
            created_at=now(),
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def add_member(self, project_id: str, user_id: str, role: ProjectRole) -> None:
        """Give somebody a role in a project, in place of any that they have there."""
        try:
            with self._session.begin_nested():
                self._session.merge(ProjectMemberRow(project_id=project_id, user_id=user_id, role=role))
        except IntegrityError as error:
            raise ConflictError("The person or the project was removed at the same moment.") from error

    def add_key(self, user_id: str, key: str, label: str) -> None:
        self._session.add(
            ApiKeyRow(id=new_id(), user_id=user_id, key_hash=hash_secret(key), label=label, created_at=now())
        )

    def keys_of(self, organization: Organization) -> Sequence[ApiKey]:
        """The keys of everybody in an organization, oldest first."""
        query = select(ApiKeyRow, UserRow.email).join(UserRow).where(UserRow.organization_id == organization.id)
        found = self._session.execute(query.order_by(ApiKeyRow.created_at, ApiKeyRow.id))
        return [ApiKey(id=row.id, email=email, label=row.label, created_at=row.created_at) for row, email in found]

    def remove_key(self, organization: Organization, key_id: str) -> bool:
        """Whether the organization had a key of that id; it opens nothing from now on, nor does a session it opened."""
        own = select(UserRow.id).where(UserRow.organization_id == organization.id)
        taken = delete(ApiKeyRow).where(ApiKeyRow.id == key_id, ApiKeyRow.user_id.in_(own))
        owner = self._session.scalar(taken.returning(ApiKeyRow.user_id))
        if owner is not None:
            self.end_sessions(owner)
        return owner is not None

    def has_key(self, user_id: str) -> bool:
        return self._session.scalar(select(ApiKeyRow.id).where(ApiKeyRow.user_id == user_id).limit(1)) is not None

    def add_login_link(self, user_id: str, token: str, expires_at: datetime) -> None:
        self._session.add(LoginLinkRow(token_hash=hash_secret(token), user_id=user_id, expires_at=expires_at))

    def take_login_link(self, token: str) -> SignIn | None:
        """The active user a link signs in. It works once: taking it ends it."""
        self._session.execute(delete(LoginLinkRow).where(LoginLinkRow.expires_at < now()))
        taken = _ended(LoginLinkRow.token_hash == hash_secret(token), "use")
        user_id = self._session.scalar(taken.returning(LoginLinkRow.user_id))
        return self._sign_in(select(UserRow).where(UserRow.id == user_id))

    def ended_link(self, token: str) -> EndedLink | None:
        """How a link ended that has not expired."""
        query = select(LoginLinkRow).where(
            LoginLinkRow.token_hash == hash_secret(token), LoginLinkRow.ended_at.is_not(None)
        )
        found = self._session.scalars(query).one_or_none()
        return EndedLink.model_validate({"ended_at": found.ended_at, "ended_by": found.ended_by}) if found else None

    def sign_in_of_user(self, user_id: str) -> SignIn | None:
        """The active user of that id."""
        return self._sign_in(select(UserRow).where(UserRow.id == user_id))

    def sign_in_of_key(self, key: str) -> SignIn | None:
        """The active user a key belongs to."""
        return self._sign_in(select(UserRow).join(ApiKeyRow).where(ApiKeyRow.key_hash == hash_secret(key)))

    def password_of(self, email: str) -> tuple[SignIn, str] | None:
        """The active user of an e-mail address with the hash of their password, if they have one."""
        query = select(UserRow.id, UserRow.session_epoch, UserRow.password_hash)
        query = query.where(UserRow.email == folded_email(email), UserRow.is_active)
        found = self._session.execute(query).one_or_none()
        if found is None or found.password_hash is None:
            return None
        return SignIn(user_id=found.id, epoch=found.session_epoch), found.password_hash

    def has_password(self, user_id: str) -> bool:
        query = select(UserRow.id).where(UserRow.id == user_id, UserRow.password_hash.is_not(None))
        return self._session.scalar(query) is not None

    def set_password(self, user_id: str, password_hash: str | None) -> None:
        """Keep another password of a user, or none."""
        self._session.execute(update(UserRow).where(UserRow.id == user_id).values(password_hash=password_hash))
        self.end_sessions(user_id, "password" if password_hash else "safety")

    def open_session(self, sign_in: SignIn, expires_at: datetime, by: OpenedBy) -> None:
        """Keep that somebody is signed in; sessions that have expired are forgotten.

        Where all of theirs were ended since they showed who they are, it opens nothing, and is not kept.
        """
        moment = now()
        self._session.execute(delete(PageSessionRow).where(PageSessionRow.expires_at < moment))
        present = select(UserRow.session_epoch).where(UserRow.id == sign_in.user_id)
        if self._session.scalar(present.with_for_update()) != sign_in.epoch:
            return
        kept = hash_secret(sign_in.session)
        self._session.add(
            PageSessionRow(
                token_hash=kept, user_id=sign_in.user_id, opened_at=moment, expires_at=expires_at, opened_by=by
            )
        )

    def sessions(self, present: SignIn) -> Sequence[PageSession]:
        """Where the person of a session is signed in, newest first."""
        query = select(PageSessionRow).where(
            PageSessionRow.user_id == present.user_id, PageSessionRow.expires_at > now()
        )
        own = hash_secret(present.session)
        return [
            PageSession.model_validate(
                {"opened_at": row.opened_at, "opened_by": row.opened_by, "is_this": row.token_hash == own}
            )
            for row in self._session.scalars(query.order_by(PageSessionRow.opened_at.desc()))
        ]

    def end_session(self, session: str) -> None:
        """Have one session hold no more."""
        self._session.execute(delete(PageSessionRow).where(PageSessionRow.token_hash == hash_secret(session)))

    def end_other_sessions(self, present: SignIn) -> None:
        """Have every session of a person but one hold no more."""
        others = PageSessionRow.token_hash != hash_secret(present.session)
        self._session.execute(delete(PageSessionRow).where(PageSessionRow.user_id == present.user_id, others))

    def end_sessions(self, user_id: str, by: EndedBy = "safety") -> None:
        """Have every session of a user hold no more, and every login link that was not used."""
        raised = update(UserRow).where(UserRow.id == user_id).values(session_epoch=UserRow.session_epoch + 1)
        self._session.execute(raised)
        self._session.execute(delete(PageSessionRow).where(PageSessionRow.user_id == user_id))
        self._session.execute(_ended(LoginLinkRow.user_id == user_id, by))

    def _sign_in(self, query: Select[UserRow]) -> SignIn | None:
        user = self._session.scalars(query.where(UserRow.is_active)).one_or_none()
        return SignIn(user_id=user.id, epoch=user.session_epoch) if user else None

    def _caller(self, user: UserRow | None) -> Caller | None:
        if user is None:
            return None
        roles = select(ProjectMemberRow).where(ProjectMemberRow.user_id == user.id)
        return Caller.model_validate(
            {
                "user_id": user.id,
                "email": user.email,
                "organization": Organization(id=user.organization.id, name=user.organization.name),
                "organization_role": user.organization_role,
                "project_roles": {row.project_id: row.role for row in self._session.scalars(roles)},
            }
        )


def _ended(which: ColumnElement[bool], by: EndedBy) -> Update:
    """Ends links that have not ended before."""
    return update(LoginLinkRow).where(which, LoginLinkRow.ended_at.is_(None)).values(ended_at=now(), ended_by=by)

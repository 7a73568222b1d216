"""The people of the organization, and what it uses."""

from collections.abc import Sequence

from pydantic import RootModel

from cellkeep.client.resource import Resource, read
from cellkeep.client.transport import segment
from cellkeep.domain.people import InviteResult, Me, OrganizationMember, OrganizationRole, folded_email
from cellkeep.domain.usage import OrganizationUsage


class _Members(RootModel[list[OrganizationMember]]):
    pass


class Organization(Resource):
    """`client.organization`: that of the key. Changing anything needs an admin of it."""

    _id: str | None = None

    def usage(self) -> OrganizationUsage:
        """This calendar month, and what is stored now."""
        return read(OrganizationUsage, self._transport.get("/organizations/current/usage"))

    def members(self) -> Sequence[OrganizationMember]:
        """Everybody, for an admin; for others the admins and those who share a project with them."""
        return read(_Members, self._transport.get(self._users())).root

    def get_member(self, email: str) -> OrganizationMember:
        """The person of that e-mail address.

        Raises:
            ValueError: there is none that you see.
        """
        wanted = folded_email(email)
        for member in self.members():
            if folded_email(member.email) == wanted:
                return member
        raise ValueError(f"There is no member with the e-mail address '{email}' in this organization.")

    def invite(self, email: str, role: OrganizationRole = "Member") -> InviteResult:
        """Take a person into the organization; whoever is in it already keeps their role.

        No mail is sent: make the person a key with `cellkeep key create --email …` on the server's machine.

        Raises:
            ConflictError: the person was deactivated.
        """
        return read(
            InviteResult, self._transport.post(f"{self._users()}/by-email", {"email": email, "role_name": role})
        )

    def set_role(self, user_id: str, role: OrganizationRole) -> None:
        """Make somebody an admin, or a member again.

        Raises:
            ConflictError: it is the last active admin.
        """
        self._transport.patch(f"{self._users()}/{segment(user_id)}/role", {"role_name": role})

    def deactivate(self, user_id: str) -> None:
        """Shut somebody out at once, with all their keys and sessions. What they made stays.

        Raises:
            ConflictError: it is the last active admin.
        """
        self._transport.patch(f"{self._users()}/{segment(user_id)}", {"is_active": False})

    def reactivate(self, user_id: str) -> None:
        """Let somebody in again, with the same keys and roles."""
        self._transport.patch(f"{self._users()}/{segment(user_id)}", {"is_active": True})

    def resend_invite(self, user_id: str) -> None:
        """Does nothing but check that the person is there: this server sends no mail."""
        self._transport.post(f"{self._users()}/{segment(user_id)}/resend-invite", {})

    def remove(self, user_id: str) -> None:
        """Remove somebody with their keys and roles. What they made stays.

        Raises:
            ConflictError: it is the last active admin.
        """
        self._transport.delete(f"{self._users()}/{segment(user_id)}")

    def _users(self) -> str:
        if self._id is None:
            self._id = read(Me, self._transport.get("/users/me")).authorized_organization.id
        return f"/organizations/{segment(self._id)}/users"

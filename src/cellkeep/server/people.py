"""Health, and who is calling."""

from fastapi import APIRouter

from cellkeep.domain.people import Me
from cellkeep.server.context import Who

router = APIRouter(tags=["people"])


@router.get("/healthz")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/users/me")
def me(who: Who) -> Me:
    return Me(
        id=who.user_id,
        email=who.email,
        authorized_organization=who.organization,
        organizations=[who.organization],
    )

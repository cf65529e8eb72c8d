"""What a signed-in family reads of its own."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from accounts.domain.family import Family, UnknownChild, UnknownFamily
from accounts.domain.visibility import visible_to
from accounts.store.families import family_by_id, family_listing_children
from chassis.auth import Audience, Principal, allow
from chassis.runtime import RuntimeOf

from .family_schemas import ChildOut, OwnFamily

router = APIRouter(prefix="/v1/me", tags=["family"])

FamilyCaller = Annotated[Principal, allow(Audience.FAMILY)]


@router.get("/family", response_model=OwnFamily)
async def own_family(principal: FamilyCaller, runtime: RuntimeOf) -> Response:
    found = await family_listing_children(runtime.database, principal.own_family)
    # Written at once: what comes from the domain needs no second validation on its way out.
    family = OwnFamily.model_validate(_seen_by(principal, found))
    return Response(family.model_dump_json(), media_type="application/json")


@router.get("/children/{child_id}")
async def own_child(child_id: UUID, principal: FamilyCaller, runtime: RuntimeOf) -> ChildOut:
    async with runtime.database.asking() as connection:
        found = await family_by_id(connection, principal.own_family)
    child = _seen_by(principal, found).child(child_id)
    if child is None:
        raise UnknownChild
    return ChildOut.model_validate(child)


def _seen_by(principal: Principal, family: Family | None) -> Family:
    """The caller's family, as the caller may see it; raises UnknownFamily."""
    if family is None:
        raise UnknownFamily
    return visible_to(family, principal.guardian_id)

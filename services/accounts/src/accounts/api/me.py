"""What a signed-in family reads and changes of its own."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from accounts.domain.family import UnknownChild, UnknownFamily
from accounts.resources import ResourcesOf
from accounts.store.families import child_of, family_by_id
from accounts.use_cases.change_password import PasswordChange, change_password
from chassis.auth import Audience, Principal, allow
from chassis.runtime import RuntimeOf

from .problems import waits_told
from .schemas import ChildOut, OwnFamily, PasswordChangeIn

router = APIRouter(prefix="/v1/me", tags=["family"])

FamilyCaller = Annotated[Principal, allow(Audience.FAMILY)]


@router.get("/family")
async def own_family(principal: FamilyCaller, runtime: RuntimeOf) -> OwnFamily:
    async with runtime.database.reading() as connection:
        family = await family_by_id(connection, principal.own_family)
    if family is None:
        raise UnknownFamily
    return OwnFamily.model_validate(family)


@router.get("/children/{child_id}")
async def own_child(child_id: UUID, principal: FamilyCaller, runtime: RuntimeOf) -> ChildOut:
    async with runtime.database.reading() as connection:
        child = await child_of(connection, principal.own_family, child_id)
    if child is None:
        raise UnknownChild
    return ChildOut.model_validate(child)


@router.post("/password", status_code=204)
async def password(
    body: PasswordChangeIn, principal: FamilyCaller, runtime: RuntimeOf, own: ResourcesOf
) -> None:
    change = PasswordChange(
        account_id=UUID(principal.id),
        session_id=UUID(principal.session_id) if principal.session_id else None,
        current=body.current.get_secret_value(),
        new=body.new.get_secret_value(),
    )
    with waits_told():
        await change_password(
            runtime.database, own.hasher, own.master_key, runtime.clock, own.policy, change
        )

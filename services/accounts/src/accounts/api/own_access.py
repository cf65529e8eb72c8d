"""What someone who is signed in, family or staff, reads and changes of their own access."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from accounts.domain.access import SessionOver
from accounts.domain.session import ABSOLUTE, IDLE
from accounts.resources import ResourcesOf
from accounts.store.access_records import (
    AccessRecord,
    access_of_staff,
    access_record,
    open_sessions,
    sign_ins_of,
)
from accounts.use_cases.change_password import PasswordChange, change_password
from accounts.use_cases.set_password import end_sessions
from chassis.auth import STAFF, Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf

from .access_schemas import Ended, OwnAccessOut, SignInsOut, policy_out, sign_in_out
from .paging import PAGE_SIZE, Page, pages_for
from .problems import waits_told
from .schemas import PasswordChangeIn

router = APIRouter(prefix="/v1/me", tags=["access"])

Owner = Annotated[Principal, allow(Audience.FAMILY, *STAFF)]


@router.get("/access")
async def own_access(principal: Owner, runtime: RuntimeOf, own: ResourcesOf) -> OwnAccessOut:
    record = await own_record(runtime, principal)
    return OwnAccessOut(
        identifier=record.identifier,
        email=record.email,
        password_changed_at=record.password_changed_at,
        has_second_factor=record.has_second_factor,
        policy=policy_out(own.policy),
    )


@router.post("/password", status_code=204)
async def password(
    body: PasswordChangeIn, principal: Owner, runtime: RuntimeOf, own: ResourcesOf
) -> None:
    change = PasswordChange(
        account_id=(await own_record(runtime, principal)).account_id,
        session_id=session_of(principal),
        current=body.current.get_secret_value(),
        new=body.new.get_secret_value(),
    )
    with waits_told():
        await change_password(
            runtime.database, own.hasher, own.master_key, runtime.clock, own.policy, change
        )


@router.get("/sign-ins")
async def sign_ins(principal: Owner, runtime: RuntimeOf, page: Page = 1) -> SignInsOut:
    """Every attempt with the caller's identifier, the latest first."""
    account_id, now = (await own_record(runtime, principal)).account_id, runtime.clock.now()
    async with runtime.database.reading() as connection:
        total, found = await sign_ins_of(
            connection, account_id, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
        opened = await open_sessions(
            connection, account_id, opened_after=now - ABSOLUTE, used_after=now - IDLE
        )
    return SignInsOut(
        items=[sign_in_out(one, principal.session_id) for one in found],
        page=page,
        pages=pages_for(total),
        total=total,
        open_sessions=opened,
    )


@router.post("/sessions/end-others")
async def end_others(principal: Owner, runtime: RuntimeOf) -> Ended:
    """Everyone who is in by this access is out, but for the browser that asks."""
    account_id = (await own_record(runtime, principal)).account_id
    async with runtime.database.transaction() as transaction:
        ended = await end_sessions(
            transaction, account_id, runtime.clock.now(), but=session_of(principal)
        )
    return Ended(ended=ended)


async def own_record(runtime: Runtime, principal: Principal) -> AccessRecord:
    """The caller's access: a family's token names it, a member of staff's names the person.

    Raises SessionOver when it was deleted since.
    """
    now = runtime.clock.now()
    async with runtime.database.reading() as connection:
        if principal.is_staff:
            record = await access_of_staff(connection, principal.staff_id, now)
        else:
            record = await access_record(connection, UUID(principal.id), now)
    if record is None:
        raise SessionOver
    return record


def session_of(principal: Principal) -> UUID | None:
    return UUID(principal.session_id) if principal.session_id else None

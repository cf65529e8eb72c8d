"""Administrators look after the members of staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from accounts.domain.credential import check
from accounts.resources import ResourcesOf
from accounts.store.access_records import actions_on
from accounts.store.staff import staff_member, staff_page
from accounts.use_cases.administer_staff import (
    UnknownStaffMember,
    change_roles,
    reset_second_factor,
    set_active,
)
from accounts.use_cases.issue_credentials import NewAccess
from accounts.use_cases.record_staff_member import record_staff_member
from chassis.auth import Audience, Principal, allow
from chassis.runtime import RuntimeOf

from .accesses import agent_of
from .paging import PAGE_SIZE, Page, pages_for
from .schemas import StaffMemberIn, StaffMemberOut
from .staff_schemas import (
    AgentOut,
    AgentSheet,
    AgentsOut,
    AgentVersion,
    RolesIn,
    agent_out,
    agent_sheet,
)

router = APIRouter(prefix="/v1/staff/staff-members", tags=["staff"])

Administrator = Annotated[Principal, allow(Audience.ADMIN)]


@router.get("")
async def listed(_: Administrator, runtime: RuntimeOf, page: Page = 1) -> AgentsOut:
    async with runtime.database.reading() as connection:
        total, found = await staff_page(connection, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return AgentsOut(
        items=[agent_out(one) for one in found], page=page, pages=pages_for(total), total=total
    )


@router.post("", status_code=201)
async def add(
    body: StaffMemberIn, _: Administrator, runtime: RuntimeOf, own: ResourcesOf
) -> StaffMemberOut:
    password = body.password.get_secret_value()
    check(password, own.policy)
    # Before the transaction, which must not be held open for it.
    access = NewAccess(body.identifier, await own.hasher.hash(password))
    async with runtime.database.transaction() as transaction:
        member = await record_staff_member(
            transaction, body.name, body.roles, access, runtime.clock.now()
        )
    return StaffMemberOut.model_validate(member)


@router.get("/{staff_id}")
async def one(staff_id: UUID, _: Administrator, runtime: RuntimeOf) -> AgentSheet:
    async with runtime.database.reading() as connection:
        found = await staff_member(connection, staff_id)
        if found is None:
            raise UnknownStaffMember
        actions = await actions_on(connection, found.account_id)
    return agent_sheet(found, actions)


@router.post("/{staff_id}/roles")
async def roles(
    staff_id: UUID, body: RolesIn, principal: Administrator, runtime: RuntimeOf
) -> AgentOut:
    async with runtime.database.transaction() as transaction:
        changed = await change_roles(
            transaction,
            staff_id,
            body.version,
            body.roles,
            agent_of(principal),
            runtime.clock.now(),
        )
    return agent_out(changed)


@router.post("/{staff_id}/disable")
async def disable(
    staff_id: UUID, body: AgentVersion, principal: Administrator, runtime: RuntimeOf
) -> AgentOut:
    return await _set_active(staff_id, body, principal, runtime, active=False)


@router.post("/{staff_id}/enable")
async def enable(
    staff_id: UUID, body: AgentVersion, principal: Administrator, runtime: RuntimeOf
) -> AgentOut:
    return await _set_active(staff_id, body, principal, runtime, active=True)


@router.post("/{staff_id}/second-factor/reset", status_code=204)
async def no_second_factor(staff_id: UUID, principal: Administrator, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await reset_second_factor(transaction, staff_id, agent_of(principal), runtime.clock.now())


async def _set_active(
    staff_id: UUID, body: AgentVersion, principal: Principal, runtime: RuntimeOf, *, active: bool
) -> AgentOut:
    async with runtime.database.transaction() as transaction:
        changed = await set_active(
            transaction,
            staff_id,
            body.version,
            agent_of(principal),
            runtime.clock.now(),
            active=active,
        )
    return agent_out(changed)

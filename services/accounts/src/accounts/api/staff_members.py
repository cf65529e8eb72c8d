"""Administrators look after the members of staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from accounts.printing import letter_of_access
from accounts.resources import ResourcesOf
from accounts.store.access_records import actions_on
from accounts.store.staff import staff_member, staff_page
from accounts.use_cases.administer_staff import (
    UnknownStaffMember,
    change_roles,
    give_staff_link,
    reset_second_factor,
    set_active,
)
from accounts.use_cases.issue_credentials import NewAccess
from accounts.use_cases.make_link import read_letter
from accounts.use_cases.record_staff_member import record_staff_member
from chassis.auth import Audience, Principal, allow
from chassis.documents.answers import pdf
from chassis.runtime import RuntimeOf

from .access_schemas import LinkMade
from .accesses import agent_of
from .paging import PAGE_SIZE, Page, pages_for
from .schemas import NewStaffMemberOut, StaffMemberIn
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
    body: StaffMemberIn, principal: Administrator, runtime: RuntimeOf, own: ResourcesOf
) -> NewStaffMemberOut:
    """With the link of their letter: whoever administers never knows a password."""
    now, agent = runtime.clock.now(), agent_of(principal)
    async with runtime.database.transaction() as transaction:
        member = await record_staff_member(
            transaction, body.name, body.roles, NewAccess(body.identifier), now
        )
        link = await give_staff_link(transaction, own.master_key, member.staff_id, agent, now)
    return NewStaffMemberOut(**vars(member), link_id=link.link_id)


@router.post("/{staff_id}/links", status_code=201)
async def link(
    staff_id: UUID, principal: Administrator, runtime: RuntimeOf, own: ResourcesOf
) -> LinkMade:
    """The password was never chosen, or is forgotten: another letter, in place of the last."""
    now, agent = runtime.clock.now(), agent_of(principal)
    async with runtime.database.transaction() as transaction:
        made = await give_staff_link(transaction, own.master_key, staff_id, agent, now)
    return LinkMade(link_id=made.link_id, expires_at=made.expires_at)


@router.get("/{staff_id}/links/{link_id}/letter", response_class=Response)
async def letter(
    staff_id: UUID, link_id: UUID, _: Administrator, runtime: RuntimeOf, own: ResourcesOf
) -> Response:
    now = runtime.clock.now()
    found = await read_letter(runtime.database, own.master_key, link_id, now, staff_id)
    html = letter_of_access(found, own, runtime.shared.authority, now)
    return pdf(await runtime.documents.render(html), f"acces-{link_id}.pdf")


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

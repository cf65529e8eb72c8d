"""Doors for changes to a family's file: the forms, the proposals, what became of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from accounts.domain.access import Role
from accounts.domain.account_form import account_sections
from accounts.domain.change import UnknownChange
from accounts.domain.child_form import child_sections, new_child_sections
from accounts.domain.family import Family, UnknownChild, UnknownFamily
from accounts.domain.visibility import visible_to
from accounts.store.changes import PER_PAGE, changes_of, find_change, open_changes
from accounts.store.families import family_by_id
from accounts.use_cases.keep_change import Author, change_proposed
from accounts.use_cases.propose_change import Proposal, propose_change
from chassis.auth import Audience, Principal, allow
from chassis.clock import local_date
from chassis.runtime import Runtime, RuntimeOf
from portail_contracts.accounts import ChangeProposed

from .callers import ensure_change_seen, roles_only
from .change_answers import change_out, sheet, staff_change_out
from .change_schemas import ChangeIn, ChangeList, ChangeOut, Sheet, StaffChangeIn, StaffChangeOut
from .problems import fields_told

router = APIRouter(tags=["changes"])

FamilyCaller = Annotated[Principal, allow(Audience.FAMILY)]
Clerk = Annotated[Principal, allow(Audience.SECRETARIAT)]
_READERS = frozenset(Role) - {Role.CASH_OFFICE}
PageNumber = Annotated[int, Query(ge=1, le=100_000)]


@router.get("/v1/me/sheets/account")
async def account_sheet(principal: FamilyCaller, runtime: RuntimeOf) -> Sheet:
    today = local_date(runtime.clock.now())
    async with runtime.database.reading() as connection:
        family = _existing(await family_by_id(connection, principal.own_family))
        waiting = await open_changes(connection, principal.own_family)
    viewer = principal.guardian_id
    sections = account_sections(visible_to(family, viewer), today)
    return sheet(sections, waiting, family, viewer, runtime.shared.authority)


@router.get("/v1/me/sheets/new-child")
async def new_child_sheet(principal: FamilyCaller, runtime: RuntimeOf) -> Sheet:
    async with runtime.database.reading() as connection:
        family = _existing(await family_by_id(connection, principal.own_family))
        waiting = await open_changes(connection, principal.own_family)
    sections = new_child_sections(family)
    return sheet(sections, waiting, family, principal.guardian_id, runtime.shared.authority)


@router.get("/v1/me/sheets/children/{child_id}")
async def child_sheet(child_id: UUID, principal: FamilyCaller, runtime: RuntimeOf) -> Sheet:
    async with runtime.database.reading() as connection:
        family = _existing(await family_by_id(connection, principal.own_family))
        waiting = await open_changes(connection, principal.own_family)
    child = family.child(child_id)
    if child is None:
        raise UnknownChild
    sections = child_sections(child)
    return sheet(sections, waiting, family, principal.guardian_id, runtime.shared.authority)


@router.post("/v1/me/changes", status_code=201)
async def propose(
    body: ChangeIn, principal: FamilyCaller, runtime: RuntimeOf, response: Response
) -> ChangeOut:
    author = Author(principal.name, principal.guardian_id)
    proposal = _proposal(body, principal.own_family, author)
    return await _propose(proposal, runtime, response)


@router.get("/v1/me/changes")
async def own_changes(
    principal: FamilyCaller, runtime: RuntimeOf, page: PageNumber = 1
) -> ChangeList:
    async with runtime.database.reading() as connection:
        family = _existing(await family_by_id(connection, principal.own_family))
        found, total = await changes_of(connection, principal.own_family, page)
    authority = runtime.shared.authority
    items = [change_out(change, family, principal.guardian_id, authority) for change in found]
    return ChangeList(items=items, page=page, pages=max(-(-total // PER_PAGE), 1), total=total)


@router.get("/v1/me/changes/{request_id}")
async def own_change(request_id: UUID, principal: FamilyCaller, runtime: RuntimeOf) -> ChangeOut:
    async with runtime.database.reading() as connection:
        change = await find_change(connection, request_id)
        if change is None or change.family_id != principal.own_family:
            raise UnknownChange
        family = _existing(await family_by_id(connection, change.family_id))
    return change_out(change, family, principal.guardian_id, runtime.shared.authority)


@router.post("/v1/staff/changes", status_code=201)
async def propose_at_front_desk(
    body: StaffChangeIn, principal: Clerk, runtime: RuntimeOf, response: Response
) -> ChangeOut:
    author = Author(principal.name, channel="front_desk")
    return await _propose(_proposal(body, body.family_id, author, sees_all=True), runtime, response)


@router.get("/v1/staff/changes/{request_id}")
async def one_change(
    request_id: UUID, principal: Annotated[Principal, roles_only(_READERS)], runtime: RuntimeOf
) -> StaffChangeOut:
    async with runtime.database.reading() as connection:
        change = await find_change(connection, request_id)
    if change is None:
        raise UnknownChange
    await ensure_change_seen(runtime, principal, change, _READERS)
    return staff_change_out(change)


@router.get("/v1/internal/changes/{request_id}", dependencies=[allow(Audience.SERVICE)])
async def proposed(request_id: UUID, runtime: RuntimeOf) -> ChangeProposed:
    """The fact as it was told, for a queue that has not received it yet."""
    async with runtime.database.reading() as connection:
        change = await find_change(connection, request_id)
    if change is None:
        raise UnknownChange
    return change_proposed(change)


async def _propose(proposal: Proposal, runtime: Runtime, response: Response) -> ChangeOut:
    with fields_told():
        async with runtime.database.transaction() as transaction:
            made = await propose_change(transaction, proposal, runtime.clock.now())
            family = _existing(await family_by_id(transaction.connection, proposal.family_id))
    if not made.is_new:
        response.status_code = 200
    viewer = proposal.author.guardian_id
    return change_out(made.change, family, viewer, runtime.shared.authority)


def _proposal(
    body: ChangeIn, family_id: UUID, author: Author, *, sees_all: bool = False
) -> Proposal:
    return Proposal(
        request_id=body.request_id,
        family_id=family_id,
        kind=body.kind,
        typed=body.typed,
        author=author,
        child_id=body.child_id,
        seen_version=body.version,
        replaces=body.replaces,
        sees_all=sees_all,
    )


def _existing(family: Family | None) -> Family:
    if family is None:
        raise UnknownFamily
    return family

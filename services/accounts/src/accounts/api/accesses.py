"""What staff do with the accesses of families."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from accounts.domain.access import UnknownAccess
from accounts.printing import letter_of_access
from accounts.resources import ResourcesOf
from accounts.store.access_records import (
    access_record,
    accesses_of_family,
    actions_on,
    search_accesses,
    sign_ins_of,
)
from accounts.use_cases.administer_access import (
    Agent,
    change_address,
    disable_access,
    enable_access,
    give_link,
)
from accounts.use_cases.make_link import read_letter
from chassis.auth import Audience, Principal, allow
from chassis.documents.answers import pdf
from chassis.runtime import RuntimeOf

from .access_schemas import (
    AccessesOut,
    AccessOut,
    AccessSheet,
    ActionOut,
    Linking,
    LinkMade,
    NewAddress,
    SignInsOut,
    access_out,
    sign_in_out,
)
from .paging import PAGE_SIZE, Page, pages_for

router = APIRouter(prefix="/v1/staff", tags=["staff"])

Keeper = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN)]
Words = Annotated[str, Query(max_length=100)]


@router.get("/accesses")
async def search(_: Keeper, runtime: RuntimeOf, q: Words = "", page: Page = 1) -> AccessesOut:
    async with runtime.database.reading() as connection:
        total, found = await search_accesses(
            connection,
            _searchable(q),
            runtime.clock.now(),
            offset=(page - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )
    return AccessesOut(
        items=[access_out(one) for one in found], page=page, pages=pages_for(total), total=total
    )


@router.get("/families/{family_id}/accesses")
async def of_family(family_id: UUID, _: Keeper, runtime: RuntimeOf) -> list[AccessOut]:
    async with runtime.database.reading() as connection:
        found = await accesses_of_family(connection, family_id, runtime.clock.now())
    return [access_out(one) for one in found]


@router.get("/accesses/{account_id}")
async def one(account_id: UUID, _: Keeper, runtime: RuntimeOf) -> AccessSheet:
    async with runtime.database.reading() as connection:
        record = await access_record(connection, account_id, runtime.clock.now())
        if record is None or record.family_id is None:
            raise UnknownAccess
        actions = await actions_on(connection, account_id)
    return AccessSheet(
        access=access_out(record), actions=[ActionOut.model_validate(one) for one in actions]
    )


@router.get("/accesses/{account_id}/sign-ins")
async def sign_ins(account_id: UUID, _: Keeper, runtime: RuntimeOf, page: Page = 1) -> SignInsOut:
    async with runtime.database.reading() as connection:
        record = await access_record(connection, account_id, runtime.clock.now())
        if record is None or record.family_id is None:
            raise UnknownAccess
        total, found = await sign_ins_of(
            connection, account_id, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
    return SignInsOut(
        items=[sign_in_out(one, None) for one in found],
        page=page,
        pages=pages_for(total),
        total=total,
        open_sessions=0,
    )


@router.post("/accesses/{account_id}/links", status_code=201)
async def link(
    account_id: UUID, body: Linking, principal: Keeper, runtime: RuntimeOf, own: ResourcesOf
) -> LinkMade:
    async with runtime.database.transaction() as transaction:
        made = await give_link(
            transaction,
            own.master_key,
            account_id,
            body.delivery,
            agent_of(principal),
            runtime.clock.now(),
        )
    return LinkMade(link_id=made.link_id, expires_at=made.expires_at)


@router.post("/accesses/{account_id}/address", status_code=204)
async def address(
    account_id: UUID, body: NewAddress, principal: Keeper, runtime: RuntimeOf
) -> None:
    async with runtime.database.transaction() as transaction:
        await change_address(
            transaction, account_id, body.email, agent_of(principal), runtime.clock.now()
        )


@router.post("/accesses/{account_id}/disable", status_code=204)
async def disable(account_id: UUID, principal: Keeper, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await disable_access(transaction, account_id, agent_of(principal), runtime.clock.now())


@router.post("/accesses/{account_id}/enable", status_code=204)
async def enable(account_id: UUID, principal: Keeper, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await enable_access(transaction, account_id, agent_of(principal), runtime.clock.now())


@router.get("/access-links/{link_id}/letter")
async def letter(link_id: UUID, _: Keeper, runtime: RuntimeOf, own: ResourcesOf) -> Response:
    """The letter of a link that was made, while it can be used; printed again, it is the same."""
    now = runtime.clock.now()
    found = await read_letter(runtime.database, own.master_key, link_id, now)
    html = letter_of_access(found, own, runtime.shared.authority, now)
    return pdf(await runtime.documents.render(html), f"acces-{link_id}.pdf")


def agent_of(principal: Principal) -> Agent:
    return Agent(principal.id, principal.name)


def _searchable(words: str) -> str:
    """PostgreSQL cannot compare a NUL, and nobody's name holds one."""
    return words.replace("\x00", " ")

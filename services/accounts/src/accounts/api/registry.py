"""The registry: staff find families, and change their files directly."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from accounts.centre_sight import sight_of
from accounts.domain.access import Role
from accounts.domain.amending import Amendment
from accounts.domain.family import UnknownFamily
from accounts.domain.reading import OVERSEERS
from accounts.domain.searching import words
from accounts.store.families import family_by_id
from accounts.store.file_history import timeline
from accounts.store.search import Window, all_families, find_families
from accounts.use_cases.amend_family import amend_family, remove_contact, remove_guardian
from accounts.use_cases.open_family import open_family
from chassis.auth import STAFF, Audience, Principal, allow
from chassis.runtime import RuntimeOf

from .callers import actor_of, roles_only
from .family_schemas import WholeFamily
from .paging import PAGE_SIZE, Page, pages_for
from .problems import alike_told, fields_told
from .registry_schemas import (
    FORM,
    AmendmentIn,
    FieldOut,
    FoundFamiliesOut,
    FoundFamilyOut,
    OpeningIn,
    TimelineOut,
    Version,
    happened_out,
)

router = APIRouter(prefix="/v1/staff", tags=["staff"])

Keeper = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN)]
AnyStaff = Annotated[Principal, allow(*STAFF)]
Typed = Annotated[str, Query(max_length=200)]


@router.get("/families")
async def search(
    principal: AnyStaff, runtime: RuntimeOf, q: Typed = "", page: Page = 1
) -> FoundFamiliesOut:
    """Every family when nothing is asked; nobody when what is asked holds no word.

    For an agent of the centres: of the families whose children the team looks after.
    """
    sight = await sight_of(runtime.peers, principal, frozenset(Role))
    window = Window((page - 1) * PAGE_SIZE, PAGE_SIZE, sight.family_ids)
    async with runtime.database.reading() as connection:
        if q.strip():
            found, total = await find_families(connection, words(q), window)
        else:
            found, total = await all_families(connection, window)
    return FoundFamiliesOut(
        items=[FoundFamilyOut.model_validate(one) for one in found],
        page=page,
        pages=pages_for(total),
        total=total,
    )


@router.get("/family-form", dependencies=[allow(*STAFF)])
async def form() -> dict[str, list[FieldOut]]:
    """How each part of a file is typed: the declared fields themselves, for whoever draws forms."""
    return FORM


@router.post("/families/openings", status_code=201)
async def open_file(
    body: OpeningIn, principal: Keeper, runtime: RuntimeOf, response: Response
) -> WholeFamily:
    with fields_told(), alike_told():
        async with runtime.database.transaction() as transaction:
            recorded = await open_family(
                transaction,
                body.family_id,
                body.reference,
                body.typed,
                actor_of(principal),
                runtime.clock.now(),
                despite_alike=body.despite_alike,
            )
    if not recorded.is_new:
        response.status_code = 200
    return WholeFamily.model_validate(recorded.family)


@router.patch("/families/{family_id}")
async def amend(
    family_id: UUID, body: AmendmentIn, principal: Keeper, runtime: RuntimeOf
) -> WholeFamily:
    amendment = Amendment(body.subject, body.subject_id, body.values, body.version)
    with fields_told():
        async with runtime.database.transaction() as transaction:
            family = await amend_family(
                transaction, family_id, amendment, actor_of(principal), runtime.clock.now()
            )
    return WholeFamily.model_validate(family)


@router.delete("/families/{family_id}/contacts/{contact_id}")
async def drop_contact(
    family_id: UUID,
    contact_id: UUID,
    version: Annotated[Version, Query()],
    principal: Keeper,
    runtime: RuntimeOf,
) -> WholeFamily:
    async with runtime.database.transaction() as transaction:
        family = await remove_contact(
            transaction,
            family_id,
            contact_id,
            version,
            actor_of(principal),
            runtime.clock.now(),
        )
    return WholeFamily.model_validate(family)


@router.delete("/families/{family_id}/guardians/{guardian_id}")
async def drop_guardian(
    family_id: UUID,
    guardian_id: UUID,
    version: Annotated[Version, Query()],
    principal: Keeper,
    runtime: RuntimeOf,
) -> WholeFamily:
    """The person leaves the file, and their own access is closed; what they signed stays."""
    async with runtime.database.transaction() as transaction:
        family = await remove_guardian(
            transaction,
            family_id,
            guardian_id,
            version,
            actor_of(principal),
            runtime.clock.now(),
        )
    return WholeFamily.model_validate(family)


@router.get("/families/{family_id}/timeline", dependencies=[roles_only(OVERSEERS)])
async def befallen(family_id: UUID, runtime: RuntimeOf, page: Page = 1) -> TimelineOut:
    """What befell the file: changes, openings, accesses; without what was read."""
    async with runtime.database.reading() as connection:
        if await family_by_id(connection, family_id) is None:
            raise UnknownFamily
        found, total = await timeline(
            connection, family_id, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
    return TimelineOut(
        items=[happened_out(one) for one in found], page=page, pages=pages_for(total), total=total
    )

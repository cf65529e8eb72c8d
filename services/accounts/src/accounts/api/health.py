"""The doors to health data, and to the record of who opened it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from accounts.domain.child import UnknownChild
from accounts.domain.health import WrongHealth
from accounts.domain.reading import KEEPERS, OVERSEERS, Part, Purpose
from accounts.resources import ResourcesOf
from accounts.store.families import family_of_child
from accounts.store.reads import openings_of_child, openings_of_family
from accounts.use_cases.keep_change import Author
from accounts.use_cases.propose_health import HealthProposal, propose_health
from accounts.use_cases.read_health import HealthFile, read_health
from accounts.use_cases.record_health import record_health
from chassis.auth import Audience, Principal, allow
from chassis.problems import Problem
from chassis.runtime import RuntimeOf

from .callers import opened_by, reader_of, roles_only
from .health_schemas import (
    HealthIn,
    HealthInWords,
    HealthOut,
    HealthProposalIn,
    HealthProposed,
    Reads,
    health_out,
    read_out,
    sections,
)
from .paging import PAGE_SIZE, Page, pages_for

router = APIRouter(tags=["health"])

FamilyCaller = Annotated[Principal, allow(Audience.FAMILY)]
PurposeOf = Annotated[Purpose, Query()]


@router.get("/v1/me/children/{child_id}/health")
async def own_health(
    child_id: UUID, principal: FamilyCaller, runtime: RuntimeOf, own: ResourcesOf
) -> HealthOut:
    async with runtime.database.transaction() as transaction:
        found = await read_health(
            transaction,
            own.master_keys,
            reader_of(principal),
            child_id,
            Purpose.OWN,
            runtime.clock.now(),
            own_family=principal.own_family,
        )
    return health_out(found)


@router.post("/v1/me/children/{child_id}/health", status_code=201)
async def propose_own(
    child_id: UUID,
    body: HealthProposalIn,
    principal: FamilyCaller,
    runtime: RuntimeOf,
    own: ResourcesOf,
    response: Response,
) -> HealthProposed:
    proposal = HealthProposal(
        request_id=body.request_id,
        family_id=principal.own_family,
        child_id=child_id,
        record=body.record.to_domain(),
        seen_version=body.version,
        author=Author(principal.name, principal.guardian_id),
        reader=reader_of(principal),
        replaces=body.replaces,
    )
    try:
        async with runtime.database.transaction() as transaction:
            made = await propose_health(transaction, own.master_keys, proposal, runtime.clock.now())
    except WrongHealth as wrong:
        raise wrong_health(wrong) from None
    if not made.is_new:
        response.status_code = 200
    return HealthProposed(request_id=made.change.request_id, number=made.change.number)


@router.get("/v1/staff/children/{child_id}/health")
async def health(
    child_id: UUID,
    principal: Annotated[Principal, opened_by(Part.HEALTH)],
    runtime: RuntimeOf,
    own: ResourcesOf,
    purpose: PurposeOf = Purpose.CARE,
) -> HealthOut:
    async with runtime.database.transaction() as transaction:
        found = await read_health(
            transaction,
            own.master_keys,
            reader_of(principal),
            child_id,
            of_staff(purpose),
            runtime.clock.now(),
        )
    return health_out(found)


@router.get("/v1/staff/children/{child_id}/health/words")
async def health_in_words(
    child_id: UUID,
    principal: Annotated[Principal, opened_by(Part.HEALTH)],
    runtime: RuntimeOf,
    own: ResourcesOf,
    purpose: PurposeOf = Purpose.CARE,
) -> HealthInWords:
    """As people read it, section by section; noted as any other opening."""
    found = await health(child_id, principal, runtime, own, purpose)
    return HealthInWords(sections=sections(found.record.to_domain()))


@router.put("/v1/staff/children/{child_id}/health")
async def put_health(
    child_id: UUID,
    body: HealthIn,
    principal: Annotated[Principal, roles_only(KEEPERS)],
    runtime: RuntimeOf,
    own: ResourcesOf,
) -> HealthOut:
    try:
        async with runtime.database.transaction() as transaction:
            recorded = await record_health(
                transaction,
                own.master_keys,
                reader_of(principal),
                child_id,
                body.record.to_domain(),
                body.version,
                of_staff(body.purpose),
                runtime.clock.now(),
            )
    except WrongHealth as wrong:
        raise wrong_health(wrong) from None
    return health_out(HealthFile(recorded))


@router.get("/v1/me/reads")
async def own_reads(principal: FamilyCaller, runtime: RuntimeOf, page: Page = 1) -> Reads:
    """Who opened what of this family's file, the newest first."""
    async with runtime.database.reading() as connection:
        found, total = await openings_of_family(
            connection, principal.own_family, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
    items = [read_out(noted) for noted in found]
    return Reads(items=items, page=page, pages=pages_for(total), total=total)


@router.get("/v1/staff/children/{child_id}/reads", dependencies=[roles_only(OVERSEERS)])
async def reads_of_child(child_id: UUID, runtime: RuntimeOf, page: Page = 1) -> Reads:
    async with runtime.database.reading() as connection:
        if await family_of_child(connection, child_id) is None:
            raise UnknownChild
        found, total = await openings_of_child(
            connection, child_id, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
    items = [read_out(noted) for noted in found]
    return Reads(items=items, page=page, pages=pages_for(total), total=total)


def wrong_health(wrong: WrongHealth) -> Problem:
    """Every field at fault, with its sentence."""
    fields = [
        {"field": f"record.{field}", "rule": "impossible_date", "message": message}
        for field, message in wrong.fields.items()
    ]
    return Problem(
        422, "accounts.wrong-health", "Saisie incomplète ou incorrecte", str(wrong), fields=fields
    )


def of_staff(purpose: Purpose) -> Purpose:
    """Staff cannot pass for the family."""
    return Purpose.FRONT_DESK if purpose is Purpose.OWN else purpose

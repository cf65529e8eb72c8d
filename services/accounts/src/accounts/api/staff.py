"""What staff record about families and about each other."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from accounts.domain.credential import check
from accounts.domain.family import UnknownFamily
from accounts.resources import Resources, ResourcesOf
from accounts.store.families import family_by_id
from accounts.use_cases.issue_credentials import NewAccess, issue_family_credentials
from accounts.use_cases.record_family import record_family
from accounts.use_cases.record_staff_member import record_staff_member
from chassis.auth import Audience, Principal, allow
from chassis.runtime import RuntimeOf

from .callers import actor_of
from .family_input import family_from
from .family_schemas import FamilyIn, WholeFamily
from .schemas import Credentials, CredentialsOut, StaffMemberIn, StaffMemberOut

router = APIRouter(prefix="/v1/staff", tags=["staff"])

_FILE_KEEPERS = allow(Audience.SECRETARIAT, Audience.ADMIN)
Keeper = Annotated[Principal, _FILE_KEEPERS]


@router.post("/families", status_code=201)
async def add_family(
    body: FamilyIn, principal: Keeper, runtime: RuntimeOf, response: Response
) -> WholeFamily:
    now = runtime.clock.now()
    wanted = family_from(body, now)
    async with runtime.database.transaction() as transaction:
        recorded = await record_family(
            transaction, wanted, body.model_dump_json(), now, actor_of(principal)
        )
    if not recorded.is_new:
        response.status_code = 200
    return WholeFamily.model_validate(recorded.family)


@router.get(
    "/families/{family_id}",
    dependencies=[
        allow(
            Audience.SECRETARIAT,
            Audience.CENTRE,
            Audience.CASH_OFFICE,
            Audience.ADMIN,
            Audience.AUDITOR,
        )
    ],
)
async def one_family(family_id: UUID, runtime: RuntimeOf) -> WholeFamily:
    async with runtime.database.reading() as connection:
        family = await family_by_id(connection, family_id)
    if family is None:
        raise UnknownFamily
    return WholeFamily.model_validate(family)


@router.post("/families/{family_id}/credentials", status_code=201, dependencies=[_FILE_KEEPERS])
async def add_credentials(
    family_id: UUID, body: Credentials, runtime: RuntimeOf, own: ResourcesOf
) -> CredentialsOut:
    access = NewAccess(body.identifier, None, body.guardian_id, body.email)
    if body.password is not None:
        hashed = await _hashed(own, body.password.get_secret_value())
        access = replace(access, password_hash=hashed)
    async with runtime.database.transaction() as transaction:
        issued = await issue_family_credentials(transaction, family_id, access, runtime.clock.now())
    return CredentialsOut(account_id=issued.account_id, identifier=issued.identifier)


@router.post("/staff-members", status_code=201, dependencies=[allow(Audience.ADMIN)])
async def add_staff_member(
    body: StaffMemberIn, runtime: RuntimeOf, own: ResourcesOf
) -> StaffMemberOut:
    hashed = await _hashed(own, body.password.get_secret_value())
    access = NewAccess(body.identifier, hashed)
    async with runtime.database.transaction() as transaction:
        member = await record_staff_member(
            transaction, body.name, body.roles, access, runtime.clock.now()
        )
    return StaffMemberOut.model_validate(member)


async def _hashed(own: Resources, password: str) -> str:
    """Before the transaction, which must not be held open for it."""
    check(password, own.policy)
    return await own.hasher.hash(password)

"""What staff record about families."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from accounts.domain.access import Role
from accounts.domain.family import UnknownFamily
from accounts.store.families import family_by_id
from accounts.store.merging import surviving
from accounts.use_cases.administer_access import Action, note_action
from accounts.use_cases.issue_credentials import NewAccess, issue_family_credentials
from accounts.use_cases.record_family import record_family
from chassis.auth import Audience, Principal, allow
from chassis.runtime import RuntimeOf

from .accesses import agent_of
from .callers import actor_of, seen_by
from .family_input import family_from
from .family_schemas import FamilyIn, WholeFamily
from .schemas import Credentials, CredentialsOut

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
    dependencies=[seen_by(frozenset(Role))],
)
async def one_family(family_id: UUID, runtime: RuntimeOf) -> WholeFamily:
    async with runtime.database.reading() as connection:
        # The address of a file that was merged into another leads to that one.
        family = await family_by_id(connection, await surviving(connection, family_id))
    if family is None:
        raise UnknownFamily
    return WholeFamily.model_validate(family)


@router.post("/families/{family_id}/credentials", status_code=201)
async def add_credentials(
    family_id: UUID,
    body: Credentials,
    principal: Annotated[Principal, _FILE_KEEPERS],
    runtime: RuntimeOf,
) -> CredentialsOut:
    access = NewAccess(body.identifier, None, body.guardian_id, body.email)
    async with runtime.database.transaction() as transaction:
        now = runtime.clock.now()
        issued = await issue_family_credentials(transaction, family_id, access, now)
        agent = agent_of(principal)
        await note_action(transaction, issued.account_id, Action.ISSUED, agent, now)
    return CredentialsOut(account_id=issued.account_id, identifier=issued.identifier)

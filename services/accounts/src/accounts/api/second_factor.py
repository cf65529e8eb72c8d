"""The second factor of a member of staff: enrolled by its owner, asked for at sign-in."""

from typing import Annotated

from fastapi import APIRouter

from accounts.resources import ResourcesOf
from accounts.second_factor import enrolment_address
from accounts.use_cases.keep_second_factor import confirm, propose, remove, sign_in_with_code
from chassis.auth import STAFF, Audience, Principal, allow
from chassis.runtime import RuntimeOf

from .access import principal_of
from .own_access import own_record
from .problems import waits_told
from .schemas import TokenOut, token_out
from .second_factor_schemas import Code, CodeAtSignIn, ProposalOut, RecoveryCodes

router = APIRouter(tags=["access"])

StaffOwner = Annotated[Principal, allow(*STAFF)]


@router.post("/v1/me/second-factor", status_code=201)
async def proposed(principal: StaffOwner, runtime: RuntimeOf, own: ResourcesOf) -> ProposalOut:
    account_id = (await own_record(runtime, principal)).account_id
    async with runtime.database.transaction() as transaction:
        made = await propose(transaction, own.master_keys, account_id, runtime.clock.now())
    issuer = runtime.shared.authority.service_name
    return ProposalOut(
        secret=made.secret, address=enrolment_address(made.secret, made.identifier, issuer)
    )


@router.post("/v1/me/second-factor/confirm")
async def confirmed(
    body: Code, principal: StaffOwner, runtime: RuntimeOf, own: ResourcesOf
) -> RecoveryCodes:
    account_id = (await own_record(runtime, principal)).account_id
    async with runtime.database.transaction() as transaction:
        codes = await confirm(
            transaction, own.master_keys, account_id, body.code, runtime.clock.now()
        )
    return RecoveryCodes(codes=codes)


@router.post("/v1/me/second-factor/remove", status_code=204)
async def removed(body: Code, principal: StaffOwner, runtime: RuntimeOf, own: ResourcesOf) -> None:
    account_id = (await own_record(runtime, principal)).account_id
    with waits_told():
        await remove(runtime.database, own.master_keys, runtime.clock, account_id, body.code)


@router.post("/v1/sign-in/code", dependencies=[allow(Audience.SERVICE)])
async def by_code(body: CodeAtSignIn, runtime: RuntimeOf, own: ResourcesOf) -> TokenOut:
    """The second half of a sign-in: the session that the password opened becomes of use."""
    with waits_told():
        session_id, holder = await sign_in_with_code(
            runtime.database,
            own.master_keys,
            runtime.clock,
            body.session,
            body.code,
            body.address,
        )
    principal = principal_of(session_id, holder)
    return token_out(await own.keyring.token_for(principal), principal)

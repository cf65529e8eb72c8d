"""Signing in and out, tokens, published keys: for the gateway and for our own services."""

from uuid import UUID

from fastapi import APIRouter, Response

from accounts.domain.access import Door, Holder
from accounts.resources import ResourcesOf
from accounts.use_cases.end_session import end_session
from accounts.use_cases.refresh_session import refresh_session
from accounts.use_cases.sign_in import Attempt, sign_in
from chassis.auth import Audience, Principal, allow
from chassis.problems import Problem
from chassis.runtime import RuntimeOf

from .problems import waits_told
from .schemas import (
    CodeNeeded,
    PublishedKeys,
    ServiceName,
    ServiceToken,
    Session,
    SignedIn,
    SignIn,
    TokenOut,
    token_out,
)

router = APIRouter(tags=["access"])


@router.post("/v1/sign-in", dependencies=[allow(Audience.SERVICE)])
async def sign_in_by_password(
    body: SignIn, runtime: RuntimeOf, own: ResourcesOf
) -> SignedIn | CodeNeeded:
    """A session, or, for who has a second factor, the half of one: see `/v1/sign-in/code`."""
    attempt = Attempt(
        body.identifier, body.password.get_secret_value(), body.door, body.address, body.user_agent
    )
    with waits_told():
        opened = await sign_in(runtime.database, own.hasher, own.master_key, runtime.clock, attempt)
    if opened.awaits_code:
        return CodeNeeded(session=opened.secret)
    principal = principal_of(opened.session_id, opened.holder)
    answer = token_out(await own.keyring.token_for(principal), principal)
    return SignedIn(session=opened.secret, **answer.model_dump())


@router.post("/v1/sessions/refresh", dependencies=[allow(Audience.SERVICE)])
async def refresh(body: Session, runtime: RuntimeOf, own: ResourcesOf) -> TokenOut:
    async with runtime.database.transaction() as transaction:
        session_id, holder = await refresh_session(transaction, body.session, runtime.clock.now())
    principal = principal_of(session_id, holder)
    return token_out(await own.keyring.token_for(principal), principal)


@router.post("/v1/sessions/end", status_code=204, dependencies=[allow(Audience.SERVICE)])
async def end(body: Session, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await end_session(transaction, body.session, runtime.clock.now())


@router.post("/v1/service-tokens", dependencies=[allow(Audience.ANYONE)])
async def service_token(body: ServiceName, own: ResourcesOf) -> ServiceToken:
    if not own.knows_service(body.name, body.secret.get_secret_value()):
        raise Problem(401, "accounts.service-refused", "Service inconnu")
    principal = Principal(body.name, body.name, frozenset({Audience.SERVICE}))
    return ServiceToken(token=(await own.keyring.token_for(principal)).token)


@router.get("/.well-known/jwks.json", dependencies=[allow(Audience.ANYONE)])
async def published_keys(own: ResourcesOf, response: Response) -> PublishedKeys:
    response.headers["Cache-Control"] = "public, max-age=60"
    return PublishedKeys.model_validate(await own.keyring.published())


def principal_of(session_id: UUID, holder: Holder) -> Principal:
    """What the session's tokens say."""
    is_family = holder.door is Door.FAMILY
    roles = frozenset(Audience(role) for role in holder.roles)
    return Principal(
        id=str(holder.account_id if is_family else holder.staff_id),
        name=holder.name,
        audiences=frozenset({Audience.FAMILY}) if is_family else roles,
        family_id=holder.family_id,
        guardian_id=holder.guardian_id,
        session_id=str(session_id),
    )

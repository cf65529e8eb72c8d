"""Questions to accounts about sign-in sessions, in the gateway's own name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from fastapi import Request

from chassis.auth import Principal
from chassis.peers import PeerRefused, PeerUnavailable
from portail_contracts.catalogue import Context

from .answers import Half, Identity, OpenedLink, Redeemed, Refreshed
from .refreshing import Refresh
from .session import Door, Grant
from .upstream import SIGN_IN_SECONDS, Upstream

LONGEST_USER_AGENT = 400
OWN_TOKEN_REFUSED = "portail.sign-in-needed"  # noqa: S105 - a problem's type


@dataclass(frozen=True)
class Typed:
    """What was typed at a door."""

    identifier: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Whence:
    """From where: the address decides about waits, the browser is told to the access's owner."""

    address: str
    user_agent: str

    @classmethod
    def of(cls, request: Request) -> "Whence":
        address = request.client.host if request.client else ""
        return cls(address, request.headers.get("user-agent", "")[:LONGEST_USER_AGENT])


async def sign_in(
    upstream: Upstream, door: Door, typed: Typed, whence: Whence
) -> tuple[str, Grant | None]:
    """The new session's secret and its first grant, None when a code is needed before.

    Raises PeerRefused 401 or 429.
    """
    body = {
        "identifier": typed.identifier,
        "password": typed.password,
        "door": str(door),
        "address": whence.address,
        "user_agent": whence.user_agent,
    }
    answer = await upstream.post(
        Context.ACCOUNTS, "/v1/sign-in", body, Half, token=None, seconds=SIGN_IN_SECONDS
    )
    if answer.code_needed:
        return answer.session, None
    return answer.session, _grant(_whole(answer))


async def sign_in_by_code(upstream: Upstream, secret: str, code: str, whence: Whence) -> Grant:
    """The second half. Raises PeerRefused 401 (too late), 422 (wrong) or 429."""
    body = {"session": secret, "code": code, "address": whence.address}
    answer = await upstream.post(
        Context.ACCOUNTS, "/v1/sign-in/code", body, Refreshed, token=None, seconds=SIGN_IN_SECONDS
    )
    return _grant(answer)


def _whole(answer: Half) -> Refreshed:
    if answer.token is None or answer.token_expires_at is None or answer.principal is None:
        raise PeerUnavailable("accounts: half a sign-in")
    return Refreshed(
        token=answer.token, token_expires_at=answer.token_expires_at, principal=answer.principal
    )


async def open_link(upstream: Upstream, secret: str, whence: Whence) -> OpenedLink:
    """What the link's page shows. Raises PeerRefused 410 (over) or 429."""
    body = {"secret": secret, "address": whence.address}
    return await upstream.post(
        Context.ACCOUNTS, "/v1/access-links/open", body, OpenedLink, token=None
    )


async def redeem_link(upstream: Upstream, secret: str, password: str, whence: Whence) -> Door:
    """The door at which to sign in. Raises PeerRefused 410 (over), 422 (weak) or 429."""
    body = {"secret": secret, "password": password, "address": whence.address}
    answer = await upstream.post(
        Context.ACCOUNTS,
        "/v1/access-links/redeem",
        body,
        Redeemed,
        token=None,
        seconds=SIGN_IN_SECONDS,
    )
    return Door(answer.door)


async def call_for_help(
    upstream: Upstream, call_id: UUID, typed: Mapping[str, str], whence: Whence
) -> None:
    """The same answer whoever calls. Raises PeerRefused 422 (its `fields` say which) or 429."""
    body = {
        **typed,
        "identifier": typed["identifier"].strip() or None,
        "call_id": str(call_id),
        "address": whence.address,
    }
    await upstream.tell(Context.ACCOUNTS, "/v1/help-calls", body, token=None)


def refresh_with(upstream: Upstream) -> Refresh:
    async def refresh(secret: str) -> Grant | None:
        try:
            answer = await upstream.post(
                Context.ACCOUNTS,
                "/v1/sessions/refresh",
                {"session": secret},
                Refreshed,
                token=None,
            )
        except PeerRefused as refused:
            if refused.status == 401 and not is_about_us(refused):
                return None
            raise PeerUnavailable(f"refresh: {refused}") from refused
        return _grant(answer)

    return refresh


async def end_session(upstream: Upstream, secret: str) -> None:
    await upstream.tell(Context.ACCOUNTS, "/v1/sessions/end", {"session": secret}, token=None)


def is_about_us(refused: PeerRefused) -> bool:
    """Whether it is the gateway's own token that was refused, not the person."""
    return str(refused.problem.get("type", "")).endswith(OWN_TOKEN_REFUSED)


def _grant(answer: Refreshed) -> Grant:
    return Grant(answer.token, answer.token_expires_at, _principal(answer.principal))


def _principal(identity: Identity) -> Principal:
    return Principal(
        identity.id,
        identity.name,
        identity.audiences,
        identity.family_id,
        guardian_id=identity.guardian_id,
    )

"""Questions to accounts about sign-in sessions, in the gateway's own name."""

from chassis.auth import Principal
from chassis.peers import PeerRefused, PeerUnavailable
from portail_contracts.catalogue import Context

from .answers import Identity, Refreshed, SignedIn
from .refreshing import Refresh
from .session import Door, Grant
from .upstream import SIGN_IN_SECONDS, Upstream

OWN_TOKEN_REFUSED = "portail.sign-in-needed"  # noqa: S105 - a problem's type


async def sign_in(
    upstream: Upstream, door: Door, identifier: str, password: str, address: str
) -> tuple[str, Grant]:
    """The new session's secret and its first grant. Raises PeerRefused 401 or 429."""
    body = {
        "identifier": identifier,
        "password": password,
        "door": str(door),
        "address": address,
    }
    answer = await upstream.post(
        Context.ACCOUNTS, "/v1/sign-in", body, SignedIn, token=None, seconds=SIGN_IN_SECONDS
    )
    return answer.session, _grant(answer)


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

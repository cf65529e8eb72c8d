"""Links that let their holder choose a password: for the gateway's page, in its own name."""

from fastapi import APIRouter

from accounts.resources import ResourcesOf
from accounts.use_cases.redeem_link import Choice, open_link, redeem_link
from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf

from .access_schemas import LinkOpening, LinkRedeeming, OpenedLinkOut, RedeemedOut, policy_out
from .problems import waits_told

# The secret travels in the body: addresses are kept in too many places.
router = APIRouter(
    prefix="/v1/access-links", tags=["access"], dependencies=[allow(Audience.SERVICE)]
)


@router.post("/open")
async def opened(body: LinkOpening, runtime: RuntimeOf, own: ResourcesOf) -> OpenedLinkOut:
    with waits_told():
        found = await open_link(
            runtime.database, own.master_key, runtime.clock, body.secret, body.address
        )
    return OpenedLinkOut(
        purpose=found.link.purpose,
        identifier=found.identifier,
        name=found.name,
        door=found.door,
        expires_at=found.link.expires_at,
        policy=policy_out(own.policy),
    )


@router.post("/redeem")
async def redeemed(body: LinkRedeeming, runtime: RuntimeOf, own: ResourcesOf) -> RedeemedOut:
    choice = Choice(body.secret, body.password.get_secret_value(), body.address)
    with waits_told():
        door = await redeem_link(
            runtime.database, own.hasher, own.master_key, runtime.clock, own.policy, choice
        )
    return RedeemedOut(door=door)

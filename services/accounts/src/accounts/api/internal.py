"""What our own services ask: how a consumer heals a gap in the versions it has seen."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from accounts.domain.access_link import url_path
from accounts.domain.family import UnknownFamily
from accounts.resources import ResourcesOf
from accounts.store.access_links import newcomers_of, recipients_of
from accounts.store.families import family_by_id
from accounts.use_cases.facts import child_recorded, family_recorded
from accounts.use_cases.make_link import read_link
from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf

from .schemas import AccessLinkOut, MailRecipient

router = APIRouter(prefix="/v1/internal", tags=["internal"], dependencies=[allow(Audience.SERVICE)])


@router.get("/families/{family_id}/mail-recipients")
async def mail_recipients(family_id: UUID, runtime: RuntimeOf) -> list[MailRecipient]:
    """Whom to write to: one entry for each access that has an address, none when nobody has."""
    async with runtime.database.reading() as connection:
        found = await recipients_of(connection, family_id) or await newcomers_of(
            connection, family_id
        )
    return [MailRecipient(**asdict(one)) for one in found]


@router.get("/access-links/{link_id}")
async def access_link(link_id: UUID, runtime: RuntimeOf, own: ResourcesOf) -> AccessLinkOut:
    """Asked at the moment of sending: a link that is over by then is not sent."""
    found = await read_link(runtime.database, own.master_key, link_id, runtime.clock.now())
    return AccessLinkOut(
        email=found.recipient.email,
        greeting=found.recipient.greeting,
        url_path=url_path(found.secret),
        purpose=found.link.purpose,
        expires_at=found.link.expires_at,
    )


@router.get("/families/{family_id}")
async def snapshot(family_id: UUID, runtime: RuntimeOf) -> dict[str, Any]:
    """What the events say of the family and its children, as of now."""
    async with runtime.database.reading() as connection:
        family = await family_by_id(connection, family_id)
    if family is None:
        raise UnknownFamily
    children = [child_recorded(family, child).model_dump() for child in family.children]
    return {**family_recorded(family).model_dump(), "children": children}

"""Other systems that are given events, for those who answer for it: never a password, not even
its hash, and of an event only that it was published."""

from typing import Annotated

from fastapi import APIRouter, Path

from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf
from messaging.own import own_of
from messaging.partners.ways import ways
from messaging.store import partners as store

from .partner_schemas import BrokerView, Partners, PartnerSheet, PartnerView, PublishedView
from .schemas import PageNumber, paged

router = APIRouter(prefix="/v1/staff/partners")

READERS = allow(Audience.ADMIN, Audience.AUDITOR)
MOST_RECENT = 20

PartnerName = Annotated[str, Path(max_length=40)]


class UnknownPartner(LookupError):
    """None of that name stands."""


@router.get("", dependencies=[READERS])
async def partners(runtime: RuntimeOf, page: PageNumber = 1) -> Partners:
    async with runtime.database.reading() as connection:
        found, total = await store.page_of_standing(connection, page)
        revoked = await store.last_revoked(connection)
        looked = own_of(runtime).partners.looked
        known = await ways(connection, looked)
    return Partners(
        items=[PartnerView.of(record, known) for record in found],
        revoked=[PartnerView.of(record, known) for record in revoked],
        broker=BrokerView.of(looked, runtime.clock.now()),
        **paged(page, total),
    )


@router.get("/{name}", dependencies=[READERS])
async def partner(name: PartnerName, runtime: RuntimeOf) -> PartnerSheet:
    async with runtime.database.reading() as connection:
        record = await store.find_standing(connection, name)
        looked = own_of(runtime).partners.looked
        known = await ways(connection, looked)
    if record is None:
        raise UnknownPartner("Aucun partenaire ne porte ce nom.")
    recent = own_of(runtime).recent.given(record.partner, MOST_RECENT)
    return PartnerSheet(
        partner=PartnerView.of(record, known),
        recent=[PublishedView.model_validate(one) for one in recent],
        broker=BrokerView.of(looked, runtime.clock.now()),
    )

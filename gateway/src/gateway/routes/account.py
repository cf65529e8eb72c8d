"""« Mon compte »: guardians, children, reference."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from gateway.gateway import GatewayOf
from gateway.pages.calendar import age_of
from gateway.pages.rendering import render
from gateway.upstream import or_none
from gateway.visit import VisitOf
from gateway.voice import VoiceOf

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])


@router.get("/mon-compte")
async def account(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    changed: Annotated[bool, Query(alias="change")] = False,
) -> Response:
    family, counts = await asyncio.gather(or_none(voice.family()), voice.counts())
    today = local_date(gateway.clock.now())
    return render(
        gateway,
        visit,
        "account.html",
        title="Mon compte",
        section="account",
        counts=counts,
        family=family,
        ages={child.child_id: age_of(child, today) for child in family.children} if family else {},
        changed=changed,
    )

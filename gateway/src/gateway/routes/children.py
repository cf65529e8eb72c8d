"""The children of the family, and the page of one of them."""

import asyncio
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.problems import Problem
from gateway import answers
from gateway.booking_voice import BookingVoiceOf
from gateway.gateway import GatewayOf
from gateway.pages.calendar import age_of
from gateway.pages.rendering import render
from gateway.upstream import or_none
from gateway.visit import VisitOf
from gateway.voice import VoiceOf

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])


def child_of(family: answers.Family, child_id: UUID) -> answers.Child:
    """Raises Problem 404 for a child of another family, as for one who does not exist."""
    for child in family.children:
        if child.child_id == child_id:
            return child
    raise Problem(404, "portail.not-found", "Cet enfant n’est pas dans votre dossier")


@router.get("/enfants")
async def children(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf) -> Response:
    family, counts = await asyncio.gather(or_none(voice.family()), voice.counts())
    today = local_date(gateway.clock.now())
    listed = [(child, age_of(child, today)) for child in family.children] if family else None
    return render(
        gateway,
        visit,
        "children.html",
        title="Mes enfants",
        section="children",
        counts=counts,
        children=listed,
    )


@router.get("/enfants/{child_id}")
async def child(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, booking: BookingVoiceOf, child_id: UUID
) -> Response:
    today = local_date(gateway.clock.now())
    family, rates, enrolments, counts = await asyncio.gather(
        or_none(voice.family()),
        or_none(voice.rates(today)),
        or_none(booking.enrolments()),
        voice.counts(),
    )
    found = child_of(family, child_id) if family else None
    return render(
        gateway,
        visit,
        "child.html",
        title=found.name if found else "Fiche de l’enfant",
        section="children",
        counts=counts,
        child_id=child_id,
        child=found,
        age=age_of(found, today) if found else None,
        rates=rates,
        enrolments=enrolments,
    )

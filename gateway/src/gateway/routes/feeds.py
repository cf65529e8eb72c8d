"""The calendar to subscribe to: its page, and the file that calendar programs fetch."""

import re
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.problems import Problem
from gateway.booking_answers import NewFeed
from gateway.booking_voice import BookingVoice, BookingVoiceOf
from gateway.forwarding import Destination, Forwarded
from gateway.gateway import Gateway, GatewayOf, gateway_of
from gateway.pages.rendering import render
from gateway.upstream import or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf
from portail_contracts.catalogue import Context

from .raw import RawRoute

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])
files = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.ANYONE)]
)

SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@router.get("/agenda/abonnement")
async def feeds(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, booking: BookingVoiceOf
) -> Response:
    return await _page(gateway, visit, voice, booking, None)


@router.post("/agenda/abonnement")
async def subscribe(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, booking: BookingVoiceOf
) -> Response:
    """The address is shown on this answer only: nobody, not even we, can show it again."""
    return await _page(gateway, visit, voice, booking, await booking.make_feed())


@router.post("/agenda/abonnement/{feed_id}/revoquer")
async def revoke(booking: BookingVoiceOf, feed_id: UUID) -> Response:
    await booking.revoke_feed(feed_id)
    return RedirectResponse("/agenda/abonnement", 303)


async def _page(
    gateway: Gateway, visit: Visit, voice: Voice, booking: BookingVoice, made: NewFeed | None
) -> Response:
    found, counts = await or_none(booking.feeds()), await voice.counts()
    address = f"{gateway.settings.public_url}/calendrier/{made.secret}.ics" if made else None
    return render(
        gateway,
        visit,
        "feeds.html",
        title="S’abonner au calendrier",
        section="agenda",
        counts=counts,
        feeds=found.items if found else None,
        address=address,
    )


@files.get("/calendrier/{name}")
async def file(request: Request) -> Forwarded:
    """Made by enrolment, which knows the secret; nothing of this browser goes along."""
    gateway = gateway_of(request)
    secret, dot, ending = request.path_params["name"].partition(".")
    if dot + ending != ".ics" or not SECRET.fullmatch(secret):
        raise Problem(404, "portail.not-found", "Ce calendrier n’existe pas, ou plus")
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.ENROLMENT),
            path=f"/v1/calendar-feeds/{secret}",
            headers=(),
        ),
    )

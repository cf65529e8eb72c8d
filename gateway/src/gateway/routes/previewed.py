"""Forms that show what they would do before they do it: several days, an absence."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Generic, Protocol, TypeVar

from fastapi import Depends
from fastapi.responses import RedirectResponse, Response

from chassis.peers import PeerRefused, PeerUnavailable
from chassis.web import shapes
from gateway.answers import Family, Request
from gateway.booking_voice import BookingVoice, BookingVoiceOf
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.typed import Typed
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf
from gateway.waiting import until_turn, why_unanswered

from .booking import NO_ANSWER

SEND = "envoyer"
Preview = TypeVar("Preview")
PreviewIn = TypeVar("PreviewIn", contravariant=True)


@dataclass(frozen=True)
class Seat:
    """Where a family fills in a form: who it is, and who answers it."""

    gateway: Gateway
    visit: Visit
    voice: Voice
    booking: BookingVoice


async def _seat(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, booking: BookingVoiceOf
) -> Seat:
    return Seat(gateway, visit, voice, booking)


SeatOf = Annotated[Seat, Depends(_seat)]


class Page(Protocol[PreviewIn]):
    """The form's page, whatever state it is in."""

    async def __call__(
        self,
        *,
        errors: dict[str, str] | None = None,
        notice: str | None = None,
        preview: PreviewIn | None = None,
        request_id: str | None = None,
        status: int = 200,
    ) -> Response: ...


@dataclass(frozen=True)
class Steps(Generic[Preview]):
    """What a form's two buttons ask for, and how a refusal is said."""

    send: Callable[[str], Awaitable[Request]]
    preview: Callable[[], Awaitable[Preview]]
    refusal: Callable[[PeerRefused], Mapping[str, Any]]


async def answered(page: Page[Preview], typed: Typed, steps: Steps[Preview]) -> Response:
    """First what it would do; then, confirmed, the request itself, under the id that it had."""
    request_id = typed.identifier("request_id")
    try:
        if typed.one("etape") == SEND and request_id:
            made = await steps.send(request_id)
            return RedirectResponse(f"/demandes/{made.request_id}", 303)
        preview = await steps.preview()
    except PeerRefused as refused:
        if refused.status not in (409, 422):
            raise
        return await page(**steps.refusal(refused), status=refused.status)
    except PeerUnavailable as error:
        notice = why_unanswered(error, NO_ANSWER)
        return until_turn(await page(notice=notice, request_id=request_id, status=503), error)
    return await page(preview=preview, request_id=request_id)


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def children_of(family: Family | None) -> list[shapes.Choice]:
    return [
        shapes.Choice(str(one.child_id), one.given_name)
        for one in (family.children if family else ())
    ]

"""What a signed-in family may ask of enrolment beyond its agenda, in its own name."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from portail_contracts.catalogue import Context

from .answers import Request
from .booking_answers import (
    AbsencePreview,
    Enrolments,
    Feeds,
    NewFeed,
    OfferedActivities,
    Preview,
    Reasons,
    SchoolChoices,
)
from .gateway import GatewayOf
from .upstream import SUBMITTING_SECONDS, Shape, Upstream
from .visit import VisitOf


@dataclass(frozen=True)
class BookingVoice:
    """Every question raises PeerUnavailable or PeerRefused, see `Upstream`."""

    upstream: Upstream
    token: str

    async def preview_days(self, body: dict[str, Any]) -> Preview:
        return await self._post("/v1/me/requests/several/preview", body, Preview)

    async def submit_days(self, body: dict[str, Any]) -> Request:
        return await self._post("/v1/me/requests/several", body, Request)

    async def cancel(self, body: dict[str, Any]) -> Request:
        return await self._post("/v1/me/cancellations", body, Request)

    async def preview_absence(self, body: dict[str, Any]) -> AbsencePreview:
        return await self._post("/v1/me/absences/preview", body, AbsencePreview)

    async def declare_absence(self, body: dict[str, Any]) -> Request:
        return await self._post("/v1/me/absences", body, Request)

    async def accept_offer(self, booking_id: UUID) -> Request:
        return await self._post(f"/v1/me/offers/{booking_id}/accept", {}, Request)

    async def decline_offer(self, booking_id: UUID) -> None:
        await self.upstream.tell(
            Context.ENROLMENT, f"/v1/me/offers/{booking_id}/decline", token=self.token
        )

    async def leave_waiting_list(self, booking_id: UUID) -> None:
        await self.upstream.tell(
            Context.ENROLMENT, f"/v1/me/waiting-list/{booking_id}/leave", token=self.token
        )

    async def request_enrolment(self, body: dict[str, Any]) -> Request:
        return await self._post("/v1/me/enrolments", body, Request)

    async def request_school(self, body: dict[str, Any]) -> Request:
        return await self._post("/v1/me/school-enrolments", body, Request)

    async def reasons(self) -> Reasons:
        """Those that a family may choose, in the authority's order."""
        return await self._get("/v1/me/absence-reasons", Reasons)

    async def activities(self) -> OfferedActivities:
        return await self._get("/v1/me/activities", OfferedActivities)

    async def enrolments(self) -> Enrolments:
        return await self._get("/v1/me/enrolments", Enrolments)

    async def schools(self) -> SchoolChoices:
        return await self._get("/v1/me/schools", SchoolChoices)

    async def feeds(self) -> Feeds:
        return await self._get("/v1/me/calendar-feeds", Feeds)

    async def make_feed(self) -> NewFeed:
        return await self._post("/v1/me/calendar-feeds", {}, NewFeed)

    async def revoke_feed(self, feed_id: UUID) -> None:
        await self.upstream.tell(
            Context.ENROLMENT, f"/v1/me/calendar-feeds/{feed_id}/revoke", token=self.token
        )

    async def _get(self, path: str, shape: type[Shape]) -> Shape:
        return await self.upstream.get(Context.ENROLMENT, path, shape, token=self.token)

    async def _post(self, path: str, body: dict[str, Any], shape: type[Shape]) -> Shape:
        return await self.upstream.post(
            Context.ENROLMENT, path, body, shape, token=self.token, seconds=SUBMITTING_SECONDS
        )


async def _voice(gateway: GatewayOf, visit: VisitOf) -> BookingVoice:
    return BookingVoice(gateway.upstream, visit.token)


BookingVoiceOf = Annotated[BookingVoice, Depends(_voice)]

"""What a signed-in family may ask of the services, in its own name."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from portail_contracts.catalogue import Context

from .answers import (
    Agenda,
    Cell,
    ChargeLines,
    Child,
    EndedSessions,
    Family,
    OwnAccess,
    PendingCount,
    Proposal,
    Rates,
    RecoveryCodes,
    Request,
    Requests,
    SignIns,
    Summary,
    UnreadCount,
)
from .booking_answers import Reasons
from .gateway import GatewayOf
from .upstream import SUBMITTING_SECONDS, Upstream, or_none
from .visit import VisitOf


@dataclass(frozen=True)
class Voice:
    """Every question raises PeerUnavailable or PeerRefused, see `Upstream`."""

    upstream: Upstream
    token: str

    async def family(self) -> Family:
        return await self.upstream.get(Context.ACCOUNTS, "/v1/me/family", Family, token=self.token)

    async def child(self, child_id: UUID) -> Child:
        return await self.upstream.get(
            Context.ACCOUNTS, f"/v1/me/children/{child_id}", Child, token=self.token
        )

    async def change_password(self, current: str, new: str) -> None:
        await self.upstream.tell(
            Context.ACCOUNTS,
            "/v1/me/password",
            {"current": current, "new": new},
            token=self.token,
            seconds=6.0,
        )

    async def own_access(self) -> OwnAccess:
        return await self.upstream.get(
            Context.ACCOUNTS, "/v1/me/access", OwnAccess, token=self.token
        )

    async def sign_ins(self, page: int) -> SignIns:
        return await self.upstream.get(
            Context.ACCOUNTS, "/v1/me/sign-ins", SignIns, token=self.token, page=str(page)
        )

    async def end_other_sessions(self) -> EndedSessions:
        return await self.upstream.post(
            Context.ACCOUNTS, "/v1/me/sessions/end-others", {}, EndedSessions, token=self.token
        )

    async def propose_factor(self) -> Proposal:
        return await self.upstream.post(
            Context.ACCOUNTS, "/v1/me/second-factor", {}, Proposal, token=self.token
        )

    async def confirm_factor(self, code: str) -> RecoveryCodes:
        return await self.upstream.post(
            Context.ACCOUNTS,
            "/v1/me/second-factor/confirm",
            {"code": code},
            RecoveryCodes,
            token=self.token,
        )

    async def remove_factor(self, code: str) -> None:
        await self.upstream.tell(
            Context.ACCOUNTS, "/v1/me/second-factor/remove", {"code": code}, token=self.token
        )

    async def agenda(self, month: str, child_id: UUID | None = None) -> Agenda:
        one = {"child_id": str(child_id)} if child_id else {}
        return await self.upstream.get(
            Context.ENROLMENT, "/v1/me/agenda", Agenda, token=self.token, month=month, **one
        )

    async def week(self, monday: date) -> Agenda:
        return await self.upstream.get(
            Context.ENROLMENT,
            "/v1/me/week",
            Agenda,
            token=self.token,
            **{"from": monday.isoformat()},
        )

    async def cell(self, child_id: UUID, slot_id: UUID, day: date) -> Cell:
        return await self.upstream.get(
            Context.ENROLMENT,
            "/v1/me/agenda/cell",
            Cell,
            token=self.token,
            child_id=str(child_id),
            slot_id=str(slot_id),
            day=day.isoformat(),
        )

    async def reasons(self) -> Reasons:
        """Reasons of absence that a family may choose."""
        return await self.upstream.get(
            Context.ENROLMENT, "/v1/me/absence-reasons", Reasons, token=self.token
        )

    async def submit(self, body: dict[str, Any]) -> Request:
        return await self.upstream.post(
            Context.ENROLMENT,
            "/v1/me/requests",
            body,
            Request,
            token=self.token,
            seconds=SUBMITTING_SECONDS,
        )

    async def withdraw(self, request_id: UUID, version: int | None) -> None:
        body = {} if version is None else {"version": version}
        await self.upstream.tell(
            Context.ENROLMENT, f"/v1/me/requests/{request_id}/withdraw", body, token=self.token
        )

    async def requests(self, scope: str, *, history: bool, page: int) -> Requests:
        return await self.upstream.get(
            Context.ENROLMENT,
            "/v1/me/requests",
            Requests,
            token=self.token,
            scope=scope,
            history=str(history).lower(),
            page=str(page),
        )

    async def request(self, request_id: UUID) -> Request:
        return await self.upstream.get(
            Context.ENROLMENT, f"/v1/me/requests/{request_id}", Request, token=self.token
        )

    async def pending(self) -> PendingCount:
        return await self.upstream.get(
            Context.ENROLMENT, "/v1/me/requests/count", PendingCount, token=self.token
        )

    async def summary(self) -> Summary:
        return await self.upstream.get(Context.BILLING, "/v1/me/summary", Summary, token=self.token)

    async def rates(self, on: date) -> Rates:
        return await self.upstream.get(
            Context.BILLING, "/v1/me/rates", Rates, token=self.token, on=on.isoformat()
        )

    async def charge_lines(self, month: str, page: int) -> ChargeLines:
        return await self.upstream.get(
            Context.BILLING,
            "/v1/me/charge-lines",
            ChargeLines,
            token=self.token,
            month=month,
            page=str(page),
        )

    async def unread(self) -> UnreadCount:
        return await self.upstream.get(
            Context.MESSAGING, "/v1/me/counts", UnreadCount, token=self.token
        )

    async def counts(self) -> dict[str, int]:
        """The numbers beside the menu; a service that is down counts nothing."""
        pending, unread = await asyncio.gather(or_none(self.pending()), or_none(self.unread()))
        return numbers(pending, unread)


def numbers(pending: Agenda | PendingCount | None, unread: UnreadCount | None) -> dict[str, int]:
    """Beside the menu. An agenda tells how many requests wait: its pages ask once, not twice."""
    return {
        "requests": pending.pending if pending else 0,
        "messages": unread.unread if unread else 0,
    }


async def _voice(gateway: GatewayOf, visit: VisitOf) -> Voice:
    return Voice(gateway.upstream, visit.token)


VoiceOf = Annotated[Voice, Depends(_voice)]

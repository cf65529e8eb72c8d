"""What every page of the cash office shares: asking billing, answering with a page or a paper."""

import re
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from chassis.auth import Audience, Principal, allow
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.web.shapes import FieldError
from enrolment.console.pages import Pages, PagesOf
from enrolment.store.request_lists import count_pending
from portail_contracts.catalogue import Context

Clerk = Annotated[Principal, allow(Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR)]
Cashier = Annotated[Principal, allow(Audience.CASH_OFFICE)]
RateKeeper = Annotated[Principal, allow(Audience.CASH_OFFICE, Audience.ADMIN)]

AWAY = "La facturation ne répond pas pour le moment : réessayez dans un instant."


class Refused(Exception):
    """Billing said no; the text is French and for the reader."""


@dataclass(frozen=True)
class Counter:
    """One request to the cash office's pages."""

    runtime: Runtime
    pages: Pages
    token: str

    async def ask(self, path: str, **params: str) -> Any:
        """Billing's answer. Raises PeerUnavailable, Refused; Problem 404 for what is not there."""
        return await self._call(
            self.runtime.peers.get(Context.BILLING, path, token=self.token, **params)
        )

    async def ask_or_none(self, path: str, **params: str) -> Any:
        """For a card that the page does without."""
        try:
            return await self.ask(path, **params)
        except (PeerUnavailable, Refused, Problem):
            return None

    async def tell(self, path: str, body: Any) -> Any:
        """Raises PeerUnavailable, Refused."""
        return await self._call(
            self.runtime.peers.post(Context.BILLING, path, body, token=self.token)
        )

    async def tried(self, path: str, body: Any) -> tuple[Any, list[FieldError]]:
        """What billing answered, or what to show above the form."""
        try:
            return await self.tell(path, body), []
        except Refused as refused:
            return None, [FieldError("formulaire", str(refused))]
        except Problem as missing:
            return None, [FieldError("formulaire", missing.detail or missing.title)]
        except PeerUnavailable:
            return None, [FieldError("formulaire", AWAY)]

    async def _call(self, asked: Awaitable[Any]) -> Any:
        try:
            return dated(await asked)
        except PeerRefused as refused:
            if refused.status == 404:
                title = str(refused.problem.get("title") or "Page introuvable")
                detail = str(refused.problem.get("detail") or "")
                raise Problem(404, "billing.not-found", title, detail) from None
            words = refused.problem.get("detail") or refused.problem.get("title")
            raise Refused(str(words or "La facturation a refusé cette demande.")) from None

    async def page(
        self,
        template: str,
        principal: Principal,
        *,
        title: str,
        section: str,
        errors: Sequence[FieldError] = (),
        **given: Any,
    ) -> HTMLResponse:
        pending = 0
        if Audience.ADMIN in principal.audiences or Audience.AUDITOR in principal.audiences:
            async with self.runtime.database.reading() as connection:
                pending = await count_pending(connection)
        return self.pages.html(
            f"billing/{template}",
            principal,
            title=title,
            pending=pending,
            section=section,
            status=422 if errors else 200,
            errors=list(errors),
            may_act=Audience.CASH_OFFICE in principal.audiences,
            may_keep_rates=bool(principal.audiences & {Audience.CASH_OFFICE, Audience.ADMIN}),
            now=self.runtime.clock.now(),
            **given,
        )

    async def paper(self, path: str, **params: str) -> Response:
        """A document of billing's, as it is. Raises Problem when it cannot be had."""
        try:
            found = await self.runtime.peers.download(
                Context.BILLING, path, token=self.token, **params
            )
        except PeerRefused:
            raise Problem(404, "billing.not-found", "Document introuvable") from None
        except PeerUnavailable:
            raise Problem(503, "billing.unavailable", "Document indisponible", AWAY) from None
        headers = {"Cache-Control": "private, no-store"}
        if found.disposition:
            headers["Content-Disposition"] = found.disposition
        return StreamingResponse(found.parts, media_type=found.media_type, headers=headers)


async def _counter(request: Request, runtime: RuntimeOf, pages: PagesOf) -> Counter:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    return Counter(runtime, pages, token)


CounterOf = Annotated[Counter, Depends(_counter)]


def identifiers(values: Sequence[str]) -> list[str]:
    """Those that are ids; whatever else a form sent is not ours."""
    found = []
    for value in values:
        try:
            found.append(str(UUID(value)))
        except ValueError:
            continue
    return found


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def dated(answer: Any) -> Any:
    """The same answer, with its days as dates: templates write them in French."""
    if isinstance(answer, dict):
        return {name: dated(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [dated(value) for value in answer]
    if isinstance(answer, str) and _DAY.fullmatch(answer):
        return date.fromisoformat(answer)
    return answer

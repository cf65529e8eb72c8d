"""One visit to the queue: reads what the page needs and hands it to the templates."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from chassis.auth import Audience, Principal
from chassis.clock import local_date
from chassis.problems import Problem
from chassis.runtime import Runtime
from chassis.web.shapes import Detail, FieldError
from enrolment.domain.submission import NotFound
from enrolment.store.absences import absences_of_request, all_reasons
from enrolment.store.assignments import assignments_of, colleagues
from enrolment.store.catalogue import Centre, all_centres
from enrolment.store.refusal_reasons import all_refusal_reasons
from enrolment.use_cases.accept_many import Outcome
from enrolment.use_cases.assign_request import MAY_FOLLOW
from enrolment.use_cases.show_requests import RequestDetail, show_request_to_staff
from enrolment.use_cases.sight import Sight, sees_request, sight_of

from . import board, bulk, sheet, wording
from .changes import Ticked, with_content
from .choice import Choice
from .pages import Pages
from .prices import prices
from .reading import Counts, QueuePage, counts, queue_page
from .sheet import Looking, Surroundings


def not_found() -> Problem:
    return Problem(
        404, "enrolment.request-unknown", "Demande introuvable", "Elle n’existe pas, ou plus."
    )


DECIDED = "Cette demande a été décidée entre-temps."


@dataclass(frozen=True)
class Told:
    """What the page says first: what was just done, or what must be known."""

    done: str | None = None
    warning: str | None = None


NOTHING_TOLD = Told()


NO_CENTRE = (
    "Aucun centre ne vous est confié\u00a0: vous ne voyez aucune demande. "
    "L’administration vous place dans une équipe, page «\u00a0Équipes\u00a0»."
)


@dataclass(frozen=True)
class Listed:
    """What the list's page is made of, as far as this reader may see."""

    page: QueuePage
    counts: Counts
    centres: Sequence[Centre]
    sight: Sight


@dataclass(frozen=True)
class Desk:
    """What one visitor sees, from one place of the queue."""

    request: Request
    runtime: Runtime
    pages: Pages
    principal: Principal
    choice: Choice
    ticked: Ticked | None = None
    """What was ticked in a change, when its form is shown again."""

    @property
    def may_decide(self) -> bool:
        return Audience.SECRETARIAT in self.principal.audiences

    async def board(
        self, shown: UUID | None, decided: UUID | None, told: Told = NOTHING_TOLD, status: int = 200
    ) -> Response:
        """The list with the detail beside it; the first of the list when none is chosen."""
        now = self.runtime.clock.now()
        listed = await self._list()
        page, counted = listed.page, listed.counts
        if shown is None and page.items:
            shown = page.items[0].request_id
        detail, outcome = await asyncio.gather(self._maybe(shown), self._outcome(decided))
        return self.pages.html(
            "demandes.html",
            self.principal,
            title="Demandes",
            pending=counted.waiting,
            status=status,
            lead=board.lead(counted),
            queue=board.queue(page, counted, self.choice, shown, now, may_decide=self.may_decide),
            filters=board.filters(self.choice, listed.centres),
            detail=detail,
            pagination=board.pagination(page, self.choice),
            outcome=told.done or outcome,
            warning=NO_CENTRE if listed.sight.is_blind else told.warning,
        )

    async def detail_alone(self, request_id: UUID) -> Response:
        """The pane, for the script that walks through the list. Raises Problem 404."""
        _, detail = await self._one(request_id)
        return self.pages.fragment("queue_detail.html", detail=detail)

    async def sheet(
        self,
        request_id: UUID,
        *,
        warning: str | None = None,
        unsaved: str = "",
        status: int = 200,
    ) -> Response:
        """One request on a page of its own. Raises Problem 404."""
        (heading, detail), counted = await asyncio.gather(self._one(request_id), self._counts())
        return self.pages.html(
            "demande.html",
            self.principal,
            title=f"{heading}, {detail.title}",
            heading=heading,
            pending=counted.waiting,
            status=status,
            detail=detail,
            warning=warning,
            unsaved=unsaved.strip(),
            back=self.choice.url(),
        )

    async def refusal_again(self, request_id: UUID, typed: str, error: str) -> Response:
        """The refusal's form with what was typed and what is wrong with it. Raises Problem 404."""
        (heading, detail), counted = await asyncio.gather(self._one(request_id), self._counts())
        if not detail.can_decide:
            return await self.sheet(request_id, warning=DECIDED, unsaved=typed, status=409)
        return self.pages.html(
            "refus.html",
            self.principal,
            title=f"Refuser, {heading}, {detail.title}",
            heading=f"Refuser la {heading[:1].lower()}{heading[1:]}",
            pending=counted.waiting,
            status=422,
            detail=detail,
            # The summary has no form of its own: there would be two of the same.
            summary=replace(detail, can_decide=False, following=None),
            typed=typed,
            errors=[FieldError("refuse-reason", error)],
            back=self.choice.url(),
        )

    async def many_answered(self, outcomes: Sequence[Outcome]) -> Response:
        """What became of each request that was ticked."""
        async with self.runtime.database.reading() as connection:
            records = await bulk.records_of(connection, outcomes)
            sight = await sight_of(connection, self.principal)
            counted = await counts(connection, self._today, sight)
        return self.pages.html(
            "demandes_acceptees.html",
            self.principal,
            title="Demandes acceptées en une fois",
            pending=counted.waiting,
            lead=bulk.lead(outcomes),
            lines=bulk.lines(outcomes, records),
            back=self.choice.url(),
        )

    async def _list(self) -> "Listed":
        now = self.runtime.clock.now()
        async with self.runtime.database.reading() as connection:
            sight = await sight_of(connection, self.principal)
            reader = self.principal.staff_id
            page = await queue_page(connection, self.choice, reader, now, sight)
            counted = await counts(connection, self._today, sight)
            centres = [one for one in await all_centres(connection) if sight.sees(one.centre_id)]
            return Listed(page, counted, centres, sight)

    async def _counts(self) -> Counts:
        async with self.runtime.database.reading() as connection:
            sight = await sight_of(connection, self.principal)
            return await counts(connection, self._today, sight)

    @property
    def _today(self) -> date:
        return local_date(self.runtime.clock.now())

    async def _outcome(self, decided: UUID | None) -> str | None:
        found = None if decided is None else await self._read(decided)
        return None if found is None else wording.outcome(found[0].request)

    async def _maybe(self, request_id: UUID | None) -> Detail | None:
        found = None if request_id is None else await self._read(request_id)
        return None if found is None else await self._detail(*found)

    async def _one(self, request_id: UUID) -> tuple[str, Detail]:
        """The request's heading and its detail. Raises Problem 404."""
        found = await self._read(request_id)
        if found is None:
            raise not_found()
        return wording.heading(found[0].request), await self._detail(*found)

    async def _detail(self, found: RequestDetail, around: Surroundings) -> Detail:
        # After the reading: a slow billing must not hold a connection.
        priced = await prices(
            self.runtime.peers,
            self.principal,
            token_of(self.request),
            found.request.family_id,
            [line for line in found.request.lines if line.was_requested],
        )
        looking = Looking(
            self.choice, self.principal.staff_id, self.runtime.clock.now(), self.may_decide
        )
        shown = sheet.detail(found, priced, around, looking)
        return await with_content(
            shown, found.request, self.runtime.peers, token_of(self.request), self.ticked
        )

    async def _read(self, request_id: UUID) -> tuple[RequestDetail, Surroundings] | None:
        calendar = self.runtime.own.calendar
        async with self.runtime.database.reading() as connection:
            sight = await sight_of(connection, self.principal)
            if not await sees_request(connection, sight, request_id):
                return None
            try:
                found = await show_request_to_staff(connection, request_id, calendar=calendar)
            except NotFound:
                return None
            return found, Surroundings(
                await assignments_of(connection, request_id),
                await colleagues(connection, MAY_FOLLOW) if self.may_decide else (),
                await all_refusal_reasons(connection) if self.may_decide else (),
                await absences_of_request(connection, request_id),
                {one.code: one.label for one in await all_reasons(connection)},
            )


def token_of(request: Request) -> str:
    """The reader's own token, to ask other services in their name."""
    return request.headers.get("authorization", "").partition(" ")[2]

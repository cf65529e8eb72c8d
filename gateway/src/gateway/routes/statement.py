"""« Relevé de compte »: the balance, the unpaid invoices, and what a month cost."""

import asyncio
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.web import french, shapes
from gateway import answers
from gateway.gateway import GatewayOf
from gateway.pages import months
from gateway.pages.listing import Page, pagination
from gateway.pages.rendering import render
from gateway.purse import PurseOf, Statement
from gateway.upstream import or_none
from gateway.visit import VisitOf
from gateway.voice import VoiceOf

Nature = Literal["factures", "reglements", "avoirs"]
KINDS = {"factures": "invoices", "reglements": "payments", "avoirs": "credits"}

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])


@router.get("/releve")
async def statement(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    purse: PurseOf,
    mois: Annotated[str | None, Query(max_length=7)] = None,
    page: Page = 1,
    nature: Annotated[Nature | None, Query()] = None,
    suite: Page = 1,
) -> Response:
    month = months.parse(mois, local_date(gateway.clock.now()))
    kind = KINDS[nature] if nature else None
    summary, lines, family, movements, plan, counts = await asyncio.gather(
        or_none(voice.summary()),
        or_none(voice.charge_lines(months.code(month), page)),
        or_none(voice.family()),
        or_none(purse.statement(kind, suite)),
        or_none(purse.plan()),
        voice.counts(),
    )
    return render(
        gateway,
        visit,
        "statement.html",
        title="Relevé de compte",
        section="statement",
        counts=counts,
        summary=summary,
        lines=lines,
        names=_names(family),
        month_title=french.month_title(month),
        previous=_link(month, -1),
        next=_link(month, 1),
        here=_address(month),
        movements=movements,
        plan=plan.items if plan else (),
        nature=nature,
        paper_query=f"?kind={kind}" if kind else "",
        older=_more(movements, nature, suite),
        last_year=local_date(gateway.clock.now()).year - 1,
        pagination=pagination(lines, _address(month)) if lines else None,
    )


def _more(found: Statement | None, nature: Nature | None, page: int) -> shapes.Pagination | None:
    """Its own page number: the month's lines have theirs."""
    if found is None or found.pages <= 1:
        return None
    here = f"/releve?nature={nature}&suite=" if nature else "/releve?suite="
    return shapes.Pagination(
        label=f"Page {page} sur {found.pages}",
        previous=f"{here}{page - 1}" if page > 1 else None,
        next=f"{here}{page + 1}" if page < found.pages else None,
    )


def _names(family: answers.Family | None) -> dict[UUID, str]:
    return {child.child_id: child.given_name for child in family.children} if family else {}


def _address(month: date) -> str:
    return f"/releve?mois={months.code(month)}"


def _link(month: date, by: int) -> shapes.Link:
    other = months.following(month, by)
    return shapes.Link(_address(other), months.name(other))

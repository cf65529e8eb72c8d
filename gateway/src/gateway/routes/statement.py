"""« Relevé de compte »: the balance, the unpaid invoices, and what a month cost."""

import asyncio
from datetime import date
from typing import Annotated
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
from gateway.upstream import or_none
from gateway.visit import VisitOf
from gateway.voice import VoiceOf

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])


@router.get("/releve")
async def statement(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    mois: Annotated[str | None, Query(max_length=7)] = None,
    page: Page = 1,
) -> Response:
    month = months.parse(mois, local_date(gateway.clock.now()))
    summary, lines, family, counts = await asyncio.gather(
        or_none(voice.summary()),
        or_none(voice.charge_lines(months.code(month), page)),
        or_none(voice.family()),
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
        pagination=pagination(lines, _address(month)) if lines else None,
    )


def _names(family: answers.Family | None) -> dict[UUID, str]:
    return {child.child_id: child.given_name for child in family.children} if family else {}


def _address(month: date) -> str:
    return f"/releve?mois={months.code(month)}"


def _link(month: date, by: int) -> shapes.Link:
    other = months.following(month, by)
    return shapes.Link(_address(other), months.name(other))

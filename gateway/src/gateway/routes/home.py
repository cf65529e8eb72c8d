"""The home page: what must be done first, then the children's week, the balance, the guardians."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from gateway.gateway import GatewayOf
from gateway.pages import calendar, months, wording
from gateway.pages.rendering import render
from gateway.pages.tasks import RENEW_DAYS, tasks_of
from gateway.upstream import or_none
from gateway.vault_voice import VaultOf
from gateway.visit import VisitOf
from gateway.voice import VoiceOf, numbers

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])


@router.get("/")
async def home(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, vault: VaultOf) -> Response:
    now = gateway.clock.now()
    today = local_date(now)
    monday = months.school_week(today)
    family, week, summary, unread, old_papers = await asyncio.gather(
        or_none(voice.family()),
        or_none(voice.week(monday)),
        or_none(voice.summary()),
        or_none(voice.unread()),
        or_none(vault.documents_to_renew(RENEW_DAYS)),
    )
    counts = numbers(week, unread)
    reader = calendar.Reader(now)
    return render(
        gateway,
        visit,
        "home.html",
        title="Accueil",
        section="home",
        counts=counts,
        family=family,
        summary=summary,
        weeks=calendar.week_views(week, monday, reader, family) if week else None,
        is_next_week=monday > today,
        today=today,
        under_study=wording.under_study(counts["requests"]),
        tasks=tasks_of(week, summary, old_papers, counts["messages"], reader),
    )

"""The home page: what must be done first, then the children's week, the balance, the guardians."""

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.web import french
from gateway import answers
from gateway.gateway import GatewayOf
from gateway.pages import calendar, months, wording
from gateway.pages.rendering import render
from gateway.upstream import or_none
from gateway.visit import VisitOf
from gateway.voice import VoiceOf, numbers

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])
SOON_DAYS = 7


@dataclass(frozen=True)
class Task:
    """One thing to do: `subject` stands out in the sentence, `verb` is the button."""

    subject: str
    rest: str
    note: str | None
    url: str
    verb: str


@router.get("/")
async def home(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf) -> Response:
    now = gateway.clock.now()
    today = local_date(now)
    monday = months.school_week(today)
    family, week, summary, unread = await asyncio.gather(
        or_none(voice.family()),
        or_none(voice.week(monday)),
        or_none(voice.summary()),
        or_none(voice.unread()),
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
        tasks=_tasks(week, summary, counts["messages"], reader),
    )


def _tasks(
    week: answers.Agenda | None,
    summary: answers.Summary | None,
    unread: int,
    reader: calendar.Reader,
) -> list[Task]:
    """Only what the family itself can do now; the most urgent first."""
    tasks = [_offered(one, reader) for one in (week.offers if week else ())]
    tasks += [
        _due(invoice, reader)
        for invoice in sorted(summary.unpaid if summary else (), key=lambda one: one.due_on)
        if (invoice.due_on - reader.today).days <= SOON_DAYS
    ]
    if unread:
        subject = french.plural(unread, "message non lu", "messages non lus")
        tasks.append(Task(subject, "", None, "/messages", "Lire"))
    return tasks


def _offered(place: answers.OfferedPlace, reader: calendar.Reader) -> Task:
    when = f"{french.day_long(place.day)}, {place.slot_label}"
    return Task(
        subject="Une place est proposée",
        rest=f"à {place.child_name}{french.NBSP}: {when}",
        note=f"À accepter avant le {french.full_moment(place.until)}",
        url=f"/enfants/{place.child_id}/agenda/{place.day}",
        verb="Répondre",
    )


def _due(invoice: answers.UnpaidInvoice, reader: calendar.Reader) -> Task:
    late = invoice.due_on < reader.today
    when = french.day_distance(invoice.due_on, reader.now)
    return Task(
        subject=f"Facture {invoice.number}",
        rest=f"à régler{french.NBSP}: {french.euros(invoice.remaining_cents)}",
        note=f"Échéance {'dépassée ' if late else ''}{when}, le {french.day_long(invoice.due_on)}",
        url="/releve",
        verb="Voir le relevé",
    )

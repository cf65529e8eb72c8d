"""« À faire »: what the family itself can do now, the most urgent first."""

from dataclasses import dataclass
from datetime import date

from chassis.web import french
from gateway import answers, vault_answers

from . import calendar

SOON_DAYS = 7
RENEW_DAYS = 30
"""How long before its last day a document is asked for again."""


@dataclass(frozen=True)
class Task:
    """One thing to do: `subject` stands out in the sentence, `verb` is the button."""

    subject: str
    rest: str
    note: str | None
    url: str
    verb: str


def tasks_of(
    week: answers.Agenda | None,
    summary: answers.Summary | None,
    old_papers: vault_answers.Documents | None,
    unread: int,
    reader: calendar.Reader,
) -> list[Task]:
    """None: the service did not answer, and what it knows is left out."""
    tasks = [_offered(one, reader) for one in (week.offers if week else ())]
    tasks += [
        _due(invoice, reader)
        for invoice in sorted(summary.unpaid if summary else (), key=lambda one: one.due_on)
        if (invoice.due_on - reader.today).days <= SOON_DAYS
    ]
    names = {child.child_id: child.given_name for child in week.children} if week else {}
    tasks += [
        _renewed(one, names.get(one.child_id) if one.child_id else None, reader.today)
        for one in (old_papers.items if old_papers else ())
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


def _renewed(document: vault_answers.Document, child: str | None, today: date) -> Task:
    last = document.expires_on or today
    until = "Périmé depuis le" if last < today else "Valable jusqu’au"
    return Task(
        subject=document.label,
        rest=f"à renouveler{f' pour {child}' if child else ''}",
        note=f"{until} {french.day_long(last)}",
        url="/documents/nouveau",
        verb="Envoyer",
    )

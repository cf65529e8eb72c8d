"""What stands around a family's file: requests, days, money, documents, accesses."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from chassis.clock import local_date
from chassis.runtime import Runtime
from chassis.web import french
from enrolment.domain.booking import BookingState
from enrolment.store.request_records import RequestRecord
from enrolment.wording import STATES, request_object
from portail_contracts.catalogue import Context

from .asking import Answer, Asking
from .family_overview import NextDay, last_requests, next_days

_DAY_STATES = {
    BookingState.BOOKED: "réservé",
    BookingState.REQUESTED: "demande en attente",
    BookingState.WAITLISTED: "liste d’attente",
}
_DOCUMENT_STATES = {
    "pending": "à valider",
    "accepted": "accepté",
    "refused": "refusé",
    "withdrawn": "retiré",
    "expired": "expiré",
}
_MOST = 6
"""Lines of a card; the rest is in a section of its own."""


@dataclass(frozen=True)
class Line:
    """A line of a card."""

    label: str
    note: str
    amount: str = ""
    url: str | None = None


@dataclass(frozen=True)
class Card:
    """`hidden` cards are not for this reader; `away` ones say so."""

    state: str
    lines: Sequence[Line] = ()


@dataclass(frozen=True)
class Cards:
    requests: Card
    days: Card
    balance: Card
    invoices: Card
    documents: Card
    accesses: Card


async def around(asked: Asking, runtime: Runtime, family_id: UUID, now: datetime) -> Cards:
    """Everything at the same time; each card lives and fails alone."""
    path = f"/v1/staff/families/{family_id}"
    (requests, days), statement, invoices, documents, accesses = await asyncio.gather(
        _own(runtime, family_id, now),
        asked.card(Context.BILLING, f"{path}/statement"),
        asked.card(Context.BILLING, f"{path}/invoices"),
        asked.card(Context.ACCOUNTS, f"{path}/documents"),
        asked.card(Context.ACCOUNTS, f"{path}/accesses"),
    )
    return Cards(
        requests=Card("here", [_request(one, now) for one in requests]),
        days=Card("here", [_day(one) for one in days]),
        balance=_card(statement, _balance),
        invoices=_card(invoices, _invoices),
        documents=_card(documents, partial(_documents, f"/console/familles/{family_id}")),
        accesses=_card(accesses, _accesses),
    )


async def _own(
    runtime: Runtime, family_id: UUID, now: datetime
) -> tuple[Sequence[RequestRecord], list[NextDay]]:
    async with runtime.database.reading() as connection:
        return (
            await last_requests(connection, family_id),
            await next_days(connection, family_id, local_date(now)),
        )


def _card(answer: Answer, lines: Any) -> Card:
    """What another service says in a form that we do not know counts as not said."""
    if answer.state != "here":
        return Card(answer.state)
    try:
        return Card("here", lines(answer.value))
    except (AttributeError, KeyError, TypeError, ValueError):
        return Card("away")


def _request(record: RequestRecord, now: datetime) -> Line:
    return Line(
        label=f"{record.number}, {STATES[record.state]}",
        note=f"{request_object(record.kind, record.lines)}, "
        f"{french.moment(record.submitted_at, now)}",
        url=f"/console/demandes/{record.request_id}",
    )


def _day(one: NextDay) -> Line:
    return Line(
        label=f"{french.sentence(french.day_short(one.day))}, {one.child_name}",
        note=f"{one.slot_label}, {one.activity_label}, {_DAY_STATES[one.state]}",
    )


def _balance(value: Mapping[str, Any]) -> list[Line]:
    cents = value["balance_cents"]
    note = "à régler" if cents > 0 else "en avance" if cents < 0 else "à jour"
    return [Line("Solde", note, french.euros(abs(cents)))]


def _invoices(value: Mapping[str, Any]) -> list[Line]:
    return [
        Line(
            label=f"Facture {one['number']}",
            note=_due(one),
            amount=french.euros(one["total_cents"]),
        )
        for one in value["items"][:_MOST]
    ]


def _due(one: Mapping[str, Any]) -> str:
    due = one.get("due_on")
    return f"à régler avant le {french.day_numeric(date.fromisoformat(due))}" if due else ""


def _documents(url: str, value: Mapping[str, Any]) -> list[Line]:
    return [
        Line(
            label=one.get("label") or one["kind"],
            note=_document(one),
            url=f"{url}/justificatifs/{one['document_id']}" if one.get("document_id") else None,
        )
        for one in value["items"][:_MOST]
    ]


def _document(one: Mapping[str, Any]) -> str:
    state = _DOCUMENT_STATES.get(one["state"], one["state"])
    until = one.get("expires_on")
    return f"{state}, jusqu’au {french.day_numeric(date.fromisoformat(until))}" if until else state


def _accesses(value: Sequence[Mapping[str, Any]]) -> list[Line]:
    return [Line(label=one["identifier"], note=_access(one)) for one in value]


def _access(one: Mapping[str, Any]) -> str:
    whose = one.get("guardian_name") or "accès de la famille"
    if one.get("disabled_at"):
        return f"{whose}, fermé"
    return f"{whose}, {'actif' if one.get('password_changed_at') else 'à activer'}"

"""Everything that a family should be told stands in its inbox once, in good French."""

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.identifiers import new_id
from chassis.web import french as pages
from messaging.domain import french
from portail_contracts.accounts import (
    DocumentReminded,
    FamilyErased,
    FamilyMerged,
    FamilyRecorded,
    PasswordChanged,
)
from portail_contracts.billing import (
    CreditNoteIssued,
    InvoiceIssued,
    PaymentRecorded,
    ReminderSent,
)
from portail_contracts.enrolment import (
    AnnouncedLine,
    ClosureAnnounced,
    OfferAnnounced,
    Outcome,
    Reopened,
    ReopenedLine,
    ReopeningAnnounced,
    ReversalAnnounced,
)

from .examples import NOON, Request
from .test_drafts import PDF, a_draft, attach
from .test_threads import Access

WEDNESDAY = date(2026, 11, 25)


def happenings(family_id: UUID):
    """One of each, as others publish them."""
    invoice_id = new_id()
    line = AnnouncedLine(
        child_id=new_id(),
        child_name="Lou",
        slot_label="Mercredi journée",
        day=WEDNESDAY,
        outcome=Outcome.REFUSED,
    )
    own = {"family_id": family_id, "version": 1}
    return {
        "offer": OfferAnnounced(
            booking_id=new_id(),
            child_id=line.child_id,
            child_name="Lou",
            slot_label="Mercredi journée",
            centre_name="Les Libellules",
            day=WEDNESDAY,
            expires_at=datetime(2026, 11, 24, 17, 30, tzinfo=UTC),
            **own,
        ),
        "closure": ClosureAnnounced(
            closure_id=new_id(),
            label="Pont de l’Ascension",
            lines=(line,),
            announced_at=NOON,
            **own,
        ),
        "reopening": ReopeningAnnounced(
            closure_id=new_id(),
            label="Pont de l’Ascension",
            lines=tuple(
                ReopenedLine(**line.model_dump(exclude={"outcome"}), became=became)
                for became in (Reopened.BOOKED, Reopened.CANCELLED)
            ),
            announced_at=NOON,
            **own,
        ),
        "reversal": ReversalAnnounced(
            absence_id=new_id(),
            request_id=new_id(),
            number="D-2026-01342",
            **line.model_dump(exclude={"outcome"}),
            reason="Erreur de saisie.",
            announced_at=NOON,
            **own,
        ),
        "invoice": InvoiceIssued(
            invoice_id=invoice_id,
            number="2026-00042",
            period="2026-11",
            total_cents=123450,
            due_on=date(2026, 12, 31),
            issued_at=NOON,
            **own,
        ),
        "credit_note": CreditNoteIssued(
            credit_note_id=new_id(),
            number="AV-2026-00001",
            invoice_id=invoice_id,
            total_cents=750,
            issued_at=NOON,
            **own,
        ),
        "payment": PaymentRecorded(
            payment_id=new_id(),
            method="cheque",
            amount_cents=5000,
            received_on=WEDNESDAY,
            **own,
        ),
        "rejected": PaymentRecorded(
            payment_id=new_id(),
            method="direct_debit",
            amount_cents=-5000,
            received_on=WEDNESDAY,
            **own,
        ),
        "reminder": ReminderSent(
            reminder_id=new_id(),
            invoice_id=invoice_id,
            number="2026-00042",
            step=2,
            remaining_cents=8460,
            sent_at=NOON,
            **own,
        ),
        "document": DocumentReminded(
            document_id=new_id(),
            kind="insurance",
            label="Assurance scolaire",
            child_id=line.child_id,
            child_name="Lou",
            expires_on=date(2026, 11, 30),
            **own,
        ),
        "password": PasswordChanged(account_id=new_id(), changed_at=NOON, **own),
    }


WORDS = {
    "offer": (
        "Une place se libère : Lou, mercredi 25 novembre 2026",
        "jusqu’au mardi 24 novembre 2026 à 18 h 30",
    ),
    "closure": (
        "Fermeture : Pont de l’Ascension (Lou)",
        "– Lou, Mercredi journée, mercredi 25 novembre 2026",
    ),
    "reopening": (
        "Fermeture levée : Pont de l’Ascension (Lou)",
        "– Lou, Mercredi journée, mercredi 25 novembre 2026 : la réservation reste annulée",
    ),
    "reversal": (
        "Absence annulée par le service : Lou, mercredi 25 novembre 2026",
        "acceptée dans la demande D-2026-01342, n’est plus retenue : Erreur de saisie.",
    ),
    "invoice": ("Facture de novembre 2026 disponible", "1 234,50 €, à régler avant le jeudi 31"),
    "credit_note": ("Avoir de 7,50 €", "l’avoir n° AV-2026-00001 de 7,50 € est disponible"),
    "payment": ("Règlement reçu : 50,00 €", "votre règlement par chèque de 50,00 €"),
    "rejected": ("Règlement rejeté : 50,00 €", "par prélèvement de 50,00 € a été rejeté"),
    "reminder": ("Deuxième rappel : facture 2026-00042 à régler", "Il reste 84,60 €"),
    "document": (
        "Document à renouveler : Assurance scolaire (Lou)",
        "valable jusqu’au lundi 30 novembre 2026",
    ),
    "password": ("Mot de passe changé", "mardi 24 novembre 2026 à 12 h"),
}


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("name", WORDS)
async def test_what_happened_is_told_in_these_words(messaging, name):
    family_id = new_id()
    await messaging.handle(happenings(family_id)[name])
    (item,) = (await Access(messaging, family_id).threads())["items"]
    subject, words = WORDS[name]
    assert plain(item["subject"]) == subject
    thread = await Access(messaging, family_id).thread(item["thread_id"])
    body = plain(thread["items"][0]["body"])
    assert body.startswith("Bonjour,\n\n")
    assert words in body
    assert "Service Enfance : 04 74 00 00 00" in body


@pytest.mark.parametrize("name", ["invoice", "credit_note", "payment", "reminder"])
async def test_what_is_billed_to_one_payer_is_told_to_that_guardian_alone(messaging, name):
    family_id, maud, youssef = new_id(), new_id(), new_id()
    event = happenings(family_id)[name].model_copy(update={"payer_id": maud})
    await messaging.handle(event)
    totals = [
        (await Access(messaging, family_id, who).threads())["total"]
        for who in (maud, youssef, None)
    ]
    assert totals == [1, 0, 0]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations([name for name in WORDS for _ in range(5)]))
async def test_five_deliveries_of_everything_in_any_order_are_one_item_and_one_email_each(
    messaging, order
):
    family_id = new_id()
    told = happenings(family_id)
    await messaging.handle(*(told[name] for name in order))
    rows = await messaging.rows(
        "SELECT split_part(key, ':', 1) AS kind, count(*) AS count FROM messages"
        " WHERE family_id = :family GROUP BY 1",
        family=family_id,
    )
    assert sum(row.count for row in rows) == len(WORDS)
    mails = await messaging.rows(
        "SELECT category, count(*) AS count FROM mails WHERE family_id = :family GROUP BY 1",
        family=family_id,
    )
    counts = {row.category: row.count for row in mails}
    assert counts == dict.fromkeys(counts, 1) | {"payment": 2, "invoice": 2, "closure": 2}
    threads = (await Access(messaging, family_id).threads())["items"]
    # A reminder and a credit note stand in the thread of their invoice.
    assert len(threads) == len(WORDS) - 2


async def test_five_deliveries_at_once_are_one_item(messaging):
    family_id = new_id()
    invoice = happenings(family_id)["invoice"]
    await asyncio.gather(*(messaging.handle(invoice) for _ in range(5)))
    assert (await Access(messaging, family_id).threads())["total"] == 1
    assert len(await messaging.rows("SELECT 1 FROM mails")) == 1


def test_amounts_and_months_are_those_of_the_pages():
    for cents in (0, 1, -5, 8460, 123456789, -123450):
        assert french.euros(cents) == pages.euros(cents)
    for number in range(1, 13):
        period = f"2026-{number:02d}"
        assert french.month(period) == pages.month_title(period).lower()
        assert french.of_month(period) == pages.of(french.month(period))
    assert french.moment(NOON) == f"mardi 24 novembre 2026 à {pages.hour(NOON)}"


FORGOTTEN = (
    "threads",
    "messages",
    "reads",
    "archivings",
    "attachments",
    "attachment_contents",
    "mails",
    "deliveries",
    "preferences",
    "families",
    "drafts",
    "requests",
    "readers",
)

# ---- forgetting and merging -------------------------------------------------------


async def test_a_family_that_asks_is_forgotten_and_stays_so(messaging):
    parent = Access(messaging, new_id())
    other = Access(messaging, new_id())
    await other.begin("Reste", "Là")
    draft_id = await a_draft(parent)
    await attach(parent, draft_id, PDF)
    sent = {"thread_id": str(new_id()), "message_id": draft_id, "subject": "x", "body": "y"}
    await parent.ask("POST", "/threads", json=sent)
    await a_draft(parent)
    recorded = FamilyRecorded(
        version=1, family_id=parent.family_id, reference="F-1", name="Noisetier", resident=True
    )
    told = happenings(parent.family_id)
    await messaging.handle(recorded, *told.values(), Request(parent.family_id).decided())
    await parent.ask("POST", f"/threads/{sent['thread_id']}/archive")
    await messaging.rows("SELECT 1")
    async with messaging.runtime.database.transaction() as transaction:
        await transaction.connection.exec_driver_sql("DELETE FROM outbox")
    erased = FamilyErased(
        version=9, family_id=parent.family_id, erasure_id=new_id(), erased_at=NOON
    )
    await messaging.handle(erased, erased, recorded, *told.values())
    for table in FORGOTTEN:
        rows = await messaging.rows(f"SELECT 1 FROM {table}")
        assert len(rows) == (1 if table in ("threads", "messages") else 0), table
    assert (await other.threads())["total"] == 1
    types = [row.type for row in await messaging.rows("SELECT type FROM outbox")]
    assert types == ["messaging.erasure.completed.v1"]


async def test_what_was_written_to_an_absorbed_family_is_the_survivors(messaging):
    absorbed, surviving = Access(messaging, new_id()), Access(messaging, new_id())
    both = happenings(absorbed.family_id)["closure"]
    same = both.model_copy(update={"family_id": surviving.family_id})
    await messaging.handle(both, same, Request(absorbed.family_id).decided())
    thread_id = await absorbed.begin("Question", "Bonjour")
    draft_id = await a_draft(absorbed)
    read = (await absorbed.threads(topic="request"))["items"][0]["thread_id"]
    await absorbed.ask("POST", f"/threads/{read}/read")
    merged = FamilyMerged(
        version=2,
        family_id=surviving.family_id,
        absorbed_family_id=absorbed.family_id,
        merged_at=NOON,
    )
    await messaging.handle(merged, merged)
    assert (await absorbed.threads())["total"] == 0
    assert (await surviving.threads())["total"] == 4
    assert await surviving.unread() == 2
    assert (await surviving.thread(thread_id))["total"] == 1
    assert (await surviving.ask("GET", f"/drafts/{draft_id}")).status_code == 200
    await messaging.handle(same)
    assert (await surviving.threads())["total"] == 4

"""One sample of every event, to read, and to try a subscriber with."""

from datetime import UTC, date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from . import accounts, billing, enrolment, messaging
from .catalogue import BY_TYPE
from .envelope import Envelope
from .event import Event

FAMILY = UUID("01930000-0000-7000-8000-000000000001")
CHILD = UUID("01930000-0000-7000-8000-000000000002")
THING = UUID("01930000-0000-7000-8000-000000000003")
OTHER = UUID("01930000-0000-7000-8000-000000000004")
CENTRE = UUID("01930000-0000-7000-8000-000000000005")
DAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

_request = {
    "version": 1,
    "family_id": FAMILY,
    "request_id": THING,
    "number": "D-2026-01342",
    "kind": enrolment.RequestKind.BOOKING_REQUEST,
    "child_ids": (CHILD,),
    "days": (DAY,),
}
_booking = {
    "version": 2,
    "family_id": FAMILY,
    "booking_id": THING,
    "child_id": CHILD,
    "activity_id": OTHER,
    "centre_id": CENTRE,
    "slot_id": OTHER,
    "day": DAY,
}

_enrolment = {
    "version": 1,
    "family_id": FAMILY,
    "enrolment_id": THING,
    "child_id": CHILD,
    "activity_id": OTHER,
    "centre_id": CENTRE,
}

SAMPLES: tuple[Event, ...] = (
    accounts.FamilyRecorded(
        version=3,
        family_id=FAMILY,
        reference="F-0001",
        name="Noisetier",
        resident=True,
        guardians=(
            accounts.GuardianName(
                guardian_id=OTHER, given_name="Camille", family_name="Noisetier", is_payer=True
            ),
        ),
        quotients=(accounts.QuotientPeriod(valid_from=date(2026, 1, 1), value=540),),
    ),
    accounts.ChildRecorded(
        version=1,
        family_id=FAMILY,
        child_id=CHILD,
        given_name="Lou",
        family_name="Noisetier",
        born_on=date(2019, 5, 2),
    ),
    accounts.StaffMemberRecorded(version=1, staff_id=OTHER, name="Dominique Roy", roles=("admin",)),
    accounts.ChangeProposed(
        version=1,
        family_id=FAMILY,
        request_id=THING,
        number="F-2026-00042",
        kind=enrolment.RequestKind.CHILD_UPDATE,
        subject="Lou",
        child_ids=(CHILD,),
        items=(accounts.ProposedItem(item_id=OTHER, label="École"),),
        submitted_at=NOW,
        submitted_by="Camille Noisetier",
        channel="portal",
    ),
    accounts.ChangeApplied(
        version=2, family_id=FAMILY, request_id=THING, item_ids=(OTHER,), applied_at=NOW
    ),
    accounts.ChangeRejected(
        version=2,
        family_id=FAMILY,
        request_id=THING,
        why="version-conflict",
        item_ids=(OTHER,),
        rejected_at=NOW,
    ),
    enrolment.RequestSubmitted(**_request, submitted_at=NOW, due_on=date(2027, 1, 24)),
    enrolment.RequestAccepted(**_request, decided_at=NOW),
    enrolment.RequestRefused(**_request, decided_at=NOW),
    enrolment.RequestWithdrawn(**_request, withdrawn_at=NOW),
    enrolment.RequestApplied(**_request, applied_at=NOW),
    enrolment.BookingConfirmed(**_booking, rate_code="canteen", confirmed_at=NOW),
    enrolment.BookingCancelled(**_booking, in_notice=True, cancelled_at=NOW),
    enrolment.DecisionAnnounced(
        version=2,
        family_id=FAMILY,
        request_id=THING,
        number="D-2026-01342",
        kind=enrolment.RequestKind.BOOKING_REQUEST,
        outcome=enrolment.Outcome.REFUSED,
        reason="Le groupe est complet ce jour-là.",
        decided_at=NOW,
        lines=(
            enrolment.AnnouncedLine(
                child_id=CHILD,
                child_name="Lou",
                slot_label="Journée",
                day=DAY,
                outcome=enrolment.Outcome.REFUSED,
            ),
        ),
    ),
    billing.ChargeLineRecorded(
        version=1,
        family_id=FAMILY,
        charge_line_id=OTHER,
        booking_id=THING,
        child_id=CHILD,
        day=DAY,
        rate_code="canteen",
        amount_cents=260,
    ),
    billing.BalanceChanged(version=1, family_id=FAMILY, balance_cents=8460),
    messaging.MessagePosted(version=1, family_id=FAMILY, message_id=THING, posted_at=NOW),
    accounts.FamilyErased(
        version=9, family_id=FAMILY, erasure_id=THING, child_ids=(CHILD,), erased_at=NOW
    ),
    accounts.FamilyMerged(version=9, family_id=FAMILY, absorbed_family_id=OTHER, merged_at=NOW),
    accounts.AccessLinkRequested(
        version=1,
        family_id=FAMILY,
        link_id=THING,
        account_id=OTHER,
        purpose=accounts.LinkPurpose.ACTIVATION,
        expires_at=NOW,
    ),
    accounts.PasswordChanged(version=2, family_id=FAMILY, account_id=OTHER, changed_at=NOW),
    accounts.DocumentReminded(
        version=2,
        family_id=FAMILY,
        document_id=THING,
        kind="insurance",
        label="Assurance scolaire",
        child_id=CHILD,
        child_name="Lou",
        expires_on=DAY,
    ),
    enrolment.OfferAnnounced(
        version=2,
        family_id=FAMILY,
        booking_id=THING,
        child_id=CHILD,
        child_name="Lou",
        slot_label="Mercredi journée",
        centre_name="Les Libellules",
        day=DAY,
        expires_at=NOW,
    ),
    enrolment.ClosureAnnounced(
        version=1, family_id=FAMILY, closure_id=THING, label="Pont", announced_at=NOW
    ),
    enrolment.ReopeningAnnounced(
        version=1,
        family_id=FAMILY,
        closure_id=THING,
        label="Pont",
        lines=(
            enrolment.ReopenedLine(
                child_id=CHILD,
                child_name="Lou",
                slot_label="Mercredi journée",
                day=DAY,
                became=enrolment.Reopened.BOOKED,
            ),
        ),
        announced_at=NOW,
    ),
    enrolment.EnrolmentOpened(**_enrolment, first_day=DAY, last_day=DAY),
    enrolment.EnrolmentEnded(**_enrolment, last_day=DAY),
    enrolment.PlaceWaitlisted(**_booking, rank=3),
    enrolment.PlaceOffered(**_booking, expires_at=NOW),
    enrolment.AbsenceDeclared(**_booking, absence_id=OTHER, declared_at=NOW, in_notice=True),
    enrolment.AbsenceAccepted(
        **_booking,
        absence_id=OTHER,
        justified=True,
        billable=False,
        in_notice=True,
        rate_code="canteen",
        decided_at=NOW,
    ),
    enrolment.AbsenceRefused(**_booking, absence_id=OTHER, decided_at=NOW),
    enrolment.AbsenceWithdrawn(**_booking, absence_id=OTHER, withdrawn_at=NOW),
    enrolment.AbsenceReversed(**_booking, absence_id=OTHER, reversed_at=NOW),
    enrolment.ReversalAnnounced(
        version=3,
        family_id=FAMILY,
        absence_id=OTHER,
        request_id=THING,
        number="D-2026-01342",
        child_id=CHILD,
        child_name="Lou",
        slot_label="Mercredi journée",
        day=DAY,
        reason="Erreur de saisie.",
        announced_at=NOW,
    ),
    enrolment.AttendanceRecorded(
        version=1,
        family_id=FAMILY,
        attendance_id=THING,
        child_id=CHILD,
        activity_id=OTHER,
        centre_id=CENTRE,
        slot_id=OTHER,
        day=DAY,
        presence=enrolment.Presence.PRESENT,
        rate_code="canteen",
        recorded_at=NOW,
    ),
    billing.InvoiceIssued(
        version=1,
        family_id=FAMILY,
        invoice_id=THING,
        number="VA-2026-000123",
        period="2026-11",
        total_cents=8460,
        due_on=DAY,
        issued_at=NOW,
    ),
    billing.CreditNoteIssued(
        version=1,
        family_id=FAMILY,
        credit_note_id=THING,
        number="AV-VA-2026-000007",
        invoice_id=OTHER,
        total_cents=260,
        issued_at=NOW,
    ),
    billing.PaymentRecorded(
        version=1,
        family_id=FAMILY,
        payment_id=THING,
        method="cheque",
        amount_cents=8460,
        received_on=DAY,
    ),
    billing.ReminderSent(
        version=1,
        family_id=FAMILY,
        reminder_id=THING,
        invoice_id=OTHER,
        number="VA-2026-000123",
        step=1,
        remaining_cents=8460,
        sent_at=NOW,
    ),
    messaging.EmailDelivered(
        version=1, family_id=FAMILY, delivery_id=THING, category="decision", delivered_at=NOW
    ),
    messaging.EmailFailed(
        version=1,
        family_id=FAMILY,
        delivery_id=THING,
        category="decision",
        permanent=True,
        failed_at=NOW,
    ),
    enrolment.EnrolmentErasureCompleted(
        version=1, family_id=FAMILY, erasure_id=THING, kept=("Réservations sans nom",)
    ),
    billing.BillingErasureCompleted(
        version=1, family_id=FAMILY, erasure_id=THING, kept=("Pièces comptables, dix ans",)
    ),
    messaging.MessagingErasureCompleted(version=1, family_id=FAMILY, erasure_id=THING),
)


def travelling(event: Event) -> Envelope:
    """The sample as it travels; the same each time, its identifier made from its type."""
    return Envelope.around(
        event,
        id=uuid5(NAMESPACE_URL, event.type),
        producer=BY_TYPE[event.type].producer,
        time=NOW,
        correlationid="0af7651916cd43dd8448eb211c80319c",
        causationid=None,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )

"""What each kind of request does when it is accepted, refused or withdrawn.

The steps, versions and facts of a request are the same for every kind (`accept_request.py` and
its neighbours); what differs is here, one module per kind of thing.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chassis.database import Transaction
from enrolment.store.request_records import RequestRecord
from portail_contracts.enrolment import RequestKind
from portail_contracts.event import Event

from . import settle_absences, settle_bookings, settle_cancelling, settle_enrolment
from .decisions import Decision

Settle = Callable[[Transaction, RequestRecord, Decision, datetime], Awaitable[list[Event]]]
"""Does what the decision means and returns the facts to tell about it."""


@dataclass(frozen=True)
class Kind:
    """The three ends of a pending request of one kind."""

    accept: Settle
    refuse: Settle
    withdraw: Settle


KINDS: Mapping[str, Kind] = {
    RequestKind.BOOKING_REQUEST: Kind(
        settle_bookings.accept, settle_bookings.refuse, settle_bookings.withdraw
    ),
    RequestKind.BOOKING_CANCEL: Kind(
        settle_cancelling.accept, settle_cancelling.refuse, settle_cancelling.withdraw
    ),
    RequestKind.ABSENCE_DECLARE: Kind(
        settle_absences.accept, settle_absences.refuse, settle_absences.withdraw
    ),
    RequestKind.ENROLMENT_OPEN: Kind(
        settle_enrolment.accept, settle_enrolment.refuse, settle_enrolment.withdraw
    ),
    RequestKind.SCHOOL_ENROL: Kind(
        settle_enrolment.accept, settle_enrolment.refuse, settle_enrolment.withdraw
    ),
}

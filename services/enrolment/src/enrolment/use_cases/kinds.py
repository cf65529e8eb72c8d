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

from . import (
    settle_absences,
    settle_bookings,
    settle_cancelling,
    settle_changes,
    settle_enrolment,
)
from .decisions import Decision

Settle = Callable[[Transaction, RequestRecord, Decision, datetime], Awaitable[list[Event]]]
"""Does what the decision means and returns the facts to tell about it."""


@dataclass(frozen=True)
class Kind:
    """The three ends of a pending request of one kind."""

    accept: Settle
    refuse: Settle
    withdraw: Settle


_OWNED_BY_ACCOUNTS = (
    RequestKind.FAMILY_UPDATE,
    RequestKind.CHILD_ADD,
    RequestKind.CHILD_UPDATE,
    RequestKind.CHILD_HEALTH,
    RequestKind.CHILD_AUTHORISATIONS,
    RequestKind.CHILD_PHOTO,
    RequestKind.DOCUMENT_SUBMIT,
    RequestKind.FAMILY_PREREGISTER,
    RequestKind.CREDENTIALS_RESET,
)
_CHANGES = Kind(settle_changes.accept, settle_changes.refuse, settle_changes.withdraw)

KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(_OWNED_BY_ACCOUNTS, _CHANGES),
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

"""Who has, holds or waits for a place, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from chassis.web import french
from enrolment.domain.booking import BookingState
from enrolment.store.planning import Seat

from .choice import QUEUE

SEAT_STATES: Final = {
    BookingState.BOOKED: ("booked", "Réservé"),
    BookingState.REQUESTED: ("requested", "Demande en attente"),
    BookingState.OFFERED: ("waitlisted", "Place proposée"),
    BookingState.WAITLISTED: ("waitlisted", "Liste d’attente"),
}


@dataclass(frozen=True)
class Sitting:
    """One child of a day, or of its line."""

    rank: str
    child: str
    reference: str
    slot: str
    state: str
    state_label: str
    note: str
    number: str
    url: str


def sittings(seats: Sequence[Seat], now: datetime) -> Iterator[Sitting]:
    """Ranks count within each line: its first is the next who will be offered a place."""
    for _, line in groupby(seats, key=lambda seat: (seat.places, seat.state)):
        for rank, seat in enumerate(line, 1):
            state, label = SEAT_STATES[seat.state]
            note = french.moment(seat.asked_at, now)
            if seat.offer_expires_at is not None and seat.state is BookingState.OFFERED:
                note = f"jusqu’au {french.full_moment(seat.offer_expires_at)}"
            waits = seat.state is BookingState.WAITLISTED
            yield Sitting(
                str(rank) if waits else "",
                seat.child_name,
                seat.family_reference,
                seat.slot_label,
                state,
                f"{label}, rang {rank}" if waits else label,
                note,
                seat.request_number,
                f"{QUEUE}/{seat.request_id}",
            )

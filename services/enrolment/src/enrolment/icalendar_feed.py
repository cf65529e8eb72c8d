"""Bookings as an iCalendar document (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from icalendar import Calendar, Event

from .domain.booking import BookingState
from .store.feeds import FeedEntry

STATUSES: Final = {
    BookingState.REQUESTED: "TENTATIVE",
    BookingState.BOOKED: "CONFIRMED",
}
"""Every other state of what was once in the calendar is told as cancelled."""


def as_icalendar(entries: Iterable[FeedEntry], name: str, now: datetime) -> bytes:
    """`name` is the authority's: the calendar's title and producer."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{name}//Portail Familles//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{name}, réservations")
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry, now))
    return bytes(calendar.to_ical())


def _event(entry: FeedEntry, now: datetime) -> Event:
    """Its UID never changes and its sequence grows, so that calendars replace what they have."""
    event = Event()
    event.add("uid", f"{entry.booking_id}@portail-familles")
    event.add("sequence", entry.version)
    event.add("dtstamp", now)
    event.add("dtstart", entry.begins)
    event.add("dtend", entry.ends)
    status = STATUSES.get(entry.state, "CANCELLED")
    waits = " (demande en attente)" if status == "TENTATIVE" else ""
    event.add("summary", f"{entry.child_name}, {entry.slot_label}{waits}")
    event.add("location", entry.centre_name)
    event.add("description", entry.activity_label)
    event.add("status", status)
    event.add("transp", "TRANSPARENT")
    return event

"""Waiting lists: who is offered a freed place, and until when."""

from datetime import datetime, timedelta


def offer_expiry(now: datetime, hours: int, begins: datetime) -> datetime | None:
    """Until when an offer is kept: some hours, never past the slot's beginning.

    None when the slot has begun: nobody can use the place any more.
    """
    return min(now + timedelta(hours=hours), begins) if now < begins else None

"""Messaging's tables, a module for each part of the room."""

from .desk import (
    broadcast_recipients,
    broadcasts,
    canned_replies,
    notes,
    out_of_office,
    turns,
)
from .inbox import (
    archivings,
    families,
    messages,
    readers,
    reads,
    requests,
    threads,
    visitor_sendings,
)
from .live import live_events
from .metadata import metadata
from .partners import partners
from .post import deliveries, erasures, mails, preferences
from .writing import attachment_contents, attachments, drafts

__all__ = [
    "archivings",
    "attachment_contents",
    "attachments",
    "broadcast_recipients",
    "broadcasts",
    "canned_replies",
    "deliveries",
    "drafts",
    "erasures",
    "families",
    "live_events",
    "mails",
    "messages",
    "metadata",
    "notes",
    "out_of_office",
    "partners",
    "preferences",
    "readers",
    "reads",
    "requests",
    "threads",
    "turns",
    "visitor_sendings",
]

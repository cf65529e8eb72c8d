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
from .kept_events import kept_events, kept_events_ends, partner_keys, partner_pulls
from .live import live_events
from .metadata import metadata
from .partners import partners
from .post import deliveries, erasures, mails, preferences
from .webhooks import webhook_sendings, webhooks
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
    "kept_events",
    "kept_events_ends",
    "live_events",
    "mails",
    "messages",
    "metadata",
    "notes",
    "out_of_office",
    "partner_keys",
    "partner_pulls",
    "partners",
    "preferences",
    "readers",
    "reads",
    "requests",
    "threads",
    "turns",
    "visitor_sendings",
    "webhook_sendings",
    "webhooks",
]

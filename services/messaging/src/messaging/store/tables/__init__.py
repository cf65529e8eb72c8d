"""Messaging's tables, a module for each part of the room."""

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
from .post import deliveries, erasures, mails, preferences
from .writing import attachment_contents, attachments, drafts

__all__ = [
    "archivings",
    "attachment_contents",
    "attachments",
    "deliveries",
    "drafts",
    "erasures",
    "families",
    "live_events",
    "mails",
    "messages",
    "metadata",
    "preferences",
    "readers",
    "reads",
    "requests",
    "threads",
    "visitor_sendings",
]

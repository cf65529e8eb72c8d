"""Messaging's tables, a module for each part of the room."""

from .inbox import archivings, families, messages, readers, reads, requests, threads
from .live import live_events
from .metadata import metadata
from .writing import attachment_contents, attachments, drafts

__all__ = [
    "archivings",
    "attachment_contents",
    "attachments",
    "drafts",
    "families",
    "live_events",
    "messages",
    "metadata",
    "readers",
    "reads",
    "requests",
    "threads",
]

"""The tables of accounts; migrations create them, these definitions serve the statements."""

from .access import (
    access_links,
    credentials,
    sessions,
    sign_in_attempts,
    signing_keys,
    staff_members,
)
from .families import authorisations, children, contacts, families, guardians, quotients
from .metadata import metadata
from .vault import (
    data_keys,
    document_contents,
    document_reminders,
    documents,
    file_reads,
    health_proposals,
    health_records,
    photos,
)

__all__ = [
    "access_links",
    "authorisations",
    "children",
    "contacts",
    "credentials",
    "data_keys",
    "document_contents",
    "document_reminders",
    "documents",
    "families",
    "file_reads",
    "guardians",
    "health_proposals",
    "health_records",
    "metadata",
    "photos",
    "quotients",
    "sessions",
    "sign_in_attempts",
    "signing_keys",
    "staff_members",
]

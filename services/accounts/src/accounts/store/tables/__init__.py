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
from .registry import family_number, file_history, search_spellings, search_words
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
    "family_number",
    "file_history",
    "file_reads",
    "guardians",
    "health_proposals",
    "health_records",
    "metadata",
    "photos",
    "quotients",
    "search_spellings",
    "search_words",
    "sessions",
    "sign_in_attempts",
    "signing_keys",
    "staff_members",
]

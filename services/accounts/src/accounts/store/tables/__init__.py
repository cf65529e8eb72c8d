"""The tables of accounts; migrations create them, these definitions serve the statements."""

from .access import (
    access_actions,
    access_links,
    credentials,
    recovery_codes,
    second_factors,
    sessions,
    sign_in_attempts,
    signing_keys,
    staff_members,
)
from .changes import change_items, change_number, changes
from .families import authorisations, children, contacts, families, guardians, quotients
from .help import help_calls, public_sendings, wanted_links
from .imports import imports
from .metadata import metadata
from .registry import (
    family_merges,
    family_number,
    file_history,
    search_spellings,
    search_words,
)
from .rights import erasure_answers, erasures, export_pieces, exports
from .vault import (
    data_keys,
    document_contents,
    document_reminders,
    documents,
    file_reads,
    health_proposals,
    health_records,
    newcomer_documents,
    photos,
)

__all__ = [
    "access_actions",
    "access_links",
    "authorisations",
    "change_items",
    "change_number",
    "changes",
    "children",
    "contacts",
    "credentials",
    "data_keys",
    "document_contents",
    "document_reminders",
    "documents",
    "erasure_answers",
    "erasures",
    "export_pieces",
    "exports",
    "families",
    "family_merges",
    "family_number",
    "file_history",
    "file_reads",
    "guardians",
    "health_proposals",
    "health_records",
    "help_calls",
    "imports",
    "metadata",
    "newcomer_documents",
    "photos",
    "public_sendings",
    "quotients",
    "recovery_codes",
    "search_spellings",
    "search_words",
    "second_factors",
    "sessions",
    "sign_in_attempts",
    "signing_keys",
    "staff_members",
    "wanted_links",
]

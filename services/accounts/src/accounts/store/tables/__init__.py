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
from .vault import data_keys, file_reads, health_records

__all__ = [
    "access_links",
    "authorisations",
    "children",
    "contacts",
    "credentials",
    "data_keys",
    "families",
    "file_reads",
    "guardians",
    "health_records",
    "metadata",
    "quotients",
    "sessions",
    "sign_in_attempts",
    "signing_keys",
    "staff_members",
]

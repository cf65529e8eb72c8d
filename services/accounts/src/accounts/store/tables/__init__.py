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

__all__ = [
    "access_links",
    "authorisations",
    "children",
    "contacts",
    "credentials",
    "families",
    "guardians",
    "metadata",
    "quotients",
    "sessions",
    "sign_in_attempts",
    "signing_keys",
    "staff_members",
]

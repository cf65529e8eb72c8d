"""Projections of accounts: no foreign keys among them, because facts may arrive in any order."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    Index,
    Table,
    Text,
    Uuid,
)

from .metadata import metadata


def _words(*columns: str) -> Column[str]:
    """What these say, folded for the search, each word behind a space."""
    said = " || ' ' || ".join(columns)
    return Column("words", Text, Computed(f"search_folded(' ' || {said})", persisted=True))


def _found_by_words(table: str) -> Index:
    return Index(
        f"ix_{table}_words",
        "words",
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )


families = Table(
    "families",
    metadata,
    Column("family_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
    Column("name", Text, nullable=False),
    _words("name", "reference"),
    _found_by_words("families"),
)

children = Table(
    "children",
    metadata,
    Column("child_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("given_name", Text, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("born_on", Date, nullable=False),
    # The last day on which the child was of the file; none while it is.
    Column("left_on", Date),
    _words("given_name", "family_name"),
    Index("ix_children_family_id", "family_id"),
    _found_by_words("children"),
)

staff_members = Table(
    "staff_members",
    metadata,
    Column("staff_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False),
)

"""Families and children as billing must know them."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import instant, metadata

families = Table(
    "families",
    metadata,
    Column("family_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("resident", Boolean, nullable=False),
    # When accounts itself last answered; events may still be under way.
    instant("asked_at", nullable=True),
    Column("name", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("guardians", JSONB, nullable=False),
    Column("payers", JSONB, nullable=False),
    instant("erased_at", nullable=True),
)

quotient_periods = Table(
    "quotient_periods",
    metadata,
    Column("family_id", ForeignKey(families.c.family_id), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("value", Integer, nullable=False),
)

children = Table(
    "children",
    metadata,
    Column("child_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("given_name", Text, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("born_on", Date, nullable=False),
    Column("alternating_custody", Boolean, nullable=False),
)
Index("ix_children_family_id", children.c.family_id)

family_merges = Table(
    "family_merges",
    metadata,
    Column("absorbed_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
)
Index("ix_family_merges_family_id", family_merges.c.family_id)

"""Projections of accounts: no foreign keys among them, because facts may arrive in any order."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, Index, Table, Text, Uuid

from .metadata import metadata

families = Table(
    "families",
    metadata,
    Column("family_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
    Column("name", Text, nullable=False),
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
    Index("ix_children_family_id", "family_id"),
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

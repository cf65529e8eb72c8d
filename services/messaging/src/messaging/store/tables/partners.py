"""Other systems that are given events."""

from sqlalchemy import Column, DateTime, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

partners = Table(
    "partners",
    metadata,
    Column("partner_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    # Binding keys, and the centres whose events it is given; none named: of all.
    Column("patterns", ARRAY(Text), nullable=False),
    Column("centres", ARRAY(Uuid), nullable=False),
    # As the broker keeps it: with it a broker made anew lets the partner in as before. A partner
    # without one has no user and no queue there.
    Column("password_hash", Text),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("rotated_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
)
Index(
    "uq_partners_name_standing",
    partners.c.name,
    unique=True,
    postgresql_where=partners.c.revoked_at.is_(None),
)

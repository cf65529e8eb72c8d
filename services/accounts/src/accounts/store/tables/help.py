"""What people without an access send us."""

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Table, Text, Uuid, text

from .metadata import INSTANT, metadata

help_calls = Table(
    "help_calls",
    metadata,
    Column("call_id", Uuid, primary_key=True),
    Column("identifier", Text),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("received_at", INSTANT, nullable=False, index=True),
    # Whose access it is about, once that was looked up after the answer was given.
    Column("account_id", Uuid, ForeignKey("credentials.account_id"), index=True),
    Column("outcome", Text),
    Column("sorted_at", INSTANT),
    Column("closed_at", INSTANT),
    Column("closed_by", Text),
    Index("ix_help_calls_unsorted", "received_at", postgresql_where=text("sorted_at IS NULL")),
)

public_sendings = Table(
    "public_sendings",
    metadata,
    Column("sending_id", BigInteger, Identity(always=True), primary_key=True),
    Column("form", Text, nullable=False),
    Column("address_key", Text, nullable=False),
    Column("at", INSTANT, nullable=False, index=True),
    Index("ix_public_sendings_form_address_key_at", "form", "address_key", "at"),
)

wanted_links = Table(
    "wanted_links",
    metadata,
    Column("account_id", Uuid, ForeignKey("credentials.account_id"), primary_key=True),
    Column("wanted_at", INSTANT, nullable=False),
)

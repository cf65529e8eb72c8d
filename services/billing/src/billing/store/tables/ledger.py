"""Invoices and the ledger. Amounts are integer euro cents."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table, Text, Uuid

from .metadata import instant, metadata

invoices = Table(
    "invoices",
    metadata,
    Column("invoice_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("period", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("total_cents", Integer, nullable=False),
    Column("imported_paid_cents", Integer, nullable=False),
    instant("recorded_at"),
    CheckConstraint("due_on >= issued_on", name="due"),
)
Index("ix_invoices_family_id", invoices.c.family_id, invoices.c.issued_on)

family_accounts = Table(
    "family_accounts",
    metadata,
    Column("family_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("entry_id", Uuid, primary_key=True),
    Column("posting_id", Uuid, nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("amount_cents", Integer, nullable=False),
    Column("invoice_id", ForeignKey(invoices.c.invoice_id)),
    Column("occurred_on", Date, nullable=False),
    instant("recorded_at"),
)
Index("ix_ledger_entries_family_id", ledger_entries.c.family_id)
Index("ix_ledger_entries_posting_id", ledger_entries.c.posting_id)
Index("ix_ledger_entries_invoice_id", ledger_entries.c.invoice_id)

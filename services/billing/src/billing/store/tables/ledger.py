"""The ledger: only ever added to. Amounts are integer euro cents."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, Uuid

from .invoices import invoices
from .metadata import instant, metadata

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
    # The guardian whose debt it is, when a family's payers are billed apart.
    Column("payer_id", Uuid),
    # The invoice, credit note or payment that the posting is about.
    Column("source_id", Uuid),
)
Index("ix_ledger_entries_family_id", ledger_entries.c.family_id)
Index("ix_ledger_entries_posting_id", ledger_entries.c.posting_id)
Index("ix_ledger_entries_invoice_id", ledger_entries.c.invoice_id)
Index("ix_ledger_entries_source_id", ledger_entries.c.source_id)

"""Runs, invoices, credit notes and the archive. Amounts are integer euro cents."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .charges import charge_lines
from .metadata import instant, metadata

runs = Table(
    "runs",
    metadata,
    Column("run_id", Uuid, primary_key=True),
    Column("cash_office", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("rate_codes", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    instant("created_at"),
    Column("created_by", Text, nullable=False),
    instant("issued_at", nullable=True),
    Column("issued_by", Text),
    # How far the preparation came, in the order of families' ids.
    Column("reached", Uuid),
    CheckConstraint(
        "state IN ('preparing', 'draft', 'issuing', 'issued', 'cancelled')", name="state"
    ),
)
# One at a time that is not issued yet: two would hold the same lines.
Index(
    "ix_runs_one_draft",
    runs.c.cash_office,
    unique=True,
    postgresql_where=runs.c.state.in_(("preparing", "draft", "issuing")),
)

run_invoices = Table(
    "run_invoices",
    metadata,
    Column("invoice_id", Uuid, primary_key=True),
    Column("run_id", ForeignKey(runs.c.run_id, ondelete="CASCADE"), nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("payer_id", Uuid),
    Column("lines", Integer, nullable=False),
    Column("total_cents", Integer, nullable=False),
    Column("care_cents", Integer, nullable=False),
    Column("food_cents", Integer, nullable=False),
    Column("previous_balance_cents", Integer, nullable=False),
    Column("last_month_cents", Integer, nullable=False),
    Column("carried", Boolean, nullable=False),
    Column("warnings", ARRAY(Text), nullable=False),
    UniqueConstraint("run_id", "family_id", "payer_id"),
)

run_lines = Table(
    "run_lines",
    metadata,
    # No foreign keys: a draft's lines come in one statement from the tables that they name.
    Column("run_id", Uuid, nullable=False),
    Column("charge_line_id", Uuid, nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("payer_id", Uuid),
    Column("amount_cents", Integer, nullable=False),
    Column("care_cents", Integer, nullable=False),
    Column("food_cents", Integer, nullable=False),
)
Index("ix_run_lines_run_id", run_lines.c.run_id, run_lines.c.family_id)

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
    # None: taken over from the former software.
    Column("run_id", ForeignKey(runs.c.run_id)),
    Column("cash_office", Text),
    Column("year", Integer),
    Column("sequence", Integer),
    # None: the family's payers together.
    Column("payer_id", Uuid),
    # To whom it is addressed, as it was then: {"name": …, "address": […], "reference": …}.
    Column("debtor", JSONB, nullable=False),
    Column("care_cents", Integer, nullable=False),
    Column("food_cents", Integer, nullable=False),
    Column("previous_balance_cents", Integer, nullable=False),
    UniqueConstraint("cash_office", "year", "sequence"),
    CheckConstraint("due_on >= issued_on", name="due"),
    CheckConstraint("run_id IS NULL OR total_cents = care_cents + food_cents", name="split"),
    CheckConstraint("(run_id IS NULL) = (sequence IS NULL)", name="numbered"),
)
Index("ix_invoices_family_id", invoices.c.family_id, invoices.c.issued_on)
Index("ix_invoices_run_id", invoices.c.run_id)

invoice_lines = Table(
    "invoice_lines",
    metadata,
    Column("invoice_id", ForeignKey(invoices.c.invoice_id), primary_key=True),
    Column("charge_line_id", ForeignKey(charge_lines.c.charge_line_id), primary_key=True),
    Column("amount_cents", Integer, nullable=False),
    Column("care_cents", Integer, nullable=False),
    Column("food_cents", Integer, nullable=False),
    CheckConstraint("amount_cents = care_cents + food_cents", name="split"),
)
Index("ix_invoice_lines_charge_line_id", invoice_lines.c.charge_line_id)

counters = Table(
    "counters",
    metadata,
    Column("series", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

credit_notes = Table(
    "credit_notes",
    metadata,
    Column("credit_note_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("cash_office", Text, nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("invoice_id", ForeignKey(invoices.c.invoice_id), nullable=False),
    Column("total_cents", Integer, nullable=False),
    Column("care_cents", Integer, nullable=False),
    Column("food_cents", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    # The lines will be billed again, at what is known then.
    Column("rebill", Boolean, nullable=False),
    Column("issued_on", Date, nullable=False),
    instant("issued_at"),
    Column("issued_by", Text, nullable=False),
    UniqueConstraint("cash_office", "year", "sequence"),
    CheckConstraint("total_cents > 0 AND total_cents = care_cents + food_cents", name="split"),
)
Index("ix_credit_notes_invoice_id", credit_notes.c.invoice_id)
Index("ix_credit_notes_family_id", credit_notes.c.family_id)

credit_note_lines = Table(
    "credit_note_lines",
    metadata,
    Column("credit_note_id", ForeignKey(credit_notes.c.credit_note_id), primary_key=True),
    Column("charge_line_id", ForeignKey(charge_lines.c.charge_line_id), primary_key=True),
    Column("invoice_id", ForeignKey(invoices.c.invoice_id), nullable=False),
    Column("amount_cents", Integer, nullable=False),
    UniqueConstraint("invoice_id", "charge_line_id"),
)

archived_documents = Table(
    "archived_documents",
    metadata,
    Column("document_id", Uuid, primary_key=True),
    # Such as `invoice`; with the subject it is unique: a document is archived once.
    Column("kind", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    instant("archived_at"),
    UniqueConstraint("kind", "subject_id"),
    CheckConstraint("sha256 = encode(sha256(content), 'hex')", name="sha256"),
)

# Issued, and whose PDF is still to be printed and archived.
to_archive = Table(
    "to_archive",
    metadata,
    Column("invoice_id", ForeignKey(invoices.c.invoice_id), primary_key=True),
    Column("run_id", ForeignKey(runs.c.run_id), nullable=False),
    Column("attempts", Integer, nullable=False),
)

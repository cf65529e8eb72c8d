"""Payments and what follows them. Amounts are integer euro cents."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from .invoices import invoices
from .metadata import instant, metadata

payments = Table(
    "payments",
    metadata,
    Column("payment_id", Uuid, primary_key=True),
    # The receipt's, of the cash office's own gapless series.
    Column("number", Text, nullable=False, unique=True),
    Column("cash_office", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("payer_id", Uuid),
    Column("kind", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("amount_cents", Integer, nullable=False),
    Column("received_on", Date, nullable=False),
    # A cheque's number and bank, a transfer's label.
    Column("reference", Text, nullable=False),
    instant("recorded_at"),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("cash_office", "year", "sequence"),
    CheckConstraint("amount_cents > 0", name="amount"),
    CheckConstraint("kind IN ('payment', 'refund')", name="kind"),
)
Index("ix_payments_family_id", payments.c.family_id, payments.c.received_on)
Index("ix_payments_received_on", payments.c.received_on)

bounces = Table(
    "bounces",
    metadata,
    Column("payment_id", ForeignKey(payments.c.payment_id), primary_key=True),
    Column("bounced_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    instant("recorded_at"),
    Column("recorded_by", Text, nullable=False),
)

deposits = Table(
    "deposits",
    metadata,
    Column("deposit_id", Uuid, primary_key=True),
    Column("cash_office", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("deposited_on", Date, nullable=False),
    instant("recorded_at"),
    Column("recorded_by", Text, nullable=False),
)

deposited = Table(
    "deposited",
    metadata,
    # A payment is brought to the bank once.
    Column("payment_id", ForeignKey(payments.c.payment_id), primary_key=True),
    Column("deposit_id", ForeignKey(deposits.c.deposit_id), nullable=False),
)
Index("ix_deposited_deposit_id", deposited.c.deposit_id)

closings = Table(
    "closings",
    metadata,
    Column("cash_office", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    # What was counted, by method: {"cash": 1250, …}.
    Column("totals", JSONB, nullable=False),
    instant("closed_at"),
    Column("closed_by", Text, nullable=False),
)

instalments = Table(
    "instalments",
    metadata,
    Column("plan_id", Uuid, primary_key=True),
    Column("rank", Integer, primary_key=True, autoincrement=False),
    Column("family_id", Uuid, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("amount_cents", Integer, nullable=False),
    instant("agreed_at"),
    Column("agreed_by", Text, nullable=False),
    # Whose debts are paid in parts; none: those of the payers together.
    Column("payer_id", Uuid),
    CheckConstraint("amount_cents > 0", name="amount"),
)
Index("ix_instalments_family_id", instalments.c.family_id)

reminders = Table(
    "reminders",
    metadata,
    Column("reminder_id", Uuid, primary_key=True),
    Column("invoice_id", ForeignKey(invoices.c.invoice_id), nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("step", Integer, nullable=False),
    Column("remaining_cents", Integer, nullable=False),
    instant("sent_at"),
    Column("sent_by", Text, nullable=False),
    # Never twice for the same step.
    UniqueConstraint("invoice_id", "step"),
)
Index("ix_reminders_family_id", reminders.c.family_id)

bank_lines = Table(
    "bank_lines",
    metadata,
    Column("bank_line_id", Uuid, primary_key=True),
    # What the bank said, by which the same line of another file is known again.
    Column("fingerprint", Text, nullable=False, unique=True),
    Column("booked_on", Date, nullable=False),
    Column("amount_cents", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("payment_id", ForeignKey(payments.c.payment_id), unique=True),
    instant("imported_at"),
)

online_attempts = Table(
    "online_attempts",
    metadata,
    Column("attempt_id", Uuid, primary_key=True),
    Column("id_op", Text, nullable=False, unique=True),
    Column("family_id", Uuid, nullable=False),
    Column("invoice_id", ForeignKey(invoices.c.invoice_id), nullable=False),
    Column("amount_cents", Integer, nullable=False),
    # `pending`, then what the treasury's own server said: `paid`, `refused`, `abandoned`.
    Column("state", Text, nullable=False),
    Column("payment_id", ForeignKey(payments.c.payment_id), unique=True),
    instant("begun_at"),
)

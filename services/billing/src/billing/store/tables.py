"""Billing's tables. Amounts are integer euro cents; ranges are half-open."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import DATERANGE, INT4RANGE, ExcludeConstraint

from chassis.broker import tables as messaging
from chassis.database import new_metadata

metadata = new_metadata()
messaging.add_to(metadata)


def _instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


families = Table(
    "families",
    metadata,
    Column("family_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("resident", Boolean, nullable=False),
    # When accounts itself last answered; events may still be under way.
    _instant("asked_at", nullable=True),
)

quotient_periods = Table(
    "quotient_periods",
    metadata,
    Column("family_id", ForeignKey(families.c.family_id), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("value", Integer, nullable=False),
)

rate_grids = Table(
    "rate_grids",
    metadata,
    Column("grid_id", Uuid, primary_key=True),
    Column("code", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("validity", DATERANGE, nullable=False),
    Column("non_resident_supplement_cents", Integer, nullable=False),
    _instant("created_at"),
    Column("created_by", Text, nullable=False),
    CheckConstraint("non_resident_supplement_cents >= 0", name="supplement"),
    CheckConstraint("NOT isempty(validity)", name="validity"),
    ExcludeConstraint(
        ("code", "="), ("validity", "&&"), name="ex_rate_grids_validity", using="gist"
    ),
)

rate_bands = Table(
    "rate_bands",
    metadata,
    Column("grid_id", ForeignKey(rate_grids.c.grid_id), primary_key=True),
    Column("label", Text, primary_key=True),
    Column("quotient", INT4RANGE, nullable=False),
    Column("unit_cents", Integer, nullable=False),
    Column("care_cents", Integer, nullable=False),
    CheckConstraint("care_cents BETWEEN 0 AND unit_cents", name="care"),
    CheckConstraint("NOT isempty(quotient)", name="quotient"),
    ExcludeConstraint(
        ("grid_id", "="), ("quotient", "&&"), name="ex_rate_bands_quotient", using="gist"
    ),
)

booking_facts = Table(
    "booking_facts",
    metadata,
    Column("booking_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    # Unknown while only a cancellation has been heard.
    Column("rate_code", Text),
    Column("confirmed_version", Integer, nullable=False),
    Column("released_version", Integer, nullable=False),
)

charge_lines = Table(
    "charge_lines",
    metadata,
    Column("charge_line_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("booking_id", Uuid, nullable=False),
    Column("booking_version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("rate_code", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("grid_id", ForeignKey(rate_grids.c.grid_id), nullable=False),
    Column("band_label", Text, nullable=False),
    Column("unit_cents", Integer, nullable=False),
    Column("care_cents", Integer, nullable=False),
    Column("food_cents", Integer, nullable=False),
    Column("supplement_cents", Integer, nullable=False),
    Column("resident", Boolean, nullable=False),
    Column("quotient", Integer),
    Column("quotient_since", Date),
    Column("amount_cents", Integer, nullable=False),
    Column("reverses", ForeignKey("charge_lines.charge_line_id"), unique=True),
    _instant("recorded_at"),
    UniqueConstraint("booking_id", "booking_version", "kind"),
    CheckConstraint("unit_cents = care_cents + food_cents", name="split"),
    CheckConstraint(
        "(kind = 'charge' AND reverses IS NULL AND amount_cents = unit_cents)"
        " OR (kind = 'reversal' AND reverses IS NOT NULL AND amount_cents = -unit_cents)",
        name="kind",
    ),
)
Index("ix_charge_lines_family_id", charge_lines.c.family_id, charge_lines.c.day)

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
    _instant("recorded_at"),
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
    _instant("recorded_at"),
)
Index("ix_ledger_entries_family_id", ledger_entries.c.family_id)
Index("ix_ledger_entries_posting_id", ledger_entries.c.posting_id)
Index("ix_ledger_entries_invoice_id", ledger_entries.c.invoice_id)

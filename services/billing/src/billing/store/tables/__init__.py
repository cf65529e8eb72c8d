"""Billing's tables. Amounts are integer euro cents; ranges are half-open."""

from .charges import (
    absence_facts,
    attendance_facts,
    booking_facts,
    charge_lines,
    charged_days,
    unpriced_days,
)
from .families import children, families, family_merges, quotient_periods
from .invoices import (
    archived_documents,
    counters,
    credit_note_lines,
    credit_notes,
    invoice_lines,
    invoices,
    run_invoices,
    run_lines,
    runs,
    to_archive,
)
from .ledger import family_accounts, ledger_entries
from .metadata import metadata
from .payments import (
    bank_lines,
    bounces,
    closings,
    deposited,
    deposits,
    instalments,
    online_attempts,
    payments,
    reminders,
)
from .rates import rate_bands, rate_grids

__all__ = [
    "absence_facts",
    "archived_documents",
    "attendance_facts",
    "bank_lines",
    "booking_facts",
    "bounces",
    "charge_lines",
    "charged_days",
    "children",
    "closings",
    "counters",
    "credit_note_lines",
    "credit_notes",
    "deposited",
    "deposits",
    "families",
    "family_accounts",
    "family_merges",
    "instalments",
    "invoice_lines",
    "invoices",
    "ledger_entries",
    "metadata",
    "online_attempts",
    "payments",
    "quotient_periods",
    "rate_bands",
    "rate_grids",
    "reminders",
    "run_invoices",
    "run_lines",
    "runs",
    "to_archive",
    "unpriced_days",
]

"""Billing's tables. Amounts are integer euro cents; ranges are half-open."""

from .charges import absence_facts, attendance_facts, booking_facts, charge_lines, charged_days
from .families import children, families, quotient_periods
from .ledger import family_accounts, invoices, ledger_entries
from .metadata import metadata
from .rates import rate_bands, rate_grids

__all__ = [
    "absence_facts",
    "attendance_facts",
    "booking_facts",
    "charge_lines",
    "charged_days",
    "children",
    "families",
    "family_accounts",
    "invoices",
    "ledger_entries",
    "metadata",
    "quotient_periods",
    "rate_bands",
    "rate_grids",
]

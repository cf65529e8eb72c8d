"""The staff's door."""

from uuid import UUID

from fastapi import APIRouter

from billing.accounts import asking
from billing.store import ledger
from billing.store.sight import Sight
from billing.use_cases.import_invoice import import_invoice
from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf

from .schemas import Imported, ImportedInvoiceBody

router = APIRouter(prefix="/v1/staff")


@router.post(
    "/families/{family_id}/imported-invoices",
    status_code=201,
    dependencies=[allow(Audience.CASH_OFFICE)],
)
async def take_over_invoice(
    family_id: UUID, body: ImportedInvoiceBody, runtime: RuntimeOf
) -> Imported:
    """Opening balance taken over from the former software; the same twice is one invoice."""
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        invoice_id = await import_invoice(
            transaction, body.to_invoice(family_id), asking(runtime.peers), now
        )
        balance = await ledger.balance_of(transaction.connection, Sight.of_staff(family_id))
    return Imported(invoice_id=invoice_id, balance_cents=balance)

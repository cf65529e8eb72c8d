"""A request arrived: its receipt goes by e-mail; on pages the request itself is the receipt."""

from datetime import datetime

from chassis.database import Transaction
from messaging.domain.letters import Category
from messaging.store.families import is_forgotten, lock_family
from messaging.store.mails import NewMail, queue_mail
from portail_contracts.enrolment import RequestSubmitted


async def send_receipt(
    transaction: Transaction, submitted: RequestSubmitted, now: datetime
) -> None:
    """Once per request, however often it is told of."""
    await lock_family(transaction.connection, submitted.family_id)
    if await is_forgotten(transaction.connection, submitted.family_id):
        return
    mail = NewMail(
        family_id=submitted.family_id,
        category=Category.RECEIPT,
        key=f"receipt:{submitted.request_id}",
        facts={
            "number": submitted.number,
            "submitted_at": submitted.submitted_at.isoformat(),
            "due_on": submitted.due_on.isoformat(),
            "request_id": str(submitted.request_id),
        },
    )
    await queue_mail(transaction.connection, mail, now)

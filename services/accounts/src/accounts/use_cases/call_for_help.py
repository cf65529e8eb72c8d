"""Someone who cannot enter writes to the centre.

Receiving does the same work whoever it is, so that nobody learns from an answer, nor from how long
it takes, whether an identifier exists. Whose access it is about is looked up afterwards.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from accounts.store.tables import help_calls
from chassis.database import Transaction

from .admit_sending import admit_sending

FORM = "help"


@dataclass(frozen=True)
class Call:
    """As typed; `call_id` is made with the form, so that sending twice is one call."""

    call_id: UUID
    identifier: str | None
    name: str
    email: str
    message: str


async def receive_call(transaction: Transaction, call: Call, address: str, now: datetime) -> None:
    """Raises TooManyAttempts."""
    await admit_sending(transaction, FORM, address, now)
    row = {**asdict(call), "received_at": now}
    await transaction.connection.execute(insert(help_calls).values(row).on_conflict_do_nothing())

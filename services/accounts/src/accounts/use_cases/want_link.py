"""A link is wanted for an access: it is made beside the API, by whoever holds the master key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from accounts.store.tables import wanted_links
from chassis.database import Transaction


async def want_link(transaction: Transaction, account_id: UUID, now: datetime) -> None:
    """Wanted twice before it is made, it is made once."""
    await transaction.connection.execute(
        insert(wanted_links)
        .values(account_id=account_id, wanted_at=now)
        .on_conflict_do_nothing(index_elements=["account_id"])
    )

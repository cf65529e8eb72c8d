"""What accepting a request for a new password does: a link is wanted.

It works once, for half an hour, and goes to the address on file, never to the one that was typed.
It is made beside the API, by whoever holds the master key: see `sort_calls.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.change import Change, ChangeItem
from accounts.domain.editing import Content
from accounts.store.access_links import recipient_of_access
from chassis.database import Transaction

from .want_link import want_link

CREDENTIALS_RESET = "credentials.reset"
NO_ADDRESS = "Aucune adresse électronique dans le dossier"
_PATH = "access."


def path_of(account_id: UUID) -> str:
    """The path of an item that is about an access."""
    return f"{_PATH}{account_id}"


async def no_address_found(
    connection: AsyncConnection, change: Change, items: Sequence[ChangeItem], now: datetime
) -> dict[UUID, tuple[Content, str]]:
    """In the way: nowhere to send the link to. Staff write an address down, and accept again."""
    missing: dict[UUID, tuple[Content, str]] = {}
    for item in items:
        account_id = UUID(item.path.removeprefix(_PATH))
        if await recipient_of_access(connection, account_id) is None:
            missing[item.item_id] = (None, NO_ADDRESS)
    return missing


async def grant_link(
    transaction: Transaction, change: Change, items: Sequence[ChangeItem], now: datetime
) -> None:
    """For each access that the request is about."""
    for item in items:
        await want_link(transaction, UUID(item.path.removeprefix(_PATH)), now)
